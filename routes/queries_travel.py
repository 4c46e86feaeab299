"""SQL of learning how long reps really drive: trips between check-outs and check-ins, and lines."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from routes.distance import URBAN, Line, Place, Trip

LONGEST_MIN = 120
FAR_M = 1_000
"""Who checks in so far from the store was somewhere else."""


def reps_due(conn: Connection, before: datetime, now: datetime) -> list[tuple[str, str]]:
    """(company, rep) whose trips were not learned from since `before` and where it is night."""
    found = conn.execute(
        text(
            """SELECT u.company::text, u.code FROM app_user u JOIN company c ON c.id = u.company
                WHERE 'rep' = ANY(u.roles) AND u.state = 'active'
                  AND extract(hour FROM cast(:now AS timestamptz) AT TIME ZONE c.zone)
                      BETWEEN 1 AND 4
                  AND NOT EXISTS (SELECT FROM travel_line t WHERE t.company = u.company
                                     AND t.area = u.code AND t.learned_at >= :before)
                ORDER BY 1, 2"""
        ),
        {"before": before, "now": now},
    )
    return [(row.company, row.code) for row in found]


def reps(conn: Connection, company: str) -> list[str]:
    found = conn.execute(
        text(
            "SELECT code FROM app_user WHERE company = :company AND 'rep' = ANY(roles) ORDER BY 1"
        ),
        {"company": company},
    )
    return [row.code for row in found]


def trips(
    conn: Connection, company: str, rep: str, since: datetime, at_most: int
) -> tuple[dict[str, Place], list[Trip]]:
    """A rep's drives from one store to the next of the same day, the newest last, and where those
    stores are. A drive from or to a place nobody knows, or where somebody checked in from afar, is
    left out; so are two visits at a time."""
    found = conn.execute(
        text(
            """WITH carried AS (
                   SELECT DISTINCT a.cell, a.store FROM assignment a JOIN cell c ON c.cell = a.cell
                    WHERE c.company = :company AND a.rep = :rep),
               seen AS (
                   SELECT s.id, v.started_at, v.ended_at, s.lat_deg, s.lon_deg,
                          s.lat_deg IS NOT NULL AND s.lon_deg IS NOT NULL
                              AND coalesce(s.geo_source, '') <> 'town'
                              AND coalesce(v.distance_m, 0) <= :far_m AS there,
                          (v.started_at AT TIME ZONE f.zone)::date AS day
                     FROM carried k JOIN visit v ON v.cell = k.cell AND v.store = k.store
                     JOIN store s ON s.cell = v.cell AND s.id = v.store
                     JOIN company f ON f.id = :company
                    WHERE v.rep = :rep AND v.state = 'done' AND v.started_at >= :since
                      AND v.ended_at IS NOT NULL),
               legs AS (
                   SELECT seen.*, lead(id) OVER w AS to_id, lead(lat_deg) OVER w AS to_lat,
                          lead(lon_deg) OVER w AS to_lon, lead(there) OVER w AS to_there,
                          extract(epoch FROM lead(started_at) OVER w - ended_at) / 60 AS minutes
                     FROM seen WINDOW w AS (PARTITION BY day ORDER BY started_at, id))
               SELECT id::text, lat_deg, lon_deg, to_id::text, to_lat, to_lon, minutes FROM legs
                WHERE there AND to_there AND id <> to_id AND minutes > 0 AND minutes <= :longest
                ORDER BY started_at DESC, id LIMIT :n"""
        ),
        {
            "company": company, "rep": rep, "since": since, "n": at_most,
            "far_m": FAR_M, "longest": LONGEST_MIN,
        },
    )  # fmt: skip
    places: dict[str, Place] = {}
    driven = []
    for row in found:
        places[row.id] = Place(float(row.lat_deg), float(row.lon_deg))
        places[row.to_id] = Place(float(row.to_lat), float(row.to_lon))
        driven.append(Trip(row.id, row.to_id, float(row.minutes)))
    return places, driven[::-1]


def carried_places(conn: Connection, company: str, rep: str) -> dict[str, Place]:
    """Where the stores are that a rep sells to or has sold to."""
    found = conn.execute(
        text(
            """SELECT DISTINCT s.id::text, s.lat_deg, s.lon_deg FROM assignment a
                 JOIN cell c ON c.cell = a.cell JOIN store s ON s.cell = a.cell AND s.id = a.store
                WHERE c.company = :company AND a.rep = :rep
                  AND s.lat_deg IS NOT NULL AND s.lon_deg IS NOT NULL ORDER BY 1"""
        ),
        {"company": company, "rep": rep},
    )
    return {row.id: Place(float(row.lat_deg), float(row.lon_deg)) for row in found}


def line_of(conn: Connection, company: str) -> Line:
    """The company's line, else the one everybody begins with."""
    row = conn.execute(
        text(
            """SELECT fixed_minutes, minutes_per_km FROM travel_line
                WHERE company = :company AND area = ''"""
        ),
        {"company": company},
    ).one_or_none()
    return Line(row.fixed_minutes, row.minutes_per_km) if row else URBAN


def lines(conn: Connection, company: str) -> Sequence[Any]:
    """What is known of a company's travel, by area."""
    return conn.execute(
        text(
            """SELECT area, fixed_minutes, minutes_per_km, trips, error_share, detail, learned_at
                 FROM travel_line WHERE company = :company ORDER BY area"""
        ),
        {"company": company},
    ).all()


def keep_line(
    conn: Connection, company: str, area: str, figures: Mapping[str, Any], now: datetime
) -> None:
    """figures: fixed_minutes, minutes_per_km, trips, error_share, detail."""
    conn.execute(
        text(
            """INSERT INTO travel_line (company, area, fixed_minutes, minutes_per_km, trips,
                   error_share, detail, learned_at)
               VALUES (:company, :area, :fixed_minutes, :minutes_per_km, :trips, :error_share,
                   cast(:detail AS jsonb), :now)
               ON CONFLICT (company, area) DO UPDATE SET fixed_minutes = excluded.fixed_minutes,
                   minutes_per_km = excluded.minutes_per_km, trips = excluded.trips,
                   error_share = excluded.error_share, detail = excluded.detail,
                   learned_at = excluded.learned_at"""
        ),
        {**figures, "detail": json.dumps(figures["detail"]), "company": company, "area": area,
         "now": now},
    )  # fmt: skip
