"""All SQL of the stand-in: its own SQLite file with documents, attempts and stock.

The file is the evidence: WAL with synchronous=FULL, so a document that was answered for is there
after a kill, and every attempt is noted when it arrives, whatever becomes of it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.demo.standin import queries_status

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    number      INTEGER PRIMARY KEY,
    external_no TEXT NOT NULL UNIQUE,
    webhook_id  TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    order_no    TEXT NOT NULL,
    store       TEXT NOT NULL,
    received_at TEXT NOT NULL,
    body        TEXT NOT NULL,
    answer      TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS document_webhook ON document (webhook_id);
CREATE INDEX IF NOT EXISTS document_reference ON document (order_id, revision);
CREATE TABLE IF NOT EXISTS attempt (
    number     INTEGER PRIMARY KEY,
    webhook_id TEXT NOT NULL,
    nth        INTEGER NOT NULL,
    at         TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    detail     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS attempt_webhook ON attempt (webhook_id);
CREATE TABLE IF NOT EXISTS stock (product TEXT PRIMARY KEY, left_units INTEGER NOT NULL) STRICT;
"""


@dataclass(frozen=True)
class Order:
    """What the stand-in keeps of an order it was sent."""

    webhook_id: str
    order_id: str
    revision: int
    order_no: str
    store: str
    body: str  # the request as received


class Books:
    """The stand-in's database. Every method is one transaction; writers take turns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_SCHEMA + queries_status.SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous=FULL")
        try:
            yield db
        finally:
            db.close()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One write transaction; it is rolled back when the block raises."""
        with self._turn, self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield Writing(db)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to look things up on."""
        with self._open() as db:
            yield db

    def answer_of(self, order_id: str, revision: int) -> dict[str, Any] | None:
        """The answer given for this reference, or None when there is no document of it."""
        with self._open() as db:
            row = db.execute(
                "SELECT answer FROM document WHERE order_id = ? AND revision = ? ORDER BY number",
                (order_id, revision),
            ).fetchone()
        return None if row is None else json.loads(row["answer"])

    def documents(self, after: int = 0, limit: int = 100_000) -> list[dict[str, Any]]:
        """Documents in the order they were made, without their bodies."""
        with self._open() as db:
            rows = db.execute(
                "SELECT number, external_no, webhook_id, order_id, revision, order_no, store,"
                " received_at, answer FROM document WHERE number > ? ORDER BY number LIMIT ?",
                (after, limit),
            ).fetchall()
        return [{**dict(row), "answer": json.loads(row["answer"])} for row in rows]

    def whole_documents(self) -> list[dict[str, Any]]:
        """Every document as it was sent (body) and answered, and whether it was invoiced, in the
        order they were made."""
        with self._open() as db:
            rows = db.execute(
                "SELECT d.external_no, d.order_id, d.revision, d.received_at, d.body, d.answer,"
                " EXISTS (SELECT 1 FROM event e WHERE e.document = d.number"
                " AND e.stage = 'invoiced') AS invoiced FROM document d ORDER BY d.number"
            ).fetchall()
        return [dict(row) for row in rows]

    def attempts(self, webhook_id: str | None = None) -> list[dict[str, Any]]:
        """Everything that ever arrived, in the order it came."""
        with self._open() as db:
            rows = db.execute(
                "SELECT number, webhook_id, nth, at, outcome, detail FROM attempt"
                " WHERE ? IS NULL OR webhook_id = ? ORDER BY number",
                (webhook_id, webhook_id),
            ).fetchall()
        return [dict(row) for row in rows]

    def counts(self) -> dict[str, Any]:
        """Totals that tests and the demo assert on."""
        with self._open() as db:
            documents = db.execute(
                "SELECT count(*) AS documents, count(DISTINCT webhook_id) AS webhook_ids,"
                " count(DISTINCT order_id) AS orders,"
                " count(DISTINCT order_id || '/' || revision) AS revisions_of_orders FROM document"
            ).fetchone()
            outcomes = db.execute(
                "SELECT outcome, count(*) AS n FROM attempt GROUP BY outcome"
            ).fetchall()
        by_outcome = {row["outcome"]: row["n"] for row in outcomes}
        return {**dict(documents), "attempts": sum(by_outcome.values()), "outcomes": by_outcome}


class Writing:
    """The statements of one write transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = self._db = db

    def note_arrival(self, webhook_id: str, at: str) -> tuple[int, int]:
        """Note that a request came; return (its number, how many of this id came so far)."""
        nth = self._db.execute(
            "SELECT count(*) + 1 AS nth FROM attempt WHERE webhook_id = ?", (webhook_id,)
        ).fetchone()["nth"]
        cursor = self._db.execute(
            "INSERT INTO attempt (webhook_id, nth, at, outcome) VALUES (?, ?, ?, 'arrived')",
            (webhook_id, nth, at),
        )
        return int(cursor.lastrowid or 0), int(nth)

    def note_outcome(self, attempt: int, outcome: str, detail: str = "") -> None:
        self._db.execute(
            "UPDATE attempt SET outcome = ?, detail = ? WHERE number = ?",
            (outcome, detail, attempt),
        )

    def answer_to(self, webhook_id: str) -> dict[str, Any] | None:
        """The answer already given to this delivery, if it came before."""
        row = self._db.execute(
            "SELECT answer FROM document WHERE webhook_id = ? ORDER BY number", (webhook_id,)
        ).fetchone()
        return None if row is None else json.loads(row["answer"])

    def next_external_no(self) -> str:
        row = self._db.execute("SELECT coalesce(max(number), 0) + 1 AS n FROM document").fetchone()
        return f"DS-{row['n']:06d}"

    def create_document(self, order: Order, answer: dict[str, Any], at: str) -> None:
        """Keep an order as a document under the number that `answer` carries."""
        self._db.execute(
            "INSERT INTO document (external_no, webhook_id, order_id, revision, order_no, store,"
            " received_at, body, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                answer["external_no"], order.webhook_id, order.order_id, order.revision,
                order.order_no, order.store, at, order.body, json.dumps(answer),
            ),
        )  # fmt: skip

    def stock(self) -> dict[str, int]:
        rows = self._db.execute("SELECT product, left_units FROM stock").fetchall()
        return {row["product"]: row["left_units"] for row in rows}

    def set_stock(self, left: dict[str, int], forget_others: bool = False) -> None:
        if forget_others:
            self._db.execute("DELETE FROM stock")
        self._db.executemany(
            "INSERT INTO stock (product, left_units) VALUES (?, ?)"
            " ON CONFLICT (product) DO UPDATE SET left_units = excluded.left_units",
            sorted(left.items()),
        )
