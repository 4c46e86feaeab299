"""SQL of trade terms that the office changes by hand."""

from datetime import datetime

from sqlalchemy import Connection

from sync.queries.driver import execute


def end_promotion(
    conn: Connection, company_cell: int, promotion: str, by: str, now: datetime
) -> tuple[str, str, datetime | None] | None:
    """End a promotion that has not ended; return (name, state before, last moment before)."""
    row = execute(
        conn,
        """WITH before AS (
               SELECT cell, id, name, state, valid_to FROM promotion
               WHERE cell = %(cell)s AND id = %(id)s AND state <> 'ended' FOR UPDATE
           )
           UPDATE promotion p SET state = 'ended', version = p.version + 1, changed_by = %(by)s,
               valid_to = least(coalesce(before.valid_to, %(now)s), %(now)s)
           FROM before WHERE p.cell = before.cell AND p.id = before.id
           RETURNING before.name, before.state, before.valid_to""",
        {"cell": company_cell, "id": promotion, "by": by, "now": now},
    ).fetchone()
    return None if row is None else (str(row[0]), str(row[1]), row[2])
