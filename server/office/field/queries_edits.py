"""SQL of the pages on which the office edits: one store, one card, one rep's plan of a week."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from routes.queries import STATE_NOW

Found = Any

_CELL_OF = {
    kind: text(f"SELECT cell FROM {table} WHERE cell = ANY(:cells) AND id = cast(:key AS uuid)")  # noqa: S608 - names of tables are ours
    for kind, table in (
        *(("store", "store"), ("card", "visit_card")),
        *(("contact", "contact"), ("plan_stop", "plan_stop")),
    )
}


def cell_of(conn: Connection, cells: Sequence[int], kind: str, key: str) -> int | None:
    """The cell of a store, card, contact or plan stop, if it lies in one of these."""
    return conn.execute(_CELL_OF[kind], {"cells": list(cells), "key": key}).scalar_one_or_none()


def store(conn: Connection, company: str, cell: int, key: str, today: date) -> Found | None:
    """A store with everything, who carries it, what it owes, and what it was merged into."""
    found = text("""
        SELECT s.*, w.name AS warehouse_name, o.name AS survivor,
               c.limit_minor, c.open_minor, c.blocked_reason,
               (SELECT string_agg(DISTINCT coalesce(u.name, a.rep), ', ')
                  FROM assignment a LEFT JOIN app_user u ON u.company = :company AND u.code = a.rep
                 WHERE a.cell = s.cell AND a.store = s.id AND a.valid_from <= :today
                   AND (a.valid_to IS NULL OR a.valid_to > :today)) AS carried_by
          FROM store s
          LEFT JOIN warehouse w ON w.cell = s.cell AND w.code = s.warehouse
          LEFT JOIN store o ON o.cell = s.cell AND o.id = s.merged_into
          LEFT JOIN credit_account c ON c.cell = s.cell AND c.store = s.id
         WHERE s.cell = :cell AND s.id = cast(:key AS uuid)
    """)
    figures = {"company": company, "cell": cell, "key": key, "today": today}
    return conn.execute(found, figures).one_or_none()


def contacts(conn: Connection, cell: int, store_id: str) -> list[Found]:
    found = text("""
        SELECT * FROM contact WHERE cell = :cell AND store = cast(:store AS uuid)
         ORDER BY state, name, id
    """)
    return list(conn.execute(found, {"cell": cell, "store": store_id}))


def cards(conn: Connection, company: str, cell: int, store_id: str) -> list[Found]:
    """The newest cards of a store."""
    found = text("""
        SELECT v.id, v.captured_at, v.state, v.version, coalesce(u.name, v.rep) AS rep_name,
               jsonb_array_length(v.lines) AS lines, jsonb_array_length(v.amendments) AS amendments,
               coalesce(jsonb_array_length(v.competitors), 0) AS beside
          FROM visit_card v LEFT JOIN app_user u ON u.company = :company AND u.code = v.rep
         WHERE v.cell = :cell AND v.store = cast(:store AS uuid)
         ORDER BY v.captured_at DESC, v.id LIMIT 12
    """)
    return list(conn.execute(found, {"company": company, "cell": cell, "store": store_id}))


def visits(conn: Connection, company: str, cell: int, store_id: str) -> list[Found]:
    """The newest visits of a store, made or not."""
    found = text("""
        SELECT v.state, v.planned_on, v.started_at, v.ended_at, v.distance_m, v.reason, v.note,
               coalesce(u.name, v.rep) AS rep_name
          FROM visit v LEFT JOIN app_user u ON u.company = :company AND u.code = v.rep
         WHERE v.cell = :cell AND v.store = cast(:store AS uuid) AND v.state <> 'planned'
         ORDER BY coalesce(v.started_at, v.planned_on) DESC NULLS LAST, v.id LIMIT 8
    """)
    return list(conn.execute(found, {"company": company, "cell": cell, "store": store_id}))


def card(conn: Connection, company: str, cell: int, key: str) -> Found | None:
    found = text("""
        SELECT v.*, s.name AS store_name, s.code AS store_code, coalesce(u.name, v.rep) AS rep_name
          FROM visit_card v JOIN store s ON s.cell = v.cell AND s.id = v.store
          LEFT JOIN app_user u ON u.company = :company AND u.code = v.rep
         WHERE v.cell = :cell AND v.id = cast(:key AS uuid)
    """)
    return conn.execute(found, {"company": company, "cell": cell, "key": key}).one_or_none()


def product_names(conn: Connection, company: str, codes: Sequence[str]) -> dict[str, str]:
    found = text("""
        SELECT p.code, p.name FROM product p JOIN cell c ON c.cell = p.cell
         WHERE c.company = :company AND p.code = ANY(:codes)
    """)
    return {
        row.code: row.name
        for row in conn.execute(found, {"company": company, "codes": list(codes)})
    }


def closed_through(conn: Connection, company: str) -> date | None:
    found = text("""
        SELECT max(p.last_day) FROM period p JOIN cell c ON c.cell = p.cell
         WHERE c.company = :company AND p.state = 'closed'
    """)
    return conn.execute(found, {"company": company}).scalar_one_or_none()


def waiting_about(conn: Connection, cell: int, store_id: str) -> list[Found]:
    """What waits for a person about a store, or in it."""
    found = text("""
        SELECT id, cell, rule, says, message, decision, arguments, yours, now, needs, at
          FROM conflict
         WHERE cell = :cell AND state = 'waiting'
           AND (store = cast(:store AS uuid) OR subject = 'store/' || :store)
         ORDER BY at, id LIMIT 20
    """)
    return list(conn.execute(found, {"cell": cell, "store": store_id}))


def history(conn: Connection, cell: int, subject: str) -> list[Found]:
    """Who changed a row at the office, newest first."""
    found = text("""
        SELECT at, who, action, before, after FROM audit
         WHERE cell = :cell AND subject = :subject ORDER BY at DESC, id DESC LIMIT 30
    """)
    return list(conn.execute(found, {"cell": cell, "subject": subject}))


def stops(conn: Connection, cells: Sequence[int], rep: str, first: date, last: date) -> list[Found]:
    """A rep's stops from the first day to the last, with their stores; `is_now`: how far."""
    found = text(f"""
        SELECT p.*, s.name AS store_name, s.code AS store_code, s.city, {STATE_NOW} AS is_now
          FROM plan_stop p
          LEFT JOIN store s ON s.cell = ANY(:cells) AND s.id = p.store
         WHERE p.cell = ANY(:cells) AND p.rep = :rep AND p.day BETWEEN :first AND :last
         ORDER BY p.day, p.sequence, p.id
    """)  # noqa: S608 - the columns are ours
    figures = {"cells": list(cells), "rep": rep, "first": first, "last": last}
    return list(conn.execute(found, figures))


