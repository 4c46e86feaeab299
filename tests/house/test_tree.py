"""The list of files itself: a house test that looks at nothing would always pass."""

from tests.house import tree


def test_the_tree_has_the_files_everybody_knows() -> None:
    known = {"pyproject.toml", "Makefile", "make.py", "sync/__init__.py", "tests/house/tree.py"}
    assert known <= set(tree.files())
    assert all(path.endswith(".py") for path in tree.files(".py"))


def test_docstrings_are_not_strings_the_code_works_with() -> None:
    text = '"""Opens."""\nNAME = "kept"\n"""Explains NAME."""\n\n\ndef f():\n    """Says."""\n'
    assert list(tree.strings(text)) == [(2, "kept")]
