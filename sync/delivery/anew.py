"""An order as it stands here goes out once more, as a revision of its own: the books at the other
side say something else, and a person says that ours is right.

It is a change like any other (change.py): it goes behind what went before, and the order takes its
new number when the delivery system takes it.
"""

from datetime import datetime

from sqlalchemy import Connection

from schemas.ids import derived
from sync import life
from sync.delivery.change import ask_of_delivery
from sync.delivery.promised import LINE
from sync.queries import changes as queries
from sync.queries import orders as order_queries
from sync.queries import statuses


def send_anew(
    conn: Connection, cell: int, order_id: str, reason: str, by: str, now: datetime
) -> int | None:
    """Queue an order's own text for the delivery systems; return the revision under which it goes.

    What they said of the lines they have is left out: it was said of another text. None when it is
    too late, or a change of it waits for an answer already. by: `user:CODE`.
    """
    held = order_queries.lock(conn, cell, order_id)
    order = statuses.order(conn, cell, order_id)
    if held is None or order is None or not life.can(held.state, "ask"):
        return None
    if queries.open_changes(conn, cell, order_id):
        return None
    lines = [dict(zip(LINE, row, strict=True)) for row in queries.text_of(conn, cell, order_id)]
    base = order["base_exposure_minor"]
    proposal = {
        "state": "accepted",
        "order": {
            **queries.head_of(conn, cell, order_id),
            "net_minor": sum(line["net_minor"] for line in lines),
            "exposure_minor": order["exposure_minor"] if base is None else base,
        },
        "lines": [list(line.values()) for line in lines],
        "caps": held.caps,
    }
    revision = queries.next_revision(conn, cell, order_id)
    change = derived("change", order_id, revision, "anew")
    return ask_of_delivery(
        conn, cell, order_id, held, change, proposal, reason, by, now, asked=True, item=None
    )
