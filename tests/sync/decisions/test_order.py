"""Decisions about an order as a whole: merged stores, and the next day it can come."""

from datetime import date, timedelta

import pytest

from sync import decisions
from sync.asking.orders import decide
from sync.decisions import order, order_edit
from sync.decisions.shapes import HELD, Answer
from sync.rules.all import BY_NAME, PARAMS
from sync.subjects.order_edit import OrderAtRest, OrderEdit, WorkingOrderEdit
from tests.sync.cases import functions_of, world
from tests.sync.decisions.test_line import working

CLOSED = [str(date(2026, 11, 21) + timedelta(days=ahead)) for ahead in range(400)]


def test_every_decision_serves_a_rule() -> None:
    used = {one for row in BY_NAME.values() for one in row.answers.values()}
    assert functions_of(decisions) == used


def test_a_store_merged_in_a_circle_is_found_nowhere() -> None:
    merged = {"status": "merged", "merged_into": "store-2"}
    back = {"status": "merged", "merged_into": "store-1"}
    w = working(None, {"stores": {"store-1": merged, "store-2": back}})
    answer = order.redirect_to_survivor(w)
    assert w.store is None
    assert answer == Answer("adjusted", {"survivor": None}, goes_on=True)


@pytest.mark.parametrize(("merges", "found"), [(0, 0), (1, 1), (5, 5), (6, None)])
def test_a_merged_store_is_followed_five_times(merges: int, found: int | None) -> None:
    """Each store was merged into the next; the last one is there."""
    like = {"warehouse": "3", "currency": "USD", "price_lists": ["base"]}
    stores = {
        f"store-{at + 1}": {
            **{"name": f"Shop {at}", "code": str(at), "zone": "UTC", **like},
            "status": "merged" if at < merges else "active",
            "merged_into": f"store-{at + 2}" if at < merges else None,
        }
        for at in range(merges + 1)
    }
    w = working(None, {"stores": stores})
    answer = order.redirect_to_survivor(w)
    name = None if found is None else f"Shop {found}"
    assert (w.store and w.store.name) == name
    assert answer == Answer("adjusted", {"survivor": name}, goes_on=True)


def test_a_store_merged_into_nothing_is_found_nowhere() -> None:
    stores = {
        "store-1": {"status": "merged", "merged_into": None},
        "X": {"name": "X", "code": "X", "status": "active", "zone": "UTC"},
    }
    w = working(None, {"stores": stores})
    order.redirect_to_survivor(w)
    assert w.store is None


def test_an_order_that_comes_too_late_comes_with_the_next_delivery() -> None:
    w = working({"deliver_on": "2026-11-20"})
    answer = order.move_to_next_delivery(w)
    assert w.deliver_on == date(2026, 11, 24)
    assert answer == Answer("adjusted", {"deliver_on": "2026-11-24"})


@pytest.mark.parametrize(
    ("changed", "facts"),
    [
        ({"store": "store-9"}, {}),
        ({}, {"cut_offs": {"store-1": None}}),
        ({"deliver_on": None}, {}),
        ({}, {"cut_offs": {"store-1": {"closed_on": CLOSED}}}),
    ],
)
def test_where_no_day_is_in_sight_a_person_decides(
    changed: dict[str, str], facts: dict[str, object]
) -> None:
    assert order.move_to_next_delivery(working(changed, facts)) == HELD


def test_an_order_under_way_says_how_much_more_or_less_was_wanted() -> None:
    edit = OrderEdit(
        *("order-1", "store-1", "rep-1", "revise", world()[1].now), mine={"20041": 24, "20050": 6}
    )
    rest = OrderAtRest("D17-000123", "rep-1", "picking", 1, theirs={"20041": 12, "20042": 4})
    w = WorkingOrderEdit(edit, rest, world()[1], PARAMS)
    told = order_edit.offer_supplement_or_return(w)
    assert told == Answer("rejected", {"more": 18, "less": 4})


def test_a_delivery_day_beyond_the_calendar_is_decided_like_any_other() -> None:
    assert decide(*world({"deliver_on": "0001-01-01"})).outcome == "adjusted"
    assert decide(*world({"deliver_on": "9999-12-31"})).outcome == "held"
