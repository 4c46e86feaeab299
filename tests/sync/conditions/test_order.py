"""Conditions of orders at their edges: exposure, twins, and days that cannot be."""

from typing import Any

import pytest

from sync.conditions import order, order_edit
from sync.rules.all import PARAMS
from sync.subjects.order import Working
from sync.subjects.order_edit import OrderAtRest, OrderEdit, WorkingOrderEdit
from tests.sync.cases import facts_of, merged, read, world


def working(
    changed: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
    policy: list[dict[str, Any]] | None = None,
) -> Working:
    return Working(*world(changed, facts, policy), PARAMS)


@pytest.mark.rule(3)
@pytest.mark.parametrize(("counts", "met"), [("0", 900), ("1", 800)])
def test_cash_on_its_way_lowers_the_exposure_only_where_the_firm_says_so(
    counts: str, met: int
) -> None:
    facts = {"credit": {"store-1": {"open_minor": "900", "collected_minor": "100"}}}
    policy = [{"rule": "credit_exceeded", "params": {"count_unposted_cash": counts}}]
    assert order.exposure_met(working(None, facts, policy)) == met


@pytest.mark.rule(3)
def test_a_store_whose_credit_nobody_knows_stands_in_for_nothing() -> None:
    assert order.exposure_met(working(None, {"credit": {"store-1": None}})) == 0


def twin(key: str, at: str, lines: dict[str, str]) -> dict[str, Any]:
    return {"order": key, "number": key, "rep": "rep-2", "captured_at": at, "lines": lines}


@pytest.mark.rule(5)
def test_an_order_is_no_twin_of_itself_and_those_after_it_are_still_looked_at() -> None:
    at = "2026-11-21T09:00:00Z"
    twins = [twin("order-1", at, {"20041": "12"}), twin("order-0", at, {"20041": "12"})]
    assert order.twin_of(working(None, {"twins": {"store-1": twins}})) == 1


@pytest.mark.rule(5)
@pytest.mark.parametrize(
    ("same", "of", "percent", "is_twin"),
    [(9, 10, "90", True), (8, 10, "90", False), (2, 3, "66", True), (2, 3, "67", False)],
)
def test_a_twin_has_just_the_percent_of_lines_that_the_policy_asks(
    same: int, of: int, percent: str, is_twin: bool
) -> None:
    start = read("rules/_world.json")["order"]["lines"][0]
    rows = [start | {"n": str(n), "product": f"2{n:04d}"} for n in range(1, of + 1)]
    lines = {row["product"]: "12" if n <= same else "1" for n, row in enumerate(rows, 1)}
    twins = {"twins": {"store-1": [twin("order-0", "2026-11-21T09:00:00Z", lines)]}}
    policy = [{"rule": "probable_duplicate", "params": {"percent": percent}}]
    assert (order.twin_of(working({"lines": rows}, twins, policy)) is not None) is is_twin


def test_where_no_cut_off_is_known_no_day_has_closed() -> None:
    w = working({"deliver_on": "2026-11-20"}, {"cut_offs": {"store-1": None}})
    assert not order.delivery_day_has_closed(w)


@pytest.mark.parametrize("store", ["store-1", "store-9"])
def test_an_order_for_no_day_is_neither_late_nor_far_ahead(store: str) -> None:
    w = working({"deliver_on": None, "store": store})
    assert not order.delivery_day_has_closed(w)
    assert not order.day_is_far_ahead(w)


@pytest.mark.rule(6)
@pytest.mark.parametrize(
    ("state", "is_out", "out"),
    [("sent", True, True), ("accepted", True, True), ("picking", True, False)],
)
def test_an_order_is_out_until_it_is_picked(state: str, is_out: bool, out: bool) -> None:
    facts = facts_of(merged(read("rules/_world.json")["facts"], {}), [], {})
    edit = OrderEdit("order-1", "store-1", "rep-1", "revise", facts.now)
    rest = OrderAtRest("D17-000123", "rep-1", state, 1, is_out=is_out)
    assert order_edit.order_is_out(WorkingOrderEdit(edit, rest, facts, PARAMS)) is out
