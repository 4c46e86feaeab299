"""SQL that more than one room of the console asks: who the reps are, what was done to a subject,
whether something changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

Found = Any


def like(typed: str) -> str:
    """What somebody typed, as a pattern that finds it anywhere."""
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def reps(conn: Connection, company: str, cells: Sequence[int]) -> list[Found]:
    """Reps for a choice: code, name and state."""
    found = text("""
        SELECT code, name, state FROM app_user
         WHERE company = :company AND cell = ANY(:cells) AND 'rep' = ANY(roles)
         ORDER BY name, code
    """)
    return list(conn.execute(found, {"company": company, "cells": list(cells)}))


_CELL_OF = {
    table: text(f"SELECT cell FROM {table} WHERE cell = ANY(:cells) AND id = cast(:key AS uuid)")  # noqa: S608 - names of tables are ours
    for table in ("orders", "conflict", "delivery")
}


def cell_now(conn: Connection, cells: Sequence[int], table: str, key: str) -> int | None:
    """In which of these cells a row is now: of orders, conflict or delivery, which have pages or
    forms that name their cell, and go along with their store."""
    values = {"cells": list(cells), "key": key}
    return conn.execute(_CELL_OF[table], values).scalars().first()


def audit_of(conn: Connection, cell: int, subject: str) -> list[Found]:
    """What people and programs did to a subject ("order/<id>"), oldest first."""
    found = text("""
        SELECT a.at, a.who, a.action, a.before, a.after, u.name AS who_name
          FROM audit a LEFT JOIN cell c ON c.cell = a.cell
          LEFT JOIN app_user u ON u.company = c.company AND a.who = 'user:' || u.code
         WHERE a.cell = :cell AND a.subject = :subject ORDER BY a.at
    """)
    return list(conn.execute(found, {"cell": cell, "subject": subject}))


def plans_changed(conn: Connection) -> dict[str, str]:
    """Company -> when its plans of visit routes last changed, for pages that missed a hint."""
    found = text("""
        SELECT company::text,
               max(greatest(made_at, began_at, ended_at, published_at, undone_at))::text AS at
          FROM plan GROUP BY company
    """)
    return {row.company: row.at for row in conn.execute(found)}
