"""Stores that change hands: many at once, with a hand-over day, and stand-ins from day to day.

Everything here writes assignments and nothing else; grants follow from them (scope.py), on the
spot or when their day comes. Nothing is overwritten: a hand-over ends one assignment and begins
another, so who had a store when stays to be read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from schemas.ids import uuid7
from sync.queries import moving as queries
from sync.queries import scope as scope_queries
from sync.scope import day_of, publish_all, regrant_all

MOST_DAYS = 366


class NotSo(LookupError):
    """It cannot be moved so; the words say why."""


@dataclass(frozen=True, slots=True)
class Move:
    """One store of one cell from a rep (None: from nobody) to another (None: to nobody)."""

    cell: int
    store: str
    giver: str | None
    taker: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What was written: assignments begun and ended, and the reps, (home cell, code), it is for.

    spoken_to: reps to whom another depot's feed will speak only now (scope.regrant_all)."""

    begun: int
    ended: int
    reps: tuple[tuple[int, str], ...]
    spoken_to: Mapping[str, tuple[int, str]] = field(default_factory=dict)


def hand_over(
    conn: Connection,
    moves: Sequence[Move],
    by: str,
    now: datetime,
    *,
    first_day: date | None = None,
    together_days: int = 1,
) -> Moved:
    """Move stores between reps in one go and tell their handhelds.

    first_day: from when the takers have them, by the company's zone; None: today. together_days:
    so many days, the first one included, both hold a store; 0: the giver loses it as the taker
    gets it, and so whoever was to get it only later. A store that goes to nobody is taken away as
    the first day begins.
    by: `user:CODE`. Raises NotSo. Takes feed counters: do nothing slow after it.
    """
    written = write_moves(conn, moves, by, now, first_day=first_day, together_days=together_days)
    publish_all(conn, regrant_all(conn, written.reps, now))
    return written


def write_moves(
    conn: Connection, moves: Sequence[Move], by: str, now: datetime, *,
    first_day: date | None = None, together_days: int = 1,
) -> Moved:  # fmt: skip
    """The same without telling anybody: the caller brings the grants in line."""
    if not moves:
        return Moved(0, 0, ())
    if any(move.giver == move.taker for move in moves):
        raise NotSo("a store cannot go to the rep it comes from")
    first = _first_day(conn, moves[0].cell, now, first_day)
    if not 0 <= together_days <= MOST_DAYS:
        raise NotSo(f"both may hold a store for up to {MOST_DAYS} days")
    begun = ended = 0
    for (cell, taker), stores in sorted(_grouped(moves, "taker").items()):
        begun += scope_queries.insert_assignments(
            conn, cell, [(uuid7(), store) for store in stores],
            (taker, "sell", first, None, None, by, now),
        )  # fmt: skip
    for (cell, giver), stores in sorted(_grouped(moves, "giver").items()):
        taken = {move.store for move in moves if move.giver == giver and move.taker is not None}
        shared = [store for store in stores if store in taken]
        alone = [store for store in stores if store not in taken]
        last = first + timedelta(days=together_days)
        ended += scope_queries.end_assignments(conn, cell, giver, shared, last, first)
        ended += scope_queries.end_assignments(conn, cell, giver, alone, first, first)
    reps = {(move.cell, rep) for move in moves for rep in (move.giver, move.taker) if rep}
    return Moved(begun, ended, _homes(conn, reps))


def _first_day(conn: Connection, cell: int, now: datetime, asked: date | None) -> date:
    today = day_of(conn, cell, now)
    if asked is None:
        return today
    if asked < today:
        raise NotSo("it cannot begin on a day that is over")
    if asked > today + timedelta(days=MOST_DAYS):
        raise NotSo("it can begin within a year")
    return asked


def _grouped(moves: Iterable[Move], side: str) -> dict[tuple[int, str], list[str]]:
    """Stores by cell and by the rep who gives or takes them."""
    found: dict[tuple[int, str], dict[str, None]] = {}
    for move in moves:
        rep = getattr(move, side)
        if rep is not None:
            found.setdefault((move.cell, rep), {})[move.store] = None
    return {one: list(stores) for one, stores in found.items()}


def _homes(conn: Connection, reps: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    return tuple(sorted({(scope_queries.home_cell(conn, cell, rep), rep) for cell, rep in reps}))


def stand_in(
    conn: Connection,
    cell: int,
    rep: str,
    other: str,
    first_day: date,
    last_day: date,
    by: str,
    now: datetime,
    *,
    stores: Sequence[str] | None = None,
) -> Moved:
    """Let another rep carry a rep's stores from one day to another, both included.

    The rep keeps them. cell: any cell of the company. stores: only these of them; None: all that
    are the rep's on any of these days. Both ends come by themselves. Raises NotSo.
    """
    written = write_stand_in(conn, cell, rep, other, first_day, last_day, by, now, stores=stores)
    publish_all(conn, regrant_all(conn, written.reps, now))
    return written


def write_stand_in(
    conn: Connection, cell: int, rep: str, other: str, first_day: date, last_day: date, by: str,
    now: datetime, *, stores: Sequence[str] | None = None,
) -> Moved:  # fmt: skip
    """The same without telling anybody."""
    if rep == other:
        raise NotSo("a rep cannot stand in for themselves")
    if last_day < first_day:
        raise NotSo("the last day is before the first")
    if (last_day - first_day).days > MOST_DAYS:
        raise NotSo(f"somebody may stand in for up to {MOST_DAYS} days")
    today = day_of(conn, cell, now)
    if last_day < today:
        raise NotSo("the last day is over")
    if first_day > today + timedelta(days=MOST_DAYS):
        raise NotSo("it can begin within a year")
    end = last_day + timedelta(days=1)
    begun = 0
    for at, found in queries.stores_of_rep(conn, cell, rep, first_day, end).items():
        mine = [store for store in found if stores is None or store in set(stores)]
        begun += scope_queries.insert_assignments(
            conn, at, [(uuid7(), store) for store in mine],
            (other, "sell", first_day, end, rep, by, now),
        )  # fmt: skip
    return Moved(begun, 0, _homes(conn, {(cell, other)}))


def end_stand_in(conn: Connection, cell: int, rep: str, other: str, now: datetime) -> Moved:
    """End what somebody carries for a rep before its day: what has begun ends today, at once, and
    what has not never begins. cell: any of the company. Raises NotSo. Takes feed counters."""
    written = write_end_of_stand_in(conn, cell, rep, other, now)
    publish_all(conn, regrant_all(conn, written.reps, now))
    return written


def write_end_of_stand_in(
    conn: Connection, cell: int, rep: str, other: str, now: datetime
) -> Moved:
    """The same without telling anybody."""
    ended = queries.end_stand_ins(conn, cell, rep, other, day_of(conn, cell, now))
    if not ended:
        raise NotSo("they do not stand in, today or later")
    return Moved(0, ended, _homes(conn, {(cell, other)}))
