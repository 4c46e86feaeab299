"""All SQL of statuses coming in: whom an update is about, whom it is from, how far we have read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import execute

Row = dict[str, Any]

_TARGET = """t.cell AS company_cell, t.code AS target, t.kind, t.url, t.secret, t.deadline_s,
             t.can_look_up, t.dedupes, t.allow_private, t.options, t.status_since"""


def _rows(conn: Connection, sql: str, args: Sequence[Any] = ()) -> list[Row]:
    cursor = execute(conn, sql, args)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def targets(conn: Connection, code: str | None = None) -> list[Row]:
    """The delivery systems in use; with a code, those of that code in every company."""
    return _rows(
        conn,
        f"""SELECT {_TARGET} FROM delivery_target t
            WHERE t.enabled AND (%s::text IS NULL OR t.code = %s) ORDER BY t.cell, t.code""",  # noqa: S608
        [code, code],
    )


def field_cells(conn: Connection, company_cell: int) -> list[int]:
    """The cells of a company's stores, lowest first."""
    return [
        row["cell"]
        for row in _rows(
            conn,
            """SELECT f.cell FROM cell k JOIN cell f ON f.company = k.company
               WHERE k.cell = %s AND f.cell <> k.cell ORDER BY f.cell""",
            [company_cell],
        )
    ]


def cells_of_orders(
    conn: Connection, cells: Sequence[int], orders: Sequence[str]
) -> dict[str, int]:
    """Order -> its cell, of those that were ever to be delivered."""
    found = _rows(
        conn,
        """SELECT DISTINCT cell, order_id::text FROM delivery
           WHERE cell = ANY(%s) AND order_id = ANY(%s::uuid[])""",
        [list(cells), list(orders)],
    )
    return {row["order_id"]: row["cell"] for row in found}


def cells_of_numbers(
    conn: Connection, cells: Sequence[int], target: str, numbers: Sequence[str]
) -> dict[str, int]:
    """External number -> the cell of the order that has it at this delivery system."""
    found = _rows(
        conn,
        """SELECT cell, external_no FROM delivery
           WHERE cell = ANY(%s) AND target = %s AND external_no = ANY(%s)""",
        [list(cells), target, list(numbers)],
    )
    return {row["external_no"]: row["cell"] for row in found}


def bring_forward(
    conn: Connection, cells: Sequence[int], target: str, orders: Sequence[str], now: datetime
) -> list[int]:
    """Have deliveries looked up at once whose answer has come; return their cells."""
    found = _rows(
        conn,
        """UPDATE delivery SET not_before = %s
           WHERE cell = ANY(%s) AND target = %s AND order_id = ANY(%s::uuid[])
             AND state IN ('handed', 'unknown') AND lease_until IS NULL AND not_before > %s
           RETURNING cell""",
        [now, list(cells), target, list(orders), now],
    )
    return sorted({row["cell"] for row in found})


def is_told(conn: Connection, cell: int, item: str) -> bool:
    """Whether an item of the inbox is there already."""
    return bool(_rows(conn, "SELECT 1 FROM conflict WHERE cell = %s AND id = %s", [cell, item]))


def read_until(conn: Connection, company_cell: int, target: str, since: str) -> None:
    """Remember how far the statuses of a delivery system were read."""
    execute(
        conn,
        "UPDATE delivery_target SET status_since = %s WHERE cell = %s AND code = %s",
        [since, company_cell, target],
    )
