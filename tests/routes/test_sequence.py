"""The order of one day: hours kept, nobody dropped in silence, and no order left that is better."""

import itertools
import json
import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from routes.checker import broken
from routes.frequency import Frequency, patterns
from routes.plan import steps_budget
from routes.problem import Pattern, Planned, Problem
from routes.sequence import Sequenced, order_quickly, order_well, travel_of
from routes.timetable import keeps_hours, timetable
from tests.routes.sequence_cases import FOLDER, expected, play, read
from tests.routes.territories import LUNCH, territory
from tests.routes.test_plan import KERNELS, steps_of


def day_of(seed: int, stores: int, lunch: bool = True, far: float = 40.0) -> Problem:
    return territory(seed, stores, weeks=1, lunch=LUNCH if lunch else None, far=far)


def as_plan(problem: Problem, day: int, done: Sequenced) -> tuple[Problem, Planned]:
    """The day as a plan the checker can judge: who is in it has that day, others none."""
    stores = tuple(
        replace(store, patterns=(Pattern(1 << day if i in done.stops else 0),))
        for i, store in enumerate(problem.stores)
    )
    asked = replace(problem, stores=stores)
    chosen = {store.id: store.patterns[0] for store in stores}
    routes = (done.route,) if done.stops else ()
    return asked, Planned(routes, chosen, done.travel_min, done.travel_min)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), lunch=st.booleans(), stores=st.integers(0, 12))
def test_every_stop_is_in_the_order_or_named_as_left_out_and_hours_are_kept(
    seed: int, lunch: bool, stores: int
) -> None:
    problem = day_of(seed, stores, lunch)
    done = order_quickly(problem, problem.days[seed % 5], range(stores))
    assert sorted([*done.stops, *done.left_out]) == list(range(stores))
    assert broken(*as_plan(problem, seed % 5, done)) == []


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_who_is_left_out_fits_nowhere_in_the_order(seed: int) -> None:
    problem = day_of(seed, 14, far=60.0)
    day = problem.days[2]
    done = order_quickly(problem, day, range(14))
    for store in done.left_out:
        for place in range(len(done.stops) + 1):
            tried = [*done.stops[:place], store, *done.stops[place:]]
            assert not keeps_hours(problem, day, tried)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), lunch=st.booleans(), order=st.permutations(range(6)))
def test_the_one_pass_clock_agrees_with_trying_every_lunch(
    seed: int, lunch: bool, order: list[int]
) -> None:
    problem = day_of(seed, 6, lunch, far=50.0)
    day = problem.days[seed % 5]
    assert keeps_hours(problem, day, order) == (timetable(problem, day, order) is not None)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_searched_order_is_the_best_there_is_on_small_days(seed: int) -> None:
    problem = day_of(seed, 5, lunch=bool(seed % 2))
    day = problem.days[1]
    for kernel in KERNELS:
        done = order_well(problem, day, range(5), 1, steps_budget(steps_of(kernel)), kernel)
        ways = (list(w) for n in range(6) for w in itertools.permutations(range(5), n))
        valid = [w for w in ways if keeps_hours(problem, day, w)]
        most = max(map(len, valid))
        assert len(done.stops) == most
        best = min(travel_of(problem, day, w) for w in valid if len(w) == most)
        assert math.isclose(done.travel_min, best, abs_tol=1e-6)


def test_stops_already_made_stay_first() -> None:
    problem = day_of(5, 10, lunch=False, far=20.0)
    day = replace(problem.days[0], to_min=2_000.0)
    done = order_quickly(problem, day, range(10), fixed=[7, 3])
    assert done.stops[:2] == (7, 3)
    assert not set(done.left_out) & {7, 3}


def test_the_same_day_twice_is_the_same_order() -> None:
    problem = day_of(6, 20)
    assert order_quickly(problem, problem.days[0], range(20)) == order_quickly(
        problem, problem.days[0], range(20)
    )


def test_a_day_of_forty_stops_is_put_in_order_close_to_the_search() -> None:
    problem = territory(7, 40, weeks=1, lunch=None, far=15.0, visit_min=4.0)
    free = tuple(
        replace(s, spells={}, patterns=patterns(Frequency(1), problem.days)) for s in problem.stores
    )
    problem = replace(problem, stores=free)
    quick = order_quickly(problem, problem.days[0], range(40))
    well = order_well(problem, problem.days[0], range(40), 1, steps_budget(4_000), KERNELS[0])
    assert not quick.left_out
    assert well.travel_min <= quick.travel_min <= 1.12 * well.travel_min


def test_the_handhelds_cases_are_true_and_cover_what_a_day_may_hold() -> None:
    schema = Draft202012Validator(json.loads((FOLDER / "_schema.json").read_text()))
    schema.validate(json.loads((FOLDER / "day.json").read_text()))
    cases = read()
    assert len({case["id"] for case in cases}) == len(cases) >= 10
    for case in cases:
        assert expected(play(case["given"])) == case["expect"], case["says"]
    assert any(case["expect"]["left_out"] for case in cases)
    assert any(case["given"]["made"] for case in cases)
