"""The later half of an order's story: what its delivery system said, and what was asked of it.

Pure: rows in, events out. Sentences that the rep got stand under the event that caused them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from server.office.orders.story import Event, said

Row = Any

WORDS: Mapping[str, tuple[str, str, str]] = {
    "acknowledged": ("Acknowledged", "check", "done"),
    "allocated": ("Allocated", "check", "done"),
    "short": ("Allocated in part", "half", "wait"),
    "picking": ("Picking", "check", "done"),
    "dispatched": ("Dispatched", "truck", "done"),
    "delivered": ("Delivered", "checks", "done"),
    "part_delivered": ("Delivered in part", "half", "wait"),
    "refused": ("Refused at the door", "cross", "stop"),
    "invoiced": ("Invoiced", "checks", "done"),
    "closed": ("Finished by the delivery system", "checks", "done"),
    "cancelled": ("Cancelled by the delivery system", "dash", "calm"),
    "rejected": ("Rejected by the delivery system", "cross", "stop"),
}
CHANGES: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("change", "office"): ("A change waits for the office", "pause", "wait"),
    ("change", "asked"): ("A change was asked of the delivery system", "arrow", "wait"),
    ("change", "taken"): ("The delivery system took the change", "check", "done"),
    ("change", "declined"): ("The change was declined", "cross", "stop"),
    ("change", "late"): ("The change was taken too late", "half", "stop"),
    ("cancel", "office"): ("A cancellation waits for the office", "pause", "wait"),
    ("cancel", "asked"): ("The delivery system was asked to cancel", "arrow", "wait"),
    ("cancel", "taken"): ("The delivery system cancelled it", "check", "done"),
    ("cancel", "declined"): ("The cancellation was declined", "cross", "stop"),
    ("cancel", "late"): ("The cancellation was taken too late", "half", "stop"),
}

FIGURES = (
    ("allocated", "ordered", "short"),
    ("shipped", "confirmed", "not"),
    ("delivered", "shipped", "not"),
)
"""A figure of a line, the figure it is a part of, and what the rest of that is."""


def statuses_told(
    rows: Iterable[Row], lines: Iterable[Row], told: list[Row]
) -> tuple[list[Event], set[datetime]]:
    """One event for each thing the delivery system said of the order, and the moments at which
    the sentences under them were written."""
    known = {line.n: line for line in lines}
    events, moments = [], set()
    for row in rows:
        if row.id.startswith("ack:"):
            continue  # stands in the story as the acknowledgement
        what, mark, tone = WORDS.get(row.meaning or "", (f"Said: {row.status}", "half", "wait"))
        if row.meaning == "invoiced" and row.invoice_no:
            what = f"Invoiced as {row.invoice_no}"
        details = [f"by {row.target}"]
        details += [_line(known.get(one["n"]), one) for one in row.lines]
        if row.detail:
            details.append(row.detail)
        if row.outcome == "stale":
            details.append("told late: it moved nothing back")
        if row.outcome == "parked":
            mark, tone = "pause", "stop"
            details.append("kept until somebody says what is true")
        moments.add(row.received_at)
        says = tuple(said(one) for one in told if one.at == row.received_at)
        events.append(Event(row.at, mark, tone, what, tuple(filter(None, details)), says))
    return events, moments


def _line(line: Row | None, told: Mapping[str, Any]) -> str:
    """What was told of a line: "Cola 1 l: allocated 8 of 12, 4 short (damaged)"."""
    name = f"line {told['n']}" if line is None else (line.product_name or line.product)
    parts = []
    for figure, before, missing in FIGURES:
        if told.get(figure) is None:
            continue
        asked = None if line is None else max(getattr(line, before), told[figure])
        of = "" if asked is None else f" of {asked}"
        left = 0 if asked is None else asked - told[figure]
        parts.append(f"{figure} {told[figure]}{of}" + (f", {left} {missing}" if left else ""))
    why = f" ({told['reason']})" if told.get("reason") else ""
    return f"{name}: {', '.join(parts)}{why}" if parts else ""


def changes_told(rows: Iterable[Row]) -> list[Event]:
    """What was asked of the delivery system after it had the order, and what it answered."""
    events = []
    for row in rows:
        what, mark, tone = CHANGES[row.act, "office" if row.state == "office" else "asked"]
        details = [f"as revision {row.revision}"] + ([row.reason] if row.reason else [])
        events.append(Event(row.at, mark, tone, what, tuple(details)))
        if row.settled_at is not None:
            what, mark, tone = CHANGES[row.act, row.state]
            events.append(Event(row.settled_at, mark, tone, what))
    return events
