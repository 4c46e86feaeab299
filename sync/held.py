"""An order that is here and locked: whose it is, what it keeps, and the facts without it.

To decide an order anew (a release, a newer text, a change that the delivery system took) it first
gives back what it keeps of stock, promotions and credit; all of it is locked at once, in the order
of locks that a push has.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync.carrier import Carrier
from sync.facts import Facts, Order
from sync.gather import Ground, gather
from sync.queries import facts as fact_queries
from sync.queries import orders as queries
from sync.queries import push as push_queries


def carrier_of(conn: Connection, cell: int, device: str, rep: str) -> Carrier:
    """The handheld a change came from, as if it asked for this cell alone."""
    company, company_cell, home, zone = queries.ground(conn, cell, rep)
    language = queries.language_of(conn, cell, rep)
    return Carrier(device, home, (cell,), company, company_cell, zone, rep, "", "active", language)


def facts_without(
    conn: Connection, ground: Ground, order_id: str, held: queries.Held, order: Order, now: datetime
) -> Facts:
    """The facts for deciding a locked order anew, as if it were not here: what it keeps is given
    back first, and it is no twin of itself. `order` is its text, perhaps a newer one."""
    lock_all(conn, ground, order_id, held, order)
    give_back(conn, ground.cell, ground.company_cell, order_id, held)
    facts = gather(conn, ground, held.rep, [order.store], [order], now, again=order_id)
    facts.known.pop(order_id, None)
    for store, twins in facts.twins.items():
        facts.twins[store] = [twin for twin in twins if twin.order != order_id]
    return facts


def lock_all(
    conn: Connection, ground: Ground, order_id: str, held: queries.Held, order: Order
) -> None:
    """Lock what the order keeps and what deciding it again needs at once, in the order of locks:
    one after the other, a push that is just being decided could stand in the way of both."""
    cell, company_cell = ground.cell, ground.company_cell
    stores = {row[0]: row[6] for row in fact_queries.stores(conn, cell, [order.store])}
    fact_queries.lock_credit(conn, cell, sorted({held.store, order.store, *stores}))
    named = {one for line in order.lines for one, _ in line.promotions}
    fact_queries.lock_promotions(conn, company_cell, sorted(named | set(held.caps)))
    codes = sorted({line.product for line in order.lines})
    products = {row[0] for row in fact_queries.products(conn, company_cell, codes)}
    products.update(queries.products_of(conn, cell, order_id))
    warehouses = {held.stock_owner, *stores.values()}
    fact_queries.lock_stock(conn, cell, sorted(warehouses), sorted(products))


def give_back(
    conn: Connection, cell: int, company_cell: int, order_id: str, held: queries.Held
) -> None:
    """Take back what the order keeps of stock, promotions and credit, in the order of locks."""
    fact_queries.lock_credit(conn, cell, [held.store])
    if held.caps:
        fact_queries.lock_promotions(conn, company_cell, sorted(held.caps))
    kept = queries.reserved_lines(conn, cell, order_id)
    products = queries.products_of(conn, cell, order_id)
    fact_queries.lock_stock(conn, cell, [held.stock_owner], products)
    back = [(held.stock_owner, product, -quantity) for product, quantity in kept]
    push_queries.reserve(conn, cell, back)
    push_queries.use_caps(
        conn, company_cell, [(promotion, -minor) for promotion, minor in held.caps.items()]
    )
    if held.exposure_minor:
        push_queries.expose(conn, cell, [(held.store, -held.exposure_minor)])
