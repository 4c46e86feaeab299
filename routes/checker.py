"""A second opinion on a plan: every promise checked again, with none of the planner's code.

It walks each day minute by minute as a rep would, from the problem alone, and says in words what is
broken. The planner's tests and benches believe only this file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from routes.problem import Day, DayRoute, Planned, Problem, Store

SLACK_MIN = 1e-4


def broken(problem: Problem, planned: Planned) -> list[str]:
    """Everything a plan breaks, one sentence each; empty: it is valid.

    Locked days are checked for being as they were, not for the clock: somebody decided them.
    """
    days = {day.number: day for day in problem.days}
    stores = {store.id: store for store in problem.stores}
    strange = sorted({r.day for r in planned.routes} - set(days))
    strangers = {c.store for r in planned.routes for c in r.calls} - set(stores)
    if strange or strangers:  # nothing else can be judged
        return [
            *(f"day {number}: nobody works, it is not in the cycle" for number in strange),
            *(f"{store}: is not in the territory" for store in sorted(strangers)),
        ]
    found = [*_patterns(problem, planned), *_locks(problem, planned), *_costs(problem, planned)]
    cars = Counter(route.day for route in planned.routes)
    for number, many in cars.items():
        if not days[number].working:
            found.append(f"day {number}: nobody works")
        elif many > days[number].cars:
            found.append(f"day {number}: {many} tours, {days[number].cars} allowed")
    for route in planned.routes:
        day = days[route.day]
        called = [stores[call.store] for call in route.calls]
        found += _travel(problem, day, route, called)
        load = sum(store.load for store in called)
        if load > day.load_max + SLACK_MIN:
            found.append(f"day {route.day}: carries {load}, {day.load_max} allowed")
        work = route.travel_min + sum(store.visit_min for store in called)
        if work > day.work_max_min + SLACK_MIN:
            found.append(f"day {route.day}: {work} minutes of work, {day.work_max_min} allowed")
        if problem.timed and day.locked is None:
            found += _clock(day, route, called)
    return found


def travel_of(problem: Problem, planned: Planned) -> float:
    """Minutes of travel, added up again from the matrix."""
    index = {store.id: i for i, store in enumerate(problem.stores)}
    days = {day.number: day for day in problem.days}
    total = 0.0
    for route in planned.routes:
        home = len(problem.stores)
        nodes = [home + days[route.day].start, *(index[c.store] for c in route.calls)]
        nodes.append(home + days[route.day].end)
        total += sum(problem.minutes[nodes[i]][nodes[i + 1]] for i in range(len(nodes) - 1))
    return total


def _seen(planned: Planned) -> dict[str, list[int]]:
    seen: dict[str, list[int]] = {}
    for route in planned.routes:
        for call in route.calls:
            seen.setdefault(call.store, []).append(route.day)
    return seen


def _patterns(problem: Problem, planned: Planned) -> list[str]:
    seen, found = _seen(planned), list[str]()
    for store in problem.stores:
        days = sorted(seen.get(store.id, []))
        if len(set(days)) < len(days):
            found.append(f"{store.id}: twice on one day, {days}")
        number = sum(2**day for day in set(days))
        allowed = [p for p in store.patterns if p.days == number]
        if not allowed:
            found.append(f"{store.id}: days {days} are no allowed pattern")
        chosen = planned.chosen.get(store.id)
        if chosen not in allowed:
            found.append(f"{store.id}: says pattern {chosen}, is seen on {days}")
    return found


def _locks(problem: Problem, planned: Planned) -> list[str]:
    found = []
    for day in problem.days:
        if day.locked is None:
            continue
        calls = [c.store for r in planned.routes if r.day == day.number for c in r.calls]
        if tuple(calls) != day.locked:
            found.append(f"day {day.number}: is locked as {day.locked}, planned as {calls}")
    return found


def _costs(problem: Problem, planned: Planned) -> list[str]:
    travel = travel_of(problem, planned)
    if abs(travel - planned.travel_min) > SLACK_MIN * max(1.0, travel):
        return [f"says {planned.travel_min} minutes of travel, it is {travel}"]
    cost, seen = travel, _seen(planned)
    for store in problem.stores:
        pattern = planned.chosen.get(store.id)
        if pattern is None:
            continue
        before = problem.previous.get(store.id, 0)
        left = [d for d in range(64) if before >> d & 1 and d not in seen.get(store.id, [])]
        cost += pattern.cost_min + problem.stability_min * len(left)
    if abs(cost - planned.cost_min) > SLACK_MIN * max(1.0, cost):
        return [f"says cost {planned.cost_min}, it is {cost}"]
    return []


def _travel(problem: Problem, day: Day, route: DayRoute, called: Sequence[Store]) -> list[str]:
    """Each arrival is the last departure plus the way; nobody begins before arriving."""
    index = {store.id: i for i, store in enumerate(problem.stores)}
    here = len(problem.stores) + day.start
    clock, found = route.leave_home_min, []
    for call, store in zip(route.calls, called, strict=True):
        there = index[store.id]
        if abs(clock + problem.minutes[here][there] - call.arrive_min) > SLACK_MIN:
            found.append(f"day {route.day}: {store.id} is reached at {call.arrive_min}, not true")
        if call.begin_min < call.arrive_min - SLACK_MIN:
            found.append(f"day {route.day}: {store.id} begins before the rep is there")
        if abs(call.leave_min - call.begin_min - store.visit_min) > SLACK_MIN:
            found.append(f"day {route.day}: {store.id} takes another time than it should")
        clock, here = call.leave_min, there
    if route.calls:
        clock += problem.minutes[here][len(problem.stores) + day.end]
    if abs(clock - route.home_min) > SLACK_MIN:
        found.append(f"day {route.day}: home at {route.home_min}, really at {clock}")
    return found


def _clock(day: Day, route: DayRoute, called: Sequence[Store]) -> list[str]:
    found = []
    if route.leave_home_min < day.from_min - SLACK_MIN or route.home_min > day.to_min + SLACK_MIN:
        found.append(
            f"day {route.day}: out from {route.leave_home_min} to {route.home_min}, "
            f"may be out from {day.from_min} to {day.to_min}"
        )
    for call, store in zip(route.calls, called, strict=True):
        spells = store.spells_on.get(day.number)
        if spells is None:
            if not store.spells:
                continue
            spells = store.spells.get(day.weekday, ())
        if not any(
            s.from_min - SLACK_MIN <= call.begin_min <= s.until_min + SLACK_MIN for s in spells
        ):
            found.append(f"day {route.day}: {store.id} at {call.begin_min}, open {spells}")
    if day.lunch is not None and route.calls:
        found += _lunch(day, route)
    return found


def _lunch(day: Day, route: DayRoute) -> list[str]:
    lunch = day.lunch
    if lunch is None:
        return []
    if route.lunch_min is None:
        late = route.home_min > lunch.until_min + SLACK_MIN
        return [f"day {route.day}: no lunch until home at {route.home_min}"] if late else []
    if not lunch.from_min - SLACK_MIN <= route.lunch_min <= lunch.until_min + SLACK_MIN:
        return [f"day {route.day}: lunch at {route.lunch_min}"]
    ends = route.lunch_min + lunch.length_min
    for call in route.calls:  # between arriving somewhere and beginning there
        if call.arrive_min - SLACK_MIN <= route.lunch_min and ends <= call.begin_min + SLACK_MIN:
            return []
    return [f"day {route.day}: no pause at {route.lunch_min} for lunch"]
