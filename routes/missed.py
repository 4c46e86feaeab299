"""Why a due visit has no place: closed, full, or only at a price nobody would pay.

In a territory with twice the work a rep can do hundreds of visits ask why, each of every day and
every place in it. So each day is walked twice beforehand: forwards for the earliest a rep is free
at each place, backwards for the latest that still keeps everything behind it. A store then fits at
a place if the one meets the other; how much longer a day would have to be is worked out for the few
places only that could be the nearest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from routes.problem import Day, Planned, Problem, Spell, spells_of
from routes.timetable import begin_from

CLOSED, FULL, DEAR, HOURS = "closed", "full", "dear", "hours"
A_DAY_MIN = 1440.0
Free = tuple[float, float]
"""The earliest a rep is free with lunch still to come, and with lunch eaten (or none); math.inf:
there is no such way."""


@dataclass(frozen=True)
class Missed:
    """Visits that are due and have no place: how many, and what stands in the way.

    `why`: closed (no working day on which it may be seen), hours (a day however long would not do:
    the opening hours of the others stand in the way), full (no day has room; the one that lacks
    least lacks `lacking_min`), dear (there is room, but other visits or travel count more).
    """

    store: str
    visits: int
    why: str
    lacking_min: float


def why_missed(problem: Problem, planned: Planned) -> tuple[Missed, ...]:
    """For each store that is seen less often than due: what stands in the way."""
    walks = _walks(problem, planned)
    found = []
    for index, store in enumerate(problem.stores):
        pattern = planned.chosen[store.id]
        if not pattern.missed:
            continue
        days = 0  # that its rhythm has beside those it is seen on
        for each in store.patterns:
            if each.days & pattern.days == pattern.days and each.missed < pattern.missed:
                days |= each.days & ~pattern.days
        open_days = [
            walk for number, walk in walks.items()
            if days >> number & 1 and spells_of(store, walk.day)
        ]  # fmt: skip
        found.append(Missed(store.id, pattern.missed, *_reason(problem, open_days, index)))
    return tuple(found)


def _reason(problem: Problem, walks: Sequence[_Walk], index: int) -> tuple[str, float]:
    if not walks:
        return CLOSED, 0.0
    if any(walk.fits(index) for walk in walks):
        return DEAR, 0.0
    least = A_DAY_MIN
    places = sorted(
        (walk.at_least(index, place), number, place)
        for number, walk in enumerate(walks)
        for place in range(len(walk.stops) + 1)
    )
    for bound, number, place in places:
        if bound >= least:
            break
        least = min(least, walks[number].lacking(index, place))
    return (FULL, least) if least < A_DAY_MIN else (HOURS, 0.0)


def _walks(problem: Problem, planned: Planned) -> dict[int, _Walk]:
    """Every day that may be changed, by its number, with its stops."""
    number = {store.id: i for i, store in enumerate(problem.stores)}
    orders: dict[int, list[int]] = {}
    for route in planned.routes:
        orders.setdefault(route.day, []).extend(number[call.store] for call in route.calls)
    return {
        day.number: _Walk(problem, day, orders.get(day.number, []))
        for day in problem.days
        if day.working and day.locked is None
    }


class _Walk:
    """One day's stops, walked forwards and backwards."""

    def __init__(self, problem: Problem, day: Day, stops: Sequence[int]) -> None:
        self.problem, self.day, self.stops = problem, day, stops
        home = len(problem.stores)
        self.nodes = [home + day.start, *stops, home + day.end]
        self.spells = [spells_of(problem.stores[stop], day) for stop in stops]
        self.early = self._forwards()
        self.late = self._backwards(day.to_min)

    def _leg(self, here: int, there: int) -> float:
        return self.problem.minutes[here][there]

    # -- forwards ---------------------------------------------------------------------------------

    def _forwards(self) -> list[Free]:
        """Free at home, then after each stop."""
        eats = self.day.lunch is not None
        free = (self.day.from_min, math.inf) if eats else (math.inf, self.day.from_min)
        found = [free]
        for place, stop in enumerate(self.stops):
            free = self._after(free, self._leg(self.nodes[place], stop), stop, self.spells[place])
            found.append(free)
        return found

    def _after(self, free: Free, leg: float, stop: int, spells: Sequence[Spell]) -> Free:
        """Free after a visit that lies so many minutes away."""
        hungry, fed = free[0] + leg, free[1] + leg
        visit, lunch = self.problem.stores[stop].visit_min, self.day.lunch
        sooner, later = _begin(spells, hungry), _begin(spells, fed)
        if lunch is not None and max(hungry, lunch.from_min) <= lunch.until_min + 1e-6:
            later = min(later, _begin(spells, max(hungry, lunch.from_min) + lunch.length_min))
        return sooner + visit, later + visit

    def _home(self, free: Free, here: int) -> float:
        """The earliest to be home; math.inf: lunch was never eaten, or hours were not kept."""
        back = self._leg(here, self.nodes[-1])
        lunch = self.day.lunch
        hungry = free[0] + back
        if lunch is None or hungry > lunch.until_min + 1e-6:
            hungry = math.inf
        return min(hungry, free[1] + back)

    # -- backwards --------------------------------------------------------------------------------

    def _backwards(self, to_min: float) -> list[Free]:
        """The latest to arrive at each stop, then at home, hungry and fed; -math.inf: never."""
        lunch = self.day.lunch
        hungry = -math.inf if lunch is None else min(to_min, lunch.until_min)
        found = [(hungry, to_min)]
        for place in reversed(range(len(self.stops))):
            leg = self._leg(self.stops[place], self.nodes[place + 2])
            visit = self.problem.stores[self.stops[place]].visit_min
            found.append(self._before(found[-1], leg + visit, self.spells[place]))
        return found[::-1]

    def _before(self, late: Free, busy_min: float, spells: Sequence[Spell]) -> Free:
        """The latest to arrive at a stop from where so many minutes lead to the next arrival."""
        fed, lunch = _latest(spells, late[1] - busy_min), self.day.lunch
        if lunch is None:
            return -math.inf, fed
        hungry = _latest(spells, late[0] - busy_min)
        eats = min(lunch.until_min, fed - lunch.length_min)
        return max(hungry, eats if eats >= lunch.from_min - 1e-6 else -math.inf), fed

    # -- one more store ---------------------------------------------------------------------------

    def fits(self, store: int) -> bool:
        """Whether the store finds room somewhere in the day."""
        if not self.problem.timed:
            return True
        spells = spells_of(self.problem.stores[store], self.day)
        for place in range(len(self.stops) + 1):
            free = self.early[place]
            if min(free) == math.inf:
                return False
            hungry, fed = self._after(free, self._leg(self.nodes[place], store), store, spells)
            leg = self._leg(store, self.nodes[place + 1])
            late = self.late[place]
            if hungry + leg <= late[0] + 1e-6 or fed + leg <= late[1] + 1e-6:
                return True
        return False

    def at_least(self, store: int, place: int) -> float:
        """No fewer minutes than this are lacking with the store at a place: its work alone."""
        here, there = self.nodes[place], self.nodes[place + 1]
        more = self._leg(here, store) + self._leg(store, there) - self._leg(here, there)
        more += self.problem.stores[store].visit_min
        return self.work_min() + more - (self.day.to_min - self.day.from_min)

    def work_min(self) -> float:
        """Driving and visits of the day, without lunch (which need not be eaten)."""
        if not self.stops:
            return 0.0
        drive = sum(self._leg(a, b) for a, b in zip(self.nodes, self.nodes[1:], strict=False))
        return drive + sum(self.problem.stores[stop].visit_min for stop in self.stops)

    def lacking(self, store: int, place: int) -> float:
        """Minutes the day would have to be longer with the store at a place; A_DAY_MIN: no length
        would do."""
        spells = [*self.spells]
        spells.insert(place, spells_of(self.problem.stores[store], self.day))
        stops = [*self.stops[:place], store, *self.stops[place:]]
        free, here = self.early[place], self.nodes[place]
        for at in range(place, len(stops)):
            free = self._after(free, self._leg(here, stops[at]), stops[at], spells[at])
            here = stops[at]
        return min(A_DAY_MIN, max(0.0, self._home(free, here) - self.day.to_min))


def _begin(spells: Sequence[Spell], at_min: float) -> float:
    """The first time from `at_min` on at which a visit may begin; math.inf: none."""
    begun = begin_from(spells, at_min) if at_min < math.inf else None
    return math.inf if begun is None else begun


def _latest(spells: Sequence[Spell], begun_min: float) -> float:
    """The latest to arrive for a visit that begins by `begun_min`; -math.inf: it cannot."""
    latest = -math.inf
    for spell in spells:
        if min(spell.until_min, begun_min) >= spell.from_min - 1e-6:
            latest = max(latest, min(spell.until_min, begun_min))
    return latest
