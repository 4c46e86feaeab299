"""Conditions of lines at their edges: the last piece, and the last that is kept."""

from typing import Any

import pytest

from sync.asking.orders import decide
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
