"""SQL of what is done about a delivery system whose books differ from ours."""

from datetime import date, datetime

from sqlalchemy import Connection

from sync.queries.driver import execute


def take_up(
    conn: Connection, cell: int, delivery: str, state: str, by: str, at: datetime
) -> str | None:
    """Open an acknowledged delivery again, its fence raised; return its order.

    The attempt that is written here is where the count of tries begins anew, and what tells the
    next acknowledgement from the one before.
    """
    row = execute(
        conn,
        """UPDATE delivery SET state = %s, not_before = %s, changed_at = %s, attempt = attempt + 1,
               error = NULL
           WHERE cell = %s AND id = %s AND state = 'acknowledged'
           RETURNING order_id::text, revision, attempt""",
        [state, at, at, cell, delivery],
    ).fetchone()
    if row is None:
        return None
    order_id, revision, attempt = row
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
    return str(order_id)


def name_of(conn: Connection, cell: int, delivery: str) -> str:
    """A delivery's id; with the attempt at which it was last taken up, if it was: what is said of
    it since then is something new."""
    row = execute(
        conn,
        """SELECT max(attempt) FROM delivery_attempt
           WHERE cell = %s AND delivery = %s AND outcome = 'taken_up'""",
        [cell, delivery],
    ).fetchone()
    return delivery if row is None or row[0] is None else f"{delivery}:{row[0]}"


def ask_day(conn: Connection, cell: int, target: str, day: date, by: str, at: datetime) -> None:
    """Ask for a day to be compared as soon as possible. `cell`: the company's."""
    execute(
        conn,
        """INSERT INTO reconciliation (cell, target, day, state, asked_by, asked_at, next_at, tries,
               ours, theirs, moved, under_way, says)
           VALUES (%(cell)s, %(target)s, %(day)s, 'asked', %(by)s, %(at)s, %(at)s, 0, '{}', '{}',
               0, 0, '')
           ON CONFLICT (cell, target, day) DO UPDATE SET state = 'asked', asked_by = %(by)s,
               asked_at = %(at)s, next_at = %(at)s, tries = 0""",
        {"cell": cell, "target": target, "day": day, "by": by, "at": at},
    )
