"""SQL of the pages about the field: handhelds, stores, who carries which store."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from server.office.queries import like

Found = Any


def devices(conn: Connection, company: str, cells: Sequence[int]) -> list[Found]:
    """Every handheld, those that need a look first: work unsent, long not seen."""
    found = text("""
        SELECT d.*, coalesce(u.name, d.rep) AS rep_name, u.state AS rep_state,
               greatest(d.last_push_at, d.last_pull_at, d.enrolled_at) AS seen_at
          FROM device d LEFT JOIN app_user u ON u.company = d.company AND u.code = d.rep
         WHERE d.company = :company AND d.cell = ANY(:cells)
         ORDER BY d.state IN ('revoked', 'wiped'), coalesce(u.name, d.rep), d.no
    """)
    return list(conn.execute(found, {"company": company, "cells": list(cells)}))


def device(conn: Connection, company: str, cell: int, device_id: str) -> Found | None:
    found = text("""
        SELECT d.*, coalesce(u.name, d.rep) AS rep_name FROM device d
          LEFT JOIN app_user u ON u.company = d.company AND u.code = d.rep
         WHERE d.company = :company AND d.cell = :cell AND d.id = :id
    """)
    figures = {"company": company, "cell": cell, "id": device_id}
    return conn.execute(found, figures).one_or_none()


STORES = """
    SELECT s.cell, s.id, s.code, s.name, s.city, s.region, s.status, s.banner, s.store_class,
           s.visits_per_4w, s.geo_source, w.name AS warehouse,
           (SELECT string_agg(coalesce(u.name, a.rep), ', ' ORDER BY a.rep)
              FROM assignment a LEFT JOIN app_user u ON u.company = :company AND u.code = a.rep
             WHERE a.cell = s.cell AND a.store = s.id AND a.valid_from <= :today
               AND (a.valid_to IS NULL OR a.valid_to > :today)) AS carried_by,
           c.limit_minor, c.open_minor, c.blocked_reason
      FROM store s
      LEFT JOIN warehouse w ON w.cell = s.cell AND w.code = s.warehouse
      LEFT JOIN credit_account c ON c.cell = s.cell AND c.store = s.id
     WHERE s.cell = ANY(:cells)
"""


def stores(
    conn: Connection,
    company: str,
    cells: Sequence[int],
    today: date,
    *,
    typed: str = "",
    status: str = "",
    rep: str = "",
    after: str = "",
    at_most: int = 100,
) -> list[Found]:
    """Stores by name; `rep` "-" finds those nobody carries; `after` = name~id of the last seen."""
    words = [STORES]
    figures: dict[str, Any] = {
        "company": company,
        "cells": list(cells),
        "today": today,
        "n": at_most,
    }
    if typed:
        words.append(
            " AND (s.name ILIKE :like OR s.code ILIKE :like OR s.city ILIKE :like"
            " OR s.banner ILIKE :like OR s.address ILIKE :like)"
        )
        figures["like"] = like(typed)
    if status:
        words.append(" AND s.status = :status")
        figures["status"] = status
    if rep:
        carried = (
            "EXISTS (SELECT 1 FROM assignment a WHERE a.cell = s.cell AND a.store = s.id"
            " AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to > :today)"
        )
        words.append(f" AND NOT {carried})" if rep == "-" else f" AND {carried} AND a.rep = :rep)")
        figures["rep"] = rep
    if after:
        name, _, store = after.rpartition("~")
        words.append(" AND (s.name, s.id) > (:name, cast(:store AS uuid))")
        figures["name"], figures["store"] = name, store
    words.append(" ORDER BY s.name, s.id LIMIT :n")
    return list(conn.execute(text("".join(words)), figures))


def store_tally(conn: Connection, cells: Sequence[int], today: date) -> Found:
    """How many stores there are, and how many of the active ones nobody carries."""
    found = text("""
        SELECT count(*) AS stores, count(*) FILTER (WHERE status = 'active' AND NOT EXISTS (
                 SELECT 1 FROM assignment a WHERE a.cell = s.cell AND a.store = s.id
                    AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to > :today)
               )) AS uncarried
          FROM store s WHERE s.cell = ANY(:cells)
    """)
    return conn.execute(found, {"cells": list(cells), "today": today}).one()


def carried(conn: Connection, company: str, cells: Sequence[int], today: date) -> list[Found]:
    """Each rep with how many stores they carry today."""
    found = text("""
        SELECT u.code, u.name, u.state, count(DISTINCT a.store) AS stores
          FROM app_user u
          LEFT JOIN assignment a ON a.rep = u.code AND a.cell = ANY(:cells)
               AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to > :today)
         WHERE u.company = :company AND u.cell = ANY(:cells) AND 'rep' = ANY(u.roles)
         GROUP BY u.code, u.name, u.state ORDER BY u.name
    """)
    return list(conn.execute(found, {"company": company, "cells": list(cells), "today": today}))


def cells_of_stores(conn: Connection, cells: Sequence[int], ids: Sequence[str]) -> dict[str, int]:
    """Store id -> its cell, for those of these stores that lie in these cells."""
    found = text("""
        SELECT id, cell FROM store
         WHERE cell = ANY(:cells) AND id = ANY(cast(:ids AS uuid[]))
    """)
    rows = conn.execute(found, {"cells": list(cells), "ids": list(ids)})
    return {str(row.id): row.cell for row in rows}
