"""SQL of the reps' targets: what is set, locked as long as somebody works on it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

Row = Mapping[str, Any]


def targets(conn: Connection, company: str, since: date | None = None) -> list[Row]:
    """Targets of a company, withdrawn ones too, locked in the order of their ids. since: only those
    that last until then at least."""
    found = conn.execute(
        text(
            """SELECT t.cell, t.id::text, t.rep, t.first_day, t.last_day, t.net_minor,
                      t.working_days, t.state
                 FROM sales_target t JOIN cell c ON c.cell = t.cell
                WHERE c.company = cast(:company AS uuid)
                  AND (cast(:since AS date) IS NULL OR t.last_day >= :since)
                ORDER BY t.id FOR UPDATE OF t"""
        ),
        {"company": company, "since": since},
    )
    return [dict(row) for row in found.mappings()]


def companies(conn: Connection) -> list[str]:
    """The companies of this server."""
    return [str(row[0]) for row in conn.execute(text("SELECT id FROM company ORDER BY id"))]
