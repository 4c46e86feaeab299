"""What is mutated, and which tests are asked: first those of the file, then every pure test.

A file of a decision has no test of its own name alone: the examples of contract/rules are asked
too. Tests that need a database are never asked: what decides is pure, so pure tests must do.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MUTATED = ("sync/terms/*.py", "sync/decisions/*.py", "sync/conditions/*.py", "sync/rules/*.py")
"""What decides, and the arithmetic of the trade."""
MORE = ("sync/asking/*.py", "sync/subjects/*.py")
"""What takes an order or an edit through the rules; `--more` mutates it too."""
_ABOUT_OTHERS = frozenset(("test_protocol_page.py", "test_wire.py", "test_sentences.py"))
"""Pure tests that ask nothing of what is mutated."""
_STARTS_ONE = frozenset(("world", "engine", "clone", "empty", "database_url", "owner_url", "east"))
"""Arguments of tests that need a database."""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of code and tests. `first`: a file's nearest tests; `pure`: all of them.
    `packages` are imported anew under a fault that no function can be patched with."""

    root: Path
    files: tuple[str, ...]
    first: dict[str, tuple[str, ...]]
    pure: tuple[str, ...]
    packages: tuple[str, ...]


def talaria(only: str = "", more: bool = False) -> Project:
    """This repository; `only` narrows to files whose path begins so."""
    files = tuple(one for one in _files(MUTATED + MORE * more) if one.startswith(only))
    pure = tuple(_pure())
    return Project(
        ROOT,
        files,
        {one: tuple(_nearest(one, pure)) for one in files},
        pure,
        ("sync", "tests", "server", "handhelds"),
    )


def may_notice(file: str, test: str) -> bool:
    """Whether a test can reach a file at all: terms know nothing of the rules that use them."""
    return file.startswith("sync/terms/") or not test.startswith("tests/sync/terms/")


def _files(patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if path.name != "__init__.py":
                yield str(path.relative_to(ROOT))


def _pure() -> Iterator[str]:
    """Test files of sync with tests that need no database; the others in them are left out."""
    for path in sorted((ROOT / "tests/sync").rglob("test_*.py")):
        if path.name in _ABOUT_OTHERS:
            continue
        tests = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        if any(_STARTS_ONE.isdisjoint(one.arg for one in node.args.args) for node in tests):
            yield str(path.relative_to(ROOT))


_PLAYED = {
    "change": "asking/test_edits.py",
    "edit": "asking/test_edits.py",
    "collection": "asking/test_money.py",
    "order_edit": "asking/test_order_edits.py",
    "edits": "asking/test_edits.py",
    "field": "asking/test_edits.py",
    "money": "asking/test_money.py",
    "order_edits": "asking/test_order_edits.py",
    "watch": "asking/test_watch.py",
    "promotion": "terms/test_evaluate.py",
    "spread": "terms/test_evaluate.py",
}
"""Where the examples of a file are played; those of orders in rules/test_orders.py."""


def _nearest(file: str, pure: tuple[str, ...]) -> Iterator[str]:
    """Test files of the same name, of the same folder's name, then of the examples."""
    parts = Path(file).with_suffix("").parts
    mine = f"test_{parts[-1]}.py"
    folder = f"test_{parts[-2]}"
    near = [one for one in pure if one.endswith(f"/{mine}") and "/".join(parts[1:-1]) in one]
    near += [one for one in pure if Path(one).name.startswith(folder) and one not in near]
    if "terms" not in parts or not near or parts[-1] in _PLAYED:
        also = ["rules/test_rule.py"] * ("rules" in parts)
        also.append(_PLAYED.get(parts[-1], "rules/test_orders.py"))
        near += [one for one in pure if one.endswith(tuple(also)) and one not in near]
    yield from near
