"""What is said and done when a delivery system is in doubt: it is silent, or has other books.

A person decides what becomes of a difference; here is only what that decision does to the rows.
Each function is called inside a transaction that commits at once after it (they take the feed's
counter), and returns what the caller needs for the audit.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from schemas.ids import derived
from sync.decisions.shapes import Plain
from sync.delivery.told import tell
from sync.feed import Entry, publish
from sync.queries import deliveries as queries
from sync.queries import doubts
from sync.queries import statuses as status_queries

SILENT, DIFFERS = "delivery_silent", "delivery_differs"


def take_up(
    conn: Connection, cell: int, delivery: str, by: str, at: datetime, *, look_up: bool
) -> str | None:
    """Take up an acknowledged delivery again: look it up, or send the same document anew.

    Its id stays, so a system that knows repeats cannot take it twice; its attempts are counted
    from here. The next acknowledgement counts like a first one: number and quantities follow it.
    With `look_up` it is sent only if it is not there. Returns the order, or None when the delivery
    is not acknowledged (any more). `by` is `user:CODE`.
    """
    state = "unknown" if look_up else "queued"
    return doubts.take_up(conn, cell, delivery, state, by, at)


def tell_silent(
    conn: Connection, cell: int, target: str, since: datetime, zone: str, waiting: int, by: str,
    at: datetime,
) -> None:  # fmt: skip
    """Put it into the office's inbox that a system has acknowledged nothing since `since`, which
    is told in the company's `zone`."""
    local = since.astimezone(ZoneInfo(zone)).isoformat()
    figures: dict[str, Plain] = {"target": target, "since": local, "waiting": waiting}
    key = _silence(target, since)
    reopened = [Entry(scope, "conflict", one) for one, scope in queries.reopen(conn, cell, key, by)]
    entries = reopened or [
        tell(conn, cell, key, None, SILENT, "hold_for_office", figures, by, at,
             needs_office=True, private=True)
    ]  # fmt: skip
    publish(conn, cell, entries)


def retire_silent(
    conn: Connection, cell: int, target: str, since: datetime, by: str, at: datetime
) -> None:
    """The system answers again, or nothing waits for it any more: its item is done."""
    closed = queries.resolve(conn, cell, [_silence(target, since)], "answered", by, at)
    publish(conn, cell, [Entry(scope, "conflict", key) for key, scope in closed])


def figures_of(
    kind: str, subject: str, ours: Mapping[str, Any] | None, theirs: Sequence[Mapping[str, Any]]
) -> dict[str, Plain]:
    """The figures of the sentence about a difference, out of a row of reconciliation_line."""
    ours, last = ours or {}, max(theirs, key=lambda one: one["revision"], default={})
    figures: dict[str, Plain] = {
        "number": ours.get("number") or subject,
        "ours": ours.get("external_no"),
        "theirs": ", ".join(sorted({one["external_no"] for one in theirs})) or None,
    }
    if kind == "lines_differ":
        for name in ("lines", "quantity", "revision"):
            figures[f"our_{name}"] = ours.get(name)
            figures[f"their_{name}"] = last.get(name)
    if kind == "value_differs":
        figures |= {
            "ours_minor": ours.get("value_minor"), "theirs_minor": last.get("value_minor"),
            "currency": ours.get("currency"),
        }  # fmt: skip
    return figures


def tell_differs(
    conn: Connection, cell: int, target: str, day: date, kind: str, order_id: str | None,
    figures: dict[str, Plain], by: str, at: datetime,
) -> None:  # fmt: skip
    """Put a difference into the office's inbox, once a day and order.

    kind: as in the table reconciliation_line. figures: those of `figures_of`.
    """
    order = status_queries.order(conn, cell, order_id) if order_id else None
    subject = order_id or str(figures["number"])
    key = derived("conflict", f"delivery:{target}", f"{day}|{subject}", f"{DIFFERS}|{kind}")
    reopened = [Entry(scope, "conflict", one) for one, scope in queries.reopen(conn, cell, key, by)]
    said = {**figures, "target": target, "day": day.isoformat()}
    entries = reopened or [
        tell(conn, cell, key, order, DIFFERS, kind, said, by, at, needs_office=True, private=True)
    ]
    publish(conn, cell, entries)


def _silence(target: str, since: datetime) -> str:
    return derived("conflict", f"delivery:{target}", since.isoformat(), SILENT)
