"""SQL of the inbox: items with what they are about, counted by every filter, and one with all of
its history. Every query is bounded by the cells its reader may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from server.office.queries import like

Found = Any

FROM = """
      FROM conflict c
      LEFT JOIN orders o ON o.cell = c.cell AND o.id = c.order_id
      LEFT JOIN store s ON s.cell = c.cell AND s.id = coalesce(c.store, o.store)
      LEFT JOIN app_user u ON u.company = :company AND u.code = c.rep
      LEFT JOIN app_user h ON h.company = :company AND h.code = c.owner
      LEFT JOIN receipt r ON r.cell = c.cell AND r.change = c.change
"""
ITEMS = """
    SELECT c.*, coalesce(u.name, c.rep) AS rep_name, coalesce(h.name, c.owner) AS owner_name,
           coalesce(s.name, '') AS store_name, s.city, s.id AS store_id, s.code AS store_code,
           o.number, o.net_minor, o.currency, o.state AS order_state, r.kind AS change_kind,
           r.outcome AS change_outcome
"""


def _where(asked: dict[str, str], figures: dict[str, Any]) -> str:
    """The conditions of the filters, and what they are filled with."""
    words = [" WHERE c.cell = ANY(:cells)"]
    state = asked.get("state") or "waiting"
    words.append(" AND c.state = :state")
    figures["state"] = state
    if state == "waiting" and asked.get("role") != "rep":
        words.append(" AND c.needs = 'office'")
    for name, column in (("item", "c.item"), ("rule", "c.rule"), ("rep", "c.rep")):
        if asked.get(name):
            words.append(f" AND {column} = :{name}")
            figures[name] = asked[name]
    if asked.get("role"):
        words.append(" AND c.owner = :role")
        figures["role"] = asked["role"]
    if asked.get("mine"):
        words.append(" AND c.owner = ANY(:mine)")
    if asked.get("store"):
        words.append(" AND coalesce(c.store, o.store)::text = :store")
        figures["store"] = asked["store"]
    if asked.get("late"):
        words.append(" AND c.due_at < :now")
    if asked.get("q"):
        words.append(
            " AND (c.says ILIKE :like OR o.number ILIKE :like OR s.name ILIKE :like"
            " OR s.city ILIKE :like OR u.name ILIKE :like)"
        )
        figures["like"] = like(asked["q"])
    return "".join(words)


def items(
    conn: Connection,
    company: str,
    cells: Sequence[int],
    asked: dict[str, str],
    mine: Sequence[str],
    now: datetime,
    *,
    after: tuple[str, datetime, str] | None = None,
    at_most: int = 50,
) -> list[Found]:
    """Items that fit, the latest first; `after` = (due or infinity, at, id) of the last one seen.

    mine: the owners that mean the reader, a code and roles. Answered ones come newest first.
    """
    figures: dict[str, Any] = {
        "company": company, "cells": list(cells), "mine": list(mine), "now": now, "n": at_most,
    }  # fmt: skip
    words = [ITEMS, FROM, _where(asked, figures)]
    if figures["state"] == "waiting":
        if after:
            words.append(
                " AND (coalesce(c.due_at, 'infinity'), c.at, c.id)"
                " > (cast(:due AS timestamptz), :at, cast(:id AS uuid))"
            )
            figures["due"], figures["at"], figures["id"] = after
        words.append(" ORDER BY coalesce(c.due_at, 'infinity'), c.at, c.id LIMIT :n")
    else:
        if after:
            words.append(" AND (c.resolved_at, c.id) < (:at, cast(:id AS uuid))")
            _, figures["at"], figures["id"] = after
        words.append(" ORDER BY c.resolved_at DESC, c.id DESC LIMIT :n")
    return list(conn.execute(text("".join(words)), figures))


def counts(
    conn: Connection, cells: Sequence[int], mine: Sequence[str], now: datetime
) -> list[Found]:
    """How many wait, by kind, owner, rule, whether late, whether the reader's: one small row a
    combination."""
    found = text("""
        SELECT item, owner, rule, needs, coalesce(due_at < :now, false) AS late,
               coalesce(owner = ANY(:mine), false) AS mine, count(*) AS n
          FROM conflict WHERE cell = ANY(:cells) AND state = 'waiting'
         GROUP BY 1, 2, 3, 4, 5, 6
    """)
    return list(conn.execute(found, {"cells": list(cells), "mine": list(mine), "now": now}))


def waiting(conn: Connection, cells: Sequence[int]) -> int:
    """How many items wait for the office."""
    found = text("""
        SELECT count(*) FROM conflict
         WHERE cell = ANY(:cells) AND state = 'waiting' AND needs = 'office'
    """)
    return int(conn.execute(found, {"cells": list(cells)}).scalar_one())


def one(conn: Connection, company: str, cell: int, item: str) -> Found | None:
    """One item with what it is about."""
    words = text(f"{ITEMS}{FROM} WHERE c.cell = :cell AND c.id = cast(:id AS uuid)")
    figures = {"company": company, "cell": cell, "id": item}
    return conn.execute(words, figures).one_or_none()


def beside(conn: Connection, cell: int, item: str, order_id: str) -> list[Found]:
    """What else was said about the same order."""
    found = text("""
        SELECT id, rule, says, message, decision, arguments, yours, now, state, line
          FROM conflict
         WHERE cell = :cell AND order_id = cast(:order AS uuid) AND id <> cast(:id AS uuid)
         ORDER BY at, line NULLS FIRST LIMIT 20
    """)
    return list(conn.execute(found, {"cell": cell, "order": order_id, "id": item}))


def history(conn: Connection, cell: int, subjects: Sequence[str]) -> list[Found]:
    """What people and programs did to these subjects, oldest first."""
    found = text("""
        SELECT a.at, a.who, a.action, a.before, a.after, a.address, u.name AS who_name
          FROM audit a LEFT JOIN cell c ON c.cell = a.cell
          LEFT JOIN app_user u ON u.company = c.company AND a.who = 'user:' || u.code
         WHERE a.cell = :cell AND a.subject = ANY(:subjects) ORDER BY a.at, a.id
    """)
    return list(conn.execute(found, {"cell": cell, "subjects": list(subjects)}))


def people(conn: Connection, company: str, codes: Sequence[str]) -> dict[str, str]:
    """Code -> name."""
    found = text("SELECT code, name FROM app_user WHERE company = :company AND code = ANY(:codes)")
    rows = conn.execute(found, {"company": company, "codes": list(codes)})
    return {row.code: row.name for row in rows}
