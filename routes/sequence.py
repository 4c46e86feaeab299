"""The order of one day: which stop after which, within opening hours, lunch and the working day.

Two ways, one answer's shape. `order_quickly` is plain Python without luck: insertion, then moving
pieces of up to three stops and turning stretches round until nothing helps; it takes milliseconds
for 40 stops, and handhelds do exactly the same (sync/contract/sequences holds the cases that prove
it). `order_well` lets the planner's kernel search that one day, and is optimal on days of a rep's
size in practice; it needs a search and a budget.

Whoever cannot be served in the hours that are left is named, never silently dropped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from routes.plan import MakeSearch, Schedule, Spent, improve
from routes.problem import Day, DayRoute, Pattern, Problem, shape_of
from routes.timetable import keeps_hours, timetable

PIECE = 3
"""Longest piece of neighbouring stops that is moved at once."""
ROUNDS = 30
ONE_DAY = Schedule(alone=0.5, starts=3, child=0.08, keep=6, hot=0.5, cold=0.02, child_hot=0.3)


@dataclass(frozen=True)
class Sequenced:
    """A day in order with its times, and the stops (store indexes) that found no place in it."""

    stops: tuple[int, ...]
    left_out: tuple[int, ...]
    route: DayRoute
    travel_min: float


def travel_of(problem: Problem, day: Day, stops: Sequence[int]) -> float:
    """Minutes of travel of an order, from home to home."""
    if not stops:
        return 0.0
    home = len(problem.stores)
    nodes = [home + day.start, *stops, home + day.end]
    return sum(problem.minutes[a][b] for a, b in pairwise(nodes))


def order_quickly(
    problem: Problem, day: Day, stores: Sequence[int], fixed: Sequence[int] = ()
) -> Sequenced:
    """An order by insertion and local changes; `fixed` stops (done today) stay first, in order.

    Deterministic: the first best wins. Every order looked at is a valid one.
    """
    start = list(fixed)
    order, left = list(start), [s for s in stores if s not in start]
    left.sort(key=lambda s: (_slack(problem, day, s), s))
    out: list[int] = []
    for store in left:
        place = _cheapest(problem, day, order, store, len(start))
        if place is None:
            out.append(store)
        else:
            order.insert(place, store)
    for _ in range(ROUNDS):
        better = _moved(problem, day, order, len(start)) or _turned(problem, day, order, len(start))
        for store in list(out):
            place = _cheapest(problem, day, better or order, store, len(start))
            if place is not None:
                better = list(better or order)
                better.insert(place, store)
                out.remove(store)
        if better is None:
            break
        order = better
    return _sequenced(problem, day, order, out)


def order_well(
    problem: Problem,
    day: Day,
    stores: Sequence[int],
    seed: int,
    spent: Spent,
    make_search: MakeSearch,
    searches: int = 2,
) -> Sequenced:
    """The best order a budget finds, never worse than the quick one (which is where it starts)."""
    quick = order_quickly(problem, day, stores)
    alone = one_day(problem, day, stores)
    shape, dials = shape_of(alone)
    dials = dials._replace(whole_share=0.0, skip=0.02)
    team = [make_search(shape, dials, seed * 1_000 + i) for i in range(searches)]
    number = {store: i for i, store in enumerate(stores)}
    begun = [number[store] for store in quick.stops]
    start = (
        team[0]
        .plan(best=False)
        ._replace(chosen=tuple(-1 for _ in stores), counts=(len(begun),), stops=tuple(begun))
    )
    _, rows = improve(team, spent, start, seed, schedule=ONE_DAY)
    found = [stores[i] for i in rows.stops]
    well = _sequenced(problem, day, found, [s for s in stores if s not in found])
    if (len(well.left_out), well.travel_min) < (len(quick.left_out), quick.travel_min):
        return well
    return quick


def one_day(problem: Problem, day: Day, stores: Sequence[int]) -> Problem:
    """The problem of one day alone: each store is seen that day, or left out at a price."""
    home = len(problem.stores)
    nodes = [*stores, home + day.start, home + day.end]
    dear = max(1_000.0, 3 * max((max(row) for row in problem.minutes), default=0.0))
    patterns = (Pattern(1), Pattern(0, missed=1, cost_min=dear))
    chosen = []
    for i in stores:
        store = problem.stores[i]
        on = store.spells_on.get(day.number)
        chosen.append(
            replace(store, patterns=patterns, spells_on={0: on} if on is not None else {})
        )
    alone = replace(day, number=0, start=0, end=1, locked=None)
    minutes = [[problem.minutes[a][b] for b in nodes] for a in nodes]
    return Problem(tuple(chosen), (alone,), minutes, homes=2, timed=problem.timed)


def _sequenced(problem: Problem, day: Day, order: list[int], out: list[int]) -> Sequenced:
    route = timetable(problem, day, order) or timetable(problem, replace(day, locked=()), order)
    if route is None:
        raise AssertionError("a locked day always has times")
    return Sequenced(tuple(order), tuple(out), route, travel_of(problem, day, order))


def _slack(problem: Problem, day: Day, store: int) -> float:
    """How long the store may be begun at: narrow ones are placed first."""
    if not keeps_hours(problem, day, [store]):
        return -1.0
    spells = problem.stores[store].spells_on.get(day.number) or problem.stores[store].spells.get(
        day.weekday, ()
    )
    return sum(spell.until_min - spell.from_min for spell in spells) or math.inf


def _cheapest(
    problem: Problem, day: Day, order: Sequence[int], store: int, first: int
) -> int | None:
    """Where the store costs least, among the places that keep the hours; None: nowhere."""
    home, minutes = len(problem.stores), problem.minutes
    nodes = [home + day.start, *order, home + day.end]
    ways = []
    for place in range(first, len(order) + 1):
        a, b = nodes[place], nodes[place + 1]
        gone = minutes[a][b] if order else 0.0
        ways.append((minutes[a][store] + minutes[store][b] - gone, place))
    for _, place in sorted(ways):
        if keeps_hours(problem, day, [*order[:place], store, *order[place:]]):
            return place
    return None


def _moved(problem: Problem, day: Day, order: Sequence[int], first: int) -> list[int] | None:
    """The order with one piece of it elsewhere, the most saving way; None where nothing saves."""
    home, minutes = len(problem.stores), problem.minutes
    nodes = [home + day.start, *order, home + day.end]
    ways = []
    for length in range(1, PIECE + 1):
        for i in range(first, len(order) - length + 1):
            head, tail = nodes[i + 1], nodes[i + length]
            before, after = nodes[i], nodes[i + length + 1]
            gain = minutes[before][head] + minutes[tail][after] - minutes[before][after]
            for j in range(first, len(order) + 1):
                if i <= j <= i + length:
                    continue
                a, b = nodes[j], nodes[j + 1]
                more = minutes[a][head] + minutes[tail][b] - minutes[a][b]
                if more < gain - 1e-6:
                    ways.append((more - gain, length, i, j))
    for _, length, i, j in sorted(ways):
        piece, rest = list(order[i : i + length]), [*order[:i], *order[i + length :]]
        at = j if j < i else j - length
        tried = [*rest[:at], *piece, *rest[at:]]
        if keeps_hours(problem, day, tried):
            return tried
    return None


def _turned(problem: Problem, day: Day, order: Sequence[int], first: int) -> list[int] | None:
    """The order with one stretch driven the other way round; None where nothing saves."""
    home, minutes = len(problem.stores), problem.minutes
    nodes = [home + day.start, *order, home + day.end]
    there, back = [0.0], [0.0]  # minutes of all legs so far, and of the same driven backwards
    for a, b in pairwise(nodes):
        there.append(there[-1] + minutes[a][b])
        back.append(back[-1] + minutes[b][a])
    ways = []
    for i in range(first, len(order) - 1):
        for j in range(i + 2, len(order) + 1):
            gone = there[j + 1] - there[i]
            more = minutes[nodes[i]][nodes[j]] + minutes[nodes[i + 1]][nodes[j + 1]]
            more += back[j] - back[i + 1]
            if more < gone - 1e-6:
                ways.append((more - gone, i, j))
    for _, i, j in sorted(ways):
        tried = [*order[:i], *reversed(order[i:j]), *order[j:]]
        if keeps_hours(problem, day, tried):
            return tried
    return None
