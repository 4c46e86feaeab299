"""SQL of what delivery systems' own words for statuses mean."""

from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import execute

Row = tuple[Any, ...]


def meanings(conn: Connection, company_cell: int) -> list[Row]:
    """Return (target, word, meaning, parked) of every word that has a meaning or waits for one.

    parked: how many events of that word wait. Words without a meaning come first.
    """
    return execute(
        conn,
        """WITH waiting AS (
               SELECT u.target, u.status AS word, count(*) AS parked
               FROM cell k JOIN cell f ON f.company = k.company
               JOIN status_update u ON u.cell = f.cell
               WHERE k.cell = %(cell)s AND u.outcome = 'parked' AND u.meaning IS NULL
               GROUP BY u.target, u.status
           ), given AS (
               SELECT target, code AS word, status FROM delivery_code WHERE cell = %(cell)s
           )
           SELECT target, word, given.status, coalesce(waiting.parked, 0)
           FROM waiting FULL JOIN given USING (target, word)
           ORDER BY given.status IS NOT NULL, target, word""",
        {"cell": company_cell},
    ).fetchall()


def set_meaning(
    conn: Connection, company_cell: int, target: str, word: str, status: str | None
) -> None:
    """Give a word its meaning, or with None take it away again."""
    if status is None:
        execute(
            conn,
            "DELETE FROM delivery_code WHERE cell = %s AND target = %s AND code = %s",
            [company_cell, target, word],
        )
        return
    execute(
        conn,
        """INSERT INTO delivery_code (cell, target, code, status) VALUES (%s, %s, %s, %s)
           ON CONFLICT (cell, target, code) DO UPDATE SET status = excluded.status""",
        [company_cell, target, word, status],
    )


def field_cells(conn: Connection, company_cell: int) -> list[int]:
    """The cells of a company's stores."""
    found = execute(
        conn,
        """SELECT f.cell FROM cell k JOIN cell f ON f.company = k.company
           WHERE k.cell = %s AND f.cell <> k.cell ORDER BY f.cell""",
        [company_cell],
    ).fetchall()
    return [row[0] for row in found]
