"""Conditions of lines at their edges: the last piece, and the last that is kept."""

from typing import Any

import pytest

from sync.asking.orders import decide
from sync.conditions import line
from sync.rules.all import PARAMS
from sync.subjects.order import Working
from tests.sync.cases import world

KEPT = [{"rule": "stock_kept", "params": {"percent": "50"}}]


def rules(on_hand: int, policy: list[dict[str, Any]] | None = None) -> set[str]:
    """The rules that answer an order of 12 with so much on hand."""
    facts = {"stock": {"3/20041": {"on_hand": str(on_hand)}}}
    return {one.rule for one in decide(*world(None, facts, policy)).conflicts}


@pytest.mark.rule(1)
@pytest.mark.parametrize(
    ("on_hand", "rule"), [(0, {"stock_out"}), (1, {"stock_short"}), (11, {"stock_short"})]
)
def test_one_left_is_short_and_none_is_out(on_hand: int, rule: set[str]) -> None:
    assert rules(on_hand) == rule
    assert rules(12) == set()


@pytest.mark.rule(2)
@pytest.mark.parametrize(
    ("on_hand", "rule"),
    [(0, {"stock_out"}), (1, {"stock_kept"}), (2, {"stock_kept"}), (24, set())],
)
def test_where_something_is_kept_the_last_piece_is(on_hand: int, rule: set[str]) -> None:
    assert rules(on_hand, KEPT) == rule


@pytest.mark.rule(2)
def test_what_goes_out_by_van_asks_nothing_of_what_is_kept() -> None:
    facts = {"stock": {"3/20041": {"on_hand": "1"}}}
    decision = decide(*world({"type": "van"}, facts, KEPT))
    assert "stock_kept" not in {one.rule for one in decision.conflicts}


@pytest.mark.rule(12)
@pytest.mark.parametrize(("delivered", "exceeds"), [(11, True), (12, False), (13, False)])
def test_all_that_was_delivered_may_come_back(delivered: int, exceeds: bool) -> None:
    facts = {"returnable": {"order-0": {"20041": str(delivered)}}}
    order = {"type": "return", "about": "order-0"}
    told = {one.rule for one in decide(*world(order, facts)).conflicts}
    assert ("return_exceeds_delivered" in told) is exceeds


def working(changed: dict[str, Any] | None = None, facts: dict[str, Any] | None = None) -> Working:
    return Working(*world(changed, facts), PARAMS)


def lines(*rows: dict[str, str]) -> dict[str, Any]:
    start = {
        **{"product": "20041", "uom": "each", "typed": "12", "quantity": "12"},
        **{"unit_price": "1.29", "discount_minor": "0", "promotions": [], "net_minor": "1548"},
    }
    return {"lines": [start | {"n": str(n)} | row for n, row in enumerate(rows, 1)]}


def test_a_price_for_one_was_on_the_copy_of_who_orders_none() -> None:
    """A quantity of nothing is asked about as one piece: a price from two on is not its price."""
    facts = {
        "prices": {
            "base/20041": [
                {"price": "1.00", "valid_from": "2026-01-01T00:00:00Z", "min_quantity": "2"},
                {"price": "1.29", "valid_from": "2026-01-01T00:00:00Z"},
            ]
        }
    }
    w = working(lines({"quantity": "0", "unit_price": "1.00"}), facts)
    assert line.price_rose(w, w.lines[0])
    assert not line.price_rose_within_grace(w, w.lines[0])


@pytest.mark.rule(4)
def test_a_discount_of_a_single_cent_is_one() -> None:
    none_may = [{"rule": "discount_not_granted", "params": {"percent": "0"}}]
    for minor, asked in (("1", True), ("0", False), ("-1", False)):
        order = lines({"discount_minor": minor, "net_minor": str(1548 - int(minor))})
        told = {one.rule for one in decide(*world(order, None, none_may)).conflicts}
        assert ("discount_not_granted" in told) is asked


def test_a_promotion_asked_of_no_store_is_for_nobody_else() -> None:
    parts = [{"promotion": "promo-1", "discount_minor": "155"}]
    w = working({"store": "store-9"} | lines({"promotions": parts, "discount_minor": "155"}))
    w.lines[0].asked = w.lines[0].parts[0]
    assert not line.promotion_is_for_others(w, w.lines[0])


def test_one_piece_is_a_quantity_and_none_is_not() -> None:
    for quantity, refused in (("1", False), ("0", True), ("-1", True)):
        w = working(lines({"quantity": quantity}))
        assert line.quantity_is_not_positive(w, w.lines[0]) is refused


@pytest.mark.rule(12)
def test_a_return_about_nothing_is_none_of_a_known_order() -> None:
    facts = {"returnable": {"X": {"20041": "5"}, "order-0": {}}}
    w = working({"type": "return"}, facts)
    assert line.may_come_back(w, w.lines[0]) is None
    w = working({"type": "return", "about": "order-0"}, facts)
    assert line.may_come_back(w, w.lines[0]) == 0, "a product that never came"


def test_one_piece_of_what_is_sold_by_one_is_a_multiple() -> None:
    w = working(lines({"quantity": "1"}))
    assert not line.quantity_is_no_multiple(w, w.lines[0])


def test_a_store_without_a_warehouse_has_no_stock_that_is_known() -> None:
    stores = {"stores": {"store-1": {"warehouse": None}}}
    w = working(
        None, stores | {"stock": {"X/20041": {"on_hand": "9", "as_of": "2026-11-21T03:00:00Z"}}}
    )
    assert line.stock_is_unknown(w, w.lines[0])
