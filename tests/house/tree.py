"""The files of this working copy, as the house tests see them: committed ones and new ones.

A house test is a function over a path and a text that returns faults, one line each, so that it can
be shown a planted fault; and one assertion that the real tree has none.
"""

import ast
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "sync", "routes", "server", "handhelds")
MADE = {
    *(".git", ".venv", "node_modules", "vendor", "built", "__pycache__", "build", "dist"),
    ".talaria",
}
TEXT = {
    *(".py", ".pyi", ".js", ".mjs", ".css", ".html", ".sql", ".json", ".md", ".toml", ".txt"),
    *(".csv", ".svg", ".yml", ".yaml", ".lock", ".cfg", ".ini", ".mako", ".sh", ""),
}
Fault = str
Checker = Callable[[str, str], list[Fault]]


@cache
def files(*suffixes: str) -> tuple[str, ...]:
    """Paths relative to the top, of files git knows or would add; all suffixes when none is named.

    A copy without git (an unpacked archive) is walked, leaving out what the set-up makes.
    """
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listing += ["--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
        names = [name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        names = [
            path.relative_to(ROOT).as_posix()
            for path in ROOT.rglob("*")
            if path.is_file() and not MADE.intersection(path.relative_to(ROOT).parts)
        ]
    return tuple(sorted({name for name in names if not suffixes or name.endswith(suffixes)}))


@cache
def read(path: str) -> str:
    """The text of a file, by its path from the top."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def text_files() -> tuple[str, ...]:
    """Every file that is text by its suffix."""
    return tuple(path for path in files() if Path(path).suffix in TEXT)


def faults(checker: Checker, paths: tuple[str, ...]) -> list[Fault]:
    """What a checker has to say about the files at these paths."""
    return [fault for path in paths for fault in checker(path, read(path))]


def expect_none(found: list[Fault]) -> None:
    """Fail with one line a fault: whoever reads it needs the list, not a comparison of lists."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the string nodes that are docstrings, or stand alone to explain the line above."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def strings(text: str) -> Iterator[tuple[int, str]]:
    """(line, value) of every string that a Python text works with, docstrings left out."""
    tree = ast.parse(text)
    explained = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in explained:
            value = node.value
            if isinstance(value, str):
                yield node.lineno, value
