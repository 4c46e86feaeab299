"""Which store on which day, and in which order: four weeks planned together.

A periodic vehicle-routing problem, solved by ruin and recreate over patterns and order at once
(kernel/), in a small population: two searches, one a core, first each on its own, then on children
that take whole days from two good plans. Any-time: there is a first valid plan at once and a better
one whenever `on_better` is called. Deterministic for a seed when the budget counts steps; a budget
that reads a clock gives the same plan only on a machine of the same speed.

Pure: how much of the budget is spent is asked of a callable, which also is how to cancel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from routes.kernel.shape import Dials, Plan, Search, Shape, nothing
from routes.problem import DayRoute, Planned, Problem, days_in, pattern_cost, shape_of
from routes.timetable import timetable

Spent = Callable[[int], float]
"""Steps done by one search -> part of the budget spent; from 1.0 on the search ends."""
MakeSearch = Callable[[Shape, Dials, int], Search]


class Impossible(Exception):
    """Some store has no place at all, not even the empty pattern; the message names the store."""


class Schedule(NamedTuple):
    """How a budget is used; found by measuring on the benchmark sets (bench/routing)."""

    alone: float = 0.9  # part of the budget in which each search works on its own
    starts: int = 1  # plans each search makes in that part
    hot: float = 0.3  # heat at the start, in mean legs
    cold: float = 0.03
    child_hot: float = 0.1
    child: float = 0.05  # part of the budget given to one child
    last: float = 0.05  # part of the budget in which the best plan is polished
    keep: int = 8  # plans kept


TIMED = Schedule(hot=6.0, cold=0.25, child_hot=1.0)
"""For days with hours and a clock: a weekly store moves on four days at once, so the start has to
be twenty times hotter. Des Moines (300 stores), 10 CPU seconds: 7 % above the best plan known with
the heat of a problem without a clock, 0.1 % with this."""


def steps_budget(steps: int) -> Spent:
    """A budget of so many steps for each search: the same plan for a seed on every machine."""
    return lambda done: done / max(1, steps)


class _Walker:
    """One search with its count of steps, working off parts of the budget."""

    def __init__(self, search: Search, spent: Spent, schedule: Schedule) -> None:
        self.search = search
        self.spent = spent
        self.schedule = schedule
        self.steps = 0

    def fraction(self) -> float:
        return self.spent(self.steps)

    def cool(self, until: float, hot: float, cold: float) -> tuple[float, Plan] | None:
        """Search until a part of the budget is spent; the best plan found meanwhile."""
        self.search.forget()
        begun = now = self.fraction()
        best = math.inf
        while True:
            part = min(1.0, (now - begun) / max(1e-9, until - begun))
            heat = hot * (cold / hot) ** part
            best = self.search.run(self.search.chunk, heat, heat)
            self.steps += self.search.chunk
            now = self.fraction()
            if now >= until:
                break
        return (best, self.search.plan()) if best < 1e29 else None


class Kept:
    """The plans found so far, best first, no two of the same cost."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.plans: list[tuple[float, Plan]] = []

    def add(self, found: tuple[float, Plan] | None) -> bool:
        """Keep a plan if it is good; True when it is the best so far."""
        if found is None or any(abs(found[0] - cost) < 1e-6 for cost, _ in self.plans):
            return False
        better = not self.plans or found[0] < self.plans[0][0]
        self.plans.append(found)
        self.plans.sort(key=lambda each: each[0])
        del self.plans[self.most :]
        return better


def improve(
    searches: Sequence[Search],
    spent: Spent,
    start: Plan,
    seed: int,
    on_better: Callable[[float, Plan], None] | None = None,
    schedule: Schedule | None = None,
) -> tuple[float, Plan]:
    """Work the budget off with all searches; the best valid plan and its cost (math.inf: none)."""
    schedule = schedule or Schedule()
    walkers = [_Walker(search, spent, schedule) for search in searches]
    kept = Kept(schedule.keep)

    def found(results: Sequence[tuple[float, Plan] | None]) -> None:
        better = [kept.add(result) for result in results]
        if any(better) and on_better is not None:
            on_better(*kept.plans[0])

    with ThreadPoolExecutor(len(walkers)) as threads:
        for i in range(schedule.starts):
            until = schedule.alone * (i + 1) / schedule.starts
            found(list(threads.map(lambda w, u=until: _alone(w, start, u), walkers)))
        chances = _chances(seed)
        while (now := max(walker.fraction() for walker in walkers)) < 1.0 - schedule.last:
            pairs = [_parents(kept, chances) for _ in walkers]
            until = min(now + schedule.child, 1.0 - schedule.last)
            found(list(threads.map(lambda w, p, u=until: _child(w, p, u), walkers, pairs)))
        if now < 1.0 and kept.plans:
            found(list(threads.map(lambda w: _polish(w, kept.plans[0][1]), walkers)))
    return kept.plans[0] if kept.plans else (math.inf, start)


def _unit(search: Search) -> float:
    """The mean leg of the present plan: what heat is measured in."""
    plan = search.plan(best=False)
    stops = sum(plan.counts) + sum(1 for count in plan.counts if count)
    cost, _ = search.cost()
    shape = search.shape
    dear = sum(shape.pattern_cost[p] for p in plan.chosen if p >= 0)
    return max(1e-6, (cost - dear) / max(1, stops))


