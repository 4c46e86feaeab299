"""Decisions about one line: substitutes, budgets, and what cannot be done becomes a hold."""

from typing import Any

import pytest

from sync.asking.orders import decide
from sync.decisions import line
from sync.decisions.shapes import HELD, Answer
from sync.rules.all import PARAMS
from sync.subjects.order import Working
from tests.sync.cases import world

SHORT = {"3/20041": {"on_hand": "3"}, "3/20042": {"on_hand": "8"}}


def working(changed: dict[str, Any] | None = None, facts: dict[str, Any] | None = None) -> Working:
    return Working(*world(changed, facts), PARAMS)


def claimed(minor: int, *promotions: str, quantity: int = 12) -> dict[str, Any]:
    """An order of one line that says what each promotion takes off it."""
    parts = [{"promotion": one, "discount_minor": str(minor)} for one in promotions]
    return {
        "lines": [
            {
                **{"n": "1", "product": "20041", "uom": "each", "typed": str(quantity)},
                **{"quantity": str(quantity), "unit_price": "1.29", "promotions": parts},
                **{"discount_minor": str(minor * len(parts)), "net_minor": "0"},
            }
        ]
    }


def substituted(facts: dict[str, Any], product: str = "20041") -> tuple[Working, Answer]:
    """What substitute() answers, and the order after it."""
    typed = {"n": "1", "product": product, "uom": "each", "typed": "12", "quantity": "12"}
    priced = {"unit_price": "1.29", "discount_minor": "0", "promotions": [], "net_minor": "1548"}
    w = working({"lines": [typed | priced]}, facts)
    return w, line.substitute(w, w.lines[0])


def test_what_a_substitute_takes_is_not_there_for_the_next_line() -> None:
    w, answer = substituted({"stock": SHORT})
    assert (w.lines[0].swapped, w.lines[0].cut, w.lines[0].cut_reason) == (
        ("20042", 8), 8, "substituted",
    )  # fmt: skip
    assert w.available("20042") == 0
    assert w.taken == {"20041": 3, "20042": 8}
    assert dict(answer.figures) == {
        **{"confirmed": 3, "backordered": 1, "cut": 8},
        **{"substituted": 8, "substitute": "Cola Zero 1 l"},
    }
    again = working(None, {"stock": SHORT})
    again.taken["20042"] = 5
    line.substitute(again, again.lines[0])
    assert (again.lines[0].swapped, again.taken["20042"]) == (("20042", 3), 8)


def test_a_product_in_sell_out_may_be_a_substitute_and_is_never_owed() -> None:
    out = {"products": {"20042": {"status": "sell_out"}}, "stock": SHORT}
    assert substituted(out)[0].lines[0].swapped == ("20042", 8)
    nothing = {"stock": {"3/20090": {"on_hand": "3"}, "3/20042": {"on_hand": "0"}}}
    x = substituted(nothing, "20090")[0].lines[0]
    assert (x.confirmed, x.backordered, x.cut, x.cut_reason) == (3, 0, 9, "no_stock")
    some = {"stock": {"3/20090": {"on_hand": "3"}, "3/20042": {"on_hand": "4"}}}
    x = substituted(some, "20090")[0].lines[0]
    assert (x.backordered, x.cut, x.swapped) == (0, 9, ("20042", 4))


def test_where_nothing_is_swapped_no_line_says_why_it_was_cut() -> None:
    facts = {"stock": SHORT | {"3/20042": {"on_hand": "0"}}}
    w, answer = substituted(facts)
    assert (w.lines[0].backordered, w.lines[0].cut, w.lines[0].cut_reason) == (9, 0, None)
    assert dict(answer.figures) == {"confirmed": 3, "backordered": 9, "cut": 0}
    assert "20042" not in w.taken


def test_a_substitute_just_at_its_least_quantity_is_sent() -> None:
    facts = {"stock": SHORT, "products": {"20042": {"min_quantity": "8"}}}
    assert substituted(facts)[0].lines[0].swapped == ("20042", 8)


