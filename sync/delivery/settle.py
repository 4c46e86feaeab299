"""A stock snapshot takes over from our own reservations.

Until a warehouse is counted again, what the delivery system confirmed stays reserved here. A
snapshot taken after the delivery system had acknowledged an order contains that order (as less on
hand, or as allocated), so keeping its reservation as well would count it twice.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync.queries import deliveries as queries
from sync.queries import facts as fact_queries
from sync.queries import push as push_queries


def settle_reservations(conn: Connection, cell: int, warehouse: str, as_of: datetime) -> int:
    """Give back the reservations of orders acknowledged by `as_of`; returns how many lines.

    Call it before the snapshot's rows are read or written: order lines are locked before stock,
    and the warehouse's stock in the order of a push. Availability is told by the snapshot's own
    write, or by the job.
    """
    freed = queries.settle_lines(conn, cell, warehouse, as_of)
    if freed:
        fact_queries.lock_warehouse(conn, cell, warehouse)
    sums: dict[str, int] = {}
    for product, quantity in freed:
        sums[product] = sums.get(product, 0) - quantity
    push_queries.reserve(conn, cell, [(warehouse, *one) for one in sorted(sums.items())])
    return len(freed)
