"""What the delivery system's answer means for an order: number, lines, value, who must know.

The dispatcher calls these inside its own transaction, as the last thing before commit (each ends
with the feed's counter). The answer is final about quantities: what was promised here was only
reserved. A line answered short gives its reservation back and lowers the order's value by what
was cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from schemas.ids import derived
from sync.decisions.shapes import LineState, Plain
from sync.feed import Entry, publish
from sync.queries import deliveries as queries
from sync.queries import facts as fact_queries
from sync.queries import push as push_queries
from sync.queries.orders import language_of
from sync.sentences.words import words

_json = msgspec.json.Encoder().encode
REFUSED, UNKNOWN, SHORT = "delivery_refused", "delivery_unknown", "delivery_short"


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What the delivery system makes of line `n`, in eaches; the sum is what it was asked for."""

    n: int
    allocated: int
    backordered: int
    cut: int
    reason: str = ""


@dataclass(slots=True)
class _Line:
    """A line before and after an answer."""

    n: int
    product: str
    ordered: int
    confirmed: int
    backordered: int
    cut: int
    reserved: int
    net_minor: int
    discount_minor: int

    @property
    def state(self) -> LineState:
        if self.confirmed == self.ordered:
            return "confirmed"
        if self.confirmed:
            return "partial"
        return "backordered" if self.backordered else "cut"

    def follow(self, answer: LineAnswer) -> None:
        """Take the answered quantities; value and discount shrink with what is left."""
        before = self.confirmed + self.backordered
        after = answer.allocated + answer.backordered
        self.confirmed, self.backordered = answer.allocated, answer.backordered
        self.cut = self.ordered - after
        self.reserved = min(self.reserved, self.confirmed)
        if before:
            self.net_minor = (2 * self.net_minor * after + before) // (2 * before)
            self.discount_minor = (2 * self.discount_minor * after + before) // (2 * before)


def mark_sent(conn: Connection, cell: int, orders: Sequence[str], by: str) -> None:
    """From here on the orders are with the delivery system: they can no longer be edited."""
    sent = queries.mark_sent(conn, cell, orders, by)
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
    order = queries.order(conn, cell, order_id)
    if order is not None and order["acknowledged_at"] is None and order["revision"] == revision:
        short, lost_minor = _follow(conn, cell, order, answers)
        queries.acknowledge(conn, cell, order_id, external_no, lost_minor, at, by)
        entries.append(Entry(order["scope"], "order", order_id))
        for line, answer in short:
            if answer.allocated < line.ordered:  # more than we had promised is no bad news
                notice = _notice(conn, cell, delivery, order, line, answer, at, by)
                entries.append(notice)
    publish(conn, cell, entries)


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
    order = queries.order(conn, cell, order_id)
    if order is None:
        return
    conflict_id = derived("conflict", delivery, rule, "")
    reopened = queries.reopen(conn, cell, conflict_id, by)
    entries = [Entry(scope, "conflict", key) for key, scope in reopened]
    if not entries:
        store, _ = queries.names_of(conn, cell, order_id, [])
        figures = {"number": order["number"], "store": store, "reason": reason}
        entries = [
            _tell(conn, cell, delivery, order, rule, None, figures, "office", None, None, at, by)
        ]
    publish(conn, cell, entries)


def _follow(
    conn: Connection, cell: int, order: dict[str, Any], answers: Sequence[LineAnswer]
) -> tuple[list[tuple[_Line, LineAnswer]], int]:
    """Write the lines that differ from what was asked; return them, and the credit freed."""
    said = {answer.n: answer for answer in answers}
    lines = {row[0]: _Line(*row) for row in queries.lines(conn, cell, order["id"])}
    released: dict[str, int] = {}
    lost_minor, short = 0, []
    for n, answer in sorted(said.items()):
        line = lines.get(n)
        if line is None or (line.confirmed, line.backordered) == (
            answer.allocated,
            answer.backordered,
        ):
            continue
        reserved, net_minor = line.reserved, line.net_minor
        line.follow(answer)
        released[line.product] = released.get(line.product, 0) + reserved - line.reserved
        lost_minor += net_minor - line.net_minor
        short.append((line, answer))
    lost_minor = max(0, min(lost_minor, order["exposure_minor"]))
    _release(conn, cell, order, released, lost_minor)
    if short:
        rows = [
            (
                line.n, line.confirmed, line.backordered, line.cut,
                (answer.reason or "delivery_system") if answer.cut else None,
                line.reserved, line.net_minor, line.discount_minor, line.state,
            )
            for line, answer in short
        ]  # fmt: skip
        queries.set_lines(conn, cell, order["id"], rows)
    return short, lost_minor


def _release(
    conn: Connection, cell: int, order: dict[str, Any], released: dict[str, int], lost_minor: int
) -> None:
    """Give back credit and stock that the answer freed; locks in the order a push takes them."""
    freed = sorted((product, units) for product, units in released.items() if units)
    if lost_minor:
        fact_queries.lock_credit(conn, cell, [order["store"]])
        push_queries.expose(conn, cell, [(order["store"], -lost_minor)])
    if freed:
        owner = order["stock_owner"]
        fact_queries.lock_stock(conn, cell, [owner], [product for product, _ in freed])
        push_queries.reserve(conn, cell, [(owner, product, -units) for product, units in freed])


def _notice(
    conn: Connection,
    cell: int,
    delivery: str,
    order: dict[str, Any],
    line: _Line,
    answer: LineAnswer,
    at: datetime,
    by: str,
) -> Entry:
    _, names = queries.names_of(conn, cell, order["id"], [line.product])
    figures: dict[str, Plain] = {
        "number": order["number"],
        "product": names.get(line.product, line.product),
        "allocated": answer.allocated,
        "backordered": answer.backordered,
        "cut": answer.cut,
        "reason": answer.reason or None,
    }
    yours, now = str(line.ordered), str(line.confirmed)
    return _tell(conn, cell, delivery, order, SHORT, line.n, figures, None, yours, now, at, by)


def _tell(
    conn: Connection,
    cell: int,
    delivery: str,
    order: dict[str, Any],
    rule: str,
    line: int | None,
    figures: dict[str, Plain],
    needs: str | None,
    yours: str | None,
    now: str | None,
    at: datetime,
    by: str,
) -> Entry:
    """Write one line of the inbox."""
    conflict_id = derived("conflict", delivery, rule, line or "")
    scope = f"rep:{order['rep']}"
    decision = "as_answered" if needs is None else "hold_for_office"
    language = language_of(conn, cell, order["rep"])
    says = words(rule, decision, {**figures, "yours": yours, "now": now}, language)
    told = {name: None if value is None else str(value) for name, value in figures.items()}
    change = queries.submitting_change(conn, cell, order["id"]) or delivery
    row = (
        conflict_id, scope, 1, by, order["rep"], order["store"], order["id"], change, line, rule,
        decision, yours, now, needs, rule, _json(told).decode(), says, None,
        "waiting" if needs else "told", None, at,
    )  # fmt: skip
    push_queries.insert_conflicts(conn, cell, [row])
    return Entry(scope, "conflict", conflict_id)


def close(
    conn: Connection, cell: int, delivery: str, resolution: str, by: str, at: datetime
) -> list[Entry]:
    """Answer what waits in the inbox about a delivery; return the entries that tell of it."""
    ids = [derived("conflict", delivery, rule, "") for rule in (REFUSED, UNKNOWN)]
    closed = queries.resolve(conn, cell, ids, resolution, by, at)
    return [Entry(scope, "conflict", key) for key, scope in closed]
