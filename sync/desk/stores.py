"""What the office decides about a store: approve a new one, turn it down, merge two into one.

A merger leaves an alias: the merged store stays readable and names its survivor, visits, cards,
contacts and planned stops go there, and whatever comes for it later follows. Orders and money stay
where they were booked; orders that wait are decided again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sync.audit import note
from sync.desk.release import NotHeld, released
from sync.feed import Entry
from sync.queries import edits, merging
from sync.scope import assign, day_of
from sync.write import put

NEW = ("store_is_new", "store_looks_known")
WAITS = ("store_pending", "store_merged")


class NotSo(LookupError):
    """The store is not what it would have to be; the words say why."""


def approve(
    conn: Connection, cell: int, store: str, by: str, now: datetime, address: str | None = None
) -> list[Entry]:
    """Make a pending store active; orders that waited for it are decided again.

    Returns the entries for the caller to publish. by: `user:CODE`. Raises NotSo.
    """
    row = _pending(conn, cell, store)
    entries = _restate(conn, cell, row, by, now, {"status": "active"}, "store.approved", address)
    entries += _settled(conn, cell, store, "approved", by, now)
    return entries + _orders(conn, cell, store, by, now, address)


def decline(
    conn: Connection, cell: int, store: str, why: str, by: str, now: datetime,
    address: str | None = None,
) -> list[Entry]:  # fmt: skip
    """Turn a pending store down: it is closed, and its orders go on waiting for a person."""
    row = _pending(conn, cell, store)
    said = {"status": "closed", "status_reason": why or "not approved"}
    entries = _restate(conn, cell, row, by, now, said, "store.declined", address)
    return entries + _settled(conn, cell, store, f"declined: {why}" if why else "declined", by, now)


def merge(
    conn: Connection, cell: int, store: str, into: str, by: str, now: datetime,
    address: str | None = None,
) -> list[Entry]:  # fmt: skip
    """Merge a store into another one of the same depot; the first lives on as an alias."""
    rows = edits.lock_rows(conn, cell, "store", [store, into])
    if store == into or len(rows) < 2:
        raise NotSo("name two stores of this depot")
    if rows[store]["status"] == "merged":
        raise NotSo(f"{rows[store]['name']} is merged already")
    if rows[into]["status"] in ("merged", "closed"):
        raise NotSo(f"{rows[into]['name']} is {rows[into]['status']}: name one that goes on")
    for rep, function, first, end, lent_by in merging.carriers(
        conn, cell, store, day_of(conn, cell, now)
    ):
        assign(
            conn, cell, rep, [into], by, now, function=function, valid_from=first, valid_to=end,
            substitute_for=lent_by,
        )  # fmt: skip
    said = {"status": "merged", "merged_into": into, "status_reason": None}
    entries = _restate(conn, cell, rows[store], by, now, said, "store.merged", address)
    for kind in merging.MOVED:
        for key in merging.move(conn, cell, kind, store, into, by):
            entries += [Entry(f"st:{store}", kind, key, "gone"), Entry(f"st:{into}", kind, key)]
    stops = merging.move_stops(conn, cell, store, into, by)
    entries += [Entry(scope, "plan_stop", key) for key, scope in stops]
    entries += _settled(conn, cell, store, f"merged into {rows[into]['name']}", by, now)
    return entries + _orders(conn, cell, store, by, now, address)


def _pending(conn: Connection, cell: int, store: str) -> dict[str, Any]:
    row = edits.lock_rows(conn, cell, "store", [store]).get(store)
    if row is None or row["status"] not in ("pending", "prospect"):
        raise NotSo("this store does not wait for approval any more")
    return row


def _restate(
    conn: Connection, cell: int, row: dict[str, Any], by: str, now: datetime,
    said: dict[str, Any], action: str, address: str | None,
) -> list[Entry]:  # fmt: skip
    before = {name: row[name] for name in said}
    note(
        conn, cell, by, action, f"store/{row['id']}", now,
        before=before, after=said, address=address,
    )  # fmt: skip
    return put(conn, cell, "store", [edits.without_version(row) | said], by).entries


def _settled(
    conn: Connection, cell: int, store: str, how: str, by: str, now: datetime
) -> list[Entry]:
    told = merging.settle_items(conn, cell, f"store/{store}", NEW, how, by, now)
    return [Entry(scope, "conflict", key) for key, scope in told]


def _orders(
    conn: Connection, cell: int, store: str, by: str, now: datetime, address: str | None
) -> list[Entry]:
    """Decide again what waited for the store; what waits for more than that goes on waiting."""
    entries: list[Entry] = []
    for order in merging.held_orders(conn, cell, store, WAITS):
        try:
            _, told = released(
                conn, cell, order, list(WAITS), by, now, "the store was decided",
                override=False, address=address,
            )  # fmt: skip
        except NotHeld:  # its line or its change is gone: it stays for a person
            continue
        entries += told
    return entries
