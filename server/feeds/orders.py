"""Orders of the past in: headers and their lines, by the million.

Rows are read and checked one by one and copied into staging tables; PostgreSQL then finds stores,
products and the orders that are there already, and compares. Nothing is written before every file
has been read to its end. New and changed orders are written in parts of a few thousand, each a
transaction of its own with whole orders in it: a load that is stopped leaves no half order, and
the next one finds what was written to be the same and goes on.

An order's lines are replaced by those of the files if these have any of it, else left as they are.
An order of the past is known by its number among those that no handheld made. It gets its id, a
UUIDv7 like any other, when it is first written, and keeps it.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from schemas.feed_rows import FEED_ROWS
from schemas.ids import uuid7
from server.feeds import queries
from server.feeds import queries_orders as staged
from server.feeds.binding import Bound, Trouble
from server.feeds.load import (
    CHANGES_KEPT,
    EVERY_ROWS,
    Ask,
    Outcome,
    Tell,
    bind_for,
    log,
    quiet,
    whose,
)
from server.feeds.mapping import ColumnMap
from server.feeds.plan import Change, Company, Refused
from server.feeds.read import Source
from server.feeds.validate import Rejects, good_rows
from sync.write import write

PART_ORDERS = 2_000
NOON = timedelta(hours=12)
NOBODY = "history"
"""The rep of an order whose seller the source does not name."""

FAULTS = {
    "store": ("store", "Load the store first, or correct its code."),
    "twice": ("number", "Another line of the file says this already: keep one of the two."),
    "no_lines": ("number", "No file of lines has a line of it: pass them all with --lines."),
    "lines": ("number", "None of its lines can be loaded: see the rejects of the lines' files."),
}
LINE_FAULTS = {
    "order": ("order", "Its order is not in the file of orders, or was rejected."),
    "product": ("product", "Load the product first, or correct its code."),
    "sign": ("quantity", "Sales have bottles and amounts above zero, returns below."),
    "twice": ("n", "Another line says this number of this order already: keep one of the two."),
}


@dataclass(slots=True)
class File:
    """One file of a load of orders: what it is, its mapping, where its bad rows go."""

    feed: str
    source: Source
    columns: ColumnMap
    rejects: Rejects


def load_orders(
    engine: Engine, headers: File, lines: Sequence[File], ask: Ask, tell: Tell = quiet
) -> list[Outcome]:
    """Load headers and, if given, their lines. Returns an outcome for each file, headers first.

    Errors: Unreadable, MappingProblem, Refused; then nothing was written.
    """
    began, now = time.monotonic(), datetime.now(UTC)
    with engine.connect() as conn:
        with conn.begin():
            company, cell = whose(conn, ask)
            if not staged.lock(conn, company.id):
                raise Refused("Another load of orders is running: wait for it to end.")
        try:
            outcomes = _load(conn, company, cell, headers, lines, ask, tell)
            outcomes[0].seconds = time.monotonic() - began
            if not ask.dry_run:
                with conn.begin():
                    for outcome in outcomes:
                        log(conn, company, outcome, ask, now)
            return outcomes
        finally:
            # A connection that is gone took its staging tables and its place with it.
            with suppress(SQLAlchemyError, psycopg.Error):
                conn.rollback()  # whatever was under way
                with conn.begin():
                    staged.drop(conn)
                    staged.unlock(conn, company.id)


def _load(
    conn: Connection, company: Company, cell: int | None, headers: File, lines: Sequence[File],
    ask: Ask, tell: Tell,
) -> list[Outcome]:  # fmt: skip
    files = [headers, *lines]
    bounds = [bind_for(file.columns, file.source, company, ask) for file in files]
    cells = [cell] if ask.cell and cell is not None else sorted(company.cells.values())
    with conn.begin():
        queries.no_hurry(conn)
        staged.create(conn)
        staged.fill(conn, "feed_order", _headers(headers, bounds[0], company, tell))
        for number, (file, bound) in enumerate(zip(lines, bounds[1:], strict=True)):
            done, share = number / len(lines), 1 / len(lines)
            staged.fill(conn, "feed_line", _lines(number, file, bound, tell, done, share))
    with conn.begin():
        queries.no_hurry(conn)
        tell("compared", 0.0)
        staged.resolve(conn, company.own_cell, cells, bool(lines))
        tell("compared", 0.5)
        _reject(conn, headers, lines, bounds)
        outcomes = [_outcome(file, bound, ask) for file, bound in zip(files, bounds, strict=True)]
        _count(conn, outcomes, bool(lines))
        tell("compared", 1.0)
    rejected = any(file.rejects.rows for file in files)
    if not ask.dry_run and not (ask.strict and rejected):
        _write_all(conn, company, outcomes[0], bool(lines), tell)
        for outcome in outcomes:
            outcome.loaded = True
    return outcomes


def _headers(file: File, bound: Bound, company: Company, tell: Tell) -> Iterator[Sequence[Any]]:
    """Rows of feed_order. A day becomes its noon, so that it is the same day for everybody."""
    good = good_rows(file.source, bound, FEED_ROWS["orders"], file.rejects)
    for count, line in enumerate(good):
        if count % EVERY_ROWS == 0:
            tell("orders read", file.source.fraction)
        take = line.row.get
        noon = company.midnight(line.row["ordered_on"]) + NOON
        yield (
            line.line, take("number"), take("store"), noon, take("type"), take("state"),
            take("rep"), take("deliver_on"), take("po_no"), take("external_no"),
            take("net_minor"),
        )  # fmt: skip
    tell("orders read", 1.0)


def _lines(
    number: int, file: File, bound: Bound, tell: Tell, done: float, share: float
) -> Iterator[Sequence[Any]]:
    """Rows of feed_line."""
    good = good_rows(file.source, bound, FEED_ROWS["order_lines"], file.rejects)
    for count, line in enumerate(good):
        if count % EVERY_ROWS == 0:
            tell("lines read", done + share * file.source.fraction)
        row = line.row
        yield (
            number, line.line, row["order"], row["n"], row["product"], row["quantity"],
            row["amount_minor"],
        )  # fmt: skip
    tell("lines read", done + share)


def _reject(
    conn: Connection, headers: File, lines: Sequence[File], bounds: Sequence[Bound]
) -> None:
    """Rows that name what does not exist, or contradict each other."""
    for line, fault, number, store in staged.faulty_orders(conn):
        name, remedy = FAULTS[fault]
        value = store if name == "store" else number
        headers.rejects.add(line, [Trouble(bounds[0].column(name), value, remedy)])
    if not lines:
        return
    for at, line, fault, order, product, quantity in staged.faulty_lines(conn):
        name, remedy = LINE_FAULTS[fault]
        value = {"product": product, "quantity": str(quantity)}.get(name, order)
        lines[at].rejects.add(line, [Trouble(bounds[at + 1].column(name), value, remedy)])


def _outcome(file: File, bound: Bound, ask: Ask) -> Outcome:
    outcome = Outcome(file.feed, file.source.name, ask.dry_run, read=file.source.read)
    outcome.sha256, outcome.rejected = file.source.sha256, file.rejects.rows
    if bound.extra and file.columns.plain:
        outcome.notes.append(f"Columns not used: {', '.join(bound.extra)}.")
    return outcome


def _count(conn: Connection, outcomes: list[Outcome], with_lines: bool) -> None:
    """New, changed and same, for the headers and for each file of lines."""
    first = outcomes[0]
    first.new, first.changed, first.same = staged.compare(conn, with_lines)
    first.changes = [Change(number) for number in staged.new_sample(conn, CHANGES_KEPT)]
    for row in staged.changed_sample(conn, CHANGES_KEPT):
        first.changes.append(Change(row["number"], _fields(row)))
    if not with_lines:
        if first.new:
            first.notes.append("Orders were given without lines: load them with --lines.")
        return
    counts = staged.line_counts(conn)
    for at, outcome in enumerate(outcomes[1:]):
        outcome.new, outcome.changed, outcome.same = counts.get(at, (0, 0, 0))
    off = staged.totals_that_differ(conn)
    if off:
        first.notes.append(f"{off} orders name a total that their lines do not add up to.")


def _fields(row: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Field -> (old, new) of a header; the lines, if it is they that differ."""
    fields = {
        name: (row[f"old_{name}"], new)
        for name, new in row.items()
        if f"old_{name}" in row and new is not None and new != row[f"old_{name}"]
    }
    return fields or {"lines": ("as loaded", "as in the file")}


