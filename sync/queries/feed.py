"""SQL of feeds, entries, the epoch and cursors."""

from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from sync.queries.driver import array, columns, execute

_PUBLISH = """
WITH head AS (
    UPDATE feed SET pos = pos + %(n)s,
        orders_pos = CASE WHEN %(orders)s THEN pos + %(n)s ELSE orders_pos END
    WHERE cell = %(cell)s RETURNING pos
)
INSERT INTO entry (cell, scope, kind, key, pos, act, at)
SELECT %(cell)s, e.scope, e.kind, e.key, head.pos - %(n)s + e.i, e.act, clock_timestamp()
FROM head, unnest(%(scope)s::text[], %(kind)s::text[], %(key)s::text[], %(act)s::text[])
    WITH ORDINALITY AS e(scope, kind, key, act, i)
ON CONFLICT (cell, scope, kind, key)
    DO UPDATE SET pos = excluded.pos, act = excluded.act, at = excluded.at
"""


def publish(conn: Connection, cell: int, rows: Sequence[tuple[str, str, str, str]]) -> int:
    """Number entries (scope, kind, key, act) and write them; return how many were written."""
    scope, kind, key, act = columns(rows, 4)
    args = {
        "cell": cell, "n": len(rows), "orders": "order" in kind or "conflict" in kind,
        "scope": scope, "kind": kind, "key": key, "act": act,
    }  # fmt: skip
    return execute(conn, _PUBLISH, args).rowcount


def open_feed(conn: Connection, cell: int) -> None:
    """Begin a cell's feed at 0."""
    execute(conn, "INSERT INTO feed VALUES (%s, 0, 0) ON CONFLICT DO NOTHING", [cell])


def heads(conn: Connection, cells: Sequence[int]) -> dict[int, int]:
    """Return the head position of each feed."""
    rows = execute(conn, "SELECT cell, pos FROM feed WHERE cell = ANY(%s)", [list(cells)])
    return dict(rows.fetchall())


def epoch(conn: Connection) -> str | None:
    """Return the epoch of this database, or None before its first start."""
    row = execute(conn, "SELECT epoch FROM incarnation").fetchone()
    return row[0] if row else None


def begin_epoch(conn: Connection, new: str, why: str) -> None:
    """Put a new epoch in place of the old one."""
    execute(
        conn,
        """INSERT INTO incarnation (one, epoch, began_at, why)
           VALUES (true, %s, clock_timestamp(), %s)
           ON CONFLICT (one) DO UPDATE
           SET epoch = excluded.epoch, began_at = excluded.began_at, why = excluded.why""",
        [new, why],
    )


def cursor(conn: Connection, cell: int, cursor_id: str) -> tuple[Any, ...] | None:
    """Return (device, epoch, schema, positions, scopes, page) of a cursor or a page, or None."""
    return execute(
        conn,
        "SELECT device, epoch, schema, positions, scopes, page FROM cursor"
        " WHERE cell = %s AND id = %s",
        [cell, cursor_id],
    ).fetchone()


_KEEP = """
WITH old AS (
    DELETE FROM cursor WHERE cell = %(cell)s AND device = %(device)s AND id IN (
        SELECT id FROM cursor
        WHERE cell = %(cell)s AND device = %(device)s AND (page IS NULL) = %(whole)s
          AND id <> ALL(%(presented)s)
        ORDER BY made_at DESC, id OFFSET %(keep)s)
)
INSERT INTO cursor (cell, id, device, epoch, schema, positions, scopes, page, made_at)
VALUES (%(cell)s, %(id)s, %(device)s, %(epoch)s, %(schema)s, %(positions)s, %(scopes)s::text[],
        %(page)s, clock_timestamp())
"""


def keep_cursor(conn: Connection, row: dict[str, Any]) -> None:
    """Write a cursor (page None) or a page position. Of a device stay the one it presented,
    which it may present again when the reply is lost, this one, and one or two before it."""
    keep = 1 if row["page"] is None else 2
    page = None if row["page"] is None else Jsonb(row["page"])
    args = {**row, "positions": Jsonb(row["positions"]), "page": page}
    args["scopes"] = array(row["scopes"])
    execute(conn, _KEEP, {**args, "whole": page is None, "keep": keep})
