"""SQL of the watch for mass changes: how much one doer changed of a kind in a few minutes."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import execute

Counted = tuple[int, str, str, str, int, datetime, bool, bool]
"""cell, who, name, kind, rows, until, is a load, is led by nobody but the administrator"""


def by_people(
    conn: Connection, company_cell: int, since: datetime, minutes: int, most: int
) -> list[Counted]:
    """People whose lines of the audit come to more than `most` within the minutes; a line that
    says how many (`count`) counts as so many."""
    return execute(
        conn,
        """WITH counted AS (
               SELECT a.cell, a.who, split_part(a.action, '.', 1) AS kind, a.at,
                      sum(CASE WHEN a.after ->> 'count' ~ '^[0-9]{1,9}$'
                               THEN (a.after ->> 'count')::int ELSE 1 END)
                        OVER (PARTITION BY a.who, split_part(a.action, '.', 1) ORDER BY a.at
                              RANGE BETWEEN %(window)s PRECEDING AND CURRENT ROW) AS n
                 FROM audit a
                 JOIN cell c ON c.cell = a.cell
                 JOIN cell own ON own.company = c.company AND own.cell = %(cell)s
                WHERE a.at > %(since)s AND a.who LIKE 'user:%%'
           )
           SELECT DISTINCT ON (k.who, k.kind) k.cell, k.who, coalesce(u.name, k.who), k.kind,
                  k.n::int8, k.at, false,
                  coalesce(u.roles && ARRAY['supervisor', 'admin'], false)
             FROM counted k JOIN cell c ON c.cell = k.cell
             LEFT JOIN app_user u ON u.company = c.company AND k.who = 'user:' || u.code
            WHERE k.n > %(most)s ORDER BY k.who, k.kind, k.n DESC, k.at""",
        _window(company_cell, since, minutes, most),
    ).fetchall()


def by_handhelds(
    conn: Connection, company_cell: int, since: datetime, minutes: int, most: int
) -> list[Counted]:
    """Handhelds that captured more than `most` changes of a kind within the minutes: counted by
    when they were captured, so that a week's work sent at once is none."""
    return execute(
        conn,
        """WITH counted AS (
               SELECT r.cell, r.device, r.rep, r.kind, r.received_at,
                      count(*) OVER (PARTITION BY r.device, r.kind ORDER BY r.captured_at
                              RANGE BETWEEN %(window)s PRECEDING AND CURRENT ROW) AS n
                 FROM receipt r
                 JOIN cell c ON c.cell = r.cell
                 JOIN cell own ON own.company = c.company AND own.cell = %(cell)s
                WHERE r.received_at > %(since)s AND r.captured_at IS NOT NULL
           )
           SELECT DISTINCT ON (k.device, k.kind) k.cell, 'device:' || k.device,
                  coalesce(u.name, k.rep), k.kind, k.n, k.received_at, false, false
             FROM counted k JOIN cell c ON c.cell = k.cell
             LEFT JOIN app_user u ON u.company = c.company AND u.code = k.rep
            WHERE k.n > %(most)s ORDER BY k.device, k.kind, k.n DESC, k.received_at""",
        _window(company_cell, since, minutes, most),
    ).fetchall()


def by_loads(conn: Connection, company_cell: int, since: datetime, most: int) -> list[Counted]:
    """Loads that wrote more than `most` rows."""
    return execute(
        conn,
        """SELECT l.cell, 'load:' || l.feed, l.by, l.feed, (l.rows_new + l.rows_changed)::int8,
                  l.began_at, true, false
             FROM load l
             JOIN cell c ON c.cell = l.cell
             JOIN cell own ON own.company = c.company AND own.cell = %s
            WHERE l.began_at > %s AND l.rows_new + l.rows_changed > %s
            ORDER BY l.began_at""",
        [company_cell, since, most],
    ).fetchall()


def companies(conn: Connection) -> list[int]:
    """The company's own cell of every company."""
    return [row[0] for row in execute(conn, "SELECT cell FROM cell WHERE kind = 'company'")]


def _window(company_cell: int, since: datetime, minutes: int, most: int) -> dict[str, Any]:
    return {"cell": company_cell, "since": since, "most": most,
            "window": timedelta(minutes=minutes)}  # fmt: skip
