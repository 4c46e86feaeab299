"""Which faults are made of a text: each compiles, differs, and keeps the lines."""

import ast

from tests.mutation.mutants import mutants
from tests.mutation.project import talaria
from tests.mutation.run import all_mutants

TEXT = '''"""What it is for."""

from typing import Literal, Protocol

Kind = Literal["a", "b"]
LEAST: int = 3


class Shape(Protocol):
    """A shape."""

    @property
    def size(self) -> int: ...


def fits(size: int, most: int = 9) -> bool:
    """Say whether it fits."""
    return LEAST <= size < most and not size % 2
'''


def made(text: str) -> set[str]:
    return {one.key.removeprefix("thing.py::") for one in mutants("thing.py", text)}


def test_a_small_function_gets_the_faults_one_would_think_of() -> None:
    assert made(TEXT) == {
        "LEAST: 3 -> 4",
        "fits: 9 -> 10",
        "fits: LEAST <= size < most and not size % 2 -> None",
        "fits: <= -> <",
        "fits: <= -> >",
        "fits: < -> <=",
        "fits: < -> >=",
        "fits: and -> or",
        "fits: not size % 2 -> (size % 2)",
        "fits: % -> *",
        "fits: 2 -> 3",
    }


def test_rows_of_rules_lose_their_question_their_answer_and_their_turn() -> None:
    text = 'ROWS = (Rule("a", is_a, HELD, (PASS,), of=(1,)), Rule("b", is_b, cut, of=()))\n'
    keys = made(text)
    assert {"ROWS: is_a -> (lambda *_: False)", "ROWS: HELD -> PASS", "ROWS: cut -> HELD"} <= keys
    assert "ROWS: (PASS,) -> ()" in keys
    assert any(key.startswith('ROWS: Rule("a"') and 'Rule("b"' in key for key in keys)


def test_two_faults_of_one_look_are_told_apart() -> None:
    text = "def f(a, b):\n    return a + 1 + b + 1\n"
    assert {"f: 1 -> 2", "f: 1 -> 2 (2)", "f: + -> - (3)"} <= made(text)


def test_every_mutant_of_ours_compiles_differs_and_keeps_the_lines() -> None:
    project = talaria()
    found = all_mutants(project)
    keys = [one.key for one in found]
    assert len(keys) == len(set(keys))
    assert {one.file for one in found} >= {"sync/rules/orders.py", "sync/terms/price.py"}
    for one in found[::29]:
        text = (project.root / one.file).read_text(encoding="utf-8")
        assert one.source != text
        assert one.source.count("\n") == text.count("\n"), one.key
        ast.parse(one.source)
