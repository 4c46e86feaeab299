"""Rows that a run of edits is about: locked together, each as it stands after the edits before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from sync.queries import edits as queries


@dataclass(slots=True)
class AtHand:
    """Rows of one kind by id; `gone`: ids of rows that were here and were taken away."""

    rows: dict[str, dict[str, Any]]
    gone: set[str]


def lock(conn: Connection, cell: int, kind: str, ids: Sequence[str]) -> AtHand:
    """Lock the rows of one kind with these ids, sorted, as everybody locks them."""
    wanted = sorted(set(ids))
    rows = queries.lock_rows(conn, cell, kind, wanted)
    missing = [one for one in wanted if one not in rows]
    return AtHand(rows, queries.gone(conn, cell, kind, missing) if missing else set())
