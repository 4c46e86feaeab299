"""SQL of verifying: rows of scopes as JSON text, by slice; entries newer than a cursor; defects."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from sync.kinds import untold
from sync.queries.driver import columns, driver, execute
from sync.queries.pull import home_of, in_scopes, row_text, these

ROWS_AT_ONCE = 2_000
KEPT_DAYS = 400
NO_END = 2**62

_DIGITS = "left(encode(sha256(convert_to('{kind}/' || {key}::text, 'UTF8')), 'hex'), 8)"


def rows(
    conn: Connection,
    kind: str,
    cells: Sequence[int],
    scopes: Sequence[str],
    version: int,
    at: Sequence[str] = ("",),
) -> Iterator[tuple[int, str, str, str, str]]:
    """Every row of a kind in scopes of one family, a few at a time: (cell, scope, key, digits of
    its key, JSON array of its values). `at`: only of these slices, all named by as many digits."""
    table, key = home_of(kind)
    digits = _DIGITS.format(kind=kind, key=key)
    sliced = f"AND left({digits}, {len(at[0])}) = ANY(%(at)s)" if at[0] else ""
    args = {"cells": list(cells), "at": list(at), **these(scopes)}
    with driver(conn).cursor(f"rows_of_{kind}") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(
            f"""SELECT cell, scope, {key}::text, {digits}, {row_text(kind, version)}
                FROM {table} t
                WHERE cell = ANY(%(cells)s) AND {in_scopes(kind)} {sliced}""",
            args,
        )
        yield from cursor


def newer(
    conn: Connection, cell: int, scopes: Sequence[str], since: int, limit: int, version: int
) -> list[tuple[str, str]]:
    """Up to limit (kind, key) of rows told of in a feed after a position, of kinds that the version
    knows: of others no pull would bring the cursor on."""
    return execute(
        conn,
        """SELECT kind, key FROM entry
           WHERE cell = %s AND scope = ANY(%s) AND pos > %s AND kind <> ALL(%s::text[]) LIMIT %s""",
        [cell, list(scopes), since, untold(version), limit],
    ).fetchall()


def keep_repairs(conn: Connection, common: dict[str, Any], found: Sequence[tuple[Any, ...]]) -> int:
    """Write defects (scope, kind, key, what, held version, held hash, version, hash), and let go of
    very old ones. Asked again after a lost answer, a defect of one run stays one."""
    execute(
        conn,
        "DELETE FROM repair WHERE cell = %(cell)s AND device = %(device)s"
        " AND at < clock_timestamp() - make_interval(days => %(days)s)",
        {**common, "days": KEPT_DAYS},
    )
    names = ("scope", "kind", "key", "what", "held_version", "held_hash", "version", "hash")
    return execute(
        conn,
        """INSERT INTO repair (cell, run, device, rep, why, cursor, schema, at, scope, kind, key,
                               what, held_version, held_hash, version, hash)
           SELECT %(cell)s, %(run)s, %(device)s, %(rep)s, %(why)s, %(cursor)s, %(schema)s,
                  clock_timestamp(), u.*
           FROM unnest(%(scope)s::text[], %(kind)s::text[], %(key)s::text[], %(what)s::text[],
                       %(held_version)s::bigint[], %(held_hash)s::text[], %(version)s::bigint[],
                       %(hash)s::text[]) AS u
           ON CONFLICT DO NOTHING""",
        {**common, **dict(zip(names, columns(found, 8), strict=True))},
    ).rowcount


def keep_verification(conn: Connection, said: dict[str, Any]) -> None:
    """Note how a handheld's verification goes; `sent` adds up while it is the same run."""
    execute(
        conn,
        """INSERT INTO verification (cell, device, run, why, began_at, asked_at, rows, equal, sent)
           VALUES (%(cell)s, %(device)s, %(run)s, %(why)s, clock_timestamp(), clock_timestamp(),
                   coalesce(%(rows)s, 0), %(equal)s, %(sent)s)
           ON CONFLICT (cell, device) DO UPDATE SET
               run = excluded.run, why = excluded.why, asked_at = excluded.asked_at,
               began_at = CASE WHEN verification.run = excluded.run
                               THEN verification.began_at ELSE excluded.began_at END,
               rows = CASE WHEN verification.run = excluded.run AND %(rows)s::int IS NULL
                           THEN verification.rows ELSE excluded.rows END,
               equal = CASE WHEN %(rows)s::int IS NULL AND verification.run = excluded.run
                            THEN verification.equal ELSE excluded.equal END,
               sent = CASE WHEN verification.run = excluded.run
                           THEN verification.sent + excluded.sent ELSE excluded.sent END""",
        said,
    )


_OF_STORE = "'^st:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'"


def repairs(
    conn: Connection, company: str, cells: Sequence[int], device: str, limit: int
) -> list[dict[str, Any]]:
    """The newest defects of a company's handhelds (of one, unless `device` is ""), newest first;
    with the store a scope is of, where it is of one in these cells."""
    cursor = execute(
        conn,
        f"""SELECT r.at, d.no, d.id AS device, d.rep, coalesce(u.name, d.rep) AS rep_name, r.scope,
                   r.kind, r.key, r.what, r.held_version, r.version, r.why, s.cell AS store_cell,
                   s.id::text AS store, s.code AS store_code, s.name AS store_name
            FROM device d JOIN repair r ON r.cell = d.cell AND r.device = d.id
            LEFT JOIN app_user u ON u.company = d.company AND u.code = d.rep
            LEFT JOIN store s ON s.cell = ANY(%(cells)s) AND s.id =
                CASE WHEN r.scope ~ {_OF_STORE} THEN substr(r.scope, 4)::uuid END
            WHERE d.company = %(company)s AND d.cell = ANY(%(cells)s)
              AND (%(device)s = '' OR d.id = %(device)s)
            ORDER BY r.at DESC, r.scope, r.kind, r.key LIMIT %(limit)s""",
        {"company": company, "cells": list(cells), "device": device, "limit": limit},
    )
    return _named(cursor)


def verifications(conn: Connection, company: str, cells: Sequence[int]) -> list[dict[str, Any]]:
    """Each handheld in use with its last verification (empty: none yet) and how many defects it
    had in all; those with most first."""
    cursor = execute(
        conn,
        """SELECT d.no, d.id AS device, d.rep, coalesce(u.name, d.rep) AS rep_name, v.why,
                  v.asked_at, v.rows, v.equal, v.sent,
                  (SELECT count(*) FROM repair r WHERE r.cell = d.cell AND r.device = d.id)
                      AS defects
           FROM device d LEFT JOIN verification v ON v.cell = d.cell AND v.device = d.id
           LEFT JOIN app_user u ON u.company = d.company AND u.code = d.rep
           WHERE d.company = %(company)s AND d.cell = ANY(%(cells)s)
             AND d.state NOT IN ('revoked', 'wiped')
           ORDER BY defects DESC, v.asked_at NULLS FIRST, d.no""",
        {"company": company, "cells": list(cells)},
    )
    return _named(cursor)


def _named(cursor: Any) -> list[dict[str, Any]]:
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
