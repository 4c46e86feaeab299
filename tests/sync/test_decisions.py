"""Decisions where the examples of the rules do not reach: what cannot be done becomes a hold."""

from typing import Any

from sync import decisions
from sync.asking.orders import decide
from sync.decisions import line, order
from sync.decisions.shapes import Answer
from sync.rules.all import BY_NAME, PARAMS
from sync.subjects.order import Working
from tests.sync.cases import functions_of, world


def working(changed: dict[str, Any] | None = None, facts: dict[str, Any] | None = None) -> Working:
    return Working(*world(changed, facts), PARAMS)


def test_every_decision_serves_a_rule() -> None:
    used = {one for row in BY_NAME.values() for one in row.answers.values()}
    assert functions_of(decisions) == used


def test_a_product_is_no_substitute_for_itself() -> None:
    facts = {
        "products": {"20041": {"substitute": "20041"}},
        "stock": {"3/20041": {"on_hand": "3"}},
    }
    w = working(None, facts)
    line.substitute(w, w.lines[0])
    assert (w.lines[0].confirmed, w.lines[0].backordered, w.lines[0].swapped) == (3, 9, None)


def test_a_substitute_comes_in_the_quantities_it_is_sold_in() -> None:
    stock = {"stock": {"3/20041": {"on_hand": "3"}, "3/20042": {"on_hand": "8"}}}
    w = working(None, {**stock, "products": {"20042": {"multiple": "6"}}})
    line.substitute(w, w.lines[0])
    assert (w.lines[0].swapped, w.lines[0].backordered) == (("20042", 6), 3)
    w = working(None, {**stock, "products": {"20042": {"min_quantity": "10"}}})
    line.substitute(w, w.lines[0])
    assert (w.lines[0].swapped, w.lines[0].backordered) == (None, 9)


def test_a_blocked_substitute_is_not_sent() -> None:
    facts = {"products": {"20042": {"status": "blocked"}}, "stock": {"3/20041": {"on_hand": "3"}}}
    w = working(None, facts)
    line.substitute(w, w.lines[0])
    assert w.lines[0].swapped is None


def test_a_store_merged_in_a_circle_is_found_nowhere() -> None:
    merged = {"status": "merged", "merged_into": "store-2"}
    back = {"status": "merged", "merged_into": "store-1"}
    w = working(None, {"stores": {"store-1": merged, "store-2": back}})
    answer = order.redirect_to_survivor(w)
    assert w.store is None
    assert answer == Answer("adjusted", {"survivor": None}, goes_on=True)


def test_an_answer_that_cannot_be_given_is_told_as_a_hold() -> None:
    policy = [{"rule": "quantity_differs", "choice": "apply_typed"}]
    line = {
        **{"n": "1", "product": "20041", "uom": "case", "typed": "many", "quantity": "12"},
        **{"unit_price": "1.29", "discount_minor": "0", "promotions": [], "net_minor": "1548"},
    }
    decision = decide(*world({"lines": [line]}, None, policy))
    assert [(c.decision, c.needs) for c in decision.conflicts] == [("hold_for_office", "office")]
    assert decision.reserve == []


def test_a_delivery_day_beyond_the_calendar_is_decided_like_any_other() -> None:
    assert decide(*world({"deliver_on": "0001-01-01"})).outcome == "adjusted"
    assert decide(*world({"deliver_on": "9999-12-31"})).outcome == "held"


def test_a_cut_line_is_never_dearer_than_the_line_credit_was_asked_about() -> None:
    """5 at 0.0028 are 0.01, less a discount of 0.01: nothing. Worked out anew, the 2 that are
    left would be 0.01 less a rounded share of 0.00, and pass a limit that is used up."""
    line = {
        **{"n": "1", "product": "20041", "uom": "each", "typed": "5", "quantity": "5"},
        **{"unit_price": "0.0028", "discount_minor": "1", "promotions": [], "net_minor": "0"},
    }
    facts = {
        "prices": {"base/20041": [{"price": "0.0028", "valid_from": "2026-01-01T00:00:00Z"}]},
        "stock": {"3/20041": {"on_hand": "2"}},
        "credit": {"store-1": {"limit_minor": "120000"}},
    }
    policy = [
        {"rule": "stock_short", "choice": "cut"},
        {"rule": "discount_not_granted", "params": {"percent": "100"}},
    ]
    decision = decide(*world({"lines": [line], "net_minor": "0"}, facts, policy))
    assert (decision.state, decision.lines[0].confirmed, decision.net_minor) == ("accepted", 2, 0)
