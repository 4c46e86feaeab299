"""One instance measured by one method: a row with its cost, its gap, and what the checker says."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bench.routing.instances import Instance, read
from bench.routing.peers import Order
from routes.checker import broken, travel_of
from routes.kernel.choice import search
from routes.plan import Impossible, Schedule, Spent, plan, steps_budget
from routes.problem import Day, DayRoute, Planned, Problem, bits, days_in
from routes.sequence import Sequenced, order_quickly, order_well
from routes.timetable import timetable

CORES = 2
FIRST_STEPS = 10_000
"""About a quarter of a second: mostly enough for a first plan within all limits."""
FIRST_TRIES = 5
"""Each with four times as many steps: days may be so full that a first plan takes seconds."""


class Row(NamedTuple):
    """One result; `broken` holds what the checker found (at most three sentences)."""

    kind: str
    name: str
    method: str
    seed: int
    seconds: float  # asked for, on `CORES` idle cores
    took: float  # CPU seconds of all cores
    cost: float
    gap: float  # above the reference, 0.01 is 1 %
    broken: list[str]
    longest_min: float
    missed: int


def cpu_budget(seconds: float) -> Spent:
    """A budget of CPU seconds on so many cores: a busy machine takes longer, no less is done."""
    began = time.process_time()
    return lambda _: (time.process_time() - began) / (seconds * CORES)


def ours(
    folder: Path, kind: str, name: str, seconds: float, seed: int, schedule: Schedule | None = None
) -> Row:
    """Talaria's planner on a periodic instance or a territory."""
    instance, began = read(folder, kind, name), time.process_time()
    planned = plan(instance.problem, seed, cpu_budget(seconds), search, schedule=schedule)
    took = time.process_time() - began
    return _row(instance, "Talaria", seed, seconds, took, planned)


def _row(
    instance: Instance, method: str, seed: int, seconds: float, took: float, planned: Planned
) -> Row:
    cost = travel_of(instance.problem, planned)
    return Row(
        instance.kind,
        instance.name,
        method,
        seed,
        seconds,
        took,
        cost,
        cost / instance.reference - 1,
        broken(instance.problem, planned)[:3],
        max(route.home_min - route.leave_home_min for route in planned.routes),
        sum(pattern.missed for pattern in planned.chosen.values()),
    )


def one_day(folder: Path, name: str, seconds: float, seed: int) -> list[Row]:
    """A day with time windows: the quick order and the searched one."""
    instance = read(folder, "tsptw", name)
    problem, rows = instance.problem, []
    day, stores = problem.days[0], range(len(problem.stores))
    ways: dict[str, Callable[[], Sequenced]] = {
        "Talaria, quick rule": lambda: order_quickly(problem, day, stores),
        "Talaria": lambda: order_well(problem, day, stores, seed, cpu_budget(seconds), search),
    }
    for method, way in ways.items():
        began = time.process_time()
        done = way()
        took = time.process_time() - began
        placed = bits(done.stops)
        chosen = {
            s.id: s.patterns[0 if placed >> i & 1 else 1] for i, s in enumerate(problem.stores)
        }
        priced = done.travel_min + sum(p.cost_min for p in chosen.values())
        planned = Planned((done.route,), chosen, done.travel_min, priced)
        rows.append(_row(instance, method, seed, seconds, took, planned))
    return rows


def by_peer(
    folder: Path, kind: str, name: str, method: str, order: Order, seconds: float
) -> Row | None:
    """A peer on the patterns of our first plan, day by day; None where a day stayed unsolved."""
    instance, began = read(folder, kind, name), time.process_time()
    problem = instance.problem
    first = first_plan(problem)
    number = {store.id: i for i, store in enumerate(problem.stores)}
    on: dict[int, list[int]] = {day.number: [] for day in problem.days}
    for store, days in first.days_of().items():
        for day in days_in(days):
            on[day].append(number[store])
    routes: list[DayRoute] = []
    for each in problem.days:
        solved = _solved(problem, each, on[each.number], order, CORES * seconds / len(problem.days))
        if solved is None:
            return None
        routes += solved
    travel = sum(route.travel_min for route in routes)
    cost = travel + sum(pattern.cost_min for pattern in first.chosen.values())
    planned = Planned(tuple(routes), first.chosen, travel, cost)
    return _row(instance, method, 1, seconds, time.process_time() - began, planned)


def first_plan(problem: Problem) -> Planned:
    """A plan within all limits, no better than that takes. Impossible: none was found."""
    for n in range(FIRST_TRIES - 1):
        with suppress(Impossible):
            return plan(problem, 1, steps_budget(FIRST_STEPS * 4**n), search)
    return plan(problem, 1, steps_budget(FIRST_STEPS * 4 ** (FIRST_TRIES - 1)), search)


def _solved(
    problem: Problem, day: Day, stores: Sequence[int], order: Order, seconds: float
) -> list[DayRoute] | None:
    if not stores:
        return []
    cars = order(problem, day, stores, seconds)
    if cars is None:
        return None
    timed = [timetable(problem, day, stops) for stops in cars if stops]
    return None if None in timed else [route for route in timed if route is not None]
