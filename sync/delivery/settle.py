"""What other systems' books take over from our own promises: stock counts, and receivables.

Until a warehouse is counted again, what the delivery system confirmed stays reserved here. A
snapshot taken after the delivery system had acknowledged an order contains that order (as less on
hand, or as allocated), so keeping its reservation as well would count it twice.

In the same way an order counts as owed here until the receivables carry its invoice: they list it,
or they are newer than it (then it was paid at once, and is not listed any more). Receivables of the
very moment of the invoice carry it only if they list it: it is never counted twice, nor by nobody.

An order that is delivered or invoiced, keeps no stock and owes nothing here is closed; a closed one
all of which came back by returns is returned.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from sync import life
from sync.feed import Entry, publish
from sync.queries import deliveries as queries
from sync.queries import facts as fact_queries
from sync.queries import push as push_queries


def settle_reservations(conn: Connection, counted: Mapping[tuple[int, str], datetime]) -> int:
    """Give back the reservations of orders acknowledged by the time of a count; returns how many
    lines.

    counted: (cell, warehouse) -> when its stock was counted. Call it before the snapshot's rows are
    read or written: the orders of all are locked before the stock of any, and each warehouse's
    stock in the order of a push. Availability is told by the snapshot's own write, or by the job.
    """
    states = life.starts("settle_stock")
    freed = {
        key: queries.settle_lines(conn, *key, as_of, states)
        for key, as_of in sorted(counted.items())
    }
    for (cell, warehouse), lines in freed.items():
        if lines:
            fact_queries.lock_warehouse(conn, cell, warehouse)
        sums: dict[str, int] = {}
        for product, quantity in lines:
            sums[product] = sums.get(product, 0) - quantity
        push_queries.reserve(conn, cell, [(warehouse, *one) for one in sorted(sums.items())])
    return sum(map(len, freed.values()))


def settle_credit(
    conn: Connection, cell: int, listed: Mapping[str, Collection[str]], as_of: datetime
) -> int:
    """Let receivables of `as_of` carry what invoiced orders owe; returns how many orders.

    listed: store -> the numbers of its items, for every store the load speaks of. Call it before
    the load locks the stores' accounts: orders are locked before credit. Nothing that travels
    changes.
    """
    pairs = [(store, number) for store, numbers in listed.items() for number in numbers]
    settled = queries.settle_owed(
        conn, cell, sorted(listed), pairs, as_of, life.starts("settle_credit")
    )
    sums: dict[str, int] = {}
    for store, minor in settled:
        sums[store] = sums.get(store, 0) - minor
    fact_queries.lock_credit(conn, cell, sorted(sums))
    push_queries.expose(conn, cell, sorted(sums.items()))
    return len(settled)


def due_to_close(conn: Connection, limit: int = 500) -> list[tuple[int, list[str]]]:
    """Orders to close, by cell."""
    return queries.due_to_close(conn, life.starts("close"), limit)


def close_orders(conn: Connection, cell: int, orders: list[str], now: datetime) -> int:
    """Close those of these orders that keep and owe nothing; commit at once after it."""
    closed = queries.close(conn, cell, orders, life.starts("close"), life.end("close"), now)
    publish(conn, cell, [Entry(scope, "order", key) for key, scope in closed])
    return len(closed)


def due_to_return(conn: Connection, limit: int = 500) -> list[tuple[int, list[str]]]:
    """Closed orders all of which came back, by cell."""
    came = [state.name for state in life.STATES.values() if life.rank("delivered") <= state.rank]
    arrived = [name for name in came if name not in life.EXITS]
    return queries.given_back(conn, life.starts("return"), arrived, limit)


def end_returned(conn: Connection, cell: int, orders: list[str], now: datetime) -> int:
    """Let orders that came back whole end so; commit at once after it."""
    states, end = life.starts("return"), life.end("return")
    ended = queries.end_returned(conn, cell, orders, states, end, now)
    publish(conn, cell, [Entry(scope, "order", key) for key, scope in ended])
    return len(ended)