def met(conn: Connection, cells: Sequence[int], stops_: Sequence[str]) -> list[Found]:
    """What rules said where rep and office changed these stops both, the newest first."""
    found = text("""
        SELECT substr(subject, 11) AS stop, id, rule, decision, message, arguments, yours, now,
               says, state, at
          FROM conflict WHERE cell = ANY(:cells) AND subject = ANY(:subjects)
         ORDER BY at DESC, id
    """)
    subjects = [f"plan_stop/{one}" for one in stops_]
    return list(conn.execute(found, {"cells": list(cells), "subjects": subjects}))


def stores_of(conn: Connection, cells: Sequence[int], rep: str, today: date) -> list[Found]:
    """The stores a rep carries today, by name: what may be planned."""
    found = text("""
        SELECT DISTINCT s.id, s.code, s.name, s.city FROM assignment a
          JOIN store s ON s.cell = a.cell AND s.id = a.store
         WHERE a.cell = ANY(:cells) AND a.rep = :rep AND a.valid_from <= :today
           AND (a.valid_to IS NULL OR a.valid_to > :today) AND s.status <> 'merged'
         ORDER BY s.name, s.code LIMIT 2000
    """)
    return list(conn.execute(found, {"cells": list(cells), "rep": rep, "today": today}))


def home_of(conn: Connection, company: str, cells: Sequence[int], rep: str) -> Found | None:
    """A rep's name and home cell, if it lies in one of these."""
    found = text("""
        SELECT code, name, cell FROM app_user
         WHERE company = :company AND cell = ANY(:cells) AND code = :rep AND 'rep' = ANY(roles)
    """)
    figures = {"company": company, "cells": list(cells), "rep": rep}
    return conn.execute(found, figures).one_or_none()


def others_like(conn: Connection, cell: int, ids: Sequence[str]) -> list[Found]:
    """Stores to put beside one that may be the same."""
    found = text("SELECT * FROM store WHERE cell = :cell AND id = ANY(cast(:ids AS uuid[]))")
    return list(conn.execute(found, {"cell": cell, "ids": list(ids)}))


def store_by_code(conn: Connection, cell: int, code: str) -> Found | None:
    found = text("SELECT * FROM store WHERE cell = :cell AND code = :code AND status <> 'merged'")
    return conn.execute(found, {"cell": cell, "code": code}).one_or_none()
