"""All SQL of the demo: the cast it adds to a loaded company, and what its claims are checked by."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import execute

Row = dict[str, Any]


def _rows(conn: Connection, sql: str, args: Sequence[Any] | Row = ()) -> list[Row]:
    cursor = execute(conn, sql, args)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# --- the company and its cast --------------------------------------------------------------------


def company(conn: Connection) -> Row | None:
    """The only company, with its own cell and the depot its reps belong to."""
    found = _rows(
        conn,
        """SELECT c.id::text, c.code, c.name, c.currency, c.zone, k.cell AS own_cell,
                  min(f.cell) AS cell
           FROM company c JOIN cell k ON k.company = c.id AND k.kind = 'company'
           JOIN cell f ON f.company = c.id AND f.kind = 'field'
           GROUP BY c.id, k.cell ORDER BY c.code LIMIT 1""",
    )
    return found[0] if found else None


def set_target(conn: Connection, cell: int, url: str, secret: str) -> None:
    """Orders go to this delivery system; its address may be another at every start."""
    execute(
        conn,
        """INSERT INTO delivery_target (cell, code, kind, url, secret, deadline_s, can_look_up,
                                        dedupes, allow_private, enabled)
           VALUES (%s, 'main', 'http', %s, %s, 10, true, true, true, true)
           ON CONFLICT (cell, code) DO UPDATE SET url = excluded.url, secret = excluded.secret""",
        [cell, url, secret],
    )


def stores(conn: Connection, cell: int) -> list[Row]:
    """The depot's active stores that pay what they owe: those that buy most often first."""
    return _rows(
        conn,
        """SELECT s.id::text, s.code, s.name, s.city, count(o.id) AS orders
           FROM store s JOIN credit_account a ON a.cell = s.cell AND a.store = s.id
           LEFT JOIN orders o ON o.cell = s.cell AND o.store = s.id
           WHERE s.cell = %s AND s.status = 'active' AND a.blocked_reason IS NULL
             AND (a.limit_minor IS NULL OR a.limit_minor - a.open_minor > 500000)
           GROUP BY s.cell, s.id ORDER BY count(o.id) DESC, s.code""",
        [cell],
    )


def assigned(conn: Connection, rep: str) -> list[Row]:
    """A rep's stores in the order in which they were chosen."""
    return _rows(
        conn,
        """SELECT s.id::text, s.code, s.name, s.city FROM assignment a
           JOIN store s ON s.cell = a.cell AND s.id = a.store
           WHERE a.rep = %s AND a.valid_to IS NULL ORDER BY a.id""",
        [rep],
    )


def products(conn: Connection, cell: int, own_cell: int) -> list[Row]:
    """Products by the case of 6 or 12 with plenty of stock and a base price, most bought first."""
    return _rows(
        conn,
        """SELECT p.code, p.name, t.id::text AS stock, t.warehouse, u.num AS case_each
           FROM product p
           JOIN stock t ON t.cell = %(cell)s AND t.product = p.code
           JOIN product_uom u ON u.cell = p.cell AND u.product = p.code AND u.uom = 'case'
             AND u.num IN (6, 12) AND u.den = 1
           LEFT JOIN (SELECT product, count(*) AS n FROM order_line WHERE cell = %(cell)s
                      GROUP BY product) AS sold ON sold.product = p.code
           WHERE p.cell = %(own)s AND p.status = 'active' AND p.multiple IN (1, 6, 12)
             AND t.on_hand - t.allocated - t.blocked - t.safety - t.reserved >= 60
             AND EXISTS (SELECT FROM price r WHERE r.cell = p.cell AND r.product = p.code
                           AND r.list = 'base')
           ORDER BY coalesce(sold.n, 0) DESC, p.code LIMIT 8""",
        {"cell": cell, "own": own_cell},
    )


def has_promotions(conn: Connection, own_cell: int) -> bool:
    """Whether the company has any promotion."""
    row = execute(conn, "SELECT 1 FROM promotion WHERE cell = %s LIMIT 1", [own_cell]).fetchone()
    return row is not None


def stock_rows(conn: Connection, cell: int, ids: Sequence[str]) -> list[Row]:
    """Stock rows as `sync.write` takes them."""
    return _rows(
        conn,
        """SELECT id::text, warehouse, product, on_hand, allocated, blocked, safety, published,
                  due_quantity, due_on, as_of, source
           FROM stock WHERE cell = %s AND id = ANY(%s::uuid[])""",
        [cell, list(ids)],
    )


