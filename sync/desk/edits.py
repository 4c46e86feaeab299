"""What the office edits: stores, contacts, cards and plans, met by the same three sides as a rep's.

A form carries what it showed (`base`) beside what the person made of it (`mine`). A field that
somebody changed meanwhile is not written over: the whole is handed back with both values, and the
person decides again, knowing. Everything is audited; entries are the caller's to publish.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from schemas.ids import uuid7
from sync.audit import note
from sync.feed import Entry
from sync.owners import Value, as_columns, as_fields, faults_of
from sync.queries import edits as queries
from sync.queries.relocating import hold_stores
from sync.subjects.edit import EditDecision
from sync.taking.amend import amended, fields_of, of_card
from sync.write import SHAPES, put

_json = msgspec.json.Encoder().encode


class Refused(ValueError):
    """It cannot be written; the words say why."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand it is: `user:CODE`, when, from where."""

    by: str
    now: datetime
    address: str | None = None


@dataclass(slots=True)
class Saved:
    """What became of a form. `meanwhile`: field -> what somebody else made of it; with any of
    them nothing was written."""

    entries: list[Entry] = field(default_factory=list)
    changed: dict[str, Value] = field(default_factory=dict)
    meanwhile: dict[str, Value] = field(default_factory=dict)


def save(
    conn: Connection, cell: int, kind: str, key: str, mine: Mapping[str, Value],
    base: Mapping[str, Value], hand: Hand,
) -> Saved:  # fmt: skip
    """Write what a form changed of a store or a contact. Raises Refused and LookupError."""
    row = _there(conn, cell, kind, key)
    saved = _weighed(as_fields(kind, row), mine, base)
    faults = faults_of(kind, saved.changed)
    if faults:
        raise Refused("; ".join(faults))
    if saved.changed and not saved.meanwhile:
        written = queries.without_version(row) | as_columns(saved.changed)
        if "lat_deg" in written and "position" in saved.changed:
            written["geo_source"] = "given" if saved.changed["position"] else None
        saved.entries = put(conn, cell, kind, [written], hand.by).entries
        _note(conn, cell, hand, f"{kind}.edited", f"{kind}/{key}", as_fields(kind, row), saved)
    return saved


def correct_card(
    conn: Connection, cell: int, key: str, mine: Mapping[str, Value], base: Mapping[str, Value],
    why: str, hand: Hand,
) -> Saved:  # fmt: skip
    """Correct a card, by fields such as "20041.facings"; its history says who, what and why."""
    row = _there(conn, cell, "card", key)
    if row["state"] == "locked":
        raise Refused("this card is locked: unlock it first")
    before = fields_of(row["lines"])
    saved = _weighed(before, mine, base)
    faults = faults_of("card", {name.rpartition(".")[2]: v for name, v in saved.changed.items()})
    if faults:
        raise Refused("; ".join(faults))
    if saved.changed and not saved.meanwhile:
        decision = EditDecision("applied", stands=dict(saved.changed))
        written = amended(row, decision, hand.now.isoformat(), hand.by, why or None)
        saved.entries = put(conn, cell, "card", [written], hand.by).entries
        _note(conn, cell, hand, "card.corrected", f"card/{key}", before, saved)
    return saved


def lock_card(conn: Connection, cell: int, key: str, *, locked: bool, hand: Hand) -> list[Entry]:
    """Say that a card is checked, or open it again: from then on reps amend it by request only."""
    row = _there(conn, cell, "card", key)
    state = "locked" if locked else ("amended" if row["amendments"] else "closed")
    written = of_card(row) | {
        "state": state,
        "lines": _json(row["lines"]).decode(),
        "amendments": _json(row["amendments"]).decode(),
    }
    entries = put(conn, cell, "card", [written], hand.by).entries
    before, saved = {"state": row["state"]}, Saved(changed={"state": state})
    _note(
        conn, cell, hand, f"card.{'locked' if locked else 'opened'}", f"card/{key}", before, saved
    )
    return entries


def add_contact(
    conn: Connection, cell: int, store: str, fields: Mapping[str, Value], hand: Hand
) -> list[Entry]:
    """Write down a person of a store."""
    faults = faults_of("contact", {"name": None, **fields})
    if faults:
        raise Refused("; ".join(faults))
    if not hold_stores(conn, cell, [store]):
        raise Refused("the store has moved to another depot meanwhile: load the page again")
    key = uuid7()
    empty = dict.fromkeys(("name", "role", "phone", "email", "preferred_time"))
    row = {"id": key, "store": store, "state": "active", **empty, **fields}
    entries = put(conn, cell, "contact", [row], hand.by).entries
    saved = Saved(changed=dict(fields))
    _note(conn, cell, hand, "contact.added", f"contact/{key}", {}, saved)
    return entries


