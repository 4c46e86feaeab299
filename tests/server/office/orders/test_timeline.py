"""An order's story, told from rows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g

from server.office.orders.timeline import reasons, story

TAKEN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    with Flask(__name__).app_context():
        g.person = SimpleNamespace(zone="UTC")
        yield


def at(minutes: float) -> datetime:
    return TAKEN + timedelta(minutes=minutes)


def order(**more: Any) -> Any:
    figures = {
        "captured_at": TAKEN, "received_at": at(60), "captured_uncertain": False, "state": "sent",
        "rep_name": "Ana", "device_no": 17, "model": "ThinkPad", "stock_as_of": at(-120),
        "credit_as_of": None, "price_as_of": None, "external_no": None, "acknowledged_at": None,
        "hold_due_at": None,
    }  # fmt: skip
    return SimpleNamespace(**figures | more)


def receipt(**more: Any) -> Any:
    figures = {"outcome": "applied", "received_at": at(60), "captured_at": TAKEN,
               "clock_offset_ms": 0}  # fmt: skip
    return SimpleNamespace(**figures | more)


def conflict(**more: Any) -> Any:
    figures = {
        "rule": "credit_exceeded", "line": None, "says": "Store 1 owes 500.00 USD.", "at": at(60),
        "resolved_at": None, "resolved_by": None, "resolution": None,
    }  # fmt: skip
    return SimpleNamespace(**figures | more)


def told(**rows: Any) -> list[Any]:
    rows = {"receipts": [], "conflicts": [], "deliveries": [], "attempts": [], "audit": []} | rows
    return story(rows.pop("order", order()), **rows)


def test_capture_says_what_the_rep_was_looking_at() -> None:
    first = told()[0]
    assert first.what == "Taken by Ana"
    assert first.details[0] == "on handheld 17 (ThinkPad)"
    assert first.details[1].startswith("looking at stock as of ")
    uncertain = told(order=order(captured_uncertain=True))[0]
    assert uncertain.details[-1].endswith("this time is an estimate")


def test_arrival_says_how_late_and_how_wrong_the_clock_was() -> None:
    events = told(receipts=[receipt(clock_offset_ms=-460_000)])
    assert events[1].what == "Arrived and accepted as sent"
    assert events[1].details == ("60 min after it was taken",
                                 "the handheld's clock was 7 min ahead")  # fmt: skip


def test_what_a_rule_said_stands_under_the_moment_it_said_it() -> None:
    again = conflict(rule="stock_short", at=at(90), line=2)
    late = conflict(rule="stock_out", at=at(95), line=3)
    deed = SimpleNamespace(at=at(90), who="user:dora", who_name="Dora", action="order.released",
                           before={}, after={"state": "held", "note": "go on"})  # fmt: skip
    events = told(
        receipts=[receipt(outcome="held")], conflicts=[conflict(), again, late], audit=[deed]
    )
    whats = [event.what for event in events]
    assert whats == ["Taken by Ana", "Arrived and held for a person", "Released by Dora", "Decided"]
    assert [len(event.says) for event in events] == [0, 1, 1, 1]
    assert events[2].details == ("go on", "asked again, and held once more")
    assert (events[2].says[0].rule, events[2].says[0].line) == ("Stock is short", 2)


def test_delivery_is_told_attempt_by_attempt() -> None:
    def attempt(n: int, act: str, outcome: str, detail: str | None = None) -> Any:
        began = at(60 + n)
        return SimpleNamespace(attempt=n, act=act, outcome=outcome, detail=detail, target="main",
                               began_at=began, ended_at=began + timedelta(seconds=2))  # fmt: skip

    done = SimpleNamespace(state="acknowledged", external_no="DS-1", target="main",
                           changed_at=at(63), error=None)  # fmt: skip
    events = told(
        order=order(state="acknowledged", external_no="DS-1", acknowledged_at=at(63)),
        receipts=[receipt()],
        attempts=[attempt(1, "send", "unknown", "timed out"), attempt(2, "look_up", "found")],
        deliveries=[done],
    )
    assert [event.what for event in events[2:]] == [
        "Sent to main, attempt 1", "Looked up at main, attempt 2", "Acknowledged as DS-1",
    ]  # fmt: skip
    assert events[2].details[1:] == ("timed out", "answered in 2.0 s")


def test_what_needs_a_person_ends_the_story() -> None:
    failed = SimpleNamespace(state="failed", external_no=None, target="main", changed_at=at(70),
                             error="unknown store")  # fmt: skip
    events = told(receipts=[receipt()], deliveries=[failed])
    assert events[-1].what == "Delivery to main needs a person"
    assert events[-1].details == ("unknown store",)
    held = told(order=order(state="held", hold_due_at=at(600)), receipts=[receipt(outcome="held")])
    assert held[-1].what == "Waiting for a person"


def test_reasons_leave_out_what_is_settled() -> None:
    settled = conflict(resolved_at=at(70), resolved_by="user:dora", resolution="released")
    found = reasons(["credit_exceeded"], [settled, conflict(says="Still over.")])
    assert [one.sentence for one in found["credit_exceeded"]] == ["Still over."]
