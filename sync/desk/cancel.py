"""The office cancels an order: at once while nobody has it, by asking while somebody may.

Whatever its rep writes meanwhile comes too late: the cancellation stands (rule order_cancelled).
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from schemas.ids import derived
from sync import life
from sync.audit import note
from sync.decisions.shapes import Plain
from sync.delivery.change import ask_of_delivery
from sync.delivery.told import tell
from sync.desk.release import end_locked
from sync.feed import publish
from sync.queries import changes as queries
from sync.queries import deliveries as delivery_queries
from sync.queries import orders as order_queries
from sync.queries import statuses


class TooLate(LookupError):
    """The order cannot be cancelled any more; `state` says how far it has gone."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the order is {state}: it cannot be cancelled any more")
        self.state = state


def cancel(
    conn: Connection, cell: int, order_id: str, by: str, now: datetime, reason: str,
    address: str | None = None,
) -> Literal["cancelled", "asked"]:  # fmt: skip
    """Cancel an order, or ask the delivery system to; commit at once after it. Raises TooLate.

    by: `user:CODE`. reason: the rep reads it.
    """
    held = order_queries.lock(conn, cell, order_id)
    if held is None:
        raise TooLate("not here")
    is_out = queries.is_out(conn, cell, order_id) and not _was_refused(conn, cell, order_id)
    if not is_out and life.can(held.state, "cancel"):
        queries.drop_queued(conn, cell, order_id)
        entries = end_locked(conn, cell, order_id, held, by, now, reason, "cancel", address)
        order = statuses.order(conn, cell, order_id)
        store, _ = delivery_queries.names_of(conn, cell, order_id, [])
        figures: dict[str, Plain] = {
            "number": held.number,
            "store": store,
            "reason": reason or None,
        }
        key = derived("conflict", order_id, "delivery_cancelled", by)
        told = tell(
            conn, cell, key, order, "delivery_cancelled", "taken", figures, by, now
        )  # fmt: skip
        publish(conn, cell, [*entries, told])
        return "cancelled"
    if not (life.can(held.state, "ask") or life.can(held.state, "send")):
        raise TooLate(held.state)
    if any(act == "cancel" for _, act in queries.open_changes(conn, cell, order_id)):
        return "asked"
    revision = queries.next_revision(conn, cell, order_id)
    change = derived("change", order_id, revision)
    ask_of_delivery(
        conn, cell, order_id, held, change, None, reason, by, now, asked=True, item=None
    )
    note(
        conn, cell, by, "order.cancel_asked", f"order/{order_id}", now,
        address=address, key=derived("audit", change),
    )  # fmt: skip
    return "asked"


def _was_refused(conn: Connection, cell: int, order_id: str) -> bool:
    """Whether every delivery system has said that it does not take the order."""
    return set(queries.delivery_states(conn, cell, order_id)) == {"failed"}
