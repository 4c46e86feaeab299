"""A person's word about a delivery that is stuck: send it again, or "it is there".

A delivery is stuck when the delivery system refused it, or took no answer for three days
(`failed`), or when nobody can find out whether it arrived (`parked`). Both words here take the
feed's counter: commit at once after them. Who said it, the caller writes into the audit.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync.delivery.acknowledge import acknowledge, close
from sync.feed import publish
from sync.queries import deliveries as queries


def send_again(conn: Connection, cell: int, delivery: str, by: str, at: datetime) -> str | None:
    """Have a stuck delivery tried at once; return its order, or None when it is not stuck.

    It keeps its id, so a system that knows repeats cannot take it twice. A parked one is looked up
    first where the system can be asked; where it cannot, the person vouches that it is not there.
    `by` is `user:CODE`.
    """
    order_id = queries.send_again(conn, cell, delivery, at)
    if order_id is not None:
        publish(conn, cell, close(conn, cell, delivery, "sent_again", by, at))
    return order_id


def enter_number(
    conn: Connection, cell: int, delivery: str, external_no: str, by: str, at: datetime
) -> str | None:
    """Acknowledge a stuck delivery under the number a person found it by at the other end.

    Returns its order, or None when it is not stuck. ValueError: that cannot be a number.
    """
    external_no = external_no.strip()
    if not external_no or len(external_no) > 64 or not external_no.isprintable():
        raise ValueError("an external number is 1 to 64 printable characters")
    found = queries.enter_number(conn, cell, delivery, external_no, at)
    if found is None:
        return None
    order_id, revision = found
    acknowledge(conn, cell, delivery, order_id, revision, external_no, [], at, by)
    return order_id
