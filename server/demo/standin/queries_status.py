"""SQL of the stand-in's events: which stage each document has reached, and who was told of it."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta
from typing import Any

from server.demo.standin.progress import STAGES, event, stages_until

SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    number   INTEGER PRIMARY KEY,
    id       TEXT NOT NULL,
    document INTEGER NOT NULL, -- 0: somebody had it say this
    stage    TEXT NOT NULL,
    at       TEXT NOT NULL,
    body     TEXT NOT NULL,
    told_at  TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS event_document ON event (document);
CREATE INDEX IF NOT EXISTS event_untold ON event (number) WHERE told_at IS NULL;
"""

_REACHED = """SELECT d.number, d.external_no, d.order_id, d.revision, d.answer,
        count(e.number) AS have,
        coalesce(max(e.at), d.received_at) AS since
    FROM document d LEFT JOIN event e ON e.document = d.number"""


def advance(db: sqlite3.Connection, to: str, which: str, at: str) -> int:
    """Bring documents to stage `to`; return how many events that made.

    which: an external number or an order's id; "" = every document. ValueError: no such stage.
    """
    stages_until(to, 0)
    rows = db.execute(
        _REACHED + " WHERE ? IN ('', d.external_no, d.order_id) GROUP BY d.number", (which,)
    ).fetchall()
    return sum(_step(db, row, stage, at) for row in rows for stage in stages_until(to, row["have"]))


def advance_due(db: sqlite3.Connection, now: datetime, stage_s: float) -> int:
    """Bring each document that has stood for `stage_s` one stage further."""
    until = (now - timedelta(seconds=stage_s)).isoformat().replace("+00:00", "Z")
    rows = db.execute(
        _REACHED + " GROUP BY d.number HAVING have < ? AND since <= ?", (len(STAGES), until)
    ).fetchall()
    at = now.isoformat().replace("+00:00", "Z")
    return sum(_step(db, row, STAGES[row["have"]], at) for row in rows)


def events(db: sqlite3.Connection, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
    """Events in the order they happened, as (number, event)."""
    rows = db.execute(
        "SELECT number, body FROM event WHERE number > ? ORDER BY number LIMIT ?", (after, limit)
    ).fetchall()
    return [(row["number"], json.loads(row["body"])) for row in rows]


def untold(db: sqlite3.Connection, limit: int) -> list[tuple[int, dict[str, Any]]]:
    """Events that nobody has been told of yet."""
    rows = db.execute(
        "SELECT number, body FROM event WHERE told_at IS NULL ORDER BY number LIMIT ?", (limit,)
    ).fetchall()
    return [(row["number"], json.loads(row["body"])) for row in rows]


def note_told(db: sqlite3.Connection, numbers: list[int], at: str) -> None:
    db.executemany("UPDATE event SET told_at = ? WHERE number = ?", [(at, n) for n in numbers])


def _step(db: sqlite3.Connection, row: sqlite3.Row, stage: str, at: str) -> int:
    document = {**dict(row), "answer": json.loads(row["answer"])}
    say(db, event(document, stage, at), row["number"])
    return 1


def say(db: sqlite3.Connection, told: dict[str, Any], document: int = 0) -> None:
    """Keep an event to be told; one that belongs to no document may say anything, twice too."""
    about = (str(told["id"]), document, str(told["status"]), str(told["at"]), json.dumps(told))
    db.execute("INSERT INTO event (id, document, stage, at, body) VALUES (?, ?, ?, ?, ?)", about)