def _alone(walker: _Walker, start: Plan, until: float) -> tuple[float, Plan] | None:
    walker.search.load(start)
    unit = _unit(walker.search)
    schedule = walker.schedule
    return walker.cool(until, schedule.hot * unit, schedule.cold * unit)


def _child(
    walker: _Walker, parents: tuple[Plan, Plan] | None, until: float
) -> tuple[float, Plan] | None:
    if parents is not None:
        walker.search.cross(*parents)
    unit = _unit(walker.search)
    schedule = walker.schedule
    return walker.cool(until, schedule.child_hot * unit, schedule.cold * unit)


def _polish(walker: _Walker, best: Plan) -> tuple[float, Plan] | None:
    walker.search.load(best)
    unit = _unit(walker.search)
    schedule = walker.schedule
    return walker.cool(1.0, schedule.cold * unit, schedule.cold * unit / 10)


def _chances(seed: int) -> Callable[[int], int]:
    """A small source of chance that belongs to the seed: the next number below a limit."""
    state = (seed * 6364136223846793005 + 1442695040888963407) % 2**64

    def below(limit: int) -> int:
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) * limit >> 31

    return below


def _parents(kept: Kept, below: Callable[[int], int]) -> tuple[Plan, Plan] | None:
    """Two plans, better ones more often."""
    many = len(kept.plans)
    if many == 0:
        return None
    one = min(below(many), below(many))
    other = min(below(many), below(many))
    if many > 1 and one == other:
        other = (one + 1 + below(many - 1)) % many
    return kept.plans[one][1], kept.plans[other][1]


# --- problems and plans --------------------------------------------------------------------------


def plan(
    problem: Problem,
    seed: int,
    spent: Spent,
    make_search: MakeSearch,
    on_better: Callable[[float, Planned], None] | None = None,
    searches: int = 2,
    dials: Dials | None = None,
    schedule: Schedule | None = None,
) -> Planned:
    """The best plan of a territory that a budget allows.

    `make_search` is `kernel.choice.search` or one of its kinds. `on_better` gets the cost and the
    plan each time there is a better one, the first time before any searching. Raises `Impossible`.
    """
    shape, dials = shape_of(problem, dials)
    team = [make_search(shape, dials, seed * 1_000 + i) for i in range(searches)]
    start = start_of(problem, shape)
    if not team[0].load(start):
        raise Impossible("a store without any pattern that fits: give it the empty one")
    cost, over = team[0].cost()
    first = team[0].plan(best=False)
    tell: Callable[[float, Plan], None] | None = None
    if on_better is not None:
        better = on_better
        if over <= 1e-6:
            better(cost, planned_of(problem, shape, first, seed))

        def tell(cost: float, rows: Plan) -> None:
            better(cost, planned_of(problem, shape, rows, seed))

    schedule = schedule or (TIMED if problem.timed else Schedule())
    best, rows = improve(team, spent, start, seed, tell, schedule)
    if over <= 1e-6 and cost < best - 1e-6:
        best, rows = cost, first
    if best == math.inf:
        raise Impossible("no plan keeps load and work within their limits")
    return planned_of(problem, shape, rows, seed)


def start_of(problem: Problem, shape: Shape) -> Plan:
    """The previous routes as far as their stores and days are still there; else nothing."""
    if not problem.previous_routes and not shape.frozen:
        return nothing(shape)
    number = {store.id: i for i, store in enumerate(problem.stores)}
    routes: dict[int, list[list[int]]] = {}
    locked = {day.number: day.locked for day in problem.days if day.locked is not None}
    for day, stops in problem.previous_routes:
        if day not in locked:
            routes.setdefault(day, []).append([number[s] for s in stops if s in number])
    for day, kept in locked.items():
        routes[day] = [[number[s] for s in kept if s in number]]
    rows: list[list[int]] = []
    for day, _, _ in shape.tours:
        waiting = routes.get(day, [])
        rows.append(waiting.pop(0) if waiting else [])
    stop = tuple(store for row in rows for store in row)
    return Plan((-1,) * len(problem.stores), tuple(len(row) for row in rows), stop)


def planned_of(problem: Problem, shape: Shape, rows: Plan, seed: int = 0) -> Planned:
    """A plan of the kernel as routes with times."""
    routes: list[DayRoute] = []
    by_number = {day.number: day for day in problem.days}
    for (day, _, _), stops in zip(shape.tours, rows.tours(), strict=True):
        timed = timetable(problem, by_number[day], stops)
        if timed is None:
            raise AssertionError(f"day {day} cannot be kept: {stops}")
        if stops:
            routes.append(timed)
    chosen = {}
    cost = travel = sum(route.travel_min for route in routes)
    for i, store in enumerate(problem.stores):
        pattern = store.patterns[rows.chosen[i] - shape.pattern_from[i]]
        chosen[store.id] = pattern
        cost += pattern_cost(problem, store, pattern)
    return Planned(tuple(routes), chosen, travel, cost, seed)


def missing(problem: Problem, planned: Planned) -> dict[str, int]:
    """Stores that are seen less often than due, and by how many visits."""
    return {s.id: p.missed for s in problem.stores if (p := planned.chosen[s.id]).missed}


def used_days(planned: Planned) -> dict[str, list[int]]:
    """Day numbers of each store, in order."""
    return {store: days_in(days) for store, days in planned.days_of().items()}
