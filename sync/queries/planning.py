"""SQL of a plan that becomes a rep's stops: the stops of a span of days, locked."""

from datetime import date
from typing import Any

from psycopg.rows import dict_row
from sqlalchemy import Connection

from sync.queries.driver import driver


def lock_stops(
    conn: Connection, cell: int, rep: str, first: date, last: date
) -> dict[str, dict[str, Any]]:
    """Lock the stops of a rep from the first day to the last, sorted; by id, ids as text."""
    with driver(conn).cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            """SELECT id::text, store::text, visit::text, rep, day, sequence, state, pinned, reason,
                      version
                 FROM plan_stop
                WHERE cell = %s AND rep = %s AND day BETWEEN %s AND %s ORDER BY id FOR UPDATE""",
            [cell, rep, first, last],
        ).fetchall()
    return {row["id"]: row for row in found}
