"""What a delivery system says of an order after it took it, and what that does to the order's row.

Adapters read call-backs, files and documents into `StatusUpdate`s; `apply` makes the order follow.

* Applying is idempotent: an event is known by (target, id).
* It is monotonic: a late "picking" after "dispatched" is kept in the timeline and moves nothing
  back (`stale`). What it says of the lines still counts, in its place (standing.py), so that the
  same events end in the same row whatever order they come in.
* What cannot be told whose it is, what it means, or how it could be, is `parked`: kept, with an
  item in the inbox, until its word has a meaning, its order is here, its hour has come
  (`replay_parked`).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection

from schemas.ids import is_id
from sync import life
from sync.delivery.follow import follow
from sync.delivery.told import About, ask_about_status, retire
from sync.feed import Entry, publish
from sync.queries import statuses as queries

Outcome = Literal["applied", "repeated", "stale", "parked"]
Begin = Callable[[], AbstractContextManager[Connection]]
_json = msgspec.json.Encoder().encode

AHEAD = timedelta(days=1)
"""How far ahead of us a delivery system's clock may be: zones, but no years. What it tells later is
the newest for ever, and would outweigh everything that really happens."""


@dataclass(frozen=True, slots=True)
class LineStatus:
    """What became of line `n`, in eaches; None where the update says nothing about it.

    Each is the total so far, not what was added since the last time."""

    n: int
    allocated: int | None = None
    shipped: int | None = None
    delivered: int | None = None
    reason: str = ""
    backordered: int | None = None


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """One event at the delivery system.

    id: its own id of the event, by which a repeat is known. order and revision, or external_no,
    say whose it is. status: a word of our own vocabulary (life.WORDS), or theirs when no map of the
    target's codes knows it. at: when it happened there.
    """

    id: str
    target: str
    order: str | None
    revision: int | None
    external_no: str | None
    status: str
    at: datetime
    lines: tuple[LineStatus, ...] = ()
    invoice_no: str | None = None
    detail: str = ""


def apply(conn: Connection, cell: int, update: StatusUpdate, by: str, now: datetime) -> Outcome:
    """Take one event; return what became of it.

    cell: the store's, or any field cell of the company when nobody knows the order. by:
    `delivery:TARGET`. Takes the feed's counter: commit at once after it, one event a transaction.
    """
    order = _order_of(conn, cell, update)
    if queries.known(conn, cell, update.target, update.id) is not None:
        return "repeated"
    word = _meaning(conn, cell, update)
    why = _parks(conn, cell, order, update, word, now)
    outcome: Outcome = "parked" if why else "applied" if _moves(order, update, word) else "stale"
    row = (
        update.target, update.id, order["id"] if order else None, update.order, update.revision,
        update.external_no, update.status, word, update.at, now, outcome,
        _json(_plain_lines(update.lines)).decode(), update.invoice_no, update.detail,
    )  # fmt: skip
    if not queries.keep(conn, cell, row):
        return "repeated"  # another connection told the same just now
    if why is not None:
        publish(conn, cell, [ask_about_status(conn, cell, order, update, why, by, now)])
    else:
        publish(conn, cell, _written(conn, cell, order, update, word, by, now))
    return outcome


def replay_parked(
    begin: Begin, cells: Sequence[int], by: str, now: datetime, target: str | None = None
) -> int:
    """Take what is parked in the cells of a company once more: a word has its meaning now, an order
    has come, its hour too. Returns how many are parked no longer. Commits by itself.

    What nobody knew whose it was lies in the first cell. If its order turns up in another, the
    event goes there: taken there first, removed here then, so that it is never lost between.
    """
    moved = 0
    for cell in cells:
        with begin() as conn:
            here, strays = _replayed(conn, cell, by, now, target)
        moved += here
        for update in strays:
            with begin() as conn:
                home = queries.cell_of(conn, cells, update.target, update.order, update.external_no)
            if home is None or home == cell:
                continue
            with begin() as conn:
                outcome = apply(conn, home, update, by, now)
            with begin() as conn:
                queries.forget(conn, cell, update.target, update.id)
                publish(conn, cell, retire(conn, cell, update, by, now))
            moved += outcome != "parked"
    return moved


def _replayed(
    conn: Connection, cell: int, by: str, now: datetime, target: str | None
) -> tuple[int, list[StatusUpdate]]:
    """Take what is parked in one cell once more; return how many were taken, and those of which no
    order is known here. Takes the feed's counter."""
    moved, told, strays = 0, [], []
    for row in queries.parked(conn, cell, target):
        lines = tuple(LineStatus(**one) for one in row[7])
        update = StatusUpdate(
            row[1], row[0], row[2], row[3], row[4], row[5], row[6], lines, row[8], row[9]
        )
        order, word = _order_of(conn, cell, update), _meaning(conn, cell, update)
        if order is None:
            strays.append(update)
        if order is None or word is None or _parks(conn, cell, order, update, word, now):
            continue
        outcome = "applied" if _moves(order, update, word) else "stale"
        queries.settle(conn, cell, update.target, update.id, order["id"], word, outcome)
        told += _written(conn, cell, order, update, word, by, now)
        told += retire(conn, cell, update, by, now)
        moved += 1
    publish(conn, cell, told)
    return moved, strays


