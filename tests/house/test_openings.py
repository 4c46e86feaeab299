"""Every file opens by saying what it is for, and an `__init__.py` does nothing else."""

import ast

from tests.house.tree import expect_none, faults, files

COMMENTS = {".js": ("//", "/*"), ".mjs": ("//", "/*"), ".css": ("/*",), ".sql": ("--", "/*")}


def silent_opening(path: str, text: str) -> list[str]:
    """A file that starts without a word on its purpose."""
    if path.endswith(".py"):
        said = ast.get_docstring(ast.parse(text))
        return [] if said else [f"{path}: opens without a docstring"]
    marks = COMMENTS["." + path.rsplit(".", 1)[1]]
    return [] if text.lstrip().startswith(marks) else [f"{path}: opens without a comment"]


def busy_init(path: str, text: str) -> list[str]:
    """An `__init__.py` with code: importing a folder must not do anything."""
    more = [node for node in ast.parse(text).body if not isinstance(node, ast.Expr)]
    return [f"{path}:{node.lineno}: more than a docstring" for node in more[:1]]


def test_every_file_says_what_it_is_for() -> None:
    expect_none(faults(silent_opening, files(".py", *COMMENTS)))


def test_init_files_hold_only_an_essay() -> None:
    expect_none(faults(busy_init, files("__init__.py")))


def test_every_folder_of_code_has_its_essay() -> None:
    folders = {
        path.rsplit("/", 1)[0]
        for path in files(".py")
        if path.split("/")[0] not in {"tests"} and "/" in path
    }
    missing = [folder for folder in sorted(folders) if f"{folder}/__init__.py" not in files()]
    # Alembic runs these by path; they are no package.
    expect_none([f for f in missing if not f.startswith("schemas/migrations")])


def test_silence_and_busyness_are_noticed() -> None:
    assert silent_opening("a.py", "import os\n") == ["a.py: opens without a docstring"]
    assert silent_opening("a.py", '"""Says."""\nimport os\n') == []
    assert silent_opening("a.js", "let x = 1;\n") == ["a.js: opens without a comment"]
    assert silent_opening("a.sql", "-- the tables\ncreate table x ();\n") == []
    assert busy_init("sync/__init__.py", '"""Essay."""\nfrom sync import push\n') != []
    assert busy_init("sync/__init__.py", '"""Essay."""\n') == []
