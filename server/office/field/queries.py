"""SQL of the pages about the field: handhelds, stores, who carries which store."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from server.office.queries import like

Found = Any


_BEHIND = """
    (SELECT count(*) FROM (
        SELECT DISTINCT ON (c.device) c.positions, c.scopes FROM cursor c
         WHERE c.cell = d.cell AND c.device = d.id AND c.page IS NULL
         ORDER BY c.device, c.made_at DESC) last,
        LATERAL unnest(last.scopes) AS held (scope),
        LATERAL (SELECT 1 FROM entry e
                  WHERE e.cell = split_part(held.scope, ' ', 1)::int
                    AND e.scope = substr(held.scope, strpos(held.scope, ' ') + 1)
                    AND e.pos > (last.positions ->> split_part(held.scope, ' ', 1))::bigint
                  LIMIT 1000) AS news)
"""
"""Rows that wait for a handheld: entries of its scopes above its newest cursor."""


def devices(conn: Connection, company: str, cells: Sequence[int]) -> list[Found]:
    """Every handheld and how it stands; those out of use come last."""
    found = text(f"""
        SELECT d.*, coalesce(u.name, d.rep) AS rep_name, u.state AS rep_state, k.lease_days,
               greatest(d.last_push_at, d.last_pull_at, d.enrolled_at) AS seen_at,
               v.asked_at AS compared_at, {_BEHIND} AS behind,
               (SELECT count(*) FROM repair r WHERE r.cell = d.cell AND r.device = d.id
                   AND r.at > now() - interval '30 days') AS repairs
          FROM device d JOIN company k ON k.id = d.company
          LEFT JOIN app_user u ON u.company = d.company AND u.code = d.rep
          LEFT JOIN verification v ON v.cell = d.cell AND v.device = d.id
         WHERE d.company = :company AND d.cell = ANY(:cells)
         ORDER BY d.state IN ('revoked', 'wiped'), coalesce(u.name, d.rep), d.no
    """)  # noqa: S608 - composed from the constant above
    return list(conn.execute(found, {"company": company, "cells": list(cells)}))


def set_lease(conn: Connection, company: str, days: int) -> int:
    """Say after how many days without a sync handhelds lock; return what it was."""
    found = text("""
        UPDATE company k SET lease_days = :days FROM (
            SELECT id, lease_days FROM company WHERE id = :company FOR UPDATE) was
         WHERE k.id = was.id RETURNING was.lease_days
    """)
    return int(conn.execute(found, {"company": company, "days": days}).scalar_one())


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
