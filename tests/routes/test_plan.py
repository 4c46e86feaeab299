"""A plan keeps every promise, whatever the territory, in both kernels."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.checker import broken
from routes.frequency import Frequency, patterns
from routes.kernel.native import NativeSearch, NoKernel, library
from routes.kernel.plain import PlainSearch
from routes.plan import Impossible, MakeSearch, missing, plan, steps_budget
from routes.problem import Planned, Problem, bits
from tests.routes.territories import LUNCH, territory

try:
    library()
    KERNELS: list[MakeSearch] = [NativeSearch, PlainSearch]
except NoKernel:
    KERNELS = [PlainSearch]


def steps_of(kernel: MakeSearch) -> int:
    return 60 if kernel is PlainSearch else 4_000


def made(problem: Problem, kernel: MakeSearch, seed: int = 1) -> Planned:
    return plan(problem, seed, steps_budget(steps_of(kernel)), kernel)


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    lunch=st.sampled_from([None, LUNCH]),
    far=st.sampled_from([10.0, 60.0, 200.0]),
    holidays=st.sampled_from([(), (2,), (0, 7)]),
)
def test_every_due_visit_is_placed_or_counted_as_missed_and_no_limit_is_broken(
    kernel: MakeSearch, seed: int, lunch: object, far: float, holidays: tuple[int, ...]
) -> None:
    problem = territory(
        seed, lunch=LUNCH if lunch else None, far=far, holidays=holidays, visit_min=25.0
    )
    planned = made(problem, kernel)
    assert broken(problem, planned) == []
    days = planned.days_of()
    for store in problem.stores:
        due = max(p.days.bit_count() + p.missed for p in store.patterns)
        assert days[store.id].bit_count() + missing(problem, planned).get(store.id, 0) >= due


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_same_seed_makes_the_same_plan_and_another_seed_may_not(kernel: MakeSearch) -> None:
    problem = territory(3, stores=16)
    one, two = made(problem, kernel, 5), made(problem, kernel, 5)
    assert one == two
    assert any(made(problem, kernel, seed).routes != one.routes for seed in range(6, 10))


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_new_store_never_breaks_a_locked_day(kernel: MakeSearch, seed: int) -> None:
    problem = territory(seed, stores=9)
    before = made(replace(problem, stores=problem.stores[:8], minutes=without(problem, 8)), kernel)
    held = next(route for route in before.routes)
    stops = tuple(call.store for call in held.calls)
    days = [replace(d, locked=stops) if d.number == held.day else d for d in problem.days]
    stores = []
    for store in problem.stores:
        must = [held.day] if store.id in stops else []
        never = [] if must else [held.day]
        visits = max(p.days.bit_count() for p in store.patterns)
        allowed = patterns(Frequency(visits), days, must, never)
        stores.append(replace(store, patterns=allowed))
    now = replace(problem, stores=tuple(stores), days=tuple(days))
    planned = made(now, kernel)
    assert broken(now, planned) == []
    assert [c.store for r in planned.routes if r.day == held.day for c in r.calls] == list(stops)


def without(problem: Problem, store: int) -> list[list[float]]:
    return [
        [m for b, m in enumerate(row) if b != store]
        for a, row in enumerate(problem.minutes)
        if a != store
    ]


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_territory_that_is_too_big_says_who_is_missed_and_fills_its_days(
    kernel: MakeSearch,
) -> None:
    problem = territory(8, stores=14, weeks=1, visit_min=200.0, lunch=None)
    planned = made(problem, kernel)
    assert broken(problem, planned) == []
    missed = missing(problem, planned)
    assert missed
    assert len(planned.routes) == 5


def test_a_store_that_fits_nowhere_and_may_not_be_left_out_is_told() -> None:
    problem = territory(4, stores=5)
    impossible = replace(
        problem.stores[0], visit_min=600.0, patterns=problem.stores[0].patterns[:1]
    )
    problem = replace(problem, stores=(impossible, *problem.stores[1:]))
    for kernel in KERNELS:
        with pytest.raises(Impossible):
            made(problem, kernel)


@pytest.mark.parametrize("kernel", KERNELS)
def test_there_is_a_valid_plan_at_once_and_only_better_ones_after(kernel: MakeSearch) -> None:
    problem = territory(11, stores=18)
    seen: list[float] = []

    def better(cost: float, planned: Planned) -> None:
        assert broken(problem, planned) == []
        assert math.isclose(cost, planned.cost_min, rel_tol=1e-6)
        seen.append(cost)

    best = plan(problem, 1, steps_budget(steps_of(kernel)), kernel, on_better=better)
    assert seen == sorted(seen, reverse=True)
    assert math.isclose(seen[-1], best.cost_min, rel_tol=1e-6)
    assert len(seen) > 1


def test_cancelling_at_once_still_gives_the_first_plan() -> None:
    problem = territory(12)
    planned = plan(problem, 1, lambda _: 1.0, PlainSearch)
    assert broken(problem, planned) == []


def test_the_budget_makes_plans_better() -> None:
    problem = territory(20, stores=30, weeks=4)
    seen: list[float] = []
    plan(problem, 1, steps_budget(4_000), KERNELS[0], lambda cost, _: seen.append(cost))
    assert seen[-1] < 0.9 * seen[0]


def test_a_kept_weekday_is_worth_its_price() -> None:
    problem = territory(21, stores=10, weeks=1, lunch=None)
    store = problem.stores[0]
    far = next(p for p in store.patterns if p.days.bit_count() == 1)
    kept = replace(problem, previous={store.id: far.days}, stability_min=500.0)
    assert made(kept, KERNELS[0]).days_of()[store.id] == far.days
    assert far.days in {bits([day]) for day in range(5)}
