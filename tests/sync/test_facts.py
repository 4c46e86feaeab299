"""What facts add up to, and that what is captured cannot be changed."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.facts import CreditFacts, StockFacts
from tests.sync.cases import world

each = st.integers(0, 10**6)


@given(each, each, each, each, each)
def test_available_is_what_nothing_else_has_a_claim_on(
    on_hand: int, allocated: int, blocked: int, safety: int, reserved: int
) -> None:
    stock = StockFacts("3", "20041", on_hand, allocated, blocked, safety, reserved)
    assert stock.available + allocated + blocked + safety + reserved == on_hand


def test_exposure_is_open_and_ordered_less_money_on_account() -> None:
    assert CreditFacts("store-1", None, 120000, 1000, 379000).exposure_minor == 498000


def test_an_order_as_taken_cannot_be_changed() -> None:
    order, facts = world()
    with pytest.raises(FrozenInstanceError):
        order.net_minor = 0  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        order.lines[0].quantity = 0  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        facts.stores["store-1"].status = "closed"  # type: ignore[misc]
