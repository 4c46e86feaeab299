"""What the delivery system has in its books, read from its own SQLite file, behind its back."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def _rows(file: Path, sql: str) -> list[Row]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as books:
        books.row_factory = sqlite3.Row
        return [dict(row) for row in books.execute(sql).fetchall()]


def documents(file: Path) -> list[Row]:
    """Every document, oldest first, with the lines that were asked for."""
    found = _rows(
        file,
        "SELECT external_no, webhook_id, order_id, revision, order_no, store, body"
        " FROM document ORDER BY number",
    )
    for row in found:
        row["lines"] = json.loads(row.pop("body"))["data"]["lines"]
    return found


def attempts(file: Path) -> dict[str, int]:
    """How often something arrived, by what became of it."""
    rows = _rows(file, "SELECT outcome, count(*) AS n FROM attempt GROUP BY outcome")
    return {row["outcome"]: row["n"] for row in rows}
