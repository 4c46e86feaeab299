"""One order's story, from the store to the delivery system, out of the rows that recorded it.

Pure: rows in, events out, oldest first. What a rule said is quoted as the rep read it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from server.office.orders.story import Event, Row, Said, plain, said
from server.office.orders.timeline_life import changes_told, statuses_told
from server.office.words import clock, span, state_word

CLOCK_WRONG = timedelta(minutes=5)

ACTIONS = {
    "order.released": ("Released", "check", "done"),
    "order.overridden": ("Released against every rule", "check", "done"),
    "order.rejected": ("Rejected", "cross", "stop"),
    "order.cancelled": ("Cancelled", "dash", "stop"),
    "order.cancel_asked": ("Cancellation asked for", "arrow", "wait"),
    "order.revised": ("Changed", "person", "go"),
    "order.delivery_replayed": ("Sent again", "arrow", "go"),
    "order.number_entered": ("Delivery number entered", "check", "done"),
}
ATTEMPTS = {
    "acknowledged": ("The delivery system took it", "check", "done"),
    "found": ("Found there by its reference", "check", "done"),
    "handed_over": (
        "Put where the delivery system takes it; its answer comes later",
        "arrow",
        "go",
    ),
    "missing": ("Not there: it will be sent again", "half", "wait"),
    "unknown": ("No clear answer; it will be looked up before it is sent again", "half", "wait"),
    "retry": ("Not taken yet; it will be tried again", "half", "wait"),
    "cannot_look_up": ("The delivery system cannot be asked about it", "half", "wait"),
    "refused": ("The delivery system refused it", "cross", "stop"),
    "failed": ("Given up; a person decides", "cross", "stop"),
    "parked": ("Nobody can tell whether it arrived; a person finds out", "pause", "stop"),
}


def story(
    order: Row,
    receipts: Iterable[Row],
    conflicts: Iterable[Row],
    deliveries: Iterable[Row],
    attempts: Iterable[Row],
    audit: Iterable[Row],
    statuses: Iterable[Row] = (),
    lines: Iterable[Row] = (),
    changes: Iterable[Row] = (),
) -> list[Event]:
    """Everything that happened to an order, oldest first."""
    told, deeds = list(conflicts), list(audit)
    later, moments = statuses_told(statuses, lines, told)
    for delivery in deliveries:
        later += _delivery(order, delivery, told)
    later += changes_told(changes)
    events = [_taken(order), *_arrivals(order, receipts, told)]
    events += [_deed(row, [one for one in told if one.at == row.at]) for row in deeds]
    events += later
    known: set[datetime | None] = {*moments, *(event.at for event in events)}
    events += _asked_again(told, known)
    events += [_attempt(row) for row in attempts]
    events.sort(key=lambda event: event.at or order.received_at)
    return [*events, *([] if moments else _present(order))]


def _taken(order: Row) -> Event:
    details = []
    if order.device_no is not None:
        details.append(
            f"on handheld {order.device_no}" + (f" ({order.model})" if order.model else "")
        )
    ages = [
        f"{name} as of {clock(at)}"
        for name, at in (
            ("stock", order.stock_as_of),
            ("credit", order.credit_as_of),
            ("prices", order.price_as_of),
        )
        if at is not None
    ]
    if ages:
        details.append("looking at " + ", ".join(ages))
    if order.captured_uncertain:
        details.append("the handheld had restarted since, so this time is an estimate")
    return Event(order.captured_at, "person", "", f"Taken by {order.rep_name}", tuple(details))


def _arrivals(order: Row, receipts: Iterable[Row], told: list[Row]) -> list[Event]:
    events = []
    for receipt in receipts:
        word, mark, tone = ARRIVED.get(receipt.outcome, ("Arrived", "dot", "calm"))
        details = []
        late_s = (
            receipt.received_at - (receipt.captured_at or receipt.received_at)
        ).total_seconds()
        if late_s >= 60:
            details.append(f"{span(late_s)} after it was taken")
        offset_ms = receipt.clock_offset_ms or 0
        if abs(offset_ms) > CLOCK_WRONG.total_seconds() * 1000:
            ahead = "ahead" if offset_ms < 0 else "behind"
            details.append(f"the handheld's clock was {span(abs(offset_ms) / 1000)} {ahead}")
        says = tuple(said(row) for row in told if row.at == receipt.received_at)
        events.append(Event(receipt.received_at, mark, tone, word, tuple(details), says))
    return events or [Event(order.received_at, "dot", "calm", "Arrived")]


def _asked_again(told: list[Row], known: set[datetime | None]) -> list[Event]:
    """What rules said at a time that nothing else explains."""
    moments = sorted({row.at for row in told} - known)
    return [
        Event(at, "dot", "calm", "Decided", (), tuple(said(row) for row in told if row.at == at))
        for at in moments
    ]


ARRIVED = {
    "applied": ("Arrived and accepted as sent", "ring", "go"),
    "adjusted": ("Arrived and accepted with changes", "half", "go"),
    "merged": ("Arrived and joined with another change", "half", "go"),
    "held": ("Arrived and held for a person", "pause", "wait"),
    "rejected": ("Arrived and rejected", "cross", "stop"),
    "waiting": ("Arrived before what it depends on", "pause", "wait"),
}


def _deed(row: Row, told: list[Row]) -> Event:
    what, mark, tone = ACTIONS.get(row.action) or (plain(row.action), "person", "")
    who = row.who_name or row.who.partition(":")[2] or row.who
    after = row.after or {}
    details = [str(after[key]) for key in ("note", "reason") if after.get(key)]
    if after.get("state") == "held":
        details.append("asked again, and held once more")
    says = tuple(said(one) for one in told)
    return Event(row.at, mark, tone, f"{what} by {who}", tuple(details), says)


def _attempt(row: Row) -> Event:
    said_, mark, tone = ATTEMPTS.get(
        row.outcome or "", (plain(row.outcome or "on its way"), "arrow", "")
    )
    verb = "Looked up at" if row.act == "look_up" else "Sent to"
    details = [said_] + ([row.detail] if row.detail else [])
    if row.ended_at is not None:
        details.append(f"answered in {span((row.ended_at - row.began_at).total_seconds())}")
    return Event(
        row.began_at, mark, tone, f"{verb} {row.target}, attempt {row.attempt}", tuple(details)
    )


def _delivery(order: Row, row: Row, told: list[Row]) -> list[Event]:
    if row.state == "acknowledged":
        number = row.external_no or order.external_no
        what = f"Acknowledged as {number}" if number else "Acknowledged"
        at = order.acknowledged_at or row.changed_at
        says = tuple(said(one) for one in told if one.at == at)
        return [Event(at, "check", "done", what, (f"by {row.target}",), says)]
    if row.state in ("failed", "parked"):
        why = (row.error,) if row.error else ()
        what = f"Delivery to {row.target} needs a person"
        return [Event(row.changed_at, "cross", "stop", what, why)]
    return []


def _present(order: Row) -> list[Event]:
    """Where the order stands, when no row with a time says so."""
    if order.state == "held":
        due = (f"until {clock(order.hold_due_at)}",) if order.hold_due_at else ()
        return [Event(None, "pause", "wait", "Waiting for a person", due)]
    if order.state == "accepted":
        return [Event(None, "ring", "go", "Waiting to be sent to the delivery system")]
    if order.state in (
        "allocated",
        "short",
        "picking",
        "dispatched",
        "delivered",
        "invoiced",
        "closed",
    ):
        return [Event(None, "checks", "done", state_word(order.state))]
    return []


def reasons(holds: list[str], conflicts: list[Row]) -> dict[str, list[Said]]:
    """Rule that holds the order -> what it said, line by line."""
    return {
        rule: [said(row) for row in conflicts if row.rule == rule and row.resolved_at is None]
        for rule in holds
    }
