"""The working copy: discounts that follow a quantity, and when a hold ends by itself."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.facts import Line
from sync.rules.all import PARAMS
from sync.subjects.order import Working, WorkingLine
from tests.sync.cases import world


def line(quantity: int, price: Decimal, discount: int) -> WorkingLine:
    return WorkingLine(Line(1, "p", "each", str(quantity), quantity, price, discount, (), 0), 2)


@given(
    st.integers(1, 500),
    st.decimals(0, 100, places=6),
    st.integers(0, 10_000),
    st.data(),
)
def test_a_part_of_a_line_is_never_worth_more_than_the_line_was_when_credit_was_asked(
    quantity: int, price: Decimal, discount: int, data: st.DataObject
) -> None:
    x = line(quantity, price, discount)
    x.most_net = x.net()
    part = data.draw(st.integers(0, quantity))
    assert x.net_of(part) <= x.most_net
    assert x.net_of(quantity) == x.net()


def test_a_discount_shrinks_with_its_quantity() -> None:
    x = line(12, Decimal("1.29"), 200)
    assert [x.discount_of(each) for each in (12, 6, 3, 1, 0)] == [200, 100, 50, 17, 0]
    x.restate(24, Decimal("1.29"))
    assert (x.quantity, x.discount, x.net()) == (24, 400, 2696)


def test_a_discount_checked_against_a_budget_does_not_grow_any_more() -> None:
    taken = Line(1, "p", "each", "12", 12, Decimal("1.29"), 200, (("a", 200),), 0)
    x = WorkingLine(taken, 2)
    x.parts[0].budgeted = True
    x.restate(24, Decimal("1.29"))
    assert (x.quantity, x.discount) == (24, 200)
    x.restate(6, Decimal("1.29"))
    assert (x.quantity, x.discount) == (6, 50)


@pytest.mark.parametrize(
    ("order", "facts", "due"),
    [
        (None, None, "2026-11-23T16:00:00-06:00"),
        ({"deliver_on": None}, None, "2026-11-22T12:00:00+00:00"),
        (None, {"cut_offs": {"store-1": None}}, "2026-11-22T12:00:00+00:00"),
        ({"deliver_on": "2026-11-20"}, None, "2026-11-22T12:00:00+00:00"),
        ({"deliver_on": "2027-11-23"}, None, "2026-12-05T12:00:00+00:00"),
        (None, {"now": "2026-11-23T22:00:00Z"}, "2026-11-24T22:00:00+00:00"),
        ({"deliver_on": "0001-01-01"}, None, "2026-11-22T12:00:00+00:00"),
        ({"deliver_on": "9999-12-31"}, None, "2026-12-05T12:00:00+00:00"),
    ],
    ids=[
        *("at the cut-off of its day", "no day", "no cut-off", "a day gone by"),
        *("far ahead: two weeks", "the cut-off is now", "the first day of all", "the last"),
    ],
)
def test_a_hold_ends_by_itself(
    order: dict[str, Any] | None, facts: dict[str, Any] | None, due: str
) -> None:
    assert Working(*world(order, facts), PARAMS).due() == datetime.fromisoformat(due)
