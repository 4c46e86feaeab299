"""What one visit more or less to a store does to the driving of a plan, in minutes.

From the plan that is published: a visit less saves the detour it is now, a visit more costs the
cheapest places on days the store is not seen on. Without a plan: the detour from between a store's
two nearest neighbours, which is said with it. A plan drawn anew may do better; this is what the
plan as it is would pay. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from routes.problem import Planned, Problem
from routes.territory import Task


@dataclass(frozen=True)
class Detour:
    """Minutes of driving of visits to one store.

    `now`: of each planned visit, the dearest first. `places`: of one more, by day, cheapest first.
    `planned`: read from a plan, and not guessed from where its neighbours are.
    """

    now: tuple[float, ...] = ()
    places: tuple[float, ...] = ()
    planned: bool = False

    @property
    def usual_min(self) -> float:
        """Driving of the visits there are: their mean."""
        return fmean(self.now) if self.now else self.adding_min(1)

    def adding_min(self, visits: int) -> float:
        """Driving of each of so many visits more: the mean of the cheapest days' places."""
        chosen = self.places[: max(1, visits)]
        return fmean(chosen) if chosen else 0.0

    def sparing_min(self, visits: int) -> float:
        """Driving saved by each of so many visits less: the dearest are left out."""
        chosen = self.now[: max(1, visits)]
        return fmean(chosen) if chosen else self.adding_min(visits)


def detours(task: Task) -> dict[str, Detour]:
    """The detours of all stores of a territory, by id."""
    problem = task.problem
    if task.before is None or not task.before.routes:
        return {store.id: _neighbourly(problem, i) for i, store in enumerate(problem.stores)}
    return _from_plan(problem, task.before)


def _from_plan(problem: Problem, plan: Planned) -> dict[str, Detour]:
    index = {store.id: i for i, store in enumerate(problem.stores)}
    home = len(problem.stores)
    now: dict[int, list[float]] = {i: [] for i in index.values()}
    places: dict[int, list[float]] = {i: [] for i in index.values()}
    for route in plan.routes:
        nodes = [home, *(index[call.store] for call in route.calls), home]
        there = set(nodes)
        for before, at, after in zip(nodes, nodes[1:], nodes[2:], strict=False):
            now[at].append(_off_the_way(problem.minutes, before, at, after))
        legs = list(pairwise(nodes))
        for store, found in places.items():
            if store not in there:
                found.append(min(_off_the_way(problem.minutes, a, store, b) for a, b in legs))
    return {
        store.id: Detour(
            tuple(sorted(now[i], reverse=True)),
            tuple(sorted(places[i])) or tuple(sorted(now[i])),
            planned=True,
        )
        for i, store in enumerate(problem.stores)
    }


def _neighbourly(problem: Problem, store: int) -> Detour:
    """A guess without a plan: from between the two nearest, or from home and back."""
    minutes = problem.minutes
    others = [i for i in range(len(problem.stores)) if i != store]
    near = sorted(others, key=lambda i: (minutes[i][store] + minutes[store][i], i))[:2]
    a, b = near if len(near) == 2 else (len(problem.stores), len(problem.stores))
    way = _off_the_way(minutes, a, store, b)
    return Detour((way,), (way,))


def _off_the_way(minutes: Sequence[Sequence[float]], before: int, at: int, after: int) -> float:
    """Minutes that going by `at` adds between two places; none is below 0."""
    straight = minutes[before][after] if before != after else 0.0
    return max(0.0, minutes[before][at] + minutes[at][after] - straight)
