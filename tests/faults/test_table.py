"""Every fault has tests that exist, and the page of the manual is in step with the table."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.faults.__main__ import PAGE, ROOT, page, results_of
from tests.faults.table import FAULTS, Fault


@cache
def functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


def test_there_are_44_in_order() -> None:
    assert [one.no for one in FAULTS] == list(range(1, 45))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: f"F{one.no}")
def test_every_fault_names_tests_that_exist(fault: Fault) -> None:
    assert fault.tests
    for one in fault.tests:
        path, _, name = one.partition("::")
        assert name in functions(ROOT / path), f"{one} is no test"


def test_the_page_is_in_step_with_the_table() -> None:
    told = PAGE.read_text()
    assert told == page(results_of(told)), "run `make faults`"
