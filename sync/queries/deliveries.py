"""SQL of what a delivery system's answer changes: order, lines, reservation, the office's inbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from sync.queries.driver import execute


def mark_sent(
    conn: Connection, cell: int, orders: Sequence[str], by: str, at: datetime,
    starts: Sequence[str], end: str,
) -> list[tuple[str, str]]:  # fmt: skip
    """Orders that can be sent become so; return (id, scope) of those that were."""
    return execute(
        conn,
        """UPDATE orders SET state = %s, version = version + 1, changed_by = %s,
               steps = steps || jsonb_build_array(jsonb_build_array(%s::text, %s::text))
           WHERE cell = %s AND id = ANY(%s::uuid[]) AND state = ANY(%s)
           RETURNING id::text, scope""",
        [end, by, end, at.isoformat(), cell, list(orders), list(starts)],
    ).fetchall()


def names_of(
    conn: Connection, cell: int, order_id: str, codes: Sequence[str]
) -> tuple[str, dict[str, str]]:
    """Return (the store's name, name of each product) for sentences."""
    store = execute(
        conn,
        """SELECT s.name FROM orders o JOIN store s ON s.cell = o.cell AND s.id = o.store
           WHERE o.cell = %s AND o.id = %s""",
        [cell, order_id],
    ).fetchone()
    products = execute(
        conn,
        """SELECT p.code, p.name FROM product p
           JOIN cell k ON k.cell = p.cell AND k.kind = 'company'
           JOIN cell f ON f.company = k.company WHERE f.cell = %s AND p.code = ANY(%s)""",
        [cell, list(codes)],
    ).fetchall()
    return (store[0] if store else "a store not known here"), dict(products)


def revision_of(conn: Connection, cell: int, delivery: str) -> int:
    """Return the revision a delivery carries."""
    row = execute(
        conn, "SELECT revision FROM delivery WHERE cell = %s AND id = %s", [cell, delivery]
    ).fetchone()
    return 0 if row is None else int(row[0])


def submitting_change(conn: Connection, cell: int, order_id: str) -> str | None:
    """Return the change that made the order, if it came from a handheld."""
    row = execute(
        conn,
        """SELECT change::text FROM receipt WHERE cell = %s AND subject = %s
             AND verdict::json #>> '{refs,order}' = %s
           ORDER BY received_at, n LIMIT 1""",
        [cell, f"order/{order_id}", order_id],
    ).fetchone()
    return row[0] if row else None


def resolve(
    conn: Connection, cell: int, ids: Sequence[str], resolution: str, by: str, at: datetime
) -> list[tuple[str, str]]:
    """Close waiting conflicts; return (id, scope) of those that were waiting."""
    return execute(
        conn,
        """UPDATE conflict SET state = 'resolved', resolution = %s, resolved_by = %s,
               resolved_at = %s, version = version + 1, changed_by = %s
           WHERE cell = %s AND id = ANY(%s::uuid[]) AND state = 'waiting'
           RETURNING id::text, scope""",
        [resolution, by, at, by, cell, list(ids)],
    ).fetchall()


def reopen(conn: Connection, cell: int, conflict: str, by: str) -> list[tuple[str, str]]:
    """Open a resolved conflict again; return (id, scope) if there was one."""
    return execute(
        conn,
        """UPDATE conflict SET state = 'waiting', resolution = NULL, resolved_by = NULL,
               resolved_at = NULL, version = version + 1, changed_by = %s
           WHERE cell = %s AND id = %s RETURNING id::text, scope""",
        [by, cell, conflict],
    ).fetchall()


def send_again(conn: Connection, cell: int, delivery: str, at: datetime) -> str | None:
    """Open a stuck delivery again, its fence raised; return its order.

    It is looked up first where that can tell: a system that said no may have taken it all the same.
    """
    row = execute(
        conn,
        """UPDATE delivery d SET not_before = %(at)s, changed_at = %(at)s, attempt = attempt + 1,
               state = CASE WHEN EXISTS (
                   SELECT 1 FROM cell f JOIN cell k ON k.company = f.company AND k.kind = 'company'
                   JOIN delivery_target t ON t.cell = k.cell
                   WHERE f.cell = d.cell AND t.code = d.target AND t.can_look_up
                     AND (d.state = 'parked' OR (t.kind <> 'files' AND NOT t.dedupes)))
               THEN 'unknown' ELSE 'queued' END
           WHERE d.cell = %(cell)s AND d.id = %(id)s AND d.state IN ('failed', 'parked')
             AND NOT EXISTS (SELECT FROM orders o WHERE o.cell = d.cell AND o.id = d.order_id
                             AND o.state IN ('cancelled', 'rejected'))
             AND NOT EXISTS (SELECT FROM order_change c WHERE c.cell = d.cell
                             AND c.order_id = d.order_id AND c.revision = d.revision
                             AND c.state <> 'asked')
           RETURNING d.order_id::text""",
        {"cell": cell, "id": delivery, "at": at},
    ).fetchone()
    return row[0] if row else None


def enter_number(
    conn: Connection, cell: int, delivery: str, external_no: str, at: datetime
) -> tuple[str, int] | None:
    """Acknowledge a stuck delivery, its fence raised; return (order, revision)."""
    row = execute(
        conn,
        """UPDATE delivery SET state = 'acknowledged', external_no = %s, error = NULL,
               attempt = attempt + 1, changed_at = %s
           WHERE cell = %s AND id = %s AND state IN ('failed', 'parked')
           RETURNING order_id::text, revision""",
        [external_no, at, cell, delivery],
    ).fetchone()
    return (row[0], row[1]) if row else None


def settle_lines(
    conn: Connection, cell: int, warehouse: str, as_of: datetime, states: Sequence[str]
) -> list[tuple[str, int]]:
    """Free what orders acknowledged by `as_of` keep; return (product, quantity) of each line.

    The orders are locked with their lines: whoever holds an order reads what it keeps, and gives
    that back later."""
    return execute(
        conn,
        """WITH kept AS (
               SELECT l.order_id, l.n, l.product, l.reserved
               FROM orders o JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id
               WHERE o.cell = %(cell)s AND o.stock_owner = %(warehouse)s
                 AND o.acknowledged_at <= %(as_of)s AND o.state = ANY(%(states)s)
                 AND (l.reserved > 0 OR (l.base ->> 'kept')::int > 0)
               ORDER BY o.id, l.n FOR NO KEY UPDATE OF o, l
           ), freed AS (
               UPDATE order_line l SET reserved = 0,
                   base = CASE WHEN l.base IS NULL THEN NULL
                               ELSE jsonb_set(l.base, '{kept}', '0') END
               FROM kept
               WHERE l.cell = %(cell)s AND l.order_id = kept.order_id AND l.n = kept.n
           )
           SELECT product, reserved FROM kept WHERE reserved > 0""",
        {"cell": cell, "warehouse": warehouse, "as_of": as_of, "states": list(states)},
    ).fetchall()


def settle_owed(
    conn: Connection, cell: int, stores: Sequence[str], listed: Sequence[tuple[str, str]],
    as_of: datetime, states: Sequence[str],
) -> list[tuple[str, int]]:  # fmt: skip
    """Free the credit of invoiced orders that receivables carry; return (store, amount) of each."""
    return execute(
        conn,
        """WITH due AS (
               SELECT id, store, exposure_minor FROM orders
               WHERE cell = %(cell)s AND store = ANY(%(stores)s::uuid[])
                 AND state = ANY(%(states)s) AND settled_at IS NULL
                 AND (invoiced_at < %(as_of)s OR (store, invoice_no) IN (
                     SELECT * FROM unnest(%(of)s::uuid[], %(numbers)s::text[])))
               ORDER BY id FOR UPDATE
           )
           UPDATE orders o SET settled_at = %(as_of)s, exposure_minor = 0 FROM due
           WHERE o.cell = %(cell)s AND o.id = due.id
           RETURNING due.store::text, due.exposure_minor""",
        {
            "cell": cell, "stores": list(stores), "as_of": as_of, "states": list(states),
            "of": [store for store, _ in listed], "numbers": [number for _, number in listed],
        },
    ).fetchall()  # fmt: skip


def due_to_close(
    conn: Connection, states: Sequence[str], limit: int
) -> list[tuple[int, list[str]]]:
    """Return (cell, orders) of orders that came as far as they can, and keep and owe nothing."""
    return execute(
        conn,
        f"""SELECT cell, array_agg(id::text ORDER BY id) FROM (
               SELECT o.cell, o.id FROM orders o
               WHERE o.state = ANY(%s) AND {_FREE} LIMIT %s) due GROUP BY cell ORDER BY cell""",
        [list(states), limit],
    ).fetchall()


_FREE = """o.acknowledged_at IS NOT NULL AND o.exposure_minor = 0 AND NOT EXISTS (
    SELECT FROM order_line l WHERE l.cell = o.cell AND l.order_id = o.id AND l.reserved > 0)"""


def close(
    conn: Connection, cell: int, orders: Sequence[str], states: Sequence[str], end: str,
    at: datetime,
) -> list[tuple[str, str]]:  # fmt: skip
    """Close orders that keep and owe nothing; return (id, scope)."""
    return execute(
        conn,
        f"""WITH due AS (
               SELECT id FROM orders WHERE cell = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE
           )
           UPDATE orders o SET state = %s, version = version + 1, changed_by = 'job:close_orders',
               steps = steps || jsonb_build_array(jsonb_build_array(%s::text, %s::text))
           FROM due WHERE o.cell = %s AND o.id = due.id AND o.state = ANY(%s) AND {_FREE}
           RETURNING o.id::text, o.scope""",
        [cell, list(orders), end, end, at.isoformat(), cell, list(states)],
    ).fetchall()


def given_back(
    conn: Connection, states: Sequence[str], came: Sequence[str], limit: int
) -> list[tuple[int, list[str]]]:
    """Return (cell, orders) of orders all of whose delivered goods have come back.

    states: where such an order stands now; came: where a return stands whose goods are here.
    """
    return execute(
        conn,
        """SELECT cell, array_agg(id::text ORDER BY id) FROM (
               SELECT o.cell, o.id FROM orders o
               WHERE o.state = ANY(%(states)s) AND EXISTS (
                   SELECT FROM orders r WHERE r.cell = o.cell AND r.about = o.id
                   AND r.type = 'return' AND r.state = ANY(%(came)s))
               AND (SELECT bool_and(came_back >= delivered) AND sum(delivered) > 0 FROM (
                   SELECT sum(l.delivered) AS delivered, coalesce((
                       SELECT sum(b.delivered) FROM orders r
                       JOIN order_line b ON b.cell = r.cell AND b.order_id = r.id
                       WHERE r.cell = o.cell AND r.about = o.id AND r.type = 'return'
                       AND r.state = ANY(%(came)s) AND b.product = l.product), 0) AS came_back
                   FROM order_line l WHERE l.cell = o.cell AND l.order_id = o.id
                   GROUP BY l.product) products)
               LIMIT %(limit)s) due GROUP BY cell ORDER BY cell""",
        {"states": list(states), "came": list(came), "limit": limit},
    ).fetchall()


def end_returned(
    conn: Connection, cell: int, orders: Sequence[str], states: Sequence[str], end: str,
    at: datetime,
) -> list[tuple[str, str]]:  # fmt: skip
    """End orders that came back whole; return (id, scope)."""
    return execute(
        conn,
        """UPDATE orders SET state = %s, version = version + 1, changed_by = 'job:close_orders',
               steps = steps || jsonb_build_array(jsonb_build_array(%s::text, %s::text))
           WHERE cell = %s AND id = ANY(%s::uuid[]) AND state = ANY(%s)
           RETURNING id::text, scope""",
        [end, end, at.isoformat(), cell, list(orders), list(states)],
    ).fetchall()
