"""Conditions where the examples of the rules do not reach: missing facts, and several grants."""

import inspect
from typing import Any

import pytest

from sync import conditions
from sync.conditions import order
from sync.conditions.edit import is_begun
from sync.conditions.line import may_come_back, units_of
from sync.conditions.order import exposure_met, twin_of
from sync.rules.all import BY_NAME, PARAMS
from sync.rules.orders import ORDER, ORDER_LINE, QUIET
from sync.subjects.order import Working
from tests.sync.cases import functions_of, world

NOTHING: dict[str, Any] = {
    **dict.fromkeys(("stores", "grants", "products", "prices", "promotions", "stock")),
    **dict.fromkeys(("credit", "twins", "cut_offs", "known", "numbers")),
}
SAY_SO = {"store_unknown", "product_unknown"}
CAPTURED = "2026-11-21T09:42:00Z"


def working(changed: dict[str, Any] | None = None, facts: dict[str, Any] | None = None) -> Working:
    """The working copy of the examples' order with these changes."""
    return Working(*world(changed, facts), PARAMS)


def grants(*spans: tuple[str, str | None]) -> dict[str, Any]:
    rows = [
        {"valid_from": begins, **({"valid_to": ends} if ends else {})} for begins, ends in spans
    ]
    return {"grants": {"rep-1/store-1": rows}}


def test_every_condition_serves_a_rule() -> None:
    used = {row.when for row in BY_NAME.values()}
    used |= set(QUIET.values())
    helping = {twin_of, exposure_met, may_come_back, units_of, is_begun}
    assert functions_of(conditions) - used == helping
    assert used <= functions_of(conditions)


def test_where_nothing_is_known_only_the_rules_that_say_so_answer() -> None:
    empty = {name: {} for name in NOTHING}
    taken, facts = world()
    for name in empty:
        setattr(facts, name, {})
    w = Working(taken, facts, PARAMS)
    answered = set()
    for row in (one for rows in (*ORDER.values(), *ORDER_LINE.values()) for one in rows):
        if not row.is_asked_of(w.order.type):
            continue
        takes_line = len(inspect.signature(row.when).parameters) == 2
        if row.when(w, w.lines[0]) if takes_line else row.when(w):
            answered.add(row.name)
    assert answered == SAY_SO


@pytest.mark.rule(16)
@pytest.mark.parametrize(
    ("spans", "mine"),
    [
        ([("2026-01-01T00:00:00Z", None)], True),
        ([(CAPTURED, None)], True),
        ([("2026-11-21T11:59:59Z", None)], True),
        ([("2026-11-21T12:00:01Z", None)], False),
        ([("2026-01-01T00:00:00Z", "2026-11-18T09:42:00Z")], True),
        ([("2026-01-01T00:00:00Z", "2026-11-18T09:41:59Z")], False),
        ([("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), ("2026-11-20T00:00:00Z", None)], True),
        ([("2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z")], False),
    ],
    ids=[
        *("carried all the time", "from the very moment", "carried by the time it arrived"),
        *("from tomorrow", "to the last moment of grace", "a second too late"),
        *("lost and given back", "only between capture and arrival"),
    ],
)
def test_a_store_is_the_reps_at_capture_or_now(spans: list[Any], mine: bool) -> None:
    assert order.rep_had_no_right(working(None, grants(*spans))) is not mine


def test_another_reps_right_is_not_mine() -> None:
    facts = {"grants": {"rep-1/store-1": None, "rep-2/store-1": [{"valid_from": CAPTURED}]}}
    assert order.rep_had_no_right(working(None, facts))


@pytest.mark.rule(6)
def test_money_on_account_of_more_than_is_owed_leaves_more_room_than_the_limit() -> None:
    facts = {"credit": {"store-1": {"limit_minor": "1000", "on_account_minor": "120548"}}}
    assert not order.credit_limit_is_exceeded(working(None, facts))
    facts["credit"]["store-1"]["on_account_minor"] = "120547"
    assert order.credit_limit_is_exceeded(working(None, facts))


@pytest.mark.rule(8)
def test_twins_are_counted_by_product_whatever_the_units_they_were_typed_in() -> None:
    half = {"product": "20041", "uom": "each", "typed": "6", "quantity": "6"}
    lines = [
        {
            **{"n": str(n), **half, "unit_price": "1.29", "discount_minor": "0"},
            **{"promotions": [], "net_minor": "774"},
        }
        for n in (1, 2)
    ]
    twin = {
        **{"order": "order-0", "number": "D09-000077", "rep": "rep-2"},
        **{"captured_at": CAPTURED, "lines": {"20041": "12"}},
    }
    facts = {"twins": {"store-1": [twin]}}
    assert order.twin_of(working({"lines": lines}, facts)) == 0
