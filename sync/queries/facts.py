"""SQL of what a batch must know before it is decided: locks first, then facts, a query a noun.

What returns `Asked` may be asked together with others (driver.together); fetch it afterwards.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from psycopg import Cursor
from sqlalchemy import Connection

from sync.queries.driver import array, execute

Asked = Cursor[tuple[Any, ...]]
Rows = list[tuple[Any, ...]]


def lock_credit(conn: Connection, cell: int, stores: Sequence[str]) -> Asked:
    """Lock the stores' credit accounts, sorted; this also serialises the search for twins."""
    return execute(
        conn,
        """SELECT store::text, limit_minor, open_minor, on_account_minor, ordered_minor,
                  blocked_reason, as_of, collected_minor
           FROM credit_account WHERE cell = %s AND store = ANY(%s::uuid[])
           ORDER BY store FOR UPDATE""",
        [cell, array(stores)],
    )


def returnable(conn: Connection, cell: int, orders: Sequence[str], again: str | None) -> Asked:
    """Lock these orders; return (order, product, each delivered and not given back yet).

    again: a return that is decided once more, and does not count."""
    execute(
        conn,
        """SELECT FROM orders WHERE cell = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE""",
        [cell, array(orders)],
    )
    return execute(
        conn,
        """SELECT l.order_id::text, l.product, (sum(l.delivered) - coalesce((
               SELECT sum(back.ordered - back.cut) FROM orders r
               JOIN order_line back ON back.cell = r.cell AND back.order_id = r.id
               WHERE r.cell = l.cell AND r.about = l.order_id AND r.type = 'return'
                 AND r.state NOT IN ('rejected', 'cancelled') AND back.product = l.product
                 AND r.id IS DISTINCT FROM %(again)s::uuid), 0))::int8
           FROM order_line l WHERE l.cell = %(cell)s AND l.order_id = ANY(%(ids)s::uuid[])
           GROUP BY l.cell, l.order_id, l.product""",
        {"cell": cell, "ids": array(orders), "again": again},
    )


def lock_promotions(conn: Connection, company_cell: int, ids: Sequence[str]) -> Asked:
    """Lock all versions of the promotions that lines name, sorted; return those named.

    The versions of a promotion share its budget, so it is locked whole. Only a statement of its own
    sees what the one before us took while we waited, and a version that a load just brought.
    """
    values = {"cell": company_cell, "ids": array(ids)}
    execute(
        conn,
        """SELECT FROM promotion WHERE cell = %(cell)s AND id IN (
               SELECT unnest(%(ids)s::uuid[]) UNION
               SELECT v.id FROM promotion p JOIN promotion v ON v.cell = p.cell AND v.code = p.code
               WHERE p.cell = %(cell)s AND p.id = ANY(%(ids)s::uuid[]))
           ORDER BY id FOR UPDATE""",
        values,
    )
    return execute(
        conn,
        f"""SELECT p.id::text, p.name, p.kind, p.valid_from, p.valid_to, p.percent, p.amount_minor,
                  p.products, p.banner, p.channel, budget.left_minor, p.store_class,
                  p.store::text, p.tier_by, p.tiers, p.buy, p.get, p.get_product, p.priority,
                  p.stacks, budget.store_cap_minor, budget.versions
           FROM promotion p {_BUDGET}
           WHERE p.cell = %(cell)s AND p.id = ANY(%(ids)s::uuid[]) AND p.state <> 'draft'
           ORDER BY p.id""",
        values,
    )


_BUDGET = """CROSS JOIN LATERAL (
               SELECT (array_agg(v.cap_minor ORDER BY v.id DESC))[1] - sum(v.used_minor)::int8
                          AS left_minor,
                      (array_agg(v.store_cap_minor ORDER BY v.id DESC))[1] AS store_cap_minor,
                      array_agg(v.id::text ORDER BY v.id) AS versions
               FROM promotion v
               WHERE v.cell = p.cell AND (v.id = p.id OR v.code = p.code)) budget"""
"""What the newest version allows, less what all of them gave; without a code it is the only one."""


