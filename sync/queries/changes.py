"""SQL of changes of orders that are with the delivery system: asked, answered, settled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import columns, execute

Row = tuple[Any, ...]
NAMES = ("id revision replaces act by at reason state item proposal order_id").split()
_COLUMNS = "id::text, revision, replaces, act, by, at, reason, state, item::text, proposal,"
_COLUMNS += " order_id::text"


def ordered(conn: Connection, cell: int, order_id: str) -> dict[str, int]:
    """Return what is ordered of each product."""
    rows = execute(
        conn,
        """SELECT product, sum(ordered)::int8 FROM order_line
           WHERE cell = %s AND order_id = %s GROUP BY product""",
        [cell, order_id],
    )
    return dict(rows.fetchall())


def is_out(conn: Connection, cell: int, order_id: str) -> bool:
    """Whether a delivery of the order was ever claimed, or is just being claimed."""
    row = execute(
        conn,
        """SELECT count(*), (SELECT count(*) FROM (SELECT FROM delivery
               WHERE cell = %(cell)s AND order_id = %(id)s AND state = 'queued' AND attempt = 0
               FOR UPDATE SKIP LOCKED) d)
           FROM delivery WHERE cell = %(cell)s AND order_id = %(id)s""",
        {"cell": cell, "id": order_id},
    ).fetchone()
    return row is not None and row[0] != row[1]


def delivery_states(conn: Connection, cell: int, order_id: str) -> list[str]:
    """Return the states of an order's deliveries."""
    rows = execute(
        conn, "SELECT state FROM delivery WHERE cell = %s AND order_id = %s", [cell, order_id]
    )
    return [row[0] for row in rows]


def drop_queued(conn: Connection, cell: int, order_id: str) -> None:
    """Take back deliveries that nobody ever claimed; the caller has them locked (is_out)."""
    execute(
        conn,
        """DELETE FROM delivery
           WHERE cell = %s AND order_id = %s AND state = 'queued' AND attempt = 0""",
        [cell, order_id],
    )


