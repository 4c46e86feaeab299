"""SQL of the audit page: who changed what, when, from where."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from server.office.queries import like

Found = Any

ROWS = """
    SELECT a.cell, a.id::text, a.at, a.who, a.action, a.subject, a.before, a.after, a.address,
           u.name AS who_name, l.name AS cell_name
      FROM audit a JOIN cell l ON l.cell = a.cell
      LEFT JOIN app_user u ON u.company = l.company AND a.who = 'user:' || u.code
     WHERE a.cell = ANY(:cells)
"""


def _where(asked: dict[str, Any], figures: dict[str, Any]) -> str:
    words: list[str] = []
    for name, condition in (
        ("who", " AND a.who = :who"),
        ("action", " AND a.action = :action"),
        ("subject", " AND (a.subject = :subject OR a.subject LIKE :subject || '/%')"),
        ("since", " AND a.at >= :since"),
        ("until", " AND a.at < :until"),
    ):
        if asked.get(name):
            words.append(condition)
            figures[name] = asked[name]
    if asked.get("q"):
        words.append(
            " AND (a.subject ILIKE :like OR a.who ILIKE :like OR u.name ILIKE :like"
            " OR a.address ILIKE :like OR cast(a.after AS text) ILIKE :like)"
        )
        figures["like"] = like(asked["q"])
    return "".join(words)


def rows(
    conn: Connection,
    cells: Sequence[int],
    asked: dict[str, Any],
    *,
    before: tuple[datetime, str] | None = None,
    at_most: int = 100,
) -> list[Found]:
    """What fits, newest first; `before` = (at, id) of the last one seen."""
    figures: dict[str, Any] = {"cells": list(cells), "n": at_most}
    words = [ROWS, _where(asked, figures)]
    if before:
        words.append(" AND (a.at, a.id) < (:at, cast(:id AS uuid))")
        figures["at"], figures["id"] = before
    words.append(" ORDER BY a.at DESC, a.id DESC LIMIT :n")
    return list(conn.execute(text("".join(words)), figures))


def every(conn: Connection, cells: Sequence[int], asked: dict[str, Any]) -> Iterator[Found]:
    """All that fits, newest first, as it comes off the database."""
    figures: dict[str, Any] = {"cells": list(cells)}
    words = text(ROWS + _where(asked, figures) + " ORDER BY a.at DESC, a.id DESC LIMIT 100000")
    yield from conn.execution_options(stream_results=True, yield_per=500).execute(words, figures)


def actions(conn: Connection, cells: Sequence[int]) -> list[str]:
    """The actions there are."""
    found = text("SELECT DISTINCT action FROM audit WHERE cell = ANY(:cells) ORDER BY action")
    return [row.action for row in conn.execute(found, {"cells": list(cells)})]


def doers(conn: Connection, cells: Sequence[int]) -> list[Found]:
    """Who did anything: `who`, and the name where it is a person."""
    found = text("""
        SELECT DISTINCT a.who, u.name
          FROM audit a JOIN cell l ON l.cell = a.cell
          LEFT JOIN app_user u ON u.company = l.company AND a.who = 'user:' || u.code
         WHERE a.cell = ANY(:cells) ORDER BY u.name NULLS LAST, a.who
    """)
    return list(conn.execute(found, {"cells": list(cells)}))
