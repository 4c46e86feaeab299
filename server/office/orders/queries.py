"""SQL of the order pages: the board, what is held, one order with everything that happened to it.

Every query is bounded by the cells its reader may see. Orders loaded from history have no device
and are no news: the board leaves them out.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from server.office.queries import like

Found = Any

BOARD = """
    SELECT o.cell, o.id, o.number, o.state, o.holds, o.net_minor, o.currency, o.captured_at,
           o.received_at, o.external_no, o.rep, o.hold_due_at,
           coalesce(u.name, o.rep) AS rep_name, coalesce(s.name, 'a store not known here') AS store,
           s.city, s.code AS store_code,
           (SELECT count(*) FROM order_line l WHERE l.cell = o.cell AND l.order_id = o.id) AS lines,
           (SELECT d.state FROM delivery d WHERE d.cell = o.cell AND d.order_id = o.id
             ORDER BY d.revision DESC LIMIT 1) AS delivery_state
      FROM orders o
      LEFT JOIN store s ON s.cell = o.cell AND s.id = o.store
      LEFT JOIN app_user u ON u.company = :company AND u.code = o.rep
     WHERE o.cell = ANY(:cells) AND o.device IS NOT NULL
"""
NAMED = r"""
       AND (o.number ILIKE :like OR o.external_no ILIKE :like OR s.name ILIKE :like
            OR s.city ILIKE :like OR s.code ILIKE :like)
