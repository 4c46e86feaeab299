"""SQL of approving, closing and merging stores: what hangs on one goes to the other."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from sync.queries.driver import execute

MOVED = {"visit": "visit", "card": "visit_card", "contact": "contact"}
"""Kinds of the scope st:<store> that follow their store into another; orders and money stay where
they were booked."""


def move(conn: Connection, cell: int, kind: str, old: str, new: str, by: str) -> list[str]:
    """Hang the rows of a kind on another store; return their ids."""
    rows = execute(
        conn,
        f"""UPDATE {MOVED[kind]} SET store = %(new)s::uuid, scope = 'st:' || %(new)s::text,
                version = version + 1, changed_by = %(by)s
            WHERE cell = %(cell)s AND store = %(old)s RETURNING id::text""",
        {"cell": cell, "old": old, "new": new, "by": by},
    )
    return sorted(row[0] for row in rows)


def move_stops(conn: Connection, cell: int, old: str, new: str, by: str) -> list[tuple[str, str]]:
    """Let planned stops lead to another store; return (id, scope)."""
    return execute(
        conn,
        """UPDATE plan_stop SET store = %(new)s::uuid, version = version + 1, changed_by = %(by)s
           WHERE cell = %(cell)s AND store = %(old)s AND state = 'planned'
           RETURNING id::text, scope""",
        {"cell": cell, "old": old, "new": new, "by": by},
    ).fetchall()


def held_orders(conn: Connection, cell: int, store: str, rules: Sequence[str]) -> list[str]:
    """Return the held orders of a store that wait for one of these reasons, oldest first."""
    rows = execute(
        conn,
        """SELECT id::text FROM orders WHERE cell = %s AND store = %s AND state = 'held'
             AND holds && %s ORDER BY captured_at, id""",
        [cell, store, list(rules)],
    )
    return [row[0] for row in rows]


def carriers(
    conn: Connection, cell: int, store: str, today: date
) -> list[tuple[str, str, date, date | None, str | None]]:
    """Return (rep, function, first day, end, whom they stand in for) of each assignment of a store
    that holds today or will."""
    return execute(
        conn,
        """SELECT DISTINCT rep, function, greatest(valid_from, %s), valid_to, substitute_for
           FROM assignment WHERE cell = %s AND store = %s
             AND (valid_to IS NULL OR valid_to > greatest(%s, valid_from)) ORDER BY 1, 2, 3, 4""",
        [today, cell, store, today],
    ).fetchall()


def settle_items(
    conn: Connection, cell: int, subject: str, rules: Sequence[str], how: str, by: str,
    now: datetime,
) -> list[tuple[str, str]]:  # fmt: skip
    """Resolve what waits about a row for these reasons; return (id, scope)."""
    return execute(
        conn,
        """UPDATE conflict SET state = 'resolved', resolution = %s, resolved_by = %s,
               resolved_at = %s, version = version + 1, changed_by = %s
           WHERE cell = %s AND subject = %s AND rule = ANY(%s) AND state = 'waiting'
           RETURNING id::text, scope""",
        [how, by, now, by, cell, subject, list(rules)],
    ).fetchall()


def twin_of(conn: Connection, cell: int, item: str) -> str | None:
    """The store that a new one looks like, as its item says."""
    row = execute(
        conn, "SELECT arguments ->> 'twin' FROM conflict WHERE cell = %s AND id = %s", [cell, item]
    ).fetchone()
    return None if row is None else row[0]
