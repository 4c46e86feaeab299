"""A rep leaves: the stores go on with others, the history stays, nothing captured is lost.

Stores are handed over or stay with nobody. What waits for the rep's answer, or was taken by them,
gets another owner. Handhelds are for the server to take out of use: at once, or when their outbox
has come. Whoever captured what stays its author.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from sync.audit import note
from sync.feed import Entry
from sync.moving.hand_over import Move, Moved, NotSo, write_moves
from sync.queries import moving as queries
from sync.scope import day_of, publish_all, regrant_all


@dataclass(frozen=True, slots=True)
class Left:
    """What became of a rep's work: stores that others have, that nobody has, items handed on."""

    given: int
    left_alone: int
    items: int
    reps: tuple[tuple[int, str], ...]


def stores_to_hand_over(conn: Connection, cell: int, rep: str, now: datetime) -> list[Move]:
    """The rep's own stores, today or later, as moves to nobody yet."""
    today = day_of(conn, cell, now)
    found = queries.stores_of_rep(conn, cell, rep, today, date.max)
    return [Move(at, store, rep, None) for at, stores in found.items() for store in stores]


def write_leaving(
    conn: Connection, cell: int, rep: str, takers: Mapping[str, str], now: datetime, by: str,
    *, first_day: date | None = None, together_days: int = 0,
) -> tuple[Moved, list[Move]]:  # fmt: skip
    """Write whose a leaver's stores are then, and end the stand-ins of and for the leaver, without
    telling anybody. takers: store -> rep."""
    moves = [
        Move(one.cell, one.store, rep, takers.get(one.store))
        for one in stores_to_hand_over(conn, cell, rep, now)
    ]
    moved = write_moves(conn, moves, by, now, first_day=first_day, together_days=together_days)
    over = queries.end_lending(conn, cell, rep, first_day or day_of(conn, cell, now))
    reps = {*moved.reps, *over, (cell, rep)}
    return Moved(moved.begun, moved.ended, tuple(sorted(reps))), moves


def leave(
    conn: Connection, cell: int, rep: str, takers: Mapping[str, str], by: str, now: datetime,
    *, owner: str = "supervisor", first_day: date | None = None, together_days: int = 0,
    address: str | None = None,
) -> Left:  # fmt: skip
    """Hand over all that is a rep's.

    cell: the rep's home. takers: store -> the rep who gets it; a store not named stays with nobody.
    owner: the role, or the person, who answers what waited for the rep. Stand-ins of and for the
    rep end. by: `user:CODE`. Raises NotSo. Takes feed counters.
    """
    if rep in takers.values():
        raise NotSo("a store cannot go to the rep who leaves")
    moved, moves = write_leaving(
        conn, cell, rep, takers, now, by, first_day=first_day, together_days=together_days
    )
    entries: dict[int, list[Entry]] = {}
    items = 0
    for at, key, scope in queries.hand_on_items(conn, cell, rep, owner, by):
        entries.setdefault(at, []).append(Entry(scope, "conflict", key))
        items += 1
    given = sum(one.taker is not None for one in moves)
    left = Left(given, len(moves) - given, items, moved.reps)
    note(
        conn, cell, by, "rep.left", f"user/{rep}", now, address=address,
        after={"stores_given": given, "stores_alone": left.left_alone, "items": items,
               "items_to": owner},
    )  # fmt: skip
    for at, told in regrant_all(conn, moved.reps, now).items():
        entries.setdefault(at, []).extend(told)
    publish_all(conn, entries)
    return left
