"""Status updates as delivery systems write them in JSON: call-backs, answers, status files. Pure.

    {"updates": [
      {"id": "evt-8812", "order": "<id>", "revision": 1, "external_no": "DS-000123",
       "status": "picking", "at": "2026-11-21T14:05:00Z", "detail": "dock 4",
       "lines": [{"n": 1, "allocated": 10, "shipped": 10, "delivered": 8, "reason": "broken"}],
       "invoice_no": "INV-77"}]}

`id` is the delivery system's own id of the event and the key by which a repeat is known. Either
`order` (with `revision`, 1 when left out) or `external_no` must be there. Each update is read for
itself: one that cannot be read is set aside and stops no other.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from server.delivery.contract import SetAside
from sync.delivery.status import LineStatus, StatusUpdate

MOST_UPDATES = 500
DETAIL_CHARACTERS = 200

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Units = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class _Line(msgspec.Struct):
    n: Annotated[int, msgspec.Meta(ge=1, le=32_767)]
    allocated: _Units | None = None
    shipped: _Units | None = None
    delivered: _Units | None = None
    reason: str = ""


class _Update(msgspec.Struct):
    id: _Name
    status: _Name
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    order: _Name | None = None
    revision: Annotated[int, msgspec.Meta(ge=1, le=32_767)] | None = None
    external_no: _Name | None = None
    lines: Annotated[list[_Line], msgspec.Meta(max_length=5_000)] = []
    invoice_no: _Name | None = None
    detail: str = ""


class Unreadable(Exception):
    """This is no batch of updates; the text says what is wrong with it."""


def read_batch(body: bytes, target: str) -> tuple[list[StatusUpdate], list[SetAside]]:
    """Read a batch: the updates that can be read, and those that cannot with the reason.

    A single update without the list around it is a batch of one. Raises `Unreadable` when the
    whole is no JSON, no batch, or holds more than MOST_UPDATES.
    """
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"no JSON: {plain(str(error))}") from None
    found = whole.get("updates", [whole]) if isinstance(whole, dict) else whole
    if not isinstance(found, list):
        raise Unreadable('a batch is {"updates": [...]}')
    if len(found) > MOST_UPDATES:
        raise Unreadable(f"a batch has at most {MOST_UPDATES} updates, this one has {len(found)}")
    updates, set_aside = [], []
    for n, one in enumerate(found, 1):
        try:
            updates.append(read_update(one, target))
        except Unreadable as why:
            content = msgspec.json.encode(one, order="deterministic")
            name = one.get("id") if isinstance(one, dict) else None
            named = name if isinstance(name, str) and name else f"update {n}"
            set_aside.append(SetAside(key_of(target, content), plain(named)[:64], str(why)))
    return updates, set_aside


def read_update(said: Any, target: str) -> StatusUpdate:
    """One update from its JSON value. Raises `Unreadable`."""
    try:
        one = msgspec.convert(said, type=_Update, strict=True)
    except msgspec.ValidationError as error:
        raise Unreadable(plain(str(error))) from None
    if one.order is None and one.external_no is None:
        raise Unreadable("it names neither `order` nor `external_no`")
    texts = (one.id, one.status, one.order or "", one.external_no or "", one.invoice_no or "")
    if not all(text.isprintable() and text == text.strip() for text in texts):
        raise Unreadable("ids, numbers and the status are printable and without spaces around")
    if len({line.n for line in one.lines}) != len(one.lines):
        raise Unreadable("a line is told twice")
    revision = (one.revision or 1) if one.order is not None else one.revision
    try:
        at = one.at.astimezone(UTC)
    except OverflowError:
        raise Unreadable("`at` is no time that could be told in UTC") from None
    lines = tuple(
        LineStatus(line.n, line.allocated, line.shipped, line.delivered, plain(line.reason))
        for line in one.lines
    )
    return StatusUpdate(
        one.id, target, one.order, revision, one.external_no, one.status,
        at, lines, one.invoice_no, plain(one.detail),
    )  # fmt: skip


def key_of(target: str, content: bytes) -> str:
    """The same key for the same content of the same target."""
    return hashlib.sha256(target.encode() + b"\0" + content).hexdigest()[:32]


def plain(text: str) -> str:
    """One printable line of at most DETAIL_CHARACTERS."""
    shown = "".join(one if one.isprintable() else " " for one in text[: 4 * DETAIL_CHARACTERS])
    return " ".join(shown.split())[:DETAIL_CHARACTERS]
