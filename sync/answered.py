"""What a delivery system answered about an order: its number, its lines, or its refusal.

The caller (server/delivery) has settled the delivery row in the same transaction; here the order
follows and handhelds are told. Answers are idempotent: the same one twice changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from schemas.ids import derived, uuid7
from sync.effects import OFFICE
from sync.feed import Entry, publish
from sync.queries import facts as fact_queries
from sync.queries import orders as queries
from sync.queries import push as push_queries
from sync.verdicts import TELL


class LineAnswer(NamedTuple):
    """What a delivery system says of one line, in each. What it does not name stays as it was."""

    n: int
    confirmed: int
    backordered: int = 0
    reason: str | None = None


def sending(conn: Connection, cell: int, order_id: str, target: str) -> bool:
    """Note that an accepted order is on its way; False if it is past that."""
    order = queries.lock(conn, cell, order_id)
    if order is None or order.state != "accepted":
        return False
    queries.restate(conn, cell, order_id, f"delivery:{target}", {"state": "sent"})
    publish(conn, cell, [Entry(order.scope, "order", order_id)])
    return True


def acknowledged(
    conn: Connection,
    cell: int,
    order_id: str,
    target: str,
    external_no: str,
    lines: Sequence[LineAnswer],
    at: datetime,
) -> bool:
    """Write the delivery system's number and line outcomes to the order and tell handhelds.

    Stock that the delivery system did not confirm is given back. Returns False when the order was
    acknowledged before (nothing is written then).
    """
    order = queries.lock(conn, cell, order_id)
    if order is None or order.state not in ("accepted", "sent"):
        return False
    before = dict(queries.reserved_lines(conn, cell, order_id))
    queries.answer_lines(conn, cell, order_id, lines)
    after = dict(queries.reserved_lines(conn, cell, order_id))
    back = [
        (order.stock_owner, product, after.get(product, 0) - kept)
        for product, kept in sorted(before.items())
        if after.get(product, 0) != kept
    ]
    if back:
        fact_queries.lock_stock(conn, cell, [order.stock_owner], [row[1] for row in back])
        push_queries.reserve(conn, cell, back)
    queries.restate(
        conn, cell, order_id, f"delivery:{target}",
        {"state": "acknowledged", "external_no": external_no, "acknowledged_at": at},
    )  # fmt: skip
    entries = [Entry(order.scope, "order", order_id)]
    entries += _tell_short(conn, cell, order_id, order, target, lines, at)
    publish(conn, cell, entries)
    return True


def _tell_short(
    conn: Connection,
    cell: int,
    order_id: str,
    order: queries.Held,
    target: str,
    lines: Sequence[LineAnswer],
    at: datetime,
) -> list[Entry]:
    """Tell the rep of lines the delivery system did not confirm in full."""
    now = {row[0]: row for row in queries.line_figures(conn, cell, order_id)}
    rows, entries = [], []
    for line in lines:
        if line.n not in now or line.confirmed >= now[line.n][2]:
            continue
        _, product, ordered = now[line.n]
        conflict = derived("conflict", order_id, "delivery_short", line.n)
        scope = f"rep:{order.rep}"
        arguments = {
            "code": product, "yours": str(ordered), "confirmed": str(line.confirmed),
            "backordered": str(line.backordered), "reason": line.reason or "",
            "number": order.number,
        }  # fmt: skip
        rows.append(
            (
                conflict, scope, 1, f"delivery:{target}", order.rep, order.store, order_id,
                order_id, line.n, "delivery_short", "delivery_system_decides", str(ordered),
                str(line.confirmed), None, "delivery_short", _text(arguments),
                _says("delivery_short", arguments),
                None, "told",
                None, at,
            )
        )  # fmt: skip
        entries.append(Entry(scope, "conflict", conflict))
    push_queries.insert_conflicts(conn, cell, rows)
    return entries


def refused(
    conn: Connection, cell: int, order_id: str, target: str, reason: str, at: datetime
) -> None:
    """Tell rep and office that the delivery system will not take an order; a person decides."""
    _open(conn, cell, order_id, target, "delivery_refused", reason, at)


def parked(
    conn: Connection, cell: int, order_id: str, target: str, reason: str, at: datetime
) -> None:
    """Hand an order whose outcome nobody can find out to a person of the office."""
    _open(conn, cell, order_id, target, "delivery_unknown", reason, at)


def _open(
    conn: Connection, cell: int, order_id: str, target: str, rule: str, reason: str, at: datetime
) -> None:
    order = queries.lock(conn, cell, order_id)
    if order is None:
        return
    scope = f"rep:{order.rep}" if order.rep else OFFICE
    conflict = derived("conflict", order_id, rule, reason, uuid7())
    arguments = {"number": order.number, "reason": reason}
    row = (
        conflict, scope, 1, f"delivery:{target}", order.rep, order.store, order_id, order_id,
        None, rule, "ask_office", None, None, "office", rule, _text(arguments),
        _says(rule, arguments), None, "waiting",
        None, at,
    )  # fmt: skip
    push_queries.insert_conflicts(conn, cell, [row])
    publish(conn, cell, [Entry(scope, "conflict", conflict), Entry(order.scope, "order", order_id)])


def _says(rule: str, arguments: dict[str, str]) -> str:
    return TELL[rule].format(**arguments).strip()


def _text(arguments: dict[str, str]) -> str:
    return msgspec.json.encode(arguments).decode()
