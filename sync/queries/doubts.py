"""SQL of what is done about a delivery system whose books differ from ours."""

from datetime import datetime

from sqlalchemy import Connection

from sync.queries.driver import execute


def take_up(
    conn: Connection, cell: int, delivery: str, state: str, by: str, at: datetime
) -> str | None:
    """Open an acknowledged delivery again, its fence raised; return its order.

    Its earlier acknowledgement stays among what was said, under a name of its own; the attempt
    that is written here is where the count of tries begins anew.
    """
    row = execute(
        conn,
        """UPDATE delivery SET state = %s, not_before = %s, changed_at = %s, attempt = attempt + 1,
               error = NULL
           WHERE cell = %s AND id = %s AND state = 'acknowledged'
           RETURNING order_id::text, revision, attempt, target""",
        [state, at, at, cell, delivery],
    ).fetchone()
    if row is None:
        return None
    order_id, revision, attempt, target = row
    execute(
        conn,
        """INSERT INTO delivery_attempt (cell, delivery, attempt, act, began_at, ended_at, outcome,
               detail)
           VALUES (%s, %s, %s, 'look_up', %s, %s, 'taken_up', %s)""",
        [cell, delivery, attempt, at, at, by],
    )
    execute(
        conn,
        "UPDATE orders SET acknowledged_at = NULL WHERE cell = %s AND id = %s AND revision = %s",
        [cell, order_id, revision],
    )
    execute(
        conn,
        """UPDATE status_update SET id = id || ':' || %s::text
           WHERE cell = %s AND target = %s AND id = %s""",
        [str(attempt), cell, target, f"ack:{delivery}"],
    )
    return str(order_id)
