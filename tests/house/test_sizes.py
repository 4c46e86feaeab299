"""Files stay short enough to read in one sitting, functions short enough to see at once."""

import ast

from tests.house.tree import expect_none, faults, files

FILE_LINES = 350
FUNCTION_LINES = 60
FROZEN = "schemas/migrations/versions/"
"""A migration is a list of steps, written once, read top to bottom and never changed: no limit."""


def long_file(path: str, text: str) -> list[str]:
    """A file over the limit: it holds two ideas, each deserves its own file."""
    lines = len(text.splitlines())
    return [f"{path}: {lines} lines, more than {FILE_LINES}"] if lines > FILE_LINES else []


def long_functions(path: str, text: str) -> list[str]:
    """Functions over the limit, counted from `def` to the last line, docstring left out."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if ast.get_docstring(node) and first.end_lineno:
                lines -= first.end_lineno - first.lineno + 1
            if lines > FUNCTION_LINES:
                where = f"{path}:{node.lineno}"
                found.append(f"{where}: {node.name} has {lines} lines, more than {FUNCTION_LINES}")
    return found


def grown(*suffixes: str) -> tuple[str, ...]:
    """The files that are worked on, and so must stay readable."""
    return tuple(path for path in files(*suffixes) if not path.startswith(FROZEN))


def test_files_are_short() -> None:
    expect_none(faults(long_file, grown(".py", ".js", ".mjs", ".css", ".html")))


def test_functions_are_short() -> None:
    expect_none(faults(long_functions, grown(".py")))


def test_a_long_file_is_noticed() -> None:
    assert long_file("a.py", "x = 1\n" * FILE_LINES) == []
    assert long_file("a.py", "x = 1\n" * (FILE_LINES + 1)) == ["a.py: 351 lines, more than 350"]


def test_a_long_function_is_noticed_wherever_it_hides() -> None:
    body = "        x = 1\n" * FUNCTION_LINES
    assert long_functions("a.py", f"class A:\n    def long(self):\n{body}") == [
        "a.py:2: long has 61 lines, more than 60"
    ]
    explained = '        """Says."""\n' + "        x = 1\n" * (FUNCTION_LINES - 1)
    assert long_functions("a.py", f"class A:\n    def fits(self):\n{explained}") == []
