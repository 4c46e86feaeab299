"""SQL of segments: which scopes have them, how far they lag, the bytes, and who may have them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from sync.queries.driver import execute


class Standing(NamedTuple):
    """The current segments of one scope and version: their position and what came after it.

    changed: rows of the scope with news since, counted up to twice the rows there are.
    """

    cell: int
    scope: str
    schema: int
    pos: int
    rows: int
    age_s: float  # since they were built
    pos_age_s: float  # since their position was the head of the feed
    changed: int


class Part(NamedTuple):
    """One current segment as a pull names it; `body` only where it is small enough to go inside."""

    id: str
    parts: int
    pos: int
    rows: int
    size_bytes: int
    sha256: str
    body: bytes | None


def shared_scopes(conn: Connection) -> list[tuple[int, str]]:
    """Return (cell, scope) of every scope that many handhelds carry."""
    return execute(
        conn,
        """SELECT cell, 'company' FROM cell WHERE kind = 'company'
           UNION ALL SELECT cell, 'pl:' || code FROM price_list
           UNION ALL SELECT cell, 'wh:' || code FROM warehouse ORDER BY 1, 2""",
    ).fetchall()


def versions_in_use(conn: Connection) -> list[int]:
    """Return the versions that handhelds last pulled in."""
    rows = execute(
        conn,
        "SELECT DISTINCT schema FROM device WHERE state IN ('enrolled', 'active', 'stale')",
    ).fetchall()
    return [row[0] for row in rows]


def standing(conn: Connection) -> list[Standing]:
    """Return how the current segments stand."""
    rows = execute(
        conn,
        """SELECT s.cell, s.scope, s.schema, s.pos, s.rows,
                  extract(epoch FROM clock_timestamp() - s.built_at)::float8,
                  extract(epoch FROM clock_timestamp() - s.pos_at)::float8, news.changed
           FROM (SELECT cell, scope, schema, min(pos) AS pos, sum(rows)::int AS rows,
                        min(built_at) AS built_at, min(pos_at) AS pos_at
                 FROM segment WHERE replaced_at IS NULL GROUP BY cell, scope, schema) s,
                LATERAL (SELECT count(*)::int AS changed FROM (
                    SELECT FROM entry e WHERE e.cell = s.cell AND e.scope = s.scope
                        AND e.pos > s.pos LIMIT s.rows * 2 + 2) newer) news""",
    ).fetchall()
    return [Standing(*row) for row in rows]


def current(
    conn: Connection, cell: int, scope: str, schema: int, days: int, inside_bytes: int
) -> list[Part]:
    """Return a scope's segments in order; none whose position is `days` old or older."""
    rows = execute(
        conn,
        """SELECT id, parts, pos, rows, bytes, sha256,
                  CASE WHEN bytes <= %(inside)s THEN body END
           FROM segment
           WHERE cell = %(cell)s AND scope = %(scope)s AND schema = %(schema)s
             AND replaced_at IS NULL
             AND pos_at > clock_timestamp() - make_interval(days => %(days)s)
           ORDER BY part""",
        {"cell": cell, "scope": scope, "schema": schema, "days": days, "inside": inside_bytes},
    ).fetchall()
    return [Part(*row) for row in rows]


def news(
    conn: Connection, cell: int, scope: str, since: int, at_most: int
) -> tuple[int, int | None]:
    """Return how many entries a scope has after a position, counted up to `at_most`, and the
    lowest position of them."""
    row = execute(
        conn,
        """SELECT count(*), min(pos) FROM (
               SELECT pos FROM entry WHERE cell = %s AND scope = %s AND pos > %s
               ORDER BY pos LIMIT %s) newer""",
        [cell, scope, since, at_most],
    ).fetchone()
    return (row[0], row[1]) if row else (0, None)


def replace(conn: Connection, cell: int, scope: str, schema: int) -> int:
    """Say that a scope's current segments are replaced; return how many there were."""
    return execute(
        conn,
        """UPDATE segment SET replaced_at = clock_timestamp()
           WHERE cell = %s AND scope = %s AND schema = %s AND replaced_at IS NULL""",
        [cell, scope, schema],
    ).rowcount


def insert(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write segments that are current from now on."""
    for row in rows:
        execute(
            conn,
            """INSERT INTO segment (cell, id, scope, schema, part, parts, pos, rows, body, bytes,
                                    sha256, built_at, pos_at)
               VALUES (%(cell)s, %(id)s, %(scope)s, %(schema)s, %(part)s, %(parts)s, %(pos)s,
                       %(rows)s, %(body)s, %(bytes)s, %(sha256)s, clock_timestamp(),
                       %(pos_at)s)""",
            row,
        )


def now(conn: Connection) -> Any:
    """Return the database's time."""
    row = execute(conn, "SELECT clock_timestamp()").fetchone()
    return row[0] if row else None


def advance(conn: Connection, cell: int, scope: str, schema: int) -> int:
    """Let the position of segments be the feed's head, if nothing of their scope changed since."""
    return execute(
        conn,
        """WITH head AS MATERIALIZED (
               SELECT pos, clock_timestamp() AS at FROM feed WHERE cell = %(cell)s
           )
           UPDATE segment s SET pos = head.pos, pos_at = head.at FROM head
           WHERE s.cell = %(cell)s AND s.scope = %(scope)s AND s.schema = %(schema)s
             AND s.replaced_at IS NULL AND s.pos <= head.pos
             AND NOT EXISTS (SELECT FROM entry e WHERE e.cell = %(cell)s AND e.scope = %(scope)s
                             AND e.pos > s.pos)""",
        {"cell": cell, "scope": scope, "schema": schema},
    ).rowcount


def prune(conn: Connection, replaced_days: int) -> int:
    """Remove segments that were replaced so long ago that no pull still names them."""
    return execute(
        conn,
        """DELETE FROM segment
           WHERE replaced_at < clock_timestamp() - make_interval(days => %s)""",
        [replaced_days],
    ).rowcount


def granted(
    conn: Connection, segment: str, home: int, rep: str, company_cell: int, cells: Sequence[int]
) -> tuple[str, str, bytes] | None:
    """Return (scope, sha256, body) of a segment, if the rep carries its scope now."""
    return execute(
        conn,
        """SELECT s.scope, s.sha256, s.body FROM segment s
           WHERE s.cell = ANY(%(cells)s) AND s.id = %(id)s AND (
               s.cell = %(company)s AND s.scope = 'company'
               OR EXISTS (SELECT FROM scope_grant g
                          WHERE g.cell = %(cell)s AND g.rep = %(rep)s AND g.scope_cell = s.cell
                            AND g.scope = s.scope AND g.told_begin AND NOT g.told_end))""",
        {
            "id": segment, "cell": home, "rep": rep, "company": company_cell,
            "cells": [company_cell, *cells],
        },
    ).fetchone()  # fmt: skip
