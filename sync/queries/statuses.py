"""SQL of what delivery systems say of orders they have: events, lines, the order's row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import columns, execute

Row = tuple[Any, ...]

_ORDER = """SELECT id::text, scope, store::text, rep, number, revision, state, stock_owner, type,
                   currency, net_minor, exposure_minor, base_exposure_minor, external_no,
                   acknowledged_at, invoice_no, invoiced_at, settled_at, steps
            FROM orders WHERE cell = %s AND """


def _named(conn: Connection, sql: str, args: Sequence[Any]) -> dict[str, Any] | None:
    cursor = execute(conn, sql, args)
    row = cursor.fetchone()
    names = [column.name for column in cursor.description or ()]
    return None if row is None else dict(zip(names, row, strict=True))


def order(conn: Connection, cell: int, order_id: str) -> dict[str, Any] | None:
    """Lock an order and return what following it needs."""
    return _named(conn, _ORDER + "id = %s FOR UPDATE", [cell, order_id])


def order_of_number(
    conn: Connection, cell: int, target: str, external_no: str
) -> dict[str, Any] | None:
    """The same of the order that a delivery system knows under this number of its own."""
    return _named(
        conn,
        _ORDER
        + """id IN (SELECT order_id FROM delivery
               WHERE cell = %s AND target = %s AND external_no = %s)
           ORDER BY received_at DESC LIMIT 1 FOR UPDATE""",
        [cell, cell, target, external_no],
    )


def lines(conn: Connection, cell: int, order_id: str) -> list[Row]:
    """Return (n, product, ordered, confirmed, backordered, cut, cut_reason, reserved, shipped,
    delivered, net_minor, discount_minor, state, base) of an order's lines."""
    return execute(
        conn,
        """SELECT n, product, ordered, confirmed, backordered, cut, cut_reason, reserved, shipped,
                  delivered, net_minor, discount_minor, state, base
           FROM order_line WHERE cell = %s AND order_id = %s ORDER BY n""",
        [cell, order_id],
    ).fetchall()


def is_shipped(conn: Connection, cell: int, order_id: str) -> bool:
    """Whether anything of an order is known to have left, whatever its state says."""
    row = execute(
        conn,
        "SELECT FROM order_line WHERE cell = %s AND order_id = %s AND shipped > 0 LIMIT 1",
        [cell, order_id],
    ).fetchone()
    return row is not None


def set_lines(conn: Connection, cell: int, order_id: str, rows: Sequence[Row]) -> None:
    """Write (n, confirmed, backordered, cut, cut_reason, reserved, shipped, delivered, net_minor,
    discount_minor, state, base) of lines."""
    if rows:
        execute(
            conn,
            """UPDATE order_line l SET confirmed = u.confirmed, backordered = u.backordered,
                   cut = u.cut, cut_reason = u.cut_reason, reserved = u.reserved,
                   shipped = u.shipped, delivered = u.delivered, net_minor = u.net_minor,
                   discount_minor = u.discount_minor, state = u.state, base = u.base
               FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::text[], %s::int[],
                           %s::int[], %s::int[], %s::int8[], %s::int8[], %s::text[], %s::jsonb[])
                    AS u(n, confirmed, backordered, cut, cut_reason, reserved, shipped, delivered,
                         net_minor, discount_minor, state, base)
               WHERE l.cell = %s AND l.order_id = %s AND l.n = u.n""",
            [*columns(rows, 12), cell, order_id],
        )


def known(conn: Connection, cell: int, target: str, update_id: str) -> str | None:
    """What became of an event that was told before; None when it was not."""
    row = execute(
        conn,
        "SELECT outcome FROM status_update WHERE cell = %s AND target = %s AND id = %s FOR UPDATE",
        [cell, target, update_id],
    ).fetchone()
    return None if row is None else str(row[0])


def keep(conn: Connection, cell: int, row: Row) -> bool:
    """Write an event; False when it is there already."""
    done = execute(
        conn,
        """INSERT INTO status_update (cell, target, id, order_id, order_ref, revision, external_no,
               status, meaning, at, received_at, outcome, lines, invoice_no, detail)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (cell, target, id) DO NOTHING""",
        [cell, *row],
    )
    return done.rowcount == 1


