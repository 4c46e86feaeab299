"""The two transactions around a request: claim before it, settle after it.

Between `claim` and `settle` nothing is locked. What ties them is the attempt's number: claiming
raises it, and settling writes only under the number it was given. A dispatcher that was stopped
for five minutes finds its number gone and leaves the order to whoever took it up.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from server.delivery import document, queries
from server.delivery.contract import (
    Acknowledged,
    Answer,
    CannotLookUp,
    Finding,
    HandedOver,
    NotFound,
    Refused,
    Retry,
    Unknown,
)
from server.delivery.steps import Abilities, Act, Step, Tried, after
from sync.delivery import acknowledge as orders

LEASE_EXTRA_S = 10.0


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours until its lease ends, under the number `attempt`.

    `until_s` is the moment of time.monotonic() after which it must not be sent any more: a process
    that slept in between may have lost it to another one.
    """

    cell: int
    target: str
    act: Act
    attempt: int
    order: document.OutgoingOrder
    until_s: float

    @property
    def by(self) -> str:
        return f"delivery:{self.target}"


def claim(
    conn: Connection, row: Mapping[str, Any], worker: str, moment: datetime, n: int,
    started: datetime | None = None,
) -> list[Claim]:  # fmt: skip
    """Claim up to n due deliveries of one lane (a row of queries.lanes).

    Those that were never sent get their document now, and their orders are marked as sent. The
    lease outlasts the target's deadline. What was captured before `started` is looked up first,
    where the system can be asked and would keep a second one. Takes the feed's counter: commit at
    once.
    """
    until_s = time.monotonic() + row["deadline_s"]
    cell, target = row["cell"], row["target"]
    until = moment + timedelta(seconds=row["deadline_s"] + LEASE_EXTRA_S)
    asks = row["can_look_up"] and not row["dedupes"]
    found = queries.claim(conn, cell, target, moment, until, worker, n, started if asks else None)
    bare = [one for one in found if one["document"] is None]
    built = _documents(conn, cell, bare) if bare else {}
    kept = [(one["id"], msgspec.json.encode(built[one["id"]]).decode()) for one in bare]
    if kept:
        queries.keep_documents(conn, cell, kept)
    claims = [
        Claim(
            cell,
            target,
            one["act"],
            one["attempt"],
            document.OutgoingOrder(
                delivery=one["id"],
                order=one["order_id"],
                revision=one["revision"],
                accepted_at=document.instant(one["created_at"]),
                document=one["document"] or built[one["id"]],
            ),
            until_s,
        )
        for one in found
    ]
    # What is looked up first may be there: from now on changes of it are asked of the system too.
    leaving = [one.order.order for one in claims]
    orders.mark_sent(conn, cell, leaving, f"delivery:{target}", moment)
    return claims


def _documents(
    conn: Connection, cell: int, bare: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The documents of deliveries that have none yet: of the order as it stands, or as a change
    would make it."""
    ids = [one["order_id"] for one in bare]
    orders_, changes = queries.orders(conn, cell, ids), queries.changes(conn, cell, ids)
    lines = [line for order in orders_.values() for line in order["lines"]]
    lines += [line for change in changes.values() for line in document.texts(change)]
    ids = sorted({promotion for line in lines for promotion in document.granted(line)})
    named = queries.promotions(conn, cell, ids) if ids else {}
    built = {}
    for one in bare:
        order, change = orders_[one["order_id"]], changes.get((one["order_id"], one["revision"]))
        if change is None:
            built[one["id"]] = document.build(order, order["lines"], named)
        else:
            built[one["id"]] = document.build_change(order, change, named)
    return built


def settle(
    conn: Connection,
    row: Mapping[str, Any],
    claimed: Claim,
    answer: Answer | Finding,
    moment: datetime,
    settle_s: float,
) -> Step | None:
    """Write what came of a claim: delivery, order, lines, inbox, entries.

    None, and nothing written, when the claim is no longer ours.
    """
    cell, order = claimed.cell, claimed.order
    if not queries.hold_on(conn, cell, order.delivery, claimed.attempt):
        return None
    tries, began, sent = queries.tries(conn, cell, order.delivery)
    if sent is None and claimed.act == "look_up":
        sent = queries.epoch_began(conn)  # if it ever was, then before time was lost
    sent_ago_s = None if sent is None else (moment - sent).total_seconds()
    tried = Tried(claimed.act, tries, (moment - began).total_seconds(), sent_ago_s)
    can = Abilities(row["can_look_up"], row["dedupes"], row["deadline_s"], settle_s)
    step = after(answer, tried, can, order.delivery)
    got = answer if isinstance(answer, Acknowledged) else None
    queries.settle(
        conn,
        cell,
        order.delivery,
        claimed.attempt,
        state=step.state,
        not_before=moment + timedelta(seconds=step.wait_s),
        moment=moment,
        external_no=got.external_no if got else None,
        answer=msgspec.json.encode(got).decode() if got else None,
        error=step.error,
    )
    name = name_of(answer, claimed.act)
    ends = step.ask is not None and not isinstance(answer, Refused)
    outcome = step.state if ends else name
    queries.end_attempt(conn, cell, order.delivery, claimed.attempt, moment, outcome, step.error)
    if got is not None:
        lines = [
            orders.LineAnswer(one.n, one.allocated, one.backordered, one.cut, one.reason)
            for one in got.lines
        ]
        about = (order.delivery, order.order, order.revision, got.external_no)
        orders.acknowledge(conn, cell, *about, lines, moment, claimed.by)
    elif step.ask:
        rule = orders.REFUSED if step.ask == "refused" else orders.UNKNOWN
        reason = step.error or name
        orders.ask_office(conn, cell, order.delivery, order.order, rule, reason, moment, claimed.by)
    return step


def name_of(answer: Answer | Finding, act: Act) -> str:
    """An answer's name in rows and metrics."""
    match answer:
        case Acknowledged():
            return "acknowledged" if act == "send" else "found"
        case HandedOver():
            return "handed_over"
        case Refused():
            return "refused"
        case Retry():
            return "retry"
        case Unknown():
            return "unknown"
        case NotFound():
            return "missing"
        case CannotLookUp():
            return "cannot_look_up"
