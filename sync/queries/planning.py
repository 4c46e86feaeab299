"""SQL of a plan that becomes a rep's stops: the stops of a span of days, locked, and which of stops
were begun."""

from collections.abc import Collection
from datetime import date
from typing import Any

from psycopg.rows import dict_row
from sqlalchemy import Connection

from sync.queries.driver import driver, execute


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


def begun(conn: Connection, cell: int, stops: Collection[str]) -> set[str]:
    """Return those of these stops that were begun: a stop says so itself, or the visit that was
    planned by it does, which handhelds begin without a word to the stop. A visit stays where it
    was made when its store moves, so it is looked for in all cells of the company."""
    rows = execute(
        conn,
        """SELECT p.id::text FROM plan_stop p
            WHERE p.cell = %(cell)s AND p.id = ANY(%(stops)s::uuid[])
              AND (p.state IN ('started', 'done') OR EXISTS (
                   SELECT FROM visit v
                    WHERE v.cell IN (SELECT k.cell FROM cell k JOIN cell o ON o.cell = %(cell)s
                                      WHERE k.company = o.company)
                      AND v.store = p.store AND v.rep = p.rep AND v.planned_on = p.day
                      AND v.state IN ('started', 'done')))""",
        {"cell": cell, "stops": list(stops)},
    )
    return {row[0] for row in rows}