def settle(
    conn: Connection, cell: int, target: str, update_id: str, order_id: str, meaning: str,
    outcome: str,
) -> None:  # fmt: skip
    """Give a parked event its meaning, its order and what became of it."""
    execute(
        conn,
        """UPDATE status_update SET order_id = %s, meaning = %s, outcome = %s
           WHERE cell = %s AND target = %s AND id = %s""",
        [order_id, meaning, outcome, cell, target, update_id],
    )


def said(conn: Connection, cell: int, order_id: str, revision: int) -> list[Row]:
    """Return (meaning, at, target/id, lines, invoice_no) of what counts of an order's revision."""
    return execute(
        conn,
        """SELECT meaning, at, target || '/' || id, lines, invoice_no FROM status_update
           WHERE cell = %s AND order_id = %s AND outcome <> 'parked'
             AND (revision IS NULL OR revision >= %s)
           ORDER BY at, target, id""",
        [cell, order_id, revision],
    ).fetchall()


def parked(conn: Connection, cell: int, target: str | None) -> list[Row]:
    """Lock and return (target, id, order_ref, revision, external_no, status, at, lines,
    invoice_no, detail) of parked events, oldest first."""
    return execute(
        conn,
        """SELECT target, id, order_ref, revision, external_no, status, at, lines, invoice_no,
                  detail
           FROM status_update
           WHERE cell = %(cell)s AND outcome = 'parked'
             AND (%(target)s::text IS NULL OR target = %(target)s)
           ORDER BY at, target, id FOR UPDATE""",
        {"cell": cell, "target": target},
    ).fetchall()


def cell_of(
    conn: Connection, cells: Sequence[int], target: str, order: str | None, external_no: str | None
) -> int | None:
    """The cell in which the order of an event lies, by its id or by its number there."""
    column, name = ("external_no", external_no) if order is None else ("order_id::text", order)
    row = execute(
        conn,
        f"SELECT cell FROM delivery WHERE cell = ANY(%s) AND target = %s AND {column} = %s"
        " ORDER BY created_at DESC LIMIT 1",
        [list(cells), target, name],
    ).fetchone()
    return None if row is None else int(row[0])


def forget(conn: Connection, cell: int, target: str, update_id: str) -> None:
    """Remove an event that is kept in another cell."""
    execute(
        conn,
        "DELETE FROM status_update WHERE cell = %s AND target = %s AND id = %s",
        [cell, target, update_id],
    )


def with_parked(conn: Connection) -> list[list[int]]:
    """The cells of stores of every company that has something parked."""
    rows = execute(
        conn,
        """SELECT array_agg(f.cell ORDER BY f.cell) FROM cell f
           WHERE f.kind = 'field' AND f.company IN (
               SELECT k.company FROM status_update s JOIN cell k ON k.cell = s.cell
               WHERE s.outcome = 'parked')
           GROUP BY f.company ORDER BY f.company""",
    )
    return [row[0] for row in rows]


def meaning(conn: Connection, cell: int, target: str, word: str) -> str | None:
    """Return our word for one of a delivery system's, if the office gave it one."""
    row = execute(
        conn,
        """SELECT d.status FROM cell f JOIN cell k ON k.company = f.company AND k.kind = 'company'
           JOIN delivery_code d ON d.cell = k.cell
           WHERE f.cell = %s AND d.target = %s AND d.code = %s""",
        [cell, target, word],
    ).fetchone()
    return None if row is None else str(row[0])


def is_owed(conn: Connection, cell: int, store: str, number: str | None, since: datetime) -> bool:
    """Whether a store's receivables carry an invoice: they list it, or are newer than it."""
    row = execute(
        conn,
        """SELECT EXISTS (SELECT FROM open_item
                          WHERE cell = %(cell)s AND store = %(store)s AND number = %(number)s)
               OR EXISTS (SELECT FROM credit_account WHERE cell = %(cell)s AND store = %(store)s
                          AND as_of > %(since)s)""",
        {"cell": cell, "store": store, "number": number, "since": since},
    ).fetchone()
    return bool(row and row[0])