def next_revision(conn: Connection, cell: int, order_id: str) -> int:
    """Return the number after every revision that the order has, or had asked for it."""
    row = execute(
        conn,
        """SELECT greatest(o.revision, coalesce(max(c.revision), 0)) + 1
           FROM orders o LEFT JOIN order_change c ON c.cell = o.cell AND c.order_id = o.id
           WHERE o.cell = %s AND o.id = %s GROUP BY o.revision""",
        [cell, order_id],
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no order {order_id}")
    return int(row[0])


def keep(conn: Connection, cell: int, row: Row) -> None:
    """Write (id, order_id, revision, replaces, act, by, at, reason, state, item, proposal)."""
    execute(
        conn,
        """INSERT INTO order_change (cell, id, order_id, revision, replaces, act, by, at, reason,
               state, item, proposal)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [cell, *row],
    )


def queue(
    conn: Connection, cell: int, order_id: str, revision: int, store: str, at: datetime,
    rows: Sequence[tuple[str, str]],
) -> None:  # fmt: skip
    """Queue (delivery id, target) of a revision."""
    execute(
        conn,
        """INSERT INTO delivery (cell, id, order_id, revision, target, store, state, attempt,
               not_before, created_at, changed_at)
           SELECT %s, u.id, %s, %s, u.target, %s, 'queued', 0, %s, %s, %s
           FROM unnest(%s::uuid[], %s::text[]) AS u(id, target)""",
        [cell, order_id, revision, store, at, at, at, *columns(rows, 2)],
    )


def of_revision(conn: Connection, cell: int, order_id: str, revision: int) -> dict[str, Any] | None:
    """Lock and return a change by the revision under which it is asked."""
    row = execute(
        conn,
        f"SELECT {_COLUMNS} FROM order_change WHERE cell = %s AND order_id = %s"
        " AND revision = %s FOR UPDATE",
        [cell, order_id, revision],
    ).fetchone()
    return None if row is None else dict(zip(NAMES, row, strict=True))


def by_id(conn: Connection, cell: int, change: str) -> dict[str, Any] | None:
    """Lock and return a change."""
    row = execute(
        conn,
        f"SELECT {_COLUMNS} FROM order_change WHERE cell = %s AND id = %s FOR UPDATE",
        [cell, change],
    ).fetchone()
    return None if row is None else dict(zip(NAMES, row, strict=True))


def open_changes(conn: Connection, cell: int, order_id: str) -> list[tuple[str, str]]:
    """Return (change, act) of what an order waits for an answer of."""
    return execute(
        conn,
        """SELECT id::text, act FROM order_change
           WHERE cell = %s AND order_id = %s AND state IN ('office', 'asked') ORDER BY revision""",
        [cell, order_id],
    ).fetchall()


def head_of(conn: Connection, cell: int, order_id: str) -> dict[str, Any]:
    """Return what an order says besides its lines: {deliver_on, po_no, note, stock_owner}."""
    names = ("deliver_on", "po_no", "note", "stock_owner")
    row = execute(
        conn, f"SELECT {', '.join(names)} FROM orders WHERE cell = %s AND id = %s", [cell, order_id]
    ).fetchone()
    return dict(zip(names, row or (), strict=True))


def text_of(conn: Connection, cell: int, order_id: str) -> list[Row]:
    """Return an order's lines in the columns of delivery/promised.py LINE, as they stood before
    the delivery system said anything of them."""
    return execute(
        conn,
        """SELECT order_id::text, n, product, uom, typed, quoted_price, unit_price, off,
                  promotions::text, net, ordered, said, later, ordered - said - later, reason, kept,
                  0, 0, CASE WHEN said = ordered THEN 'confirmed' WHEN said > 0 THEN 'partial'
                      WHEN later > 0 THEN 'backordered' ELSE state END, substitute
           FROM (SELECT *, coalesce((base ->> 'confirmed')::int, confirmed) AS said,
                     coalesce((base ->> 'backordered')::int, backordered) AS later,
                     coalesce((base ->> 'kept')::int, reserved) AS kept,
                     coalesce((base ->> 'net_minor')::int8, net_minor) AS net,
                     coalesce((base ->> 'discount_minor')::int8, discount_minor) AS off,
                     CASE WHEN base IS NULL THEN cut_reason ELSE base ->> 'cut_reason' END AS reason
                 FROM order_line WHERE cell = %s AND order_id = %s) l ORDER BY n""",
        [cell, order_id],
    ).fetchall()


def settle(
    conn: Connection, cell: int, change: str, state: str, at: datetime | None,
    revision: int | None = None,
) -> None:  # fmt: skip
    """Write what became of a change."""
    execute(
        conn,
        """UPDATE order_change SET state = %s, settled_at = %s, revision = coalesce(%s, revision)
           WHERE cell = %s AND id = %s""",
        [state, at, revision, cell, change],
    )


def forget_words(conn: Connection, cell: int, order_id: str, revision: int) -> None:
    """What was said of an order without naming its revision was said of the one it had."""
    execute(
        conn,
        """UPDATE status_update SET revision = %s
           WHERE cell = %s AND order_id = %s AND revision IS NULL""",
        [revision, cell, order_id],
    )


def resolve_item(
    conn: Connection, cell: int, item: str, how: str, by: str, at: datetime
) -> list[tuple[str, str]]:
    """Close the item that told of a change, whoever was to answer; return (id, scope)."""
    return execute(
        conn,
        """UPDATE conflict SET state = 'resolved', resolution = %s, resolved_by = %s,
               resolved_at = %s, version = version + 1, changed_by = %s
           WHERE cell = %s AND id = %s AND state <> 'resolved' RETURNING id::text, scope""",
        [how, by, at, by, cell, item],
    ).fetchall()