def account_rows(conn: Connection, cell: int, ids: Sequence[str]) -> list[Row]:
    """Credit accounts as `sync.write` takes them."""
    return _rows(
        conn,
        """SELECT store::text, limit_minor, open_minor, on_account_minor, blocked_reason, as_of
           FROM credit_account WHERE cell = %s AND store = ANY(%s::uuid[])""",
        [cell, list(ids)],
    )


def price_now(conn: Connection, own_cell: int, product: str, now: datetime) -> Row | None:
    """The base price of one each today."""
    found = _rows(
        conn,
        """SELECT id::text, price, valid_from FROM price
           WHERE cell = %(cell)s AND list = 'base' AND product = %(product)s AND min_quantity = 1
             AND valid_from <= %(now)s AND (valid_to IS NULL OR valid_to > %(now)s)
           ORDER BY valid_from DESC LIMIT 1""",
        {"cell": own_cell, "product": product, "now": now},
    )
    return found[0] if found else None


def has_stops(conn: Connection, cell: int, day: date) -> bool:
    row = execute(
        conn, "SELECT 1 FROM plan_stop WHERE cell = %s AND day = %s LIMIT 1", [cell, day]
    ).fetchone()
    return row is not None


def age_grants(conn: Connection) -> None:
    """The stores have been the reps' for a while, not since this second."""
    execute(
        conn, "UPDATE scope_grant SET valid_from = valid_from - interval '30 days' WHERE told_begin"
    )


# --- what claims are checked by ------------------------------------------------------------------


def orders(conn: Connection, devices: Sequence[str]) -> list[Row]:
    """The orders that came from these handhelds."""
    return _rows(
        conn,
        """SELECT o.cell, o.id::text, o.number, o.state, o.holds, o.rep, o.device, s.code AS store,
                  o.net_minor, o.external_no, o.revision
           FROM orders o JOIN store s ON s.cell = o.cell AND s.id = o.store
           WHERE o.device = ANY(%s) ORDER BY o.received_at, o.number""",
        [list(devices)],
    )


def order_lines(conn: Connection, ids: Sequence[str]) -> list[Row]:
    return _rows(
        conn,
        """SELECT order_id::text, n, product, ordered, confirmed, backordered, cut, reserved,
                  shipped, delivered
           FROM order_line WHERE order_id = ANY(%s::uuid[]) ORDER BY order_id, n""",
        [list(ids)],
    )


def statuses(conn: Connection, ids: Sequence[str]) -> list[Row]:
    """What the delivery system said of these orders after it had taken them."""
    return _rows(
        conn,
        """SELECT order_id::text, id, status, outcome, at FROM status_update
           WHERE order_id = ANY(%s::uuid[]) ORDER BY order_id, at, id""",
        [list(ids)],
    )


def money(conn: Connection, devices: Sequence[str]) -> list[Row]:
    """The receipts for money that these handhelds wrote."""
    return _rows(
        conn,
        "SELECT number, state, amount_minor FROM collection WHERE device = ANY(%s)",
        [list(devices)],
    )


def receipts(conn: Connection, devices: Sequence[str]) -> list[Row]:
    """What was answered to every change of these handhelds."""
    return _rows(
        conn,
        """SELECT change::text, device, n, kind, act, outcome, subject FROM receipt
           WHERE device = ANY(%s) ORDER BY device, n""",
        [list(devices)],
    )


def deliveries(conn: Connection, ids: Sequence[str]) -> list[Row]:
    """Deliveries of these orders and how often each was tried."""
    return _rows(
        conn,
        """SELECT d.id::text, d.order_id::text, d.revision, d.state, d.attempt, d.external_no,
                  (SELECT count(*) FROM delivery_attempt a
                   WHERE a.cell = d.cell AND a.delivery = d.id AND a.act = 'look_up') AS look_ups
           FROM delivery d WHERE d.order_id = ANY(%s::uuid[]) ORDER BY d.created_at""",
        [list(ids)],
    )


def conflicts(conn: Connection, ids: Sequence[str]) -> list[Row]:
    return _rows(
        conn,
        """SELECT order_id::text, rule, decision, state, says, resolved_by FROM conflict
           WHERE order_id = ANY(%s::uuid[]) ORDER BY at, id""",
        [list(ids)],
    )


def promised(conn: Connection, cell: int, product: str) -> Row:
    """What there is of a product, and what open orders were promised of it."""
    return _rows(
        conn,
        """SELECT t.on_hand, t.reserved,
                  (SELECT coalesce(sum(l.reserved), 0) FROM order_line l
                   WHERE l.cell = t.cell AND l.product = t.product)::int8 AS kept
           FROM stock t WHERE t.cell = %s AND t.product = %s""",
        [cell, product],
    )[0]
