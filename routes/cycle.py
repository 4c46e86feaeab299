"""One rep's cycle drawn up: the planner's answer as visits on dates, with what it is worth.

Where a plan is published already it is where the search starts and each visit that leaves its day
has to be worth it; else the cycle is planned from nothing. Nothing leaves here that the checker,
which shares no code with the planner, finds a fault in. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from routes.checker import broken
from routes.missed import Missed, why_missed
from routes.plan import MakeSearch, Spent, plan
from routes.problem import Planned
from routes.replan import STABILITY_MIN, Move, replan
from routes.territory import BEGUN, FREE, StopRow, Task

Better = Callable[[float, Planned], None]


class Invalid(Exception):
    """The checker found a fault in a plan: it is a mistake of ours, and the plan is not shown."""


@dataclass(frozen=True)
class Visit:
    """One visit of a cycle: on a day, or due and without a place (`day` None; `why` says why).

    `stop`: the published stop it is, or is moved from; `was_day`: that stop's day, where moved.
    """

    rep: str
    store: str
    day: date | None
    sequence: int | None
    arrives_minute: int | None
    visit_minutes: int
    is_locked: bool
    stop: str | None
    was_day: date | None
    why: dict[str, Any]


@dataclass(frozen=True)
class Sums:
    """What a plan comes to, beside the plan that is published (None: nothing is)."""

    driving_min: float
    due: int
    placed: int
    longest_day_min: float
    published_driving_min: float | None
    published_placed: int | None


@dataclass(frozen=True)
class Cycle:
    """A cycle, drawn up."""

    task: Task
    planned: Planned
    moves: tuple[Move, ...]
    missed: tuple[Missed, ...]
    visits: tuple[Visit, ...]
    sums: Sums


def draw(
    task: Task,
    seed: int,
    spent: Spent,
    make_search: MakeSearch,
    stability_min: float = STABILITY_MIN,
    on_better: Better | None = None,
    searches: int = 2,
) -> Cycle:
    """The best cycle a budget allows. Raises plan.Impossible, and Invalid if we are wrong."""
    problem, before = task.problem, task.before
    moves: tuple[Move, ...] = ()
    if before is None:
        planned = plan(problem, seed, spent, make_search, on_better, searches)
        missed = why_missed(problem, planned)
    else:
        done = replan(
            problem, before, seed, spent, make_search, stability_min, searches, on_better
        )  # fmt: skip
        planned, moves, missed = done.planned, done.moves, done.missed
        kept = {store: days for store, days in before.days_of().items() if days}
        problem = replace(problem, previous=kept, stability_min=stability_min)
    faults = broken(problem, planned)
    if faults:
        raise Invalid("; ".join(faults[:5]))
    return Cycle(
        task, planned, moves, missed, _visits(task, planned, moves, missed),
        _sums(task, planned, missed),
    )  # fmt: skip


def _sums(task: Task, planned: Planned, missed: Iterable[Missed]) -> Sums:
    due = sum(task.due.values())
    before = task.published
    seen = None
    if before is not None:
        seen = sum(
            min(task.due[store], days.bit_count()) for store, days in before.days_of().items()
        )
    return Sums(
        planned.travel_min,
        due,
        due - sum(one.visits for one in missed),
        max((route.home_min - route.leave_home_min for route in planned.routes), default=0.0),
        before.travel_min if before is not None else None,
        seen,
    )


def _visits(
    task: Task, planned: Planned, moves: Iterable[Move], missed: Iterable[Missed]
) -> tuple[Visit, ...]:
    minutes = {store.id: round(store.visit_min) for store in task.problem.stores}
    said = {move.store: _why(task, move) for move in moves}
    locked = {(one.store, one.day): one for one in task.territory.draft if one.pinned}
    stops = _matched(task, planned)
    found = []
    for route in planned.routes:
        for place, call in enumerate(route.calls, 1):
            day, stop = task.dates[route.day], stops.get((call.store, route.day))
            moved = stop is not None and stop.day != day
            fixed = stop is not None and (stop.pinned or stop.state in BEGUN)
            fixed = locked.pop((call.store, day), None) is not None or fixed
            found.append(
                Visit(
                    task.territory.rep, call.store, day, place,
                    round(call.begin_min), minutes[call.store], fixed,
                    stop.id if stop else None, stop.day if stop and moved else None,
                    said.get(call.store, {}) if moved or stop is None else {},
                )
            )  # fmt: skip
    found += _on_days_off(task, locked.values())
    for one in missed:
        why = {"why": one.why, "lacking_min": round(one.lacking_min)}
        lost = Visit(
            task.territory.rep, one.store, None, None, None,
            minutes[one.store], False, None, None, why,
        )  # fmt: skip
        found += [lost] * one.visits
    return tuple(found)


def _on_days_off(task: Task, locked: Iterable[StopRow]) -> list[Visit]:
    """Locked visits of the draft on days nobody works: no day of the planner's has them, and they
    are kept. One that a published appointment stands for comes with that."""
    stores = {store.id: round(store.visit_min) for store in task.problem.stores}
    there = {(stop.store, stop.day) for stop in task.territory.stops if stop.pinned}
    return [
        Visit(task.territory.rep, one.store, one.day, one.sequence, None, stores[one.store], True,
              None, None, {})
        for one in locked
        if one.store in stores and (one.store, one.day) not in there
    ]  # fmt: skip


def _why(task: Task, move: Move) -> dict[str, Any]:
    return {
        "why": move.why,
        "before": [task.dates[day].isoformat() for day in move.before],
        "after": [task.dates[day].isoformat() for day in move.after],
        "saves_min": round(move.saves_min),
        "opens_min": None if move.opens_min is None else round(move.opens_min),
    }


def _matched(task: Task, planned: Planned) -> dict[tuple[str, int], StopRow]:
    """(store, day) of the new plan -> the published stop it goes on from: that of the same day,
    else one that has left its own, the earliest first, so that few stops are new or taken away."""
    number = {day: n for n, day in enumerate(task.dates)}
    left: dict[str, list[StopRow]] = {}
    for stop in sorted(task.territory.stops, key=lambda s: (s.day, s.sequence, s.id)):
        if stop.state == FREE or stop.state in BEGUN:
            left.setdefault(stop.store, []).append(stop)
    found: dict[tuple[str, int], StopRow] = {}
    seen = [(c.store, route.day) for route in planned.routes for c in route.calls]
    for store, day in seen:
        same = [stop for stop in left.get(store, []) if number.get(stop.day) == day]
        if same:
            found[store, day] = max(same, key=lambda s: (s.pinned, s.state in BEGUN))
            left[store].remove(found[store, day])
    for store, day in seen:
        if (store, day) not in found:
            free = [s for s in left.get(store, []) if s.state == FREE and not s.pinned]
            if free:
                found[store, day] = free[0]
                left[store].remove(free[0])
    return found