def test_a_product_without_a_substitute_is_owed_even_where_one_has_no_code() -> None:
    facts = {
        "stock": SHORT | {"3/": {"on_hand": "9"}, "3/X": {"on_hand": "9"}},
        "products": {
            "20041": {"substitute": None},
            "X": {"name": "X", "status": "active", "uoms": {"each": ["1", "1"]}},
        },
    }
    assert substituted(facts)[0].lines[0].swapped is None


def test_a_line_without_a_price_today_waits_for_a_person() -> None:
    w = working(None, {"prices": {"base/20041": None}})
    assert line.apply_price_now(w, w.lines[0]) == HELD


@pytest.mark.rule(4)
def test_a_promotion_that_stands_gives_what_its_own_arithmetic_says() -> None:
    w = working(claimed(100, "promo-1"))  # ten percent of 15.48 are 1.55
    x = w.lines[0]
    x.asked = x.parts[0]
    line.apply_promotion(w, x)
    assert (x.asked.minor, x.own, x.discount) == (155, 0, 155)
    assert x.asked.rate is not None
    x.restate(24, x.price)
    assert x.discount == 310, "the rate goes on with the quantity"


@pytest.mark.rule(4)
def test_a_discount_of_the_rep_s_own_beside_a_promotion_stays_and_a_minus_does_not() -> None:
    for extra, own in ((20, 20), (-20, 0)):
        order = claimed(100, "promo-1")
        order["lines"][0]["discount_minor"] = str(100 + extra)
        w = working(order)
        w.lines[0].asked = w.lines[0].parts[0]
        line.apply_promotion(w, w.lines[0])
        assert w.lines[0].own == own


@pytest.mark.rule(4)
@pytest.mark.parametrize(
    ("left", "stands", "keeps_rate"), [(40, 40, False), (60, 60, True), (90, 60, True)]
)
def test_a_promotion_gives_what_is_left_of_its_budget(
    left: int, stands: int, keeps_rate: bool
) -> None:
    """Five cents off each of twelve are 60."""
    w = working(claimed(60, "promo-2"), {"promotions": {"promo-2": {"cap_left_minor": str(left)}}})
    x = w.lines[0]
    x.asked = x.parts[0]
    line.limit_to_budget(w, x)
    assert x.asked.minor == stands
    assert (x.asked.rate is not None) is keeps_rate
    x.asked = None
    line.limit_to_budget(w, x)  # of the rep's own discount there is no budget
    assert x.discount == stands


@pytest.mark.parametrize(("typed", "stands"), [("0", None), ("1", 1), ("-1", None), ("many", None)])
def test_only_a_number_of_pieces_can_stand_as_typed(typed: str, stands: int | None) -> None:
    order = claimed(0)
    order["lines"][0]["typed"] = typed
    w = working(order)
    answer = line.apply_typed(w, w.lines[0])
    assert (answer == HELD) is (stands is None)
    assert w.lines[0].quantity == (stands or 12)


@pytest.mark.rule(12)
def test_what_may_still_come_back_is_told_with_its_figure() -> None:
    facts = {"returnable": {"order-0": {"20041": "5"}}}
    w = working({"type": "return", "about": "order-0"}, facts)
    assert dict(line.limit_to_delivered(w, w.lines[0]).figures) == {"left": 5}


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


def test_an_answer_that_cannot_be_given_is_told_as_a_hold() -> None:
    policy = [{"rule": "quantity_differs", "choice": "apply_typed"}]
    line = {
        **{"n": "1", "product": "20041", "uom": "case", "typed": "many", "quantity": "12"},
        **{"unit_price": "1.29", "discount_minor": "0", "promotions": [], "net_minor": "1548"},
    }
    decision = decide(*world({"lines": [line]}, None, policy))
    assert [(c.decision, c.needs) for c in decision.conflicts] == [("hold_for_office", "office")]
    assert decision.reserve == []


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