def _write_all(
    conn: Connection, company: Company, headers: Outcome, with_lines: bool, tell: Tell
) -> None:
    """Write new and changed orders, a part at a time."""
    total, done, after = headers.new + headers.changed, 0, 0
    while True:
        tell("written", done / total if total else 1.0)
        with conn.begin():
            queries.no_hurry(conn)
            part = staged.next_part(conn, after, PART_ORDERS)
            if not part:
                return
            _write_part(conn, company, part, with_lines)
        after, done = part[-1]["seq"], done + len(part)


def _write_part(
    conn: Connection, company: Company, part: list[dict[str, Any]], with_lines: bool
) -> None:
    """Write some orders with all their lines, cell by cell."""
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    ids = {row["seq"]: row["order_id"] or uuid7() for row in part}
    if with_lines:
        for line in staged.lines_of(conn, part[0]["seq"], part[-1]["seq"]):
            lines[line.seq].append(_line(ids[line.seq], company.digits, line))
    for cell, is_new in sorted({(row["cell"], row["is_new"]) for row in part}):
        mine = [row for row in part if (row["cell"], row["is_new"]) == (cell, is_new)]
        rows = [_order(row, ids[row["seq"]], company, lines.get(row["seq"], ())) for row in mine]
        its_lines = [line for row in mine for line in lines.get(row["seq"], ())]
        parts = {"order_line": its_lines} if with_lines else None
        # A new order has no lines at rest, so none to look for and delete: that costs a third.
        write(conn, cell, "order", rows, "load:orders", parts=parts, whole_parts=not is_new)


