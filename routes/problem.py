"""What is planned: a rep's stores, days and limits, and what a finished plan looks like.

Plain values without behaviour but for one translation: `shape_of` turns a problem into the rows of
numbers the kernel works on. All times are minutes; times of day are minutes after midnight. Days
are numbered from 0, the first day of the cycle; a set of days is the bits of a number (`bits`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from routes.kernel.shape import Dials, Limits, Shape

NEVER = (1e18, -1e18)
ALWAYS = (-1e18, 1e18)


class Spell(NamedTuple):
    """A visit may begin from `from_min` to `until_min` (closing time less the visit itself)."""

    from_min: float
    until_min: float


class Pattern(NamedTuple):
    """A set of days a store may be seen on."""

    days: int  # as bits
    missed: int = 0  # visits fewer than due
    cost_min: float = 0.0  # what choosing it costs beside travel
    moved: int = 0  # due visits that left the day the rule gives them (a holiday, a pin, a lock)


@dataclass(frozen=True)
class Store:
    """One store of the territory, with all that planning asks about it.

    `spells` by weekday (0 Monday): one or two spells; a weekday that is not in a non-empty mapping
    is closed; an empty mapping is always open. `spells_on` by day number goes before it: an
    appointment. `patterns` holds the allowed sets of days, cheapest kinds first, the empty pattern
    last where a visit may be left out (frequency.py makes them).
    """

    id: str
    visit_min: float
    patterns: tuple[Pattern, ...]
    spells: Mapping[int, tuple[Spell, ...]] = field(default_factory=dict)
    spells_on: Mapping[int, tuple[Spell, ...]] = field(default_factory=dict)
    load: float = 0.0
    name: str = ""


@dataclass(frozen=True)
class Lunch:
    """A pause that begins between two times of day, at any stop or before being home."""

    from_min: float
    until_min: float
    length_min: float


@dataclass(frozen=True)
class Day:
    """One day of the cycle. `locked` holds the ids of its stops in order; nothing may change it."""

    number: int
    week: int
    weekday: int
    from_min: float = 480.0
    to_min: float = 1020.0
    working: bool = True
    lunch: Lunch | None = None
    locked: tuple[str, ...] | None = None
    start: int = 0  # index into Problem.homes
    end: int = 0
    cars: int = 1
    load_max: float = 1e9
    work_max_min: float = 1e9


@dataclass(frozen=True)
class Problem:
    """A territory and its cycle.

    `minutes[a][b]`: travel between nodes; stores in their order, then the homes. `previous`: days
    (bits) of each store in the plan so far; leaving one of them costs `stability_min`. `balance`:
    the share of a usual day's minutes that is paid for a day with no work at all, or twice the
    usual: balance x off^2 / usual minutes for one that is `off` minutes off.
    """

    stores: tuple[Store, ...]
    days: tuple[Day, ...]
    minutes: Sequence[Sequence[float]]
    homes: int = 1
    previous: Mapping[str, int] = field(default_factory=dict)
    previous_routes: tuple[tuple[int, tuple[str, ...]], ...] = ()
    stability_min: float = 0.0
    balance: float = 0.0
    timed: bool = True  # whether opening hours and the working day's clock count


@dataclass(frozen=True)
class Call:
    """One planned stop: arrival, begin and end of the visit, minutes after midnight."""

    store: str
    arrive_min: float
    begin_min: float
    leave_min: float


@dataclass(frozen=True)
class DayRoute:
    """One day (of one car): its stops in order, with times."""

    day: int
    calls: tuple[Call, ...]
    leave_home_min: float
    home_min: float
    travel_min: float
    lunch_min: float | None = None  # when lunch begins; None: there is none, or it is eaten at home


@dataclass(frozen=True)
class Planned:
    """A plan with its price: what `cost_min` adds up from stands beside it."""

    routes: tuple[DayRoute, ...]
    chosen: Mapping[str, Pattern]
    travel_min: float
    cost_min: float
    seed: int = 0

    def days_of(self) -> dict[str, int]:
        """Days (bits) each store is seen on."""
        days: dict[str, int] = dict.fromkeys(self.chosen, 0)
        for route in self.routes:
            for call in route.calls:
                days[call.store] |= 1 << route.day
        return days


def bits(days: Iterable[int]) -> int:
    """A set of day numbers as one number."""
    return sum(1 << day for day in set(days))


def days_in(days: int) -> list[int]:
    """The day numbers in a set, in order."""
    return [day for day in range(days.bit_length()) if days >> day & 1]


def spells_of(store: Store, day: Day) -> tuple[Spell, ...]:
    """When a visit to the store may begin on a day; empty: closed all day."""
    if day.number in store.spells_on:
        return store.spells_on[day.number]
    if not store.spells:
        return (Spell(*ALWAYS),)
    return store.spells.get(day.weekday, ())


def pattern_cost(problem: Problem, store: Store, pattern: Pattern) -> float:
    """What choosing the pattern costs: its own price, and visits that leave the previous plan."""
    left = problem.previous.get(store.id, 0) & ~pattern.days
    return pattern.cost_min + problem.stability_min * left.bit_count()


def shape_of(problem: Problem, dials: Dials | None = None) -> tuple[Shape, Dials]:
    """The problem as the kernel's rows, and the dials that belong to it."""
    days, stores = problem.days, problem.stores
    pattern_from, patterns, costs = [0], [], []
    for store in stores:
        for pattern in store.patterns:
            patterns.append(pattern.days)
            costs.append(pattern_cost(problem, store, pattern))
        pattern_from.append(len(patterns))
    cars = [day for day in days for _ in range(day.cars if day.working else 0)]
    opening: list[float] | None = None
    if problem.timed:
        opening = [x for day in days for store in stores for x in _opening(store, day)]
    shape = Shape(
        days=len(days),
        minutes=problem.minutes,
        service=[store.visit_min for store in stores],
        load=[store.load for store in stores],
        pattern_from=pattern_from,
        pattern=patterns,
        pattern_cost=costs,
        opening=opening,
        tours=[(day.number, len(stores) + day.start, len(stores) + day.end) for day in cars],
        limits=[_limits(day, problem.timed) for day in cars],
        frozen=bits(day.number for day in days if day.locked is not None),
    )
    return shape, _dials_for(problem, shape, dials or Dials())


