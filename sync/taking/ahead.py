"""What a batch of several runs locks before the first of them, so that no two batches wait for each
other.

What is decided together locks at once all that it needs (sync/gather.py). Run after run that would
not be one order any more: the second orders of one batch would wait for the stock that the first of
another keep. So what all runs will lock is locked here, in the same order of locks: orders that are
returned or edited, cheques, credit accounts, promotions, stock. A batch of one run, which is nearly
every one, locks nothing here, but for the cheques and accounts of its receipts.
"""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection

from sync.batch import Pushed
from sync.effects import Effects
from sync.queries import ahead as queries
from sync.queries import facts as fact_queries
from sync.queries import money as money_queries
from sync.taking.table import way_of
from sync.terms.collection import cheque_key


def lock_ahead(
    conn: Connection, effects: Effects, ready: Sequence[Pushed], *, apart: bool = False
) -> None:
    """Lock what the runs of a batch will lock. apart: each change will be a run of its own."""
    cell, company_cell = effects.cell, effects.carrier.company_cell
    orders = [one for one in ready if one.kind == "order"]
    taken = [one.body for one in ready if one.kind == "collection"]
    several = bool(orders) and (_runs(ready) > 1 or (apart and len(ready) > 1))
    if not (several or taken):
        return
    edited = {one.body.id for one in orders if way_of(one) != "batched"}
    back = {one.body.about for one in orders if getattr(one.body, "type", "") == "return"} - {None}
    if several and (edited or back):
        queries.lock_orders(conn, cell, sorted(edited | back))
    keys = {cheque_key(one.cheque_bank, one.cheque_no) for one in taken if one.method == "cheque"}
    for key in sorted(key for key in keys if key):
        money_queries.lock_cheque(conn, key)
    stores = _stores(ready, with_orders=bool(orders))
    queries.lock_credit_of(conn, cell, stores)
    if not several:
        return
    lines = [line for one in orders for line in getattr(one.body, "lines", ())]
    named = sorted({given.promotion for line in lines for given in line.promotions})
    if named:
        fact_queries.lock_promotions(conn, company_cell, named)
    products = sorted({line.product for line in lines})
    queries.lock_stock_of(conn, cell, company_cell, stores, products, sorted(edited))


def _runs(ready: Sequence[Pushed]) -> int:
    """How many runs lock for themselves: those decided together, and each edit of an order."""
    in_turn = sorted(ready, key=lambda one: (one.n or 0, one.id))
    together = sum(way == "batched" for way, _ in groupby(in_turn, key=way_of))
    return together + sum(one.kind == "order" and way_of(one) != "batched" for one in ready)


def _stores(ready: Sequence[Pushed], *, with_orders: bool) -> list[str]:
    """The stores whose accounts are locked: those of money, and of all decided with an order."""
    return sorted(
        {
            one.store
            for one in ready
            if one.store
            and (one.kind in ("order", "collection") or (with_orders and way_of(one) == "batched"))
        }
    )
