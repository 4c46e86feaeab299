"""What is done with an item of the inbox besides answering it: taken, handed on, put off, reopened.

None of it touches what the item is about. Each is audited and syncs down, so that the rep sees
with whom it lies.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sync.desk.answer import NotOffered, TooLate, audit
from sync.feed import Entry
from sync.queries import inbox as queries
from sync.queries.inbox import ItemRow

UNDONE = frozenset({"set_aside", "seen", "decline_request", "keep_waiting"})
"""Answers that changed nothing but the item: they can be taken back."""


def take(
    conn: Connection, cell: int, item_id: str, owner: str, by: str, now: datetime,
    address: str | None = None,
) -> list[Entry]:  # fmt: skip
    """Give an item to a person (their code) or to a role. Raises TooLate and LookupError."""
    item = _waiting(conn, cell, item_id)
    return _moved(conn, cell, item, by, now, "item.handed_on", address, {"owner": owner},
                  {"owner": item.owner})  # fmt: skip


def snooze(
    conn: Connection, cell: int, item_id: str, until: datetime, by: str, now: datetime,
    address: str | None = None,
) -> list[Entry]:  # fmt: skip
    """Put an item off; what a held order keeps of stock does not wait with it."""
    item = _waiting(conn, cell, item_id)
    if until <= now:
        raise NotOffered("an item is put off to a later time")
    before = None if item.due_at is None else item.due_at.isoformat()
    return _moved(conn, cell, item, by, now, "item.put_off", address, {"due_at": until},
                  {"due_at": before}, {"due_at": until.isoformat()})  # fmt: skip


def reopen(
    conn: Connection, cell: int, item_id: str, by: str, now: datetime, address: str | None = None
) -> list[Entry]:
    """Take back an answer that changed nothing but the item. Raises NotOffered for any other."""
    item = queries.lock(conn, cell, item_id)
    if item is None:
        raise LookupError("there is no such item")
    if item.state != "resolved" or item.answer not in UNDONE:
        raise NotOffered("this answer cannot be taken back: what it did has happened")
    values = {
        "state": "waiting", "answer": None, "answer_by": None, "answer_note": None,
        "resolution": None, "resolved_by": None, "resolved_at": None,
    }  # fmt: skip
    return _moved(conn, cell, item, by, now, "item.reopened", address, values,
                  {"state": "resolved", "answer": item.answer}, {"state": "waiting"})  # fmt: skip


def _waiting(conn: Connection, cell: int, item_id: str) -> ItemRow:
    item = queries.lock(conn, cell, item_id)
    if item is None:
        raise LookupError("there is no such item")
    if item.state != "waiting":
        raise TooLate("answered", by=item.resolved_by or "", how=item.resolution or "")
    return item


def _moved(
    conn: Connection, cell: int, item: ItemRow, by: str, now: datetime, action: str,
    address: str | None, values: dict[str, Any], before: Mapping[str, Any],
    after: Mapping[str, Any] | None = None,
) -> list[Entry]:  # fmt: skip
    changed = queries.change(conn, cell, item.id, by, values)
    audit(conn, cell, item, by, now, action, address, before, values if after is None else after)
    return [Entry(scope, "conflict", key) for key, scope in changed]
