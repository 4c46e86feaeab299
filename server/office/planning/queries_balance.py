"""SQL of the balance between reps: which reps are of which depot, and what was handed over last."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

Found = Any
SUBJECT = "balance/stores"
DONE, BACK = "stores.balanced", "stores.balanced_back"


def depots(conn: Connection, company: str, cells: Sequence[int]) -> list[Found]:
    """Reps at work with the depot they are of: cell, depot, code, name, by depot and name."""
    found = text("""
        SELECT c.cell, c.name AS depot, u.code, u.name
          FROM app_user u JOIN cell c ON c.cell = u.cell
         WHERE u.company = :company AND u.cell = ANY(:cells) AND 'rep' = ANY(u.roles)
           AND u.state <> 'left'
         ORDER BY c.name, c.cell, u.name, u.code
    """)
    return list(conn.execute(found, {"company": company, "cells": list(cells)}))


def last(conn: Connection, cells: Sequence[int], key: str | None = None) -> Found | None:
    """What was handed over last, or under this id, and was not taken back: id, at, who, after."""
    found = text("""
        SELECT a.id::text, a.cell, a.at, coalesce(u.name, a.who) AS who, a.after FROM audit a
          JOIN cell c ON c.cell = a.cell
          LEFT JOIN app_user u ON u.company = c.company AND a.who = 'user:' || u.code
         WHERE a.cell = ANY(:cells) AND a.subject = :subject AND a.action = :done
           AND (cast(:key AS uuid) IS NULL OR a.id = cast(:key AS uuid))
           AND NOT EXISTS (SELECT FROM audit b WHERE b.cell = a.cell AND b.subject = a.subject
                              AND b.action = :back AND b.after ->> 'of' = a.id::text)
         ORDER BY a.at DESC, a.id DESC LIMIT 1
    """)
    figures = {"cells": list(cells), "subject": SUBJECT, "done": DONE, "back": BACK, "key": key}
    return conn.execute(found, figures).one_or_none()
