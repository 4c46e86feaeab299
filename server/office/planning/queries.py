"""SQL of the planning pages: plans and their visits, what is published now, how reps work.

A plan belongs to the company; who may see a plan is decided by its reps: all of them have to be in
cells of the reader's own (`visible`).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from routes.queries import STATE_NOW

Found = Any

_PLAN = """
    SELECT p.id::text, p.company::text, p.name, p.reps, p.first_day, p.weeks, p.state,
           p.settings - 'edits' AS settings, p.progress, p.result, p.fault,
           p.is_to_stop, p.distance_source, p.made_at, p.began_at,
           p.ended_at, p.published_at, p.undone_at, p.undo IS NOT NULL AS can_undo,
           coalesce(u.name, p.made_by) AS made_by, coalesce(b.name, p.published_by) AS published_by,
           p.first_day + 7 * p.weeks - 1 AS last_day,
           coalesce(jsonb_array_length(p.settings -> 'edits'), 0) AS edits,
           p.settings -> 'edits' -> -1 ->> 'what' AS last_edit
      FROM plan p
      LEFT JOIN app_user u ON u.company = p.company AND p.made_by = 'user:' || u.code
      LEFT JOIN app_user b ON b.company = p.company AND p.published_by = 'user:' || b.code
     WHERE p.company = :company AND p.reps <@ cast(:visible AS text[])
