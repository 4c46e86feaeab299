"""What a move will bring to and take from each rep's handhelds, before it is done.

The move itself is written, looked at, and rolled back: so the preview cannot say anything else
than what the move will do. Nobody who syncs waits for it: no feed is told anything, and of a move
to another depot only that is written which decides who carries what. Rows are counted as a pull
would send them; kilobytes are what those rows come to compressed, worked out from a part of them.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import Connection

from schemas.versions import NEWEST
from sync.kinds import kinds_of, scope_family
from sync.moving.hand_over import Moved
from sync.queries import moving as queries
from sync.queries import pull as pull_queries
from sync.queries import scope as scope_queries
from sync.scope import day_of

Scope = tuple[int, str]  # (cell, scope)


@dataclass(frozen=True, slots=True)
class Load:
    """Scopes that come or go on a day: stores by id, how many others, rows, kilobytes sent."""

    day: date
    stores: tuple[str, ...]
    others: tuple[str, ...]
    rows: int
    kilobytes: float


@dataclass(frozen=True, slots=True)
class Unsent:
    """A handheld as it last told of itself. unsent None: it has never said."""

    id: str
    no: int
    state: str
    unsent: int | None
    oldest: datetime | None
    last_pull_at: datetime | None


@dataclass(slots=True)
class Effect:
    """What a move means for one rep."""

    rep: str
    name: str
    gains: list[Load] = field(default_factory=list)
    loses: list[Load] = field(default_factory=list)
    handhelds: list[Unsent] = field(default_factory=list)

    @property
    def unsent(self) -> int:
        return sum(one.unsent or 0 for one in self.handhelds)


class _Undone(Exception):
    """Rolls the rehearsed move back."""


def preview(
    conn: Connection, cell: int, move: Callable[[Connection], Moved], now: datetime,
    from_cells: Mapping[Scope, Scope] = MappingProxyType({}),
) -> list[Effect]:  # fmt: skip
    """What a move will do to each rep it is for; nothing of it stays written.

    cell: any of the company. move: writes the assignments and returns whom it is for, such as
    hand_over.write_moves. from_cells: scopes that only the move puts where they will be, and where
    their rows are to be counted. Raises what `move` raises.
    """
    today = day_of(conn, cell, now)
    after: dict[tuple[int, str], list[set[Scope]]] = {}
    days: list[date] = []
    try:
        with conn.begin_nested():
            moved = move(conn)
            codes = [rep for _, rep in moved.reps]
            days = sorted({today} | queries.open_days(conn, codes, cell, today))
            for home, rep in moved.reps:
                place = moved.spoken_to.get(rep)
                spoken = {place} if place is not None and place[0] != home else set()
                after[home, rep] = [_wanted(conn, home, rep, day) | spoken for day in days]
            raise _Undone
    except _Undone:
        pass
    names = queries.names_of(conn, cell, codes)
    effects = []
    for one in sorted(after):
        carries = bool(scope_queries.open_grants(conn, *one))  # else all of it is new to the rep
        before = [_wanted(conn, *one, day) if carries else set() for day in days]
        effects.append(_effect(conn, *one, names, days, before, after[one], from_cells))
    return effects


def _wanted(conn: Connection, home: int, rep: str, day: date) -> set[Scope]:
    return {scope for scope, _ in scope_queries.wanted_scopes(conn, home, rep, day)}


def _effect(
    conn: Connection, home: int, rep: str, names: dict[str, str], days: list[date],
    before: list[set[Scope]], after: list[set[Scope]], from_cells: Mapping[Scope, Scope],
) -> Effect:  # fmt: skip
    """What differs from day to day because of the move; what would have come anyway is no news."""
    effect = Effect(rep, names.get(rep, rep))
    extra, missing = set[Scope](), set[Scope]()
    for day, was, will in zip(days, before, after, strict=True):
        now_extra, now_missing = will - was, was - will
        come = (now_extra - extra) | ((missing - now_missing) & will)
        go = (now_missing - missing) | ((extra - now_extra) - will)
        if come:
            effect.gains.append(load_of(conn, day, {from_cells.get(one, one) for one in come}))
        if go:
            effect.loses.append(load_of(conn, day, {from_cells.get(one, one) for one in go}))
        extra, missing = now_extra, now_missing
    effect.handhelds = [Unsent(*row) for row in queries.handhelds(conn, home, rep)]
    return effect


def load_of(conn: Connection, day: date, scopes: Iterable[Scope]) -> Load:
    """How much these scopes come to."""
    by_place: dict[tuple[int, str], list[str]] = {}
    for cell, scope in sorted(scopes):
        by_place.setdefault((cell, scope_family(scope)), []).append(scope)
    rows, size_bytes = 0, 0.0
    for (cell, family), names in by_place.items():
        for kind in kinds_of(family):
            place = pull_queries.place_of(kind)
            value = pull_queries.row_text(kind, NEWEST)
            count, plain, some = queries.size_of(conn, *place, cell, names, value)
            rows += count
            if some:
                packed = len(zlib.compress(some.encode(), 6))
                size_bytes += plain * packed / len(some.encode())
    stores = tuple(scope[3:] for _, scope in sorted(scopes) if scope.startswith("st:"))
    others = tuple(scope for _, scope in sorted(scopes) if not scope.startswith("st:"))
    return Load(day, stores, others, rows, round(size_bytes / 1_000, 1))
