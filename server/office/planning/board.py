"""Cards in weeks and days, with what each day comes to and what is wrong with it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from server.office.planning.cards import Card, Setting
from server.office.planning.timing import Clock, clock, drive_min, rhythm_kept

SKIPPED = "skipped"


@dataclass(frozen=True)
class OnBoard:
    """A card as the board shows it: `at_min` its beginning; `faults`: "closed" (at that time),
    "rhythm" (its days are no pattern of its frequency)."""

    card: Card
    at_min: float | None
    faults: tuple[str, ...]


@dataclass(frozen=True)
class OneDay:
    """One day of a rep. `off`: why nobody is usually visited on it."""

    day: date
    cards: tuple[OnBoard, ...]
    clock: Clock
    off: str | None

    @property
    def visits(self) -> int:
        """Visits that are to be made or were made."""
        return len([one for one in self.cards if one.card.state != SKIPPED])


@dataclass(frozen=True)
class Sums:
    """What a rep's cycle comes to. `over_days`: longer than the rep's day; `off_days`: with visits
    on a day off; `longest_min`: the longest day from home to home."""

    visits: int
    due: int
    drive_min: float
    work_min: float
    longest_min: float
    over_days: int
    off_days: int
    faults: int


@dataclass(frozen=True)
class Board:
    """One rep's cycle, week by week."""

    setting: Setting
    weeks: tuple[tuple[OneDay, ...], ...]
    lost: tuple[Card, ...]
    sums: Sums

    @property
    def days(self) -> list[OneDay]:
        """All days in order."""
        return [day for week in self.weeks for day in week]


def board_of(setting: Setting, cards: Sequence[Card], first: date, weeks: int) -> Board:
    """One rep's cards on the days of a cycle."""
    broken = _out_of_rhythm(setting, cards, first, weeks)
    rows = [
        tuple(
            found
            for n in range(7)
            if (found := _one_day(setting, first + timedelta(7 * week + n), cards, broken))
        )
        for week in range(weeks)
    ]
    lost = tuple(card for card in cards if card.day is None)
    return Board(setting, tuple(rows), lost, _sums(rows, lost))


def _one_day(setting: Setting, day: date, cards: Sequence[Card], broken: set[str]) -> OneDay | None:
    """A day, or None for one of the weekend that nobody works on."""
    here = sorted((c for c in cards if c.day == day), key=lambda c: (c.sequence, c.name, c.id))
    off = setting.off(day)
    if not here and off == "weekend":
        return None
    driven = [card for card in here if card.state != SKIPPED]
    times = clock(setting, day, driven)
    begins = {card.id: at for card, at in zip(driven, times.begins, strict=True)}
    shown = tuple(
        OnBoard(
            card,
            begins.get(card.id),
            (*(("closed",) if card.id in times.closed else ()),
             *(("rhythm",) if card.store in broken else ())),
        )
        for card in here
    )  # fmt: skip
    return OneDay(day, shown, times, off)


def _out_of_rhythm(setting: Setting, cards: Sequence[Card], first: date, weeks: int) -> set[str]:
    """Stores whose days are no pattern of their frequency. How often a store is due is what the
    plan itself says: its visits, with a place or without."""
    by_store: dict[str, list[Card]] = {}
    for card in cards:
        if card.state != SKIPPED:
            by_store.setdefault(card.store, []).append(card)
    broken = set()
    for store, those in by_store.items():
        on = [card.day for card in those if card.day is not None]
        fixed = [card.day for card in those if card.day is not None and card.is_locked]
        if len(on) > 1 and not rhythm_kept(
            setting, first, weeks, on, len(those), those[0].hours, those[0].visit_min, fixed
        ):
            broken.add(store)
    return broken


def _sums(weeks: Iterable[Sequence[OneDay]], lost: Sequence[Card]) -> Sums:
    days = [day for week in weeks for day in week]
    visits = sum(day.visits for day in days)
    return Sums(
        visits,
        visits + len(lost),
        sum(day.clock.drive_min for day in days),
        sum(day.clock.minutes for day in days),
        max((day.clock.minutes for day in days), default=0.0),
        len([day for day in days if day.clock.over_min > 0.5]),
        len([day for day in days if day.off and day.cards]),
        sum(len(one.faults) > 0 for day in days for one in day.cards),
    )


@dataclass(frozen=True)
class Week:
    """One rep's week at a glance."""

    first: date
    visits: int
    drive_min: float
    over_days: int
    off: tuple[str, ...]


def week_of(days: Sequence[OneDay], first: date) -> Week:
    """A week of a board at a glance."""
    return Week(
        first,
        sum(day.visits for day in days),
        sum(day.clock.drive_min for day in days),
        len([day for day in days if day.clock.over_min > 0.5]),
        tuple(sorted({day.off for day in days if day.off and day.off != "weekend"})),
    )


def driving(setting: Setting, cards: Iterable[Card]) -> float:
    """Minutes of driving of a whole cycle, without its clock."""
    by_day: dict[Any, list[Card]] = {}
    for card in cards:
        if card.day is not None and card.state != SKIPPED:
            by_day.setdefault(card.day, []).append(card)
    return sum(
        drive_min(setting, sorted(those, key=lambda c: (c.sequence, c.name, c.id)))
        for those in by_day.values()
    )
