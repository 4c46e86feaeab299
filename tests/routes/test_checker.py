"""The checker finds what is planted in a good plan; a checker that finds nothing proves nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from routes.checker import broken
from routes.plan import plan, steps_budget
from routes.problem import DayRoute, Lunch, Planned, Problem
from tests.routes.territories import territory
from tests.routes.test_plan import KERNELS

PROBLEM = territory(2, stores=10, weeks=1, far=20.0)
Spoil = Callable[[Planned], Planned]


@pytest.fixture(scope="module")
def good() -> Planned:
    return plan(PROBLEM, 1, steps_budget(400), KERNELS[0])


def first_route(planned: Planned, change: Callable[[DayRoute], DayRoute]) -> Planned:
    busy = max(planned.routes, key=lambda route: len(route.calls))
    return replace(planned, routes=tuple(change(r) if r is busy else r for r in planned.routes))


def shifted(route: DayRoute, by_min: float) -> DayRoute:
    calls = tuple(
        replace(
            c,
            arrive_min=c.arrive_min + by_min,
            begin_min=c.begin_min + by_min,
            leave_min=c.leave_min + by_min,
        )
        for c in route.calls
    )
    return replace(
        route,
        calls=calls,
        leave_home_min=route.leave_home_min + by_min,
        home_min=route.home_min + by_min,
    )


SPOILS: dict[str, tuple[Spoil, str]] = {
    "a stop left out": (
        lambda p: first_route(p, lambda r: replace(r, calls=r.calls[1:])),
        "says pattern",
    ),
    "a stop twice": (
        lambda p: first_route(p, lambda r: replace(r, calls=(*r.calls, r.calls[0]))),
        "twice on one day",
    ),
    "another day": (
        lambda p: first_route(p, lambda r: replace(r, day=99)),
        "nobody works",
    ),
    "an hour early": (
        lambda p: first_route(p, lambda r: shifted(r, -60.0)),
        "may be out from",
    ),
    "eight hours late": (lambda p: first_route(p, lambda r: shifted(r, 480.0)), "open"),
    "no way between": (
        lambda p: first_route(
            p,
            lambda r: replace(
                r, calls=(replace(r.calls[0], arrive_min=r.leave_home_min), *r.calls[1:])
            ),
        ),
        "not true",
    ),
    "cheaper than it is": (
        lambda p: replace(p, travel_min=p.travel_min - 5.0),
        "minutes of travel",
    ),
    "a cost of nothing": (lambda p: replace(p, cost_min=0.0), "says cost"),
    "another pattern told": (
        lambda p: replace(p, chosen=dict(p.chosen) | {"s0": p.chosen["s0"]._replace(missed=7)}),
        "says pattern",
    ),
    "a stranger": (
        lambda p: replace(
            p,
            routes=(
                *p.routes[1:],
                replace(p.routes[0], calls=(), travel_min=0.0, home_min=480.0),
                DayRoute(4, (), 480.0, 480.0, 0.0),
                DayRoute(4, (), 480.0, 480.0, 0.0),
            ),
        ),
        "allowed",
    ),
}


def test_the_good_plan_is_good(good: Planned) -> None:
    assert broken(PROBLEM, good) == []


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_is_planted_is_found(good: Planned, spoil: str) -> None:
    change, words = SPOILS[spoil]
    assert any(words in fault for fault in broken(PROBLEM, change(good))), spoil


def test_a_lunch_nobody_has_time_for_is_found(good: Planned) -> None:
    hungry = replace(
        PROBLEM,
        days=tuple(replace(d, lunch=Lunch(481.0, 482.0, 100.0)) for d in PROBLEM.days),
    )
    assert any("lunch" in fault for fault in broken(hungry, good))


def test_a_changed_locked_day_and_too_much_load_or_work_are_found(good: Planned) -> None:
    number = good.routes[0].day

    def with_day(**more: object) -> Problem:
        days = [replace(d, **more) if d.number == number else d for d in PROBLEM.days]  # type: ignore[arg-type]
        return replace(PROBLEM, days=tuple(days))

    assert any("is locked" in f for f in broken(with_day(locked=("s0", "s9", "s1")), good))
    assert any("of work" in f for f in broken(with_day(work_max_min=1.0), good))
    heavy = replace(
        with_day(load_max=1.0), stores=tuple(replace(s, load=2.0) for s in PROBLEM.stores)
    )
    assert any("carries" in f for f in broken(heavy, good))