"""


def plans(
    conn: Connection, company: str, visible: Sequence[str], *, discarded: bool, at_most: int
) -> list[Found]:
    """Plans, the newest first; those thrown away only if asked for."""
    found = text(
        _PLAN + " AND (:discarded OR p.state <> 'cancelled') ORDER BY p.made_at DESC, p.id LIMIT :n"
    )
    figures = {"company": company, "visible": list(visible), "discarded": discarded, "n": at_most}
    return list(conn.execute(found, figures))


def plan(conn: Connection, company: str, visible: Sequence[str], key: str) -> Found | None:
    """One plan, if its reader may see all its reps."""
    figures = {"company": company, "visible": list(visible), "key": key}
    return conn.execute(text(_PLAN + " AND p.id = cast(:key AS uuid)"), figures).one_or_none()


def missed(conn: Connection, plans_: Sequence[str]) -> dict[str, int]:
    """Plan -> visits that are due and have no place in it."""
    found = text("""
        SELECT plan::text, count(*) AS n FROM plan_visit
         WHERE plan = ANY(cast(:plans AS uuid[])) AND day IS NULL GROUP BY plan
    """)
    return {row.plan: row.n for row in conn.execute(found, {"plans": list(plans_)})}


_STORE = """s.code, s.name, s.city, s.lat_deg, s.lon_deg, s.geo_source, s.opening_hours,
           s.status AS store_status"""


def visits(conn: Connection, cells: Sequence[int], plan_: str, reps: Sequence[str]) -> list[Found]:
    """The visits of a plan with their stores, in order; those without a place last."""
    found = text(f"""
        SELECT v.id::text, v.rep, s.cell, v.store::text, v.day, v.sequence, v.arrives_minute,
               v.service_minutes AS visit_min, v.is_locked, v.stop::text, v.was_day, v.why,
               'planned' AS state, 0 AS version,
               coalesce(p.pinned OR {STATE_NOW} IN ('started', 'done'), false) AS is_fixed,
               {_STORE}
          FROM plan_visit v
          LEFT JOIN plan_stop p ON p.cell = ANY(:cells) AND p.id = v.stop
          LEFT JOIN store s ON s.cell = ANY(:cells) AND s.id = v.store
         WHERE v.plan = cast(:plan AS uuid) AND v.rep = ANY(:reps)
         ORDER BY v.rep, v.day, v.sequence, s.name, v.id
    """)  # noqa: S608 - the columns are ours
    figures = {"cells": list(cells), "plan": plan_, "reps": list(reps)}
    return list(conn.execute(found, figures))


def stops(
    conn: Connection, cells: Sequence[int], reps: Sequence[str], first: date, last: date
) -> list[Found]:
    """What is published: the stops of some days with their stores, in order."""
    found = text(f"""
        SELECT p.id::text, p.rep, p.cell, p.store::text, p.day, p.sequence,
               NULL::integer AS arrives_minute, NULL::integer AS visit_min,
               p.pinned AS is_locked, p.id::text AS stop, NULL::date AS was_day,
               '{{}}'::jsonb AS why, n.state, p.version, s.store_class,
               n.state IN ('started', 'done') AS is_fixed, {_STORE}
          FROM plan_stop p CROSS JOIN LATERAL (SELECT {STATE_NOW} AS state) n
          LEFT JOIN store s ON s.cell = ANY(:cells) AND s.id = p.store
         WHERE p.cell = ANY(:cells) AND p.rep = ANY(:reps) AND p.day BETWEEN :first AND :last
         ORDER BY p.rep, p.day, p.sequence, p.id
    """)  # noqa: S608 - the columns are ours
    figures = {"cells": list(cells), "reps": list(reps), "first": first, "last": last}
    return list(conn.execute(found, figures))


def as_visits(
    conn: Connection, cells: Sequence[int], rep: str, stores: Sequence[str]
) -> list[Found]:
    """Stores as visits of a rep that have no place yet, each by the id of its store."""
    found = text(f"""
        SELECT s.id::text, cast(:rep AS text) AS rep, s.cell, s.id::text AS store,
               NULL::date AS day, NULL::integer AS sequence, NULL::integer AS arrives_minute,
               NULL::integer AS visit_min, s.store_class, false AS is_locked, NULL::text AS stop,
               NULL::date AS was_day, '{{}}'::jsonb AS why, 'planned' AS state, 0 AS version,
               false AS is_fixed, {_STORE}
          FROM store s
         WHERE s.cell = ANY(:cells) AND s.id = ANY(cast(:stores AS uuid[])) ORDER BY s.name, s.id
    """)  # noqa: S608 - the columns are ours
    return list(conn.execute(found, {"cells": list(cells), "rep": rep, "stores": list(stores)}))


# --- how reps work --------------------------------------------------------------------------------


def workdays(conn: Connection, company: str, reps: Sequence[str]) -> list[Found]:
    """Reps with how they work (columns of rep_day, empty where nothing is said) and the line their
    travel is reckoned by."""
    found = text("""
        SELECT u.code, u.name, u.cell, d.home_lat_deg, d.home_lon_deg, d.starts_at, d.day_minutes,
               d.lunch_minutes, d.weekdays, l.fixed_minutes, l.minutes_per_km, l.detail
          FROM app_user u
          LEFT JOIN rep_day d ON d.company = u.company AND d.rep = u.code
          LEFT JOIN LATERAL (
               SELECT fixed_minutes, minutes_per_km, detail FROM travel_line t
                WHERE t.company = u.company AND t.area IN (u.code, '')
                ORDER BY t.area DESC LIMIT 1) l ON true
         WHERE u.company = :company AND u.code = ANY(:reps) ORDER BY u.name, u.code
    """)
    return list(conn.execute(found, {"company": company, "reps": list(reps)}))


def country(conn: Connection, company: str) -> str | None:
    """Whose public holidays are free, as in ISO 3166."""
    found = text("SELECT country FROM company WHERE id = cast(:company AS uuid)")
    code: str | None = conn.execute(found, {"company": company}).scalar_one_or_none()
    return code


def absences(
    conn: Connection, company: str, reps: Sequence[str], first: date, last: date
) -> list[Found]:
    """Days off, and days on which somebody works after all, that touch a span."""
    found = text("""
        SELECT a.id::text, a.rep, a.first_day, a.last_day, a.kind, a.note, u.name AS rep_name
          FROM absence a LEFT JOIN app_user u ON u.company = a.company AND u.code = a.rep
         WHERE a.company = :company AND (a.rep IS NULL OR a.rep = ANY(:reps))
           AND a.first_day <= :last AND a.last_day >= :first
         ORDER BY a.first_day, a.last_day, a.rep NULLS FIRST, a.id
    """)
    figures = {"company": company, "reps": list(reps), "first": first, "last": last}
    return list(conn.execute(found, figures))


def towns(conn: Connection, company: str, names: Sequence[str]) -> list[Found]:
    """The middle of the company's stores in each of these towns (folded names)."""
    found = text("""
        SELECT lower(trim(s.city)) AS town,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY s.lat_deg) AS lat_deg,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY s.lon_deg) AS lon_deg
          FROM store s JOIN cell c ON c.cell = s.cell
         WHERE c.company = :company AND lower(trim(s.city)) = ANY(:names)
           AND s.lat_deg IS NOT NULL AND s.lon_deg IS NOT NULL
         GROUP BY 1
    """)
    return list(conn.execute(found, {"company": company, "names": list(names)}))