def _order(
    row: dict[str, Any], id: str, company: Company, lines: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """A row of orders. What it says about itself is over and done: nothing is held or reserved."""
    net = row["net_minor"]
    if net is None:
        net = sum(line["net_minor"] for line in lines) if lines else row["old_net_minor"] or 0
    return {
        "id": id, "number": row["number"], "store": row["store_id"],
        "rep": row["rep"] or NOBODY, "device": None, "visit": None,
        "type": row["type"] or "sale", "stock_owner": row["warehouse"], "revision": 1,
        "state": row["state"] or "closed", "holds": [], "released": [],
        "caps": "{}", "hold_due_at": None,
        "captured_at": row["captured_at"], "captured_uncertain": False,
        "received_at": row["captured_at"], "decided_at": row["captured_at"],
        "deliver_on": row["deliver_on"], "po_no": row["po_no"], "note": None,
        "currency": company.currency, "net_minor": net, "exposure_minor": 0,
        "external_no": row["external_no"] or row["number"], "acknowledged_at": row["captured_at"],
    }  # fmt: skip


def _line(order: str, digits: int, line: staged.StagedLine) -> dict[str, Any]:
    """A row of order_line: delivered as ordered, at the price the amount comes to."""
    quantity, amount_minor = line.quantity, line.amount_minor
    price = _unit_price(amount_minor, quantity, digits)
    return {
        "order_id": order, "n": line.n, "product": line.product, "uom": "each", "typed": quantity,
        "quoted_price": price, "unit_price": price, "discount_minor": 0,
        "net_minor": amount_minor, "ordered": quantity, "confirmed": quantity, "backordered": 0,
        "cut": 0, "cut_reason": None, "reserved": 0, "shipped": quantity, "delivered": quantity,
        "state": "delivered", "substitute": None,
    }  # fmt: skip


_SIX = Decimal("0.000001")


def _unit_price(amount_minor: int, quantity: int, digits: int) -> Decimal:
    """Amount by quantity, in major units, to six decimals."""
    return (Decimal(amount_minor).scaleb(-digits) / quantity).quantize(_SIX, ROUND_HALF_UP)
