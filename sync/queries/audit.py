"""SQL of the audit: who did what to which subject, from where, and what it was before."""

from datetime import datetime

from sqlalchemy import Connection

from sync.queries.driver import execute


def insert(
    conn: Connection, cell: int, key: str, at: datetime, who: str, action: str, subject: str,
    before: str | None, after: str | None, address: str | None,
) -> None:  # fmt: skip
    """Write one line; before and after are JSON."""
    execute(
        conn,
        """INSERT INTO audit (cell, id, at, who, action, subject, before, after, address)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [cell, key, at, who, action, subject, before, after, address],
    )
