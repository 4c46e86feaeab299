"""Feeds: numbered entries, one feed a cell, numbered by a counter row taken late.

The counter is the last thing a writing transaction takes, so commit order is number order and
no gap is ever open: a reader that has seen position p has seen everything up to p
(PROTOCOL.md; sequences and timestamps lose rows, tests/sync/test_feed.py shows it).
"""

import secrets
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from sync.queries import feed as queries


class Entry(NamedTuple):
    """Something handhelds must learn: a row put into a scope, gone from it, a grant begun or ended.

    `key` is the row's id; of a grant it is the scope granted ("<cell> <scope>").
    """

    scope: str
    kind: str
    key: str
    act: str = "put"


def publish(conn: Connection, cell: int, entries: Iterable[Entry]) -> int:
    """Number the entries and write them; call it last before commit. Returns how many.

    Of several entries for one row in one scope the last stands. Nothing to say takes no number.
    """
    newest = {entry[:3]: entry for entry in entries}
    if not newest:
        return 0
    written = queries.publish(conn, cell, list(newest.values()))
    if written != len(newest):
        raise LookupError(f"cell {cell} has no feed: what was written would reach nobody")
    return written


def known_epoch(conn: Connection) -> str:
    """Return this database's epoch; the server begins one before it serves."""
    known = queries.epoch(conn)
    if known is None:
        raise LookupError("this database has no epoch yet: start the server once")
    return known


def ensure_epoch(conn: Connection) -> str:
    """Return this database's epoch, beginning the first one if there is none."""
    known = queries.epoch(conn)
    return known if known else begin_epoch(conn, "first start")


def begin_epoch(conn: Connection, why: str) -> str:
    """Begin a new epoch (first start, restore, failover with loss) and return its id."""
    new = f"e-{secrets.token_hex(8)}"
    queries.begin_epoch(conn, new, why)
    return new