def left_of_budgets(
    conn: Connection, company_cell: int, ids: Sequence[str]
) -> dict[str, tuple[str, int | None]]:
    """Return promotion -> (the version that stands for its budget, minor units left of it, None =
    no budget); lock them before."""
    rows = execute(
        conn,
        f"""SELECT p.id::text, budget.versions[1], budget.left_minor FROM promotion p {_BUDGET}
           WHERE p.cell = %s AND p.id = ANY(%s::uuid[])""",
        [company_cell, array(ids)],
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def used_by_stores(
    conn: Connection, cell: int, promotions: Sequence[str], stores: Sequence[str], but: str | None
) -> Asked:
    """Return (promotion, store, minor units) of what orders of these stores took of promotions,
    one order left out. Nothing of it is kept twice: it is the sum of what orders hold."""
    return execute(
        conn,
        """SELECT c.key, o.store::text, sum(c.value::int8)::int8
           FROM orders o, jsonb_each_text(o.caps) c
           WHERE o.cell = %s AND o.store = ANY(%s::uuid[]) AND o.caps <> '{}'
             AND c.key = ANY(%s) AND o.id IS DISTINCT FROM %s::uuid
           GROUP BY c.key, o.store""",
        [cell, array(stores), array(promotions), but],
    )


def head(conn: Connection, cell: int) -> Asked:
    """Return the position of a cell's feed; ask it before what is remembered under it."""
    return execute(conn, "SELECT pos FROM feed WHERE cell = %s", [cell])


def price_lists(conn: Connection, company_cell: int) -> Asked:
    """Return (code, level, banner, channel, class, currency) of the company's lists that count for
    stores beside those that stores name themselves."""
    return execute(
        conn,
        """SELECT code, level, banner, channel, store_class, currency FROM price_list
           WHERE cell = %s AND level <> 'store'""",
        [company_cell],
    )


def lock_stock(
    conn: Connection, cell: int, warehouses: Sequence[str], products: Sequence[str]
) -> Asked:
    """Lock the stock rows of these products in these warehouses, sorted."""
    return execute(
        conn,
        """SELECT warehouse, product, on_hand, allocated, blocked, safety, reserved, as_of
           FROM stock WHERE cell = %s AND warehouse = ANY(%s) AND product = ANY(%s)
           ORDER BY warehouse, product FOR UPDATE""",
        [cell, array(warehouses), array(products)],
    )


def lock_warehouse(conn: Connection, cell: int, warehouse: str) -> None:
    """Lock all stock of a warehouse, sorted as `lock_stock` does."""
    execute(
        conn,
        """SELECT FROM stock WHERE cell = %s AND warehouse = %s
           ORDER BY warehouse, product FOR UPDATE""",
        [cell, warehouse],
    )


def stores(conn: Connection, cell: int, ids: Sequence[str]) -> Asked:
    """Return the stores and, if they were merged, the stores they live on in."""
    return execute(
        conn,
        """WITH RECURSIVE found AS (
               SELECT * FROM store WHERE cell = %(cell)s AND id = ANY(%(ids)s::uuid[])
               UNION
               SELECT s.* FROM store s JOIN found f ON s.cell = f.cell AND s.id = f.merged_into
           )
           SELECT f.id::text, f.code, f.name, f.status, f.zone, f.price_list, f.warehouse,
                  f.banner, f.channel, f.store_class, f.merged_into::text, f.status_reason,
                  f.delivery_days, w.cut_off, w.zone, f.lead_days, l.currency, co.currency
           FROM found f
           JOIN cell c ON c.cell = f.cell JOIN company co ON co.id = c.company
           JOIN cell own ON own.company = c.company AND own.kind = 'company'
           LEFT JOIN price_list l ON l.cell = own.cell AND l.code = f.price_list
           LEFT JOIN warehouse w ON w.cell = f.cell AND w.code = f.warehouse""",
        {"cell": cell, "ids": array(ids)},
    )


def store_cells(conn: Connection, company: str, ids: Iterable[str]) -> dict[str, int]:
    """Return the cell of each store of the company."""
    rows = execute(
        conn,
        """SELECT s.id::text, s.cell FROM store s JOIN cell c ON c.cell = s.cell
           WHERE c.company = %s AND s.id = ANY(%s::uuid[])""",
        [company, array(ids)],
    )
    return dict(rows.fetchall())


def grants(conn: Connection, cell: int, rep: str, scopes: Sequence[str]) -> Asked:
    """Return when the rep carried each of these scopes."""
    return execute(
        conn,
        """SELECT scope, valid_from, valid_to FROM scope_grant
           WHERE cell = %s AND rep = %s AND scope = ANY(%s)""",
        [cell, rep, array(scopes)],
    )


def products(conn: Connection, company_cell: int, codes: Sequence[str]) -> Asked:
    """Return these products and their substitutes with their units: name, num, den, and whether
    they are ordered by it."""
    return execute(
        conn,
        """SELECT p.code, p.name, p.status, p.min_quantity, p.multiple, p.substitute,
                  coalesce((SELECT array_agg(ARRAY[u.uom, u.num::text, u.den::text,
                                                   CASE WHEN u.orderable THEN 'yes' END])
                   FROM product_uom u WHERE u.cell = p.cell AND u.product = p.code), '{}')
           FROM product p WHERE p.cell = %(cell)s AND p.code IN (
               SELECT unnest(%(codes)s::text[]) UNION
               SELECT substitute FROM product WHERE cell = %(cell)s AND code = ANY(%(codes)s))""",
        {"cell": company_cell, "codes": array(codes)},
    )


def prices(
    conn: Connection, company_cell: int, lists: Sequence[str], codes: Sequence[str], since: datetime
) -> Asked:
    """Return prices of these products, with the versions replaced since a moment."""
    return execute(
        conn,
        """SELECT list, product, price, valid_from, valid_to, superseded_at, min_quantity
           FROM price
           WHERE cell = %s AND list = ANY(%s) AND product = ANY(%s)
             AND (superseded_at IS NULL OR superseded_at > %s)
           ORDER BY list, product, valid_from, superseded_at NULLS LAST""",
        [company_cell, array(lists), array(codes), since],
    )


def twins(conn: Connection, cell: int, stores: Sequence[str], since: datetime) -> Asked:
    """Return recent orders of these stores whose goods go to them, with their lines as two arrays
    in order of n, and how many of them, the last ones, the server put there in place of others."""
    return execute(
        conn,
        """SELECT o.store::text, o.id::text, o.number, o.rep, o.captured_at,
                  array_agg(l.product ORDER BY l.n), array_agg(l.ordered ORDER BY l.n),
                  count(l.substitute) FILTER (WHERE l.state <> 'rejected')
           FROM orders o JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id
           WHERE o.cell = %s AND o.store = ANY(%s::uuid[]) AND o.captured_at > %s
             AND o.state NOT IN ('rejected', 'cancelled') AND o.type <> 'return'
           GROUP BY o.store, o.id, o.number, o.rep, o.captured_at""",
        [cell, array(stores), since],
    )


def known_orders(conn: Connection, cell: int, ids: Sequence[str], numbers: Sequence[str]) -> Asked:
    """Return (id, number, state) of the orders that are here with one of these ids or numbers.

    Of one number, the order that had it first comes first. One of the same batch that was held
    for its number came later, whatever its id.
    """
    return execute(
        conn,
        """SELECT id::text, number, state FROM orders
           WHERE cell = %s AND (id = ANY(%s::uuid[]) OR number = ANY(%s))
           ORDER BY 'number_known' = ANY(holds || released), received_at, id""",
        [cell, array(ids), array(numbers)],
    )


def policies(conn: Connection, company_cell: int) -> Asked:
    """Return the company's policies."""
    return execute(
        conn,
        "SELECT rule, choice, params, banner, store::text FROM policy WHERE cell = %s",
        [company_cell],
    )


def targets(conn: Connection, company_cell: int) -> list[str]:
    """Return the delivery systems that accepted orders go to."""
    rows = execute(
        conn,
        "SELECT code FROM delivery_target WHERE cell = %s AND enabled ORDER BY code",
        [company_cell],
    )
    return [row[0] for row in rows]
