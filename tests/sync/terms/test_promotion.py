"""What a promotion takes off: the cases of the contract, and what must hold for every line."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.facts import PromotionFact
from sync.terms.promotion import discount_minor, is_for, is_live
from tests.sync.terms.played import cases, moment, play, promotion

ASKS = {
    "discount_minor": lambda g: discount_minor(
        promotion(g["promotion"]), int(g["quantity"]), int(g["gross_minor"])
    ),
    "is_live": lambda g: is_live(promotion(g["promotion"]), moment(g["when"])),
    "is_for": lambda g: is_for(
        promotion(g["promotion"]), g["product"], g.get("banner"), g.get("channel")
    ),
}
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("case", cases("promotion"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(
    st.sampled_from(("percent", "amount")),
    st.decimals(-10, 200, places=4),
    st.integers(-5, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**12),
)
def test_a_line_never_costs_more_for_a_promotion_nor_less_than_nothing(
    kind: str, percent: Decimal, amount: int, quantity: int, gross: int
) -> None:
    one = PromotionFact("p", "P", kind, SINCE, percent=percent, amount_minor=amount)
    assert 0 <= discount_minor(one, quantity, gross) <= gross


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 1000))
def test_a_percentage_of_more_is_not_less(gross: int, more: int, tenths: int) -> None:
    one = PromotionFact("p", "P", "percent", SINCE, percent=Decimal(tenths) / 10)
    assert discount_minor(one, 1, gross) <= discount_minor(one, 1, gross + more)