def remove_row(conn: Connection, cell: int, kind: str, key: str, hand: Hand) -> list[Entry]:
    """Delete a contact or a planned stop; handhelds are told, edits of it become requests.

    Raises Refused for a stop that was begun: what was done is never deleted.
    """
    row = _there(conn, cell, kind, key)
    if kind == "plan_stop" and _is_begun(conn, cell, row):
        raise Refused("this stop was begun: it stays")
    queries.delete(conn, cell, kind, key)
    _note(conn, cell, hand, f"{kind}.removed", f"{kind}/{key}", as_fields(kind, row), Saved())
    return [Entry(row["scope"], kind, key, "gone")]


def put_stop(
    conn: Connection, cell: int, rep: str, store: str, day: date, hand: Hand, *, pinned: bool
) -> list[Entry]:
    """Put a stop on a rep's plan, behind those of the day."""
    key = uuid7()
    row = dict.fromkeys(c.name for c in SHAPES["plan_stop"].table.columns if c.name not in _OWN)
    row |= {"id": key, "rep": rep, "store": store, "day": day, "state": "planned"}
    row |= {"pinned": pinned, "sequence": queries.next_place(conn, cell, rep, day)}
    entries = put(conn, cell, "plan_stop", [row], hand.by).entries
    saved = Saved(changed={"day": day.isoformat(), "store": store, "rep": rep})
    _note(conn, cell, hand, "plan_stop.added", f"plan_stop/{key}", {}, saved)
    return entries


_OWN = ("cell", "scope", "version", "changed_by")


def move_stop(
    conn: Connection, cell: int, key: str, hand: Hand, *, day: date | None = None,
    pinned: bool | None = None, version: int | None = None,
) -> list[Entry]:  # fmt: skip
    """Move a stop to another day, or fix it there. version: the one the page showed.

    Raises Refused when somebody changed it meanwhile, or when it was begun.
    """
    row = _there(conn, cell, "plan_stop", key)
    if version is not None and row["version"] != version:
        raise Refused("the stop was changed meanwhile; this is how it stands now")
    if day is not None and _is_begun(conn, cell, row):
        raise Refused("this stop was begun: it stays on its day")
    said: dict[str, Any] = {}
    if day is not None and day != row["day"]:
        place = queries.next_place(conn, cell, row["rep"], day)
        said |= {"day": day, "sequence": place}
    if pinned is not None:
        said["pinned"] = pinned
    entries = put(conn, cell, "plan_stop", [queries.without_version(row) | said], hand.by).entries
    saved = Saved(changed={name: str(value) for name, value in said.items()})
    _note(conn, cell, hand, "plan_stop.moved", f"plan_stop/{key}", row, saved)
    return entries


def _is_begun(conn: Connection, cell: int, stop: Mapping[str, Any]) -> bool:
    """Whether a stop was begun: it says so, or the visit that was planned by it does."""
    return stop["state"] in ("started", "done") or queries.visited(
        conn, cell, stop["rep"], stop["store"], stop["day"]
    )


def _there(conn: Connection, cell: int, kind: str, key: str) -> dict[str, Any]:
    row = queries.lock_rows(conn, cell, kind, [key]).get(key)
    if row is None:
        raise LookupError(f"the {kind.replace('_', ' ')} is not here any more")
    return row


def _weighed(
    rest: Mapping[str, Value], mine: Mapping[str, Value], base: Mapping[str, Value]
) -> Saved:
    """What the form changed, and what of that somebody else changed meanwhile to another value."""
    saved = Saved()
    for name, value in mine.items():
        if value == base.get(name) or value == rest.get(name):
            continue
        saved.changed[name] = value
        if rest.get(name) != base.get(name):
            saved.meanwhile[name] = rest.get(name)
    return saved


def _note(
    conn: Connection, cell: int, hand: Hand, action: str, subject: str,
    before: Mapping[str, Any], saved: Saved,
) -> None:  # fmt: skip
    names = saved.changed or before.keys() & {"name", "day", "store"}
    was = {name: _plain(before.get(name)) for name in names}
    note(
        conn, cell, hand.by, action, subject, hand.now,
        before=was, after=saved.changed, address=hand.address,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