"""


def board(
    conn: Connection,
    company: str,
    cells: Sequence[int],
    *,
    states: Sequence[str] = (),
    rep: str = "",
    typed: str = "",
    before: tuple[datetime, str] | None = None,
    at_most: int = 100,
) -> list[Found]:
    """Orders as they landed, newest first; `before` = (received_at, id) of the last one seen."""
    words, figures = [BOARD], {"company": company, "cells": list(cells), "n": at_most}
    if states:
        words.append(" AND o.state = ANY(:states)")
        figures["states"] = list(states)
    if rep:
        words.append(" AND o.rep = :rep")
        figures["rep"] = rep
    if typed:
        words.append(NAMED)
        figures["like"] = like(typed)
    if before:
        words.append(" AND (o.received_at, o.id) < (:at, cast(:id AS uuid))")
        figures["at"], figures["id"] = before
    words.append(" ORDER BY o.received_at DESC, o.id DESC LIMIT :n")
    return list(conn.execute(text("".join(words)), figures))


def tallies(conn: Connection, cells: Sequence[int], since: datetime) -> dict[str, tuple[int, int]]:
    """State -> (orders, value) of what landed since then; held orders however old they are."""
    found = conn.execute(
        text("""
            SELECT state, count(*) AS n, sum(net_minor)::bigint AS net_minor FROM orders
             WHERE cell = ANY(:cells) AND device IS NOT NULL AND received_at >= :since
               AND state <> 'held'
             GROUP BY state
            UNION ALL
            SELECT 'held', count(*), coalesce(sum(net_minor), 0)::bigint FROM orders
             WHERE cell = ANY(:cells) AND state = 'held'
        """),
        {"cells": list(cells), "since": since},
    )
    return {row.state: (row.n, row.net_minor) for row in found}


def conflicts(conn: Connection, orders: Sequence[tuple[int, str]]) -> list[Found]:
    """What was told about these orders (cell, id), oldest first."""
    found = text("""
        SELECT c.* FROM conflict c
          JOIN unnest(cast(:cells AS int[]), cast(:ids AS uuid[])) AS o (cell, id)
            ON c.cell = o.cell AND c.order_id = o.id
         ORDER BY c.at, c.line NULLS FIRST, c.id
    """)
    cells, ids = [cell for cell, _ in orders], [order for _, order in orders]
    return list(conn.execute(found, {"cells": cells, "ids": ids}))


# --- one order -----------------------------------------------------------------------------------


def order(conn: Connection, company: str, cell: int, order_id: str) -> Found | None:
    found = text("""
        SELECT o.*, coalesce(u.name, o.rep) AS rep_name, s.name AS store_name, s.code AS store_code,
               s.city, s.status AS store_status, d.no AS device_no, d.model
          FROM orders o
          LEFT JOIN store s ON s.cell = o.cell AND s.id = o.store
          LEFT JOIN app_user u ON u.company = :company AND u.code = o.rep
          LEFT JOIN device d ON d.company = :company AND d.id = o.device
         WHERE o.cell = :cell AND o.id = cast(:id AS uuid)
    """)
    figures = {"company": company, "cell": cell, "id": order_id}
    return conn.execute(found, figures).one_or_none()


def order_lines(conn: Connection, company_cell: int, cell: int, order_id: str) -> list[Found]:
    found = text("""
        SELECT l.*, p.name AS product_name, t.name AS substitute_name,
               (SELECT string_agg(r.name, ', ' ORDER BY r.priority DESC, r.id)
                  FROM promotion r
                 WHERE r.cell = :company_cell AND l.promotions ? r.id::text) AS promotion_names
          FROM order_line l
          LEFT JOIN product p ON p.cell = :company_cell AND p.code = l.product
          LEFT JOIN product t ON t.cell = :company_cell AND t.code = l.substitute
         WHERE l.cell = :cell AND l.order_id = cast(:id AS uuid) ORDER BY l.n
    """)
    figures = {"company_cell": company_cell, "cell": cell, "id": order_id}
    return list(conn.execute(found, figures))


def receipts(conn: Connection, cell: int, order_id: str) -> list[Found]:
    """The changes that made or touched the order, as they came."""
    found = text("""
        SELECT * FROM receipt WHERE cell = :cell AND subject = :subject ORDER BY received_at, n
    """)
    return list(conn.execute(found, {"cell": cell, "subject": f"order/{order_id}"}))


def deliveries(conn: Connection, cell: int, order_id: str) -> list[Found]:
    found = text("""
        SELECT * FROM delivery WHERE cell = :cell AND order_id = cast(:id AS uuid)
         ORDER BY revision, created_at
    """)
    return list(conn.execute(found, {"cell": cell, "id": order_id}))


def attempts(conn: Connection, cell: int, order_id: str) -> list[Found]:
    found = text("""
        SELECT a.*, d.target FROM delivery_attempt a
          JOIN delivery d ON d.cell = a.cell AND d.id = a.delivery
         WHERE a.cell = :cell AND d.order_id = cast(:id AS uuid)
         ORDER BY a.began_at, a.attempt
    """)
    return list(conn.execute(found, {"cell": cell, "id": order_id}))


def statuses(conn: Connection, cell: int, order_id: str) -> list[Found]:
    """What delivery systems said of the order, as it happened there."""
    found = text("""
        SELECT * FROM status_update WHERE cell = :cell AND order_id = cast(:id AS uuid)
         ORDER BY at, target, id
    """)
    return list(conn.execute(found, {"cell": cell, "id": order_id}))


def changes(conn: Connection, cell: int, order_id: str) -> list[Found]:
    """What was asked of the delivery system since it has the order."""
    found = text("""
        SELECT id, revision, act, by, at, reason, state, settled_at FROM order_change
         WHERE cell = :cell AND order_id = cast(:id AS uuid) ORDER BY revision
    """)
    return list(conn.execute(found, {"cell": cell, "id": order_id}))


def related(conn: Connection, cell: int, order_id: str) -> list[Found]:
    """Orders about this one (supplements, returns), and the one it is about itself."""
    found = text("""
        SELECT o.cell, o.id, o.number, o.type, o.state, o.about = cast(:id AS uuid) AS is_about
          FROM orders o
         WHERE o.cell = :cell AND (o.about = cast(:id AS uuid) OR o.id = (
               SELECT about FROM orders WHERE cell = :cell AND id = cast(:id AS uuid)))
         ORDER BY o.received_at, o.id
    """)
    return list(conn.execute(found, {"cell": cell, "id": order_id}))


# --- live ----------------------------------------------------------------------------------------


def orders_positions(conn: Connection) -> dict[int, int]:
    """Cell -> the last position of its feed that touched an order."""
    found = conn.execute(text("SELECT cell, orders_pos FROM feed ORDER BY cell"))
    return {row.cell: row.orders_pos for row in found}
