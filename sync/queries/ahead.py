"""SQL of locks that a batch of several runs takes before the first of them (sync/taking/ahead.py):
what sync/gather.py locks for a run, found in the statement that locks it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from sync.queries.driver import array, execute

_FOUND = """WITH RECURSIVE found AS (
               SELECT id, merged_into, warehouse FROM store
               WHERE cell = %(cell)s AND id = ANY(%(stores)s::uuid[])
               UNION SELECT s.id, s.merged_into, s.warehouse FROM store s
               JOIN found f ON s.id = f.merged_into WHERE s.cell = %(cell)s)"""
"""Stores and, if they were merged, the stores they live on in."""


def lock_orders(conn: Connection, cell: int, orders: Sequence[str]) -> None:
    """Lock orders, sorted."""
    execute(
        conn,
        "SELECT FROM orders WHERE cell = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE",
        [cell, array(orders)],
    )


def lock_credit_of(conn: Connection, cell: int, stores: Sequence[str]) -> None:
    """Lock the credit accounts of stores and of those they live on in, sorted."""
    execute(
        conn,
        f"""SELECT FROM credit_account WHERE cell = %(cell)s AND store IN (
               {_FOUND}
               SELECT id FROM found UNION SELECT unnest(%(stores)s::uuid[]))
           ORDER BY store FOR UPDATE""",
        {"cell": cell, "stores": array(stores)},
    )


def lock_stock_of(
    conn: Connection, cell: int, company_cell: int, stores: Sequence[str],
    products: Sequence[str], orders: Sequence[str],
) -> None:  # fmt: skip
    """Lock the stock of these products, of what goes in their place and of what these orders have,
    where these stores and those they live on in are served; sorted as facts.lock_stock does."""
    execute(
        conn,
        f"""SELECT FROM stock WHERE cell = %(cell)s
             AND warehouse IN ({_FOUND} SELECT warehouse FROM found)
             AND product IN (
               SELECT unnest(%(products)s::text[])
               UNION SELECT substitute FROM product
               WHERE cell = %(company)s AND code = ANY(%(products)s::text[])
               UNION SELECT product FROM order_line
               WHERE cell = %(cell)s AND order_id = ANY(%(orders)s::uuid[]))
           ORDER BY warehouse, product FOR UPDATE""",
        {"cell": cell, "company": company_cell, "stores": array(stores),
         "products": array(products), "orders": array(orders)},
    )  # fmt: skip
