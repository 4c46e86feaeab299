"""SQL of the page of working days: how reps work, and when they do not."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

Found = Any


def save_day(conn: Connection, figures: Mapping[str, Any]) -> None:
    """How a rep works from now on. figures: the columns of rep_day."""
    conn.execute(
        text("""
            INSERT INTO rep_day (company, rep, home_lat_deg, home_lon_deg, starts_at, day_minutes,
                   lunch_minutes, weekdays, changed_by, changed_at)
            VALUES (:company, :rep, :home_lat_deg, :home_lon_deg, :starts_at, :day_minutes,
                   :lunch_minutes, :weekdays, :changed_by, :changed_at)
            ON CONFLICT (company, rep) DO UPDATE SET home_lat_deg = excluded.home_lat_deg,
                   home_lon_deg = excluded.home_lon_deg, starts_at = excluded.starts_at,
                   day_minutes = excluded.day_minutes, lunch_minutes = excluded.lunch_minutes,
                   weekdays = excluded.weekdays, changed_by = excluded.changed_by,
                   changed_at = excluded.changed_at
        """),
        dict(figures),
    )


def add_absence(conn: Connection, figures: Mapping[str, Any]) -> bool:
    """Days off, or on after all; False where the very same is there already (sent twice)."""
    found = text("""
        INSERT INTO absence (company, id, rep, first_day, last_day, kind, note, made_by, made_at)
        SELECT :company, cast(:id AS uuid), cast(:rep AS text), cast(:first_day AS date),
               cast(:last_day AS date), cast(:kind AS text), cast(:note AS text), :made_by, :made_at
         WHERE NOT EXISTS (
               SELECT FROM absence a WHERE a.company = :company AND a.kind = :kind
                  AND a.rep IS NOT DISTINCT FROM cast(:rep AS text)
                  AND a.first_day = :first_day AND a.last_day = :last_day)
        RETURNING 1
    """)
    return conn.execute(found, dict(figures)).scalar_one_or_none() is not None


def remove_absence(
    conn: Connection, company: str, key: str, reps: Sequence[str], everybody: bool
) -> Found | None:
    """Take days off away: of these reps, or of everybody if that is allowed."""
    found = text("""
        DELETE FROM absence
         WHERE company = :company AND id = cast(:key AS uuid)
           AND (rep = ANY(:reps) OR (rep IS NULL AND :everybody))
        RETURNING rep, first_day, last_day, kind, note
    """)
    figures = {"company": company, "key": key, "reps": list(reps), "everybody": everybody}
    return conn.execute(found, figures).one_or_none()


def store_place(conn: Connection, cells: Sequence[int], code: str) -> Found | None:
    """Where a store of these cells is, by its number."""
    found = text("""
        SELECT name, lat_deg, lon_deg FROM store
         WHERE cell = ANY(:cells) AND code = :code AND status <> 'merged'
    """)
    return conn.execute(found, {"cells": list(cells), "code": code}).first()


def overlapping(
    conn: Connection, company: str, reps: Sequence[str], first: date, last: date
) -> int:
    """Visits of published plans on these days, which a day off does not take away by itself."""
    found = text("""
        SELECT count(*) FROM plan_stop p JOIN cell c ON c.cell = p.cell
         WHERE c.company = :company AND p.rep = ANY(:reps) AND p.state = 'planned'
           AND p.day BETWEEN :first AND :last
    """)
    figures = {"company": company, "reps": list(reps), "first": first, "last": last}
    return int(conn.execute(found, figures).scalar_one())
