"""The comparison at night: what we believe a delivery system has, beside what it says it has.

For every enabled system, every business day of its company once the day is over (and again while
differences are open, and whenever a person asks): ask for its list of the day, read ours, compare
(compare.py), look up what is nowhere, write down what differs. Nothing is repaired here without a
person: `repair_asked` carries out what one has clicked, and has the day compared again.

Ours is read after theirs, so nothing that was sent during the run looks unknown; and what was
acknowledged shortly before their list was made need not be in it. Between the transactions nothing
is locked: `begin` opens one whenever it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Gauge
from sqlalchemy import Connection

from schemas.ids import is_id
from server.delivery import document
from server.delivery import queries_reconcile as queries
from server.delivery.adapters import adapter_for
from server.delivery.compare import SLACK, Compared, Difference, Ours, compare, missing
from server.delivery.contract import (
    Acknowledged,
    Adapter,
    HandedOver,
    NotFound,
    Reckoning,
    Retry,
)
from server.delivery.reckoning import CannotReckon, Reckoned
from sync.delivery.doubt import take_up

log = structlog.get_logger("talaria.delivery")
OPEN = Gauge(
    "talaria_reconciliation_differences", "Differences of the last compared day", ["target"],
    multiprocess_mode="mostrecent",
)  # fmt: skip
HOUR = 2
DAYS = 7
DEADLINE_S = 60.0
LOOK_UPS = 100
AGAIN = timedelta(minutes=30)
MOST_TRIES = 20
AFTER_REPAIR = SLACK + timedelta(minutes=1)

Begin = Callable[[], AbstractContextManager[Connection]]
Row = Mapping[str, Any]
Adapters = Callable[[Mapping[str, Any]], Adapter]


@dataclass(frozen=True)
class Run:
    """What a pass needs: transactions, adapters and its moment."""

    begin: Begin
    now: datetime
    adapters: Adapters = adapter_for


def ask_nightly(run: Run) -> int:
    """Ask for the days that have become due; how many."""
    with run.begin() as conn:
        return queries.ask_nightly(conn, run.now, HOUR, DAYS)


def run_due(run: Run) -> int:
    """Compare every day that is due; how many."""
    with run.begin() as conn:
        due = queries.due(conn, run.now)
    for row in due:
        _compare(run, row)
    return len(due)


def repair_asked(run: Run) -> int:
    """Carry out the repairs that persons have asked for; how many."""
    with run.begin() as conn:
        rows = queries.to_repair(conn)
    for row in rows:
        _repair(run, row)
    return len(rows)


# --- one day -------------------------------------------------------------------------------------


def _compare(run: Run, row: Row) -> None:
    try:
        adapter = run.adapters(row)
        theirs = adapter.reckon(row["day"], row["begins_at"], row["ends_at"], DEADLINE_S)
    except ValueError as why:
        theirs = CannotReckon(str(why))
    if not isinstance(theirs, Reckoned):
        _postpone(run, row, theirs)
        return
    # A list made in the future was made by a clock that is ahead: nothing is known of later.
    as_of = min(theirs.as_of or run.now, run.now)
    with run.begin() as conn:
        day = queries.of_day(conn, row["cells"], row["code"], row["begins_at"], row["ends_at"])
        listed = sorted({one.order for one in theirs.orders if is_id(one.order)})
        known = queries.of_orders(conn, row["cells"], row["code"], listed)
    beside, says = [], []
    if {one.order for one in day} - set(listed) or row["day"] != row["today"]:
        for days in (-1, 1):
            found = _day_beside(adapter, row, days)
            if isinstance(found, Reckoned):
                beside += list(found.orders)
            elif days == -1 or row["day"] < row["today"]:
                says.append(f"the list of the day {'before' if days < 0 else 'after'}: "
                            f"{found.reason}")  # fmt: skip
    compared, nowhere = compare(day, known, theirs.orders, beside, as_of, row["currency"])
    says += _look_up(run, row, adapter, theirs, compared, nowhere)
    with run.begin() as conn:
        count = queries.finish(conn, row, compared, "; ".join(says)[:400], as_of, run.now)
    OPEN.labels(row["code"]).set(count)
    log.info("reconcile.compared", target=row["code"], day=str(row["day"]), count=count)


def _day_beside(adapter: Adapter, row: Row, days: int) -> Reckoning:
    step = timedelta(days=days)
    return adapter.reckon(
        row["day"] + step, row["begins_at"] + step, row["ends_at"] + step, DEADLINE_S
    )


def _postpone(run: Run, row: Row, why: CannotReckon | Retry) -> None:
    """Ask again later, or never where it cannot be asked at all."""
    state, next_at = "cannot_be_asked", run.now
    if isinstance(why, Retry):
        state = "unanswered"
        wait = AGAIN if row["tries"] < MOST_TRIES else timedelta(days=3650)
        next_at = run.now + wait
    with run.begin() as conn:
        queries.postpone(conn, row, state, why.reason, next_at, run.now)
    log.info("reconcile.not_compared", target=row["code"], day=str(row["day"]), fault=why.reason)


def _look_up(
    run: Run, row: Row, adapter: Adapter, theirs: Reckoned, found: Compared,
    nowhere: list[Ours],
) -> list[str]:  # fmt: skip
    """Look up what is in no list; what is not there either is missing. Returns what is to be said
    of their list."""
    asked = nowhere[:LOOK_UPS] if theirs.look_up_proves and row["can_look_up"] else []
    unlisted = 0
    for ours in asked:
        order = _outgoing(run, ours, row)
        answer = adapter.look_up(order, DEADLINE_S) if order is not None else None
        if isinstance(answer, Acknowledged):
            unlisted += 1
        elif isinstance(answer, HandedOver):
            found.waiting.add(ours.order)
        else:
            note = "a look-up does not find it either"
            if not isinstance(answer, NotFound):
                note = "a look-up gave no answer"
            found.differences.append(missing(ours, note))
    found.differences += [missing(ours, "not looked up") for ours in nowhere[len(asked) :]]
    if unlisted:
        return [f"{unlisted} orders are in their books and not in their list of the day"]
    return []


def _outgoing(run: Run, ours: Ours, row: Row) -> document.OutgoingOrder | None:
    with run.begin() as conn:
        found = queries.to_look_up(conn, ours.cell, [ours.delivery])
    if not found:
        return None
    one = found[0]
    return document.OutgoingOrder(
        delivery=one["id"], order=one["order_id"], revision=one["revision"],
        accepted_at=document.instant(one["created_at"]), document=one["document"],
    )  # fmt: skip


# --- repairs -------------------------------------------------------------------------------------


def _repair(run: Run, row: Row) -> None:
    """Take a delivery up again, as a person asked: look it up first wherever that proves anything;
    where only our own notes could be looked up, forget them and send it."""
    look_up, cell = row["can_look_up"], row["order_cell"]
    with run.begin() as conn:
        found = queries.to_look_up(conn, cell, [row["to_take_up"]])
    try:
        if row["repair"] == "send_again" and found:
            one = found[0]
            order = document.OutgoingOrder(
                one["id"], one["order_id"], one["revision"], document.instant(one["created_at"]),
                one["document"],
            )  # fmt: skip
            look_up = not run.adapters(row).forget(order) and look_up
    except ValueError as why:
        log.error("reconcile.target_unusable", target=row["code"], error=str(why))
    with run.begin() as conn:
        order_id = take_up(
            conn, cell, row["to_take_up"], row["repaired_by"], run.now, look_up=look_up
        )
        note = "it is being looked up" if look_up else "it is being sent again"
        state = "repairing"
        if order_id is None:
            state, note = "open", "it was no longer acknowledged when it was to be repaired"
        queries.repaired(conn, row, state, note, run.now + AFTER_REPAIR)


def now() -> datetime:
    """The moment of a pass."""
    return datetime.now(UTC)


__all__ = ["Difference", "Run", "ask_nightly", "now", "repair_asked", "run_due"]