def _opening(store: Store, day: Day) -> tuple[float, float, float, float]:
    first, second = ((*spells_of(store, day), Spell(*NEVER), Spell(*NEVER)))[:2]
    return first.from_min, first.until_min, second.from_min, second.until_min


def _limits(day: Day, timed: bool) -> Limits:
    lunch = day.lunch or Lunch(0.0, 0.0, 0.0)
    return Limits(
        load_max=day.load_max,
        work_max=day.work_max_min,
        clock_from=day.from_min if timed else 0.0,
        clock_to=day.to_min if timed else 1e9,
        lunch_from=lunch.from_min,
        lunch_until=lunch.until_min,
        lunch=lunch.length_min if timed else 0.0,
    )


def _dials_for(problem: Problem, shape: Shape, dials: Dials) -> Dials:
    """Dials that depend on the size of what is planned: prices of excess, and the usual day."""
    stores = max(1, len(problem.stores))
    mean_leg = sum(map(sum, shape.minutes)) / max(1, len(shape.minutes) ** 2)
    mean_load = sum(shape.load) / stores
    visits = sum(s.visit_min * s.patterns[0].days.bit_count() for s in problem.stores if s.patterns)
    wanted = max(1.0, 1.5 * visits / max(1, len(shape.tours)))
    return dials._replace(
        balance=problem.balance,
        work_wanted=wanted,
        pay_load=0.5 * mean_leg / mean_load if mean_load > 0 else 1.0,
    )
