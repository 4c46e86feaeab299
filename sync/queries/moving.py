"""SQL of stores that change hands: whose they are, who stands in, what a move brings and takes."""

from collections.abc import Sequence
from datetime import date

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
    """End what `other` carries for a rep; what begins later never will."""
    return execute(
        conn,
        """UPDATE assignment a SET valid_to = greatest(%(day)s, a.valid_from)
           FROM cell h JOIN cell c ON c.company = h.company
           WHERE h.cell = %(cell)s AND a.cell = c.cell AND a.rep = %(other)s
             AND a.substitute_for = %(rep)s AND (a.valid_to IS NULL OR a.valid_to > %(day)s)""",
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
