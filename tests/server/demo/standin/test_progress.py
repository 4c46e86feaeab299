"""Stages of an order at the stand-in, and the events they are told by."""

from __future__ import annotations

import pytest

from server.demo.standin.progress import STAGES, event, stages_until

DOCUMENT = {
    "external_no": "DS-000001", "order_id": "o-1", "revision": 1,
    "answer": {"lines": [{"n": 1, "allocated": 5, "reason": "not enough on hand"}]},
}  # fmt: skip


def test_an_order_passes_every_stage_it_has_not_passed() -> None:
    assert stages_until("invoiced", 0) == STAGES
    assert stages_until("dispatched", 1) == ("picking", "dispatched")
    assert stages_until("picking", 3) == ()
    with pytest.raises(ValueError, match="a stage is one of"):
        stages_until("lost", 0)


def test_an_event_says_the_same_however_often_it_is_made() -> None:
    assert event(DOCUMENT, "picking", "t") == event(DOCUMENT, "picking", "t")
    assert len({event(DOCUMENT, stage, "t")["id"] for stage in STAGES}) == len(STAGES)


def test_quantities_are_told_where_something_happened_to_them() -> None:
    for stage, what in (("allocated", "allocated"), ("dispatched", "shipped"),
                        ("delivered", "delivered")):  # fmt: skip
        (line,) = event(DOCUMENT, stage, "t")["lines"]
        assert line == {"n": 1, what: 5, "reason": "not enough on hand"}
    assert "lines" not in event(DOCUMENT, "picking", "t")
    assert event(DOCUMENT, "invoiced", "t")["invoice_no"] == "INV-000001"