# --- changing a plan by hand ----------------------------------------------------------------------


def lock(conn: Connection, company: str, visible: Sequence[str], key: str) -> Found | None:
    """A plan, locked until the transaction ends."""
    figures = {"company": company, "visible": list(visible), "key": key}
    found = text(_PLAN + " AND p.id = cast(:key AS uuid) FOR UPDATE OF p")
    return conn.execute(found, figures).one_or_none()


def place(conn: Connection, plan_: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write where visits are now: day, sequence, arrives_minute, is_locked, was_day, why."""
    conn.execute(
        text("""
            UPDATE plan_visit v
               SET day = n.day, sequence = n.sequence, arrives_minute = n.arrives_minute,
                   is_locked = n.is_locked, was_day = n.was_day, why = n.why
              FROM jsonb_to_recordset(cast(:rows AS jsonb))
                   AS n(id uuid, day date, sequence integer, arrives_minute integer,
                        is_locked boolean, was_day date, why jsonb)
             WHERE v.plan = cast(:plan AS uuid) AND v.id = n.id
        """),
        {"plan": plan_, "rows": json.dumps(list(rows), default=str)},
    )


def drop(conn: Connection, plan_: str, visits_: Sequence[str]) -> None:
    """Take visits out of a plan as if they had never been in it."""
    conn.execute(
        text("""DELETE FROM plan_visit
                 WHERE plan = cast(:plan AS uuid) AND id = ANY(cast(:ids AS uuid[]))"""),
        {"plan": plan_, "ids": list(visits_)},
    )


def edits(conn: Connection, plan_: str) -> list[dict[str, Any]]:
    """What the office changed by hand, the last one last: each with the rows it wrote over."""
    found = text("SELECT settings -> 'edits' FROM plan WHERE id = cast(:plan AS uuid)")
    return conn.execute(found, {"plan": plan_}).scalar_one() or []


def keep_edits(
    conn: Connection, plan_: str, kept: Sequence[Mapping[str, Any]], sums: Mapping[str, Any]
) -> None:
    """Keep the changes by hand, and what the rep's cycle comes to now. sums: rep -> figures that
    stand in place of the planner's."""
    conn.execute(
        text("""
            UPDATE plan
               SET settings = jsonb_set(settings, '{edits}', cast(:edits AS jsonb)),
                   result = result || (
                       SELECT coalesce(jsonb_object_agg(
                                  n.key, coalesce(result -> n.key, '{}') || n.value), '{}')
                         FROM jsonb_each(cast(:sums AS jsonb)) AS n)
             WHERE id = cast(:plan AS uuid)
        """),
        {
            "plan": plan_,
            "edits": json.dumps(list(kept), default=str),
            "sums": json.dumps(dict(sums)),
        },
    )


def set_state(conn: Connection, plan_: str, was: str, state: str) -> bool:
    """Throw a plan away, or take it out again; False where it is not as it was shown, or nothing
    was ever drawn up."""
    found = text("""
        UPDATE plan SET state = :state WHERE id = cast(:plan AS uuid) AND state = :was
           AND input_hash IS NOT NULL RETURNING 1
    """)
    figures = {"plan": plan_, "was": was, "state": state}
    return conn.execute(found, figures).scalar_one_or_none() is not None


def stops_named(
    conn: Connection, cells: Sequence[int], rep: str, ids: Sequence[str]
) -> list[Found]:
    """Where these stops of a rep lie, of those there are."""
    found = text("""
        SELECT id::text, cell FROM plan_stop
         WHERE cell = ANY(:cells) AND rep = :rep AND id = ANY(cast(:ids AS uuid[]))
    """)
    return list(conn.execute(found, {"cells": list(cells), "rep": rep, "ids": list(ids)}))
