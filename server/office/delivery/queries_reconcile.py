"""SQL of the page that shows what delivery systems have against what we believe they have."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

Found = Any


def today(conn: Connection, cell: int, at: datetime) -> date:
    """The company's business day."""
    found = text("""
        SELECT (:at AT TIME ZONE c.zone)::date FROM cell k JOIN company c ON c.id = k.company
         WHERE k.cell = :cell
    """)
    day: date = conn.execute(found, {"cell": cell, "at": at}).scalar_one()
    return day


def first_depot(conn: Connection, cell: int) -> int:
    """The depot whose inbox shows what belongs to none."""
    found = text("""
        SELECT min(f.cell) FROM cell k JOIN cell f ON f.company = k.company AND f.kind = 'field'
         WHERE k.cell = :cell
    """)
    return int(conn.execute(found, {"cell": cell}).scalar_one())


def targets(conn: Connection, cell: int) -> list[Found]:
    """The company's delivery systems, and whether they are silent."""
    found = text("""
        SELECT t.code, t.kind, t.enabled, t.can_look_up, s.since AS silent_since, s.waiting
          FROM delivery_target t
          LEFT JOIN delivery_silence s ON s.cell = t.cell AND s.target = t.code
         WHERE t.cell = :cell ORDER BY t.code
    """)
    return list(conn.execute(found, {"cell": cell}))


def nights(conn: Connection, cell: int, at_most: int = 42) -> list[Found]:
    """The days that were compared or are to be, newest first, with their open differences."""
    found = text("""
        SELECT r.*, (SELECT count(*) FROM reconciliation_line l
                      WHERE l.cell = r.cell AND l.target = r.target AND l.day = r.day
                        AND l.state <> 'gone') AS open,
               (SELECT count(*) FROM reconciliation_line l
                 WHERE l.cell = r.cell AND l.target = r.target AND l.day = r.day
                   AND l.state = 'gone') AS gone
          FROM reconciliation r WHERE r.cell = :cell
         ORDER BY r.day DESC, r.target LIMIT :n
    """)
    return list(conn.execute(found, {"cell": cell, "n": at_most}))


LINES = """
    SELECT l.*, s.name AS store_name, o.state AS order_state, t.kind AS target_kind, t.can_look_up
      FROM reconciliation_line l
      JOIN delivery_target t ON t.cell = l.cell AND t.code = l.target
      LEFT JOIN orders o ON o.cell = l.order_cell AND o.id = l.order_id
      LEFT JOIN store s ON s.cell = o.cell AND s.id = o.store
     WHERE l.cell = :cell AND coalesce(l.order_cell, l.cell) = ANY(:cells)
"""


def lines(conn: Connection, cell: int, cells: Sequence[int], at_most: int = 500) -> list[Found]:
    """Every difference that is not gone, the oldest first."""
    found = text(
        LINES + " AND l.state <> 'gone' ORDER BY l.first_seen_at, l.kind, l.subject LIMIT :n"
    )
    return list(conn.execute(found, {"cell": cell, "cells": list(cells), "n": at_most}))


def line(conn: Connection, cell: int, cells: Sequence[int], key: dict[str, Any]) -> Found | None:
    """Lock one open difference. key: target, day, kind, subject."""
    found = text(
        LINES
        + """ AND l.state <> 'gone' AND l.target = :target AND l.day = :day
        AND l.kind = :kind AND l.subject = :subject FOR UPDATE OF l"""
    )
    return conn.execute(found, {"cell": cell, "cells": list(cells), **key}).one_or_none()


def note_repair(
    conn: Connection, cell: int, key: dict[str, Any], state: str, act: str, note: str, by: str,
    at: datetime,
) -> None:  # fmt: skip
    """Write what a person had done about a difference. state: asked = the worker does it next."""
    words = text("""
        UPDATE reconciliation_line SET state = :state, repair = :act, note = :note,
               repaired_by = :by, repaired_at = :at
         WHERE cell = :cell AND target = :target AND day = :day AND kind = :kind
           AND subject = :subject
    """)
    conn.execute(words, {"cell": cell, "state": state, "act": act, "note": note, "by": by,
                         "at": at, **key})  # fmt: skip


def silent(conn: Connection, company: str) -> list[Found]:
    """Delivery systems of a company that acknowledge nothing while orders wait."""
    found = text("""
        SELECT s.target, s.since, s.waiting FROM delivery_silence s JOIN cell k ON k.cell = s.cell
         WHERE k.company = :company AND s.since IS NOT NULL ORDER BY s.target
    """)
    return list(conn.execute(found, {"company": company}))
