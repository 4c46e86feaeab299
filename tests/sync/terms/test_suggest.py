"""The suggested order: the cases of the contract, and what must hold on every shelf."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.quantity import is_allowed
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
    sold=maybe,
    sold_weeks=st.integers(1, 26),
    gap_facings=st.integers(0, 40),
    minimum=st.integers(1, 60),
    multiple=st.integers(1, 24),
)


@pytest.mark.parametrize("case", cases("suggest"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, {"suggest": _suggest})


@given(shelves)
def test_a_suggestion_is_whole_cases_raised_to_what_may_be_ordered(shelf: Shelf) -> None:
    found = suggest(shelf)
    assert found.cases >= 0
    assert (found.quantity == 0) == (found.cases == 0)
    assert found.quantity >= found.cases * shelf.case
    if found.quantity:
        assert is_allowed(found.quantity, shelf.minimum, shelf.multiple)
    if found.quantity != found.cases * shelf.case:
        assert not is_allowed(found.cases * shelf.case, shelf.minimum, shelf.multiple)
        assert found.steps[-1].name == "quantity"
    assert (found.method == "unknown") == (not any(step.name == "cases" for step in found.steps))


@given(shelves, st.integers(1, 50))
def test_more_on_the_way_never_suggests_more(shelf: Shelf, more: int) -> None:
    later = replace(shelf, on_the_way=shelf.on_the_way + more)
    assert suggest(later).quantity <= suggest(shelf).quantity


@given(shelves)
def test_a_case_less_would_not_do(shelf: Shelf) -> None:
    """What is there, on the way and suggested covers the need, and with a case less it does not.

    By rule 1.5, in whole numbers: need x 2 x weeks = sold x 3.
    """
    shelf = replace(shelf, last_stock=None, gap_facings=0)
    found = suggest(shelf)
    if found.method == "rule_1_5" and found.cases:
        weeks, needed = shelf.sold_weeks, (shelf.sold or 0) * 3
        there = shelf.stock_now + shelf.on_the_way + found.cases * shelf.case
        assert 2 * weeks * there >= needed > 2 * weeks * (there - shelf.case)


@given(shelves)
def test_what_sells_at_all_and_is_nowhere_is_suggested(shelf: Shelf) -> None:
    """However slow: a week's sales are a fraction and never round to nothing."""
    bare = replace(shelf, last_stock=None, stock_now=0, on_the_way=0)
    assert bool(suggest(bare).cases) == bool(shelf.sold or shelf.gap_facings)


@given(shelves)
def test_a_must_stock_gap_is_filled_at_least(shelf: Shelf) -> None:
    found, without = suggest(shelf), suggest(replace(shelf, gap_facings=0))
    there = shelf.stock_now + shelf.on_the_way
    assert there + found.cases * shelf.case >= shelf.gap_facings
    assert found.cases >= without.cases
    if there >= shelf.gap_facings:
        assert found.cases == without.cases


def test_a_shelf_that_says_no_more_is_of_one_week_and_sold_by_the_piece() -> None:
    found = suggest(Shelf(case=1, stock_now=0, sold=2))
    assert (found.cases, found.quantity) == (3, 3)  # 2 a week x 1.5
    assert suggest(Shelf(case=1, stock_now=2, sold=2)).quantity == 1


def test_a_gap_no_larger_than_the_need_is_not_the_reason() -> None:
    assert suggest(Shelf(case=1, stock_now=0, sold=2, gap_facings=3)).method == "rule_1_5"
    assert suggest(Shelf(case=1, stock_now=0, sold=2, gap_facings=4)).method == "must_stock"
