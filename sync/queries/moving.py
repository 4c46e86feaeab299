"""SQL of stores that change hands: whose they are, who stands in, what a move brings and takes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import execute


def stores_of_rep(
    conn: Connection, cell: int, rep: str, first_day: date, end: date
) -> dict[int, list[str]]:
    """Return the stores, by cell, that are a rep's own on a day from first_day until before end.

    cell: any of the company. What the rep carries for somebody else is not their own.
    """
    rows = execute(
        conn,
        """SELECT DISTINCT a.cell, a.store::text FROM cell h
           JOIN cell c ON c.company = h.company JOIN assignment a ON a.cell = c.cell
           WHERE h.cell = %s AND a.rep = %s AND a.substitute_for IS NULL
             AND a.valid_from < %s AND (a.valid_to IS NULL OR a.valid_to > %s)
             AND (a.valid_to IS NULL OR a.valid_to > a.valid_from)
           ORDER BY 1, 2""",
        [cell, rep, end, first_day],
    )
    found: dict[int, list[str]] = {}
    for at, store in rows:
        found.setdefault(at, []).append(store)
    return found


def end_stand_ins(conn: Connection, cell: int, rep: str, other: str, day: date) -> int:
    """End what `other` carries for a rep; what begins later never will. cell: any of theirs."""
    return execute(
        conn,
        """UPDATE assignment a SET valid_to = greatest(%(day)s, a.valid_from)
           FROM cell h JOIN cell c ON c.company = h.company
           WHERE h.cell = %(cell)s AND a.cell = c.cell AND a.rep = %(other)s
             AND a.substitute_for = %(rep)s
             AND (a.valid_to IS NULL OR a.valid_to > greatest(%(day)s, a.valid_from))""",
        {"cell": cell, "rep": rep, "other": other, "day": day},
    ).rowcount


def givers(
    conn: Connection, cells: Sequence[int], stores: Sequence[str], day: date
) -> list[tuple[int, str, str]]:
    """Return (cell, store, rep) of whom these stores are on a day or later, stand-ins left out."""
    return execute(
        conn,
        """SELECT DISTINCT cell, store::text, rep FROM assignment
           WHERE cell = ANY(%s) AND store = ANY(%s::uuid[]) AND substitute_for IS NULL
             AND (valid_to IS NULL OR valid_to > greatest(%s, valid_from)) ORDER BY 1, 2, 3""",
        [list(cells), list(stores), day],
    ).fetchall()


def end_lending(conn: Connection, cell: int, rep: str, day: date) -> list[tuple[int, str]]:
    """End what others carry for a rep, and what the rep carries for others; return those reps,
    (home cell, code). cell: the rep's home."""
    return execute(
        conn,
        """WITH over AS (
               UPDATE assignment a SET valid_to = greatest(%(day)s, a.valid_from)
               FROM cell h JOIN cell c ON c.company = h.company
               WHERE h.cell = %(cell)s AND a.cell = c.cell AND a.substitute_for IS NOT NULL
                 AND (a.rep = %(rep)s OR a.substitute_for = %(rep)s)
                 AND (a.valid_to IS NULL OR a.valid_to > %(day)s)
               RETURNING a.rep)
           SELECT DISTINCT u.cell, u.code FROM cell h JOIN app_user u ON u.company = h.company
           WHERE h.cell = %(cell)s AND u.code IN (SELECT rep FROM over)""",
        {"cell": cell, "rep": rep, "day": day},
    ).fetchall()


def hand_on_items(
    conn: Connection, cell: int, rep: str, owner: str, by: str
) -> list[tuple[int, str, str]]:
    """Give what waits for a rep's answer, or was taken by the rep, to another owner; return
    (cell, id, scope) of each. Who captured what it is about stays named."""
    return execute(
        conn,
        """UPDATE conflict k SET owner = %(owner)s, needs = 'office', changed_by = %(by)s,
               version = k.version + 1,
               answers = CASE WHEN cardinality(k.answers) > 0 THEN k.answers ELSE
                   ARRAY(SELECT a ->> 0 FROM jsonb_array_elements(k.rep_answers) a) END
           FROM cell h JOIN cell c ON c.company = h.company
           WHERE h.cell = %(cell)s AND k.cell = c.cell AND k.state = 'waiting'
             AND (k.needs = 'rep' AND k.rep = %(rep)s OR k.owner = %(rep)s)
           RETURNING k.cell, k.id::text, k.scope""",
        {"cell": cell, "rep": rep, "owner": owner, "by": by},
    ).fetchall()


def names_of(conn: Connection, cell: int, reps: Sequence[str]) -> dict[str, str]:
    rows = execute(
        conn,
        """SELECT u.code, u.name FROM cell h JOIN app_user u ON u.company = h.company
           WHERE h.cell = %s AND u.code = ANY(%s)""",
        [cell, list(reps)],
    )
    return dict(rows.fetchall())


def handhelds(conn: Connection, home: int, rep: str) -> list[tuple[Any, ...]]:
    """Return (id, number, state, unsent, oldest unsent, last pull) of a rep's handhelds."""
    return execute(
        conn,
        """SELECT id, no, state, queue_depth, oldest_unsent, last_pull_at FROM device
           WHERE cell = %s AND rep = %s AND state NOT IN ('revoked', 'wiped') ORDER BY no""",
        [home, rep],
    ).fetchall()


def size_of(
    conn: Connection, table: str, owner: str, of: str, cell: int, scopes: Sequence[str], value: str
) -> tuple[int, int, str]:
    """Return (rows, bytes of JSON, some of that JSON) of the rows of a table in these scopes, found
    by the column that names the scope's owner."""
    row = execute(
        conn,
        f"""SELECT count(*), coalesce(sum(octet_length(v)), 0)::int8,
                   coalesce(string_agg(v, ',') FILTER (WHERE n <= 200), '')
            FROM (SELECT {value} AS v, row_number() OVER () AS n FROM {table} t
                  WHERE t.cell = %s AND {owner} = ANY(%s::{of}[]) AND t.scope = ANY(%s)) r""",
        [cell, [scope.partition(":")[2] for scope in scopes], list(scopes)],
    ).fetchone()
    return (0, 0, "") if row is None else (int(row[0]), int(row[1]), str(row[2]))


def company_of(conn: Connection, cell: int) -> tuple[int, list[int]]:
    """Return the company's own cell, and all its cells."""
    rows = execute(
        conn,
        """SELECT c.cell, c.kind FROM cell h JOIN cell c ON c.company = h.company
           WHERE h.cell = %s ORDER BY c.cell""",
        [cell],
    ).fetchall()
    return next(at for at, kind in rows if kind == "company"), [at for at, _ in rows]


def open_days(conn: Connection, reps: Sequence[str], cell: int, today: date) -> set[date]:
    """Return the days from today on which an assignment of these reps begins or ends."""
    rows = execute(
        conn,
        """SELECT DISTINCT d FROM cell h JOIN cell c ON c.company = h.company
           JOIN assignment a ON a.cell = c.cell AND a.rep = ANY(%s)
           CROSS JOIN LATERAL (VALUES (a.valid_from), (a.valid_to)) v(d)
           WHERE h.cell = %s AND d >= %s""",
        [list(reps), cell, today],
    )
    return {row[0] for row in rows}
