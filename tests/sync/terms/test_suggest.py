"""The suggested order: the cases of the contract, and what must hold on every shelf."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.suggest import Shelf, suggest
from tests.sync.terms.played import cases, play


def _suggest(g: dict[str, Any]) -> dict[str, Any]:
    found = suggest(Shelf(**{name: int(value) for name, value in g.items()}))
    row: dict[str, Any] = {
        **{"cases": found.cases, "quantity": found.quantity, "method": found.method},
        "steps": [[step.name, step.how, step.value] for step in found.steps],
    }
    return row if found.flag is None else {**row, "flag": found.flag}


few = st.integers(0, 500)
maybe = st.one_of(st.none(), few)
shelves = st.builds(
    Shelf,
    case=st.integers(1, 48),
    stock_now=few,
    on_the_way=few,
    days_to_next=st.integers(0, 60),
    lead_days=st.integers(0, 14),
    last_stock=maybe,
    delivered=few,
    days_since=maybe,
    sold_per_week=maybe,
)


@pytest.mark.parametrize("case", cases("suggest"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, {"suggest": _suggest})


@given(shelves)
def test_a_suggestion_is_whole_cases_and_never_less_than_none(shelf: Shelf) -> None:
    found = suggest(shelf)
    assert found.quantity == found.cases * shelf.case
    assert found.cases >= 0
    assert (found.method == "unknown") == (not any(step.name == "cases" for step in found.steps))


@given(shelves, st.integers(1, 50))
def test_more_on_the_way_never_suggests_more(shelf: Shelf, more: int) -> None:
    later = replace(shelf, on_the_way=shelf.on_the_way + more)
    assert suggest(later).quantity <= suggest(shelf).quantity


@given(shelves)
def test_a_case_less_would_not_do(shelf: Shelf) -> None:
    """What is there, on the way and suggested covers the need, and with a case less it does not.

    By rule 1.5, where the need is a whole number of halves.
    """
    shelf = replace(shelf, last_stock=None)
    found = suggest(shelf)
    if found.method == "rule_1_5" and found.cases:
        twice_need = (shelf.sold_per_week or 0) * 3
        there = shelf.stock_now + shelf.on_the_way + found.quantity
        assert 2 * there >= twice_need > 2 * (there - shelf.case)
