"""What the delivery system's answer means for an order: number, lines, value, who must know.

The dispatcher calls these inside its own transaction, as the last thing before commit (each ends
with the feed's counter). The answer is final about quantities: what was promised here was only
reserved. A line answered short gives its reservation back and lowers the order's value by what
was cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from schemas.ids import derived
from sync import life
from sync.decisions.shapes import Plain
from sync.delivery.change import change_of, decline_change, take_change
from sync.delivery.follow import follow_lines, steps_of, write_order
from sync.delivery.standing import Word
from sync.delivery.told import SHORT, About, tell
from sync.feed import Entry, publish
from sync.queries import deliveries as queries
from sync.queries import doubts, statuses

__all__ = ["REFUSED", "SHORT", "UNKNOWN", "LineAnswer", "acknowledge", "ask_office", "mark_sent"]

_json = msgspec.json.Encoder().encode
REFUSED, UNKNOWN = "delivery_refused", "delivery_unknown"


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What the delivery system makes of line `n`, in eaches; the sum is what it was asked for."""

    n: int
    allocated: int
    backordered: int
    cut: int
    reason: str = ""


def mark_sent(
    conn: Connection, cell: int, orders: Sequence[str], by: str, at: datetime | None = None
) -> None:
    """From here on the orders are with the delivery system: changes are asked of it."""
    sent = queries.mark_sent(
        conn, cell, orders, by, at or datetime.now(UTC), life.starts("send"), life.end("send")
    )
    publish(conn, cell, [Entry(scope, "order", key) for key, scope in sent])


def acknowledge(
    conn: Connection,
    cell: int,
    delivery: str,
    order_id: str,
    revision: int,
    external_no: str,
    answers: Sequence[LineAnswer],
    at: datetime,
    by: str,
) -> None:
    """Write an acknowledgement: the number, the lines as they stand there, notices of short ones.

    The first acknowledgement of an order's revision counts; a second delivery system, or a
    revision that is no longer the order's, changes nothing here. `by` is `delivery:TARGET`.
    """
    entries = close(conn, cell, delivery, "acknowledged", by, at)
    order = statuses.order(conn, cell, order_id)
    change = None if order is None else change_of(conn, cell, order, revision)
    if order is not None and change is not None:
        entries += take_change(
            conn, cell, order, change, external_no, by, at, {one.n for one in answers}
        )
        if order["revision"] == revision:  # it has the new text now
            entries += _follow_answer(conn, cell, order, About(by, delivery), answers, at, {}, {})
    elif order is not None and order["acknowledged_at"] is None and order["revision"] == revision:
        about = About(by, doubts.name_of(conn, cell, delivery))
        entries += _take(conn, cell, order, about, external_no, answers, at)
    publish(conn, cell, entries)


def _take(
    conn: Connection, cell: int, order: dict[str, Any], about: About, external_no: str,
    answers: Sequence[LineAnswer], at: datetime,
) -> list[Entry]:  # fmt: skip
    """Write the first acknowledgement of an order that is locked."""
    word, by = "acknowledged", about.target
    loud: dict[str, Any] = {
        "external_no": external_no,
        "steps": steps_of(order["steps"], [Word(word, at, about.id, {})]),
    }
    quiet: dict[str, Any] = {"acknowledged_at": at}
    if order["state"] in life.KEEPS_NOTHING:
        return write_order(conn, cell, order, loud, quiet, by, always=True)
    way = life.path(order["state"], life.WORDS[word])
    loud["state"] = way[-1].end if way else order["state"]
    return _follow_answer(conn, cell, order, about, answers, at, loud, quiet, always=True)


def _follow_answer(
    conn: Connection, cell: int, order: dict[str, Any], about: About,
    answers: Sequence[LineAnswer], at: datetime, loud: dict[str, Any], quiet: dict[str, Any],
    *, always: bool = False,
) -> list[Entry]:  # fmt: skip
    """Make the lines follow an acknowledgement, and write the order."""
    _keep_answer(conn, cell, order, about, answers, at)
    entries = follow_lines(conn, cell, order, about, about.target, at, loud, quiet)
    return write_order(conn, cell, order, loud, quiet, about.target, always=always) + entries


def _keep_answer(
    conn: Connection, cell: int, order: dict[str, Any], about: About,
    answers: Sequence[LineAnswer], at: datetime,
) -> None:  # fmt: skip
    """Keep what an acknowledgement says of the lines, as far as it is not what we asked for."""
    asked = {row[0]: (row[3], row[4]) for row in statuses.lines(conn, cell, order["id"])}
    told = [
        {
            "n": one.n, "allocated": one.allocated, "backordered": one.backordered,
            "reason": one.reason,
        }
        for one in answers
        if one.n in asked and asked[one.n] != (one.allocated, one.backordered)
    ]  # fmt: skip
    if told:
        target, word = about.target.removeprefix("delivery:"), "acknowledged"
        row = (
            target, f"ack:{about.id}", order["id"], order["id"], order["revision"], None, word,
            word, at, at, "applied", _json(told).decode(), None, "",
        )  # fmt: skip
        statuses.keep(conn, cell, row)


def ask_office(
    conn: Connection,
    cell: int,
    delivery: str,
    order_id: str,
    rule: str,
    reason: str,
    at: datetime,
    by: str,
) -> None:
    """Put a delivery into the office's inbox; the rep sees it too.

    rule: REFUSED (it said no, for `reason`) or UNKNOWN (nobody can say whether it arrived).
    """
    order = statuses.order(conn, cell, order_id)
    if order is None:
        return
    revision = queries.revision_of(conn, cell, delivery)
    change = change_of(conn, cell, order, revision) if rule == REFUSED else None
    if change is not None:
        publish(conn, cell, decline_change(conn, cell, order, change, reason, by, at))
        return
    conflict_id = derived("conflict", delivery, rule, "")
    reopened = queries.reopen(conn, cell, conflict_id, by)
    entries = [Entry(scope, "conflict", key) for key, scope in reopened]
    if not entries:
        store, _ = queries.names_of(conn, cell, order_id, [])
        figures: dict[str, Plain] = {"number": order["number"], "store": store, "reason": reason}
        entries = [
            tell(conn, cell, conflict_id, order, rule, "hold_for_office", figures, by, at,
                 needs_office=True)
        ]  # fmt: skip
    publish(conn, cell, entries)


def close(
    conn: Connection, cell: int, delivery: str, resolution: str, by: str, at: datetime
) -> list[Entry]:
    """Answer what waits in the inbox about a delivery; return the entries that tell of it."""
    ids = [derived("conflict", delivery, rule, "") for rule in (REFUSED, UNKNOWN)]
    closed = queries.resolve(conn, cell, ids, resolution, by, at)
    return [Entry(scope, "conflict", key) for key, scope in closed]
