"""Case and each: the cases of the contract, and what must hold for every quantity."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.quantity import (
    case_and_each,
    each_of,
    is_allowed,
    raise_to_allowed,
    ratio_half_up,
    round_half_up,
)
from tests.sync.terms.played import cases, play

ASKS = {
    "each_of": lambda g: each_of(g["typed"], (int(g["num"]), int(g["den"]))),
    "case_and_each": lambda g: case_and_each(int(g["quantity"]), (int(g["num"]), int(g["den"]))),
    "round_half_up": lambda g: round_half_up(Decimal(g["value"])),
    "is_allowed": lambda g: is_allowed(int(g["quantity"]), int(g["minimum"]), int(g["multiple"])),
    "raise_to_allowed": lambda g: raise_to_allowed(
        int(g["quantity"]), int(g["minimum"]), int(g["multiple"])
    ),
}
whole = st.integers(0, 10**6)
ratios = st.integers(1, 1000)


@pytest.mark.parametrize("case", cases("quantity"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(whole, ratios)
def test_cases_and_eaches_make_the_quantity_again(quantity: int, ratio: int) -> None:
    cases_, rest = case_and_each(quantity, (ratio, 1))
    assert cases_ * ratio + rest == quantity
    assert 0 <= rest < ratio
    assert each_of(str(cases_), (ratio, 1)) == quantity - rest


@given(st.integers(0, 10**6), st.integers(0, 10**6 - 1), ratios, st.integers(1, 12))
def test_what_was_typed_is_exact_or_refused(left: int, right: int, num: int, den: int) -> None:
    typed = f"{left}.{right:06d}"
    each = each_of(typed, (num, den))
    exact = (left * 10**6 + right) * num
    assert (each is None) == (exact % (10**6 * den) != 0)
    assert each is None or each * 10**6 * den == exact


@given(st.integers(-50, 10**6), st.integers(1, 500), st.integers(1, 100))
def test_a_raised_quantity_is_the_next_allowed_one(quantity: int, least: int, by: int) -> None:
    raised = raise_to_allowed(quantity, least, by)
    assert is_allowed(raised, least, by)
    assert raised >= quantity
    assert not any(
        is_allowed(lower, least, by) for lower in range(max(quantity, raised - by), raised)
    )
    assert (raised == quantity) == is_allowed(quantity, least, by)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_both_ways_of_rounding_say_the_same(num: int, den: int) -> None:
    rounded = ratio_half_up(num, den)
    assert abs(2 * (rounded * den - num)) <= den
    if den in (1, 2, 4, 5, 8, 10):
        assert rounded == round_half_up(Decimal(num) / den)
    assert ratio_half_up(-num, den) == -rounded
