"""A person chooses for a line of an order that is held, or taken and not sent yet.

The order is decided again with the choice, with today's facts, as a release does; what was queued
for the delivery systems is taken back first. An order that one of them has, or may have, is left
alone.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync.desk.release import decide_again, end_locked
from sync.feed import Entry
from sync.queries import inbox as queries
from sync.queries import orders as order_queries
from sync.queries.orders import Held


class Gone(LookupError):
    """The order has gone too far for this; `state` says how far."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the order is {state}")
        self.state = state


def choose(
    conn: Connection, cell: int, order_id: str, place: str, decision: str, by: str, now: datetime,
    note: str, address: str | None,
) -> list[Entry]:  # fmt: skip
    """Decide an order again with `decision` for `place` ("stock/3": question and line).

    Returns the entries that tell of it. Raises Gone.
    """
    held = _still_here(conn, cell, order_id)
    _, entries = decide_again(
        conn, cell, order_id, held, frozenset(held.released), held.answered | {place: decision},
        "answered", by, now, note, address,
    )  # fmt: skip
    return entries


def cancel(
    conn: Connection, cell: int, order_id: str, by: str, now: datetime, note: str,
    address: str | None,
) -> list[Entry]:  # fmt: skip
    """Cancel an order that is held, or taken and not sent yet. Raises Gone."""
    held = _still_here(conn, cell, order_id)
    return end_locked(conn, cell, order_id, held, by, now, note, "cancel", address)


def _still_here(conn: Connection, cell: int, order_id: str) -> Held:
    """Lock the order and take back its deliveries, if nobody has it yet."""
    held = order_queries.lock(conn, cell, order_id)
    if held is None:
        raise Gone("not here")
    if held.state not in ("held", "accepted"):
        raise Gone(held.state)
    if not queries.take_back_deliveries(conn, cell, order_id):
        raise Gone("sent")
    return held
