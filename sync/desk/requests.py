"""Change requests: what was asked for is written, when whoever it was asked of agrees.

A request is an item of the inbox with `ask`: {kind, id, store, set: {field: value}}. It was asked
of the office (`needs` office: the rep wanted it) or of the rep (`needs` rep: the office's value
gave way to the rep's). Declining writes nothing, so it needs nothing from here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sync.audit import note
from sync.delivery.change import send_change
from sync.feed import Entry
from sync.owners import OWNERS, Value, as_columns, as_fields
from sync.queries import edits as queries
from sync.queries.inbox import ItemRow
from sync.subjects.edit import EditDecision
from sync.taking.amend import amended, fields_of
from sync.write import put


class Outdated(LookupError):
    """What was asked for cannot be written any more; the words say why."""


def apply_request(
    conn: Connection, cell: int, item: ItemRow, by: str, now: datetime,
    address: str | None = None,
) -> list[Entry]:  # fmt: skip
    """Write what a request asks for; return the entries for the caller to publish.

    by: `user:CODE`. Audited. Raises Outdated.
    """
    ask = item.ask
    if ask is None:
        raise Outdated("this asks for nothing that could be written")
    kind, key = ask["kind"], ask["id"]
    if kind == "order":  # the delivery system is asked, and its answer writes
        if not send_change(conn, cell, ask["change"], now):
            raise Outdated("the order has gone too far: it can no longer be changed")
        return []
    row = queries.lock_rows(conn, cell, kind, [key]).get(key)
    before = None if row is None else _fields(kind, row)
    if row is None:
        written = _anew(kind, key, ask, item.rep or "")
    elif kind == "card":
        written = _corrected(row, ask["set"], by, now)
    else:
        written = queries.without_version(row) | as_columns(ask["set"])
        if kind == "contact" and row["state"] == "left":
            written["state"] = ask["set"].get("state", "active")
    entries = put(conn, cell, kind, [written], by).entries
    was = {name: (before or {}).get(name) for name in ask["set"]}
    note(
        conn, cell, by, f"{kind}.request_accepted", f"{kind}/{key}", now,
        before=was, after=ask["set"], address=address,
    )  # fmt: skip
    return entries


def _fields(kind: str, row: Mapping[str, Any]) -> dict[str, Value]:
    return fields_of(row["lines"]) if kind == "card" else as_fields(kind, row)


def _corrected(
    row: dict[str, Any], fields: Mapping[str, Value], by: str, now: datetime
) -> dict[str, Any]:
    """A card with the fields written in; one that is locked stays locked."""
    decision = EditDecision("applied", stands=dict(fields))
    written = amended(row, decision, now.isoformat(), by, "request accepted")
    return written | {"state": row["state"] if row["state"] == "locked" else "amended"}


def _anew(kind: str, key: str, ask: Mapping[str, Any], rep: str) -> dict[str, Any]:
    """The row made again: a person decides that what was deleted is to be there after all."""
    fields: dict[str, Any] = dict.fromkeys(OWNERS.get(kind, {})) | dict(ask["set"])
    if kind == "contact":
        if not fields.get("name"):
            raise Outdated("the contact was deleted, and the request does not say its name")
        return fields | {"id": key, "store": ask["store"], "state": fields["state"] or "active"}
    if kind == "plan_stop":
        if not fields.get("day"):
            raise Outdated("the stop was taken off the plan, and the request names no day")
        fields |= {"sequence": fields["sequence"] or 99, "state": fields["state"] or "planned"}
        return fields | {"id": key, "store": ask["store"], "rep": rep, "pinned": False}
    raise Outdated(f"the {kind} is not here any more")
