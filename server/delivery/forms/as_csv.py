"""Orders and answers as CSV files: UTF-8, comma, a head row, one row a line of an order. Pure.

Out, one order a file; its own columns are repeated on every row. The totals stand in the marker
(NAME.done), not in the table: a total among the rows is one more thing an importer trips over.
order_act: new; change (the whole new text of the revision it replaces); cancel.
A free text that a spreadsheet would take for a formula begins with an apostrophe.

In, every file ends with a TOTAL row, so that a file that was cut off is known by its end:

    order,revision,external_no,line,allocated,backordered,cut,reason,refused
    01989f...,1,DS-1,1,10,2,0,not enough on hand,
    01989f...,1,DS-1,2,6,,,,
    TOTAL,2,16                                        rows, sum of allocated

    id,order,revision,external_no,status,at,line,allocated,shipped,delivered,reason,invoice_no,detail
    evt-1,01989f...,1,,dispatched,2026-11-21T14:05:00Z,1,,10,,,,
    TOTAL,1,10                                        rows, sum of allocated+shipped+delivered

Rows of one order (one `id` of a status) are one acknowledgement; a row without a line says
something of the whole order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from server.delivery.document import OutgoingOrder
from server.delivery.forms.shape import (
    Damaged,
    Incoming,
    Said,
    Unfinished,
    add_up,
    shown,
    text_of,
)
from server.delivery.statuses import Unreadable, plain, read_update
from server.formulas import harmless

_STORE = ("code", "name", "address", "city", "region", "postcode", "gln")
_ORDER = ("id", "revision", "number", "type", "company", "rep", "warehouse", "captured_at",
          "deliver_on", "currency", "net_minor", "po_no", "note", "act", "replaces",
          "reason")  # fmt: skip
_LINE = ("n", "product", "uom", "typed", "quantity", "promised", "unit_price", "discount_minor",
         "net_minor")  # fmt: skip
OUT = ("delivery", *(f"order_{name}" for name in _ORDER), *(f"store_{name}" for name in _STORE),
       *(f"line_{name}" for name in _LINE))  # fmt: skip
ACKNOWLEDGEMENT = tuple("order revision external_no line allocated backordered cut reason refused"
                        .split())  # fmt: skip
STATUS = tuple("id order revision external_no status at line allocated shipped delivered reason "
               "invoice_no detail".split())  # fmt: skip
ROWS = 100_000
_FREE = ("order_note", "order_po_no", "order_reason", *(f"store_{name}" for name in _STORE))

Row = dict[str, str]


class AsCsv:
    """The form of CSV files."""

    suffix = ".csv"

    def write(self, order: OutgoingOrder) -> bytes:
        document = order.document
        head = {
            "delivery": order.delivery,
            **{f"order_{name}": document.get(name) for name in _ORDER},
            "order_act": document.get("act", "new"),
            **{f"store_{name}": document["store"].get(name) for name in _STORE},
        }
        written = io.StringIO()
        table = csv.writer(written, lineterminator="\r\n")
        table.writerow(OUT)
        for line in document["lines"]:
            row = {**head, **{f"line_{name}": line.get(name) for name in _LINE}}
            table.writerow([_cell(name, row[name]) for name in OUT])
        return written.getvalue().encode("utf-8")

    def read(self, name: str, content: bytes, target: str) -> Incoming:
        columns, rows, total = _table(text_of(content))
        if "status" in columns:
            _known(columns, STATUS)
            sums = sum(_whole(row, name) or 0 for row in rows for name in STATUS[7:10])
            _check_total(total, len(rows), sums)
            return Incoming(updates=_updates(rows, target))
        _known(columns, ACKNOWLEDGEMENT)
        sums = sum(_whole(row, "allocated") or 0 for row in rows)
        _check_total(total, len(rows), sums)
        return Incoming(said=_said(rows))


def _cell(name: str, value: Any) -> str:
    text = "" if value is None else str(value)
    return harmless(text) if name in _FREE else text


def _table(text: str) -> tuple[list[str], list[Row], list[str]]:
    """Head, rows and the TOTAL row; a file without the last is not finished."""
    try:
        found = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        # A quote that is never closed looks like this too: it may only be cut off.
        raise Unfinished(f"no CSV: {shown(error)}") from None
    if len(found) > ROWS:
        raise Damaged(f"it has {len(found):,} rows, more than {ROWS:,}")
    columns = [name.strip().lower() for name in found[0]]
    last = found[-1]
    if last[0].strip() != "TOTAL" or not text.endswith(("\n", "\r")):
        raise Unfinished("its last row is not TOTAL with a line end")
    if len(set(columns)) != len(columns):
        raise Damaged("a column stands twice in its head row")
    rows = []
    for n, row in enumerate(found[1:-1], 2):
        if row[0].strip() == "TOTAL":
            raise Damaged(f"row {n} is TOTAL, and rows follow it")
        if len(row) != len(columns):
            raise Damaged(f"row {n} has {len(row)} cells, the head row {len(columns)}")
        rows.append({name: cell.strip() for name, cell in zip(columns, row, strict=True)})
    return columns, rows, [cell.strip() for cell in last]


def _known(columns: Sequence[str], wanted: Sequence[str]) -> None:
    strange = [name for name in columns if name not in wanted]
    if strange:
        raise Damaged(f"it has a column {strange[0]!r}; there are: {', '.join(wanted)}")


def _check_total(total: list[str], rows: int, quantity: int) -> None:
    numbers = [cell for cell in total[1:] if cell]
    if len(numbers) != 2 or not all(one.isascii() and one.isdigit() for one in numbers):
        raise Damaged("its TOTAL row has to say rows and quantity: TOTAL,2,16")
    told = {"rows": int(numbers[0][:18]), "quantity": int(numbers[1][:18])}
    add_up("the TOTAL row", {"rows": rows, "quantity": quantity}, told)


def _whole(row: Row, name: str) -> int | None:
    text = row.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Damaged(f"{name} = {plain(text)!r} is not a whole number")
    return int(text)


def _said(rows: list[Row]) -> tuple[Said, ...]:
    by_order: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        order = row.get("order", "")
        if not order:
            raise Damaged("a row does not say whose it is: order")
        by_order.setdefault((order, _whole(row, "revision") or 1), []).append(row)
    return tuple(_one(order, revision, mine) for (order, revision), mine in by_order.items())


def _one(order: str, revision: int, rows: list[Row]) -> Said:
    numbers = {row.get("external_no", "") for row in rows}
    refused = {row.get("refused", "") for row in rows}
    if len(numbers) > 1 or len(refused) > 1:
        raise Damaged(f"the rows of order {order} do not agree on external_no or refused")
    lines = []
    for row in rows:
        line: dict[str, Any] = {name: _whole(row, name) for name in ("allocated", "backordered")}
        line["backordered"] = line["backordered"] or 0
        line |= {
            "n": _whole(row, "line"),
            "cut": _whole(row, "cut"),
            "reason": row.get("reason", ""),
        }
        if line["n"] is not None:
            lines.append(line)
    answer = {"order": order, "revision": revision, "external_no": numbers.pop(), "lines": lines}
    return Said(order, revision, answer, plain(refused.pop()))


def _updates(rows: list[Row], target: str) -> tuple[Any, ...]:
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        by_id.setdefault(row.get("id", ""), []).append(row)
    updates = []
    for key, mine in by_id.items():
        same = ("order", "revision", "external_no", "status", "at", "invoice_no", "detail")
        if len({tuple(row.get(name, "") for name in same) for row in mine}) > 1:
            raise Damaged(f"the rows of update {key!r} do not agree with each other")
        value: dict[str, Any] = {name: mine[0].get(name) or None for name in same}
        value |= {"id": key, "revision": _whole(mine[0], "revision")}
        value |= {"detail": value["detail"] or "", "lines": []}
        for row in mine:
            line: dict[str, Any] = {
                name: _whole(row, name) for name in ("allocated", "shipped", "delivered")
            }
            if (n := _whole(row, "line")) is not None:
                value["lines"].append({**line, "n": n, "reason": row.get("reason", "")})
        try:
            updates.append(read_update(value, target))
        except Unreadable as why:
            raise Damaged(f"update {key!r}: {why}") from None
    return tuple(updates)