def _order_of(conn: Connection, cell: int, update: StatusUpdate) -> dict[str, Any] | None:
    """Lock the order an event is about."""
    if update.order is not None and is_id(update.order):
        return queries.order(conn, cell, update.order)
    if update.order is None and update.external_no is not None:
        return queries.order_of_number(conn, cell, update.target, update.external_no)
    return None


def _meaning(conn: Connection, cell: int, update: StatusUpdate) -> str | None:
    """Our word for what they say; None when nobody has given it one."""
    if update.status in life.WORDS:
        return update.status
    word = queries.meaning(conn, cell, update.target, update.status)
    return word if word in life.WORDS else None


def _parks(
    conn: Connection, cell: int, order: dict[str, Any] | None, update: StatusUpdate,
    word: str | None, now: datetime,
) -> str | None:  # fmt: skip
    """Why an event cannot be taken; None when it can."""
    if order is None:
        return "order_unknown"
    if word is None:
        return "word_unknown"
    if update.at > now + AHEAD:
        return "ahead"
    state = order["state"]
    if state in ("held", "received"):
        return "not_sent"
    ends = life.WORDS[word] in ("cancel", "reject")
    late = life.rank(state) >= life.rank("picking")
    if state in life.EXITS:  # it was given up: nothing may be picked of it any more
        far = life.rank(life.end_of(word)) >= life.rank("picking")
        return "given_up" if far and not ends and state != "returned" else None
    return "under_way" if ends and (late or queries.is_shipped(conn, cell, order["id"])) else None


def _moves(order: dict[str, Any] | None, update: StatusUpdate, word: str | None) -> bool:
    """Whether an event gets an order any further, or says something new of where it stands."""
    if order is None or word is None:
        return False
    if update.revision is not None and update.revision < order["revision"]:
        return False
    if order["state"] in life.KEEPS_NOTHING:
        return False
    if life.WORDS[word] in ("cancel", "reject"):
        return True
    return life.rank(life.end_of(word)) >= life.rank(order["state"])


def _written(
    conn: Connection, cell: int, order: dict[str, Any] | None, update: StatusUpdate,
    word: str | None, by: str, now: datetime,
) -> list[Entry]:  # fmt: skip
    """Make the order follow an event that is kept."""
    if order is None or word is None:
        return []
    if update.revision is not None and update.revision < order["revision"]:
        return []  # what was said of an older revision went with it
    about = About(update.target, update.id)
    return follow(conn, cell, order, word, update.external_no, about, by, now)


def _plain_lines(lines: Sequence[LineStatus]) -> list[dict[str, Any]]:
    return [
        {
            "n": one.n, "allocated": one.allocated, "shipped": one.shipped,
            "delivered": one.delivered, "reason": one.reason, "backordered": one.backordered,
        }
        for one in lines
    ]  # fmt: skip
