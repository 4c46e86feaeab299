"""SQL of the pages about moves: whose account it is, depots with their warehouses, handhelds."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, text

from schemas.tables.company import app_user
from server.office.field.queries import cells_of_stores

__all__ = [
    "cells_of_stores",
    "handhelds_of",
    "home_of",
    "names",
    "other_admins",
    "stand_ins",
    "warehouses",
]
Found = Any


def home_of(conn: Connection, company: str, rep: str) -> int:
    found = text("SELECT cell FROM app_user WHERE company = :company AND code = :rep")
    return int(conn.execute(found, {"company": company, "rep": rep}).scalar_one())


def other_admins(conn: Connection, company: str, code: str, lock: bool) -> int:
    """How many other accounts can administer the company; locked, they can until commit."""
    who = app_user.c
    found = (
        select(who.code)
        .where(who.company == company, who.code != code, who.state == "active")
        .where(who.roles.contains(["admin"]))
        .order_by(who.code)
    )
    return len(conn.execute(found.with_for_update() if lock else found).all())


def handhelds_of(conn: Connection, home: int, rep: str) -> list[str]:
    found = text("""
        SELECT id FROM device WHERE cell = :home AND rep = :rep
           AND state NOT IN ('revoked', 'wiped') ORDER BY no
    """)
    return [row.id for row in conn.execute(found, {"home": home, "rep": rep})]


def stand_ins(conn: Connection, cells: Sequence[int], today: date) -> list[Found]:
    """Who stands in for whom, today or later: both by code and name, the first day, the day after
    the last, and for how many stores."""
    found = text("""
        SELECT a.substitute_for AS rep, a.rep AS other, r.name AS rep_name, o.name AS other_name,
               min(a.valid_from) AS first, max(a.valid_to) AS until,
               count(DISTINCT a.store) AS stores
          FROM assignment a JOIN cell c ON c.cell = a.cell
          JOIN app_user r ON r.company = c.company AND r.code = a.substitute_for
          JOIN app_user o ON o.company = c.company AND o.code = a.rep
         WHERE a.cell = ANY(:cells) AND r.cell = ANY(:cells) AND o.cell = ANY(:cells)
           AND (a.valid_to IS NULL OR a.valid_to > greatest(:today, a.valid_from))
         GROUP BY 1, 2, 3, 4 ORDER BY first, rep_name, other_name
    """)
    return list(conn.execute(found, {"cells": list(cells), "today": today}))


def warehouses(conn: Connection, cells: Sequence[int]) -> list[Found]:
    """Each warehouse with its depot."""
    found = text("""
        SELECT w.cell, w.code, w.name, c.name AS depot FROM warehouse w
          JOIN cell c ON c.cell = w.cell WHERE w.cell = ANY(:cells) ORDER BY c.name, w.name
    """)
    return list(conn.execute(found, {"cells": list(cells)}))


def names(conn: Connection, cells: Sequence[int], stores: Sequence[str]) -> dict[str, str]:
    found = text("""
        SELECT id, name FROM store WHERE cell = ANY(:cells) AND id = ANY(cast(:ids AS uuid[]))
    """)
    rows = conn.execute(found, {"cells": list(cells), "ids": list(stores)})
    return {str(row.id): row.name for row in rows}


def handhelds(conn: Connection, cells: Sequence[int]) -> list[Found]:
    """Handhelds to ask about, by number."""
    found = text("""
        SELECT d.cell, d.id, d.no, coalesce(u.name, d.rep) AS rep_name FROM device d
          LEFT JOIN app_user u ON u.company = d.company AND u.code = d.rep
         WHERE d.cell = ANY(:cells) AND d.state <> 'wiped' ORDER BY d.no
    """)
    return list(conn.execute(found, {"cells": list(cells)}))
