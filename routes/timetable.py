"""The clock of one day: when the rep arrives at each stop, eats, and is home.

Lunch is eaten on arrival at a stop, before the visit, or not at all by a rep who is home before it
has to begin; where more than one stop allows it, the one that gets the rep home first is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from routes.problem import Call, Day, DayRoute, Problem, Spell, spells_of


def begin_from(spells: Sequence[Spell], at_min: float) -> float | None:
    """The first time from `at_min` on at which a visit may begin, or None."""
    for spell in spells:
        if at_min <= spell.until_min + 1e-6:
            return max(at_min, spell.from_min)
    return None


def keeps_hours(problem: Problem, day: Day, stops: Sequence[int]) -> bool:
    """Whether some timing of these stops keeps every hour: one pass, with and without lunch eaten.

    `hungry` is the earliest the rep is free with lunch still to come, `fed` with lunch eaten.
    """
    if not problem.timed or not stops:
        return True
    lunch, home = day.lunch, len(problem.stores)
    hungry: float | None = day.from_min if lunch is not None else None
    fed: float | None = None if lunch is not None else day.from_min
    here = home + day.start
    for stop in stops:
        store, leg = problem.stores[stop], problem.minutes[here][stop]
        spells = spells_of(store, day)
        later = begin_from(spells, fed + leg) if fed is not None else None
        sooner: float | None = None
        if hungry is not None and lunch is not None:
            sooner = begin_from(spells, hungry + leg)
            sits = max(hungry + leg, lunch.from_min)
            if sits <= lunch.until_min + 1e-6:
                eaten = begin_from(spells, sits + lunch.length_min)
                if eaten is not None and (later is None or eaten < later):
                    later = eaten
        hungry = sooner + store.visit_min if sooner is not None else None
        fed = later + store.visit_min if later is not None else None
        if hungry is None and fed is None:
            return False
        here = stop
    back = problem.minutes[here][home + day.end]
    if fed is not None and fed + back <= day.to_min + 1e-6:
        return True
    if hungry is None or lunch is None:
        return False
    return hungry + back <= min(day.to_min, lunch.until_min) + 1e-6


def timetable(problem: Problem, day: Day, stops: Sequence[int]) -> DayRoute | None:
    """The day's stops (store indexes) with times, or None where no timing keeps the hours.

    A locked day always has times: somebody decided it, so late stops are shown as they will be.
    """
    ways: list[int | None] = [None]
    if problem.timed and day.lunch is not None and stops:
        ways = [*range(len(stops)), None]
    best: DayRoute | None = None
    for lunch_before in ways:
        made = _timed(problem, day, stops, lunch_before)
        if made is not None and (best is None or made.home_min < best.home_min):
            best = made
    if best is None and day.locked is not None:
        return _timed(replace(problem, timed=False), replace(day, lunch=None), stops, None)
    return best


def _timed(
    problem: Problem, day: Day, stops: Sequence[int], lunch_before: int | None
) -> DayRoute | None:
    home = len(problem.stores)
    here, clock, travel = home + day.start, day.from_min, 0.0
    lunch_at: float | None = None
    calls: list[Call] = []
    for i, stop in enumerate(stops):
        store = problem.stores[stop]
        leg = problem.minutes[here][stop]
        travel += leg
        arrive = begin = clock + leg
        if day.lunch is not None and lunch_before == i:
            lunch_at = max(arrive, day.lunch.from_min)
            if lunch_at > day.lunch.until_min + 1e-6:
                return None
            begin = lunch_at + day.lunch.length_min
        if problem.timed:
            opened = begin_from(spells_of(store, day), begin)
            if opened is None:
                return None
            begin = opened
        clock = begin + store.visit_min
        calls.append(Call(store.id, arrive, begin, clock))
        here = stop
    leg = problem.minutes[here][home + day.end] if stops else 0.0
    clock += leg
    if problem.timed and stops:
        hungry = day.lunch is not None and lunch_at is None
        latest = day.to_min
        if hungry and day.lunch is not None:
            latest = min(latest, day.lunch.until_min)
        if clock > latest + 1e-5:
            return None
    return DayRoute(day.number, tuple(calls), day.from_min, clock, travel + leg, lunch_at)
