"""Re-planning: what need not move stays, what moves says why, what has no place is explained."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routes.checker import broken
from routes.frequency import Frequency, patterns
from routes.missed import why_missed
from routes.plan import plan, steps_budget
from routes.problem import Pattern, Planned, Problem, Spell, Store, bits
from routes.replan import Move, hold, moves_between, replan, sentence
from tests.routes.territories import territory
from tests.routes.test_plan import KERNELS, made, without

NATIVE = KERNELS[0]
STEPS = steps_budget(3_000 if len(KERNELS) > 1 else 60)


def frequencies_of(problem: Problem) -> dict[str, Frequency]:
    return {s.id: Frequency(s.patterns[0].days.bit_count()) for s in problem.stores}


def again(problem: Problem, before: Planned, stability: float) -> Planned:
    return replan(problem, before, 1, STEPS, NATIVE, stability_min=stability).planned


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_new_store_moves_nobody_where_stability_is_dear_and_there_is_room(seed: int) -> None:
    problem = territory(seed, stores=10, far=15.0, visit_min=5.0, lunch=None)
    small = replace(problem, stores=problem.stores[:9], minutes=without(problem, 9))
    before = made(small, NATIVE)
    done = replan(problem, before, 1, STEPS, NATIVE, stability_min=10_000.0)
    assert broken(replaced(problem, before, 10_000.0), done.planned) == []
    assert [move.store for move in done.moves] == ["s9"]
    assert done.moves[0].why == "new"
    assert not done.missed


def replaced(problem: Problem, before: Planned, stability: float) -> Problem:
    """The problem as replan asks it, for the checker's sum."""
    kept = {store: days for store, days in before.days_of().items() if days}
    return replace(problem, previous=kept, stability_min=stability)


def test_the_price_of_stability_decides_how_much_moves() -> None:
    moved = 0
    for seed in range(32, 38):
        problem = territory(seed, stores=24, weeks=2, far=50.0, lunch=None)
        before = plan(problem, 9, lambda _: 1.0, NATIVE)  # a first plan: some could be better
        free, dear = again(problem, before, 0.0), again(problem, before, 10_000.0)
        assert len(moves_between(problem, before, dear)) == 0
        assert free.travel_min <= dear.travel_min <= before.travel_min
        moved += len(moves_between(problem, before, free))
    assert moved > 6


def test_a_day_off_moves_the_visits_of_that_day_and_says_it_is_closed() -> None:
    problem = territory(5, stores=8, weeks=1, far=15.0, visit_min=5.0, lunch=None)
    free = tuple(replace(s, spells={}) for s in problem.stores)
    problem = hold(replace(problem, stores=free), dict.fromkeys([s.id for s in free], ONCE), {})
    before = made(problem, NATIVE)
    sick = before.routes[0].day
    away = [c.store for c in before.routes[0].calls]
    days = tuple(replace(d, working=d.number != sick) for d in problem.days)
    now = hold(replace(problem, days=days), frequencies_of(problem), {})
    done = replan(now, before, 1, STEPS, NATIVE, stability_min=10_000.0)
    assert {move.store for move in done.moves} == set(away)
    assert {move.why for move in done.moves} == {"closed"}
    assert broken(replaced(now, before, 10_000.0), done.planned) == []


ONCE = Frequency(1)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_locked_days_and_pinned_visits_stay_through_a_replan(seed: int) -> None:
    problem = territory(seed, stores=9, weeks=2, far=20.0, visit_min=5.0, lunch=None)
    before = made(problem, NATIVE)
    held = before.routes[0]
    stops = [call.store for call in held.calls]
    free = [s.id for s in problem.stores if s.id not in stops and not s.spells]
    assume(free)
    pinned = free[0]
    other = next(d.number for d in problem.days if d.number != held.day)
    now = hold(problem, frequencies_of(problem), {held.day: stops}, {pinned: [other]})
    done = replan(now, before, 1, STEPS, NATIVE)
    assert broken(replaced(now, before, 15.0), done.planned) == []
    assert done.planned.days_of()[pinned] >> other & 1
    locked = next(r for r in done.planned.routes if r.day == held.day)
    assert [call.store for call in locked.calls] == stops


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), visit=st.sampled_from([100.0, 250.0, 700.0]))
def test_every_due_visit_is_placed_or_explained(seed: int, visit: float) -> None:
    problem = territory(seed, stores=9, weeks=1, visit_min=visit, lunch=None)
    planned = made(problem, NATIVE)
    explained = {missed.store: missed for missed in why_missed(problem, planned)}
    for store in problem.stores:
        due = max(p.days.bit_count() + p.missed for p in store.patterns)
        told = explained[store.id].visits if store.id in explained else 0
        assert planned.days_of()[store.id].bit_count() + told >= due
    if visit == 700.0:
        assert {missed.why for missed in explained.values()} <= {"full", "closed"}
        assert all(m.lacking_min > 100 for m in explained.values() if m.why == "full")


def test_a_store_that_is_never_open_is_missed_because_it_is_closed() -> None:
    problem = territory(3, stores=4, weeks=1)
    shut = replace(problem.stores[0], spells={6: (Spell(500.0, 600.0),)})
    problem = replace(problem, stores=(shut, *problem.stores[1:]))
    now = hold(problem, frequencies_of(problem), {})
    missed = why_missed(now, made(now, NATIVE))
    assert [(m.store, m.why) for m in missed] == [("s0", "closed")]


@pytest.fixture
def two_days() -> Problem:
    """Near home on day 0, far out on day 1; one store may go with either."""
    days = territory(1, stores=1, weeks=1, lunch=None).days[:2]
    either = patterns(Frequency(1), days, optional=False)
    stores = (
        Store("near", 10.0, (Pattern(1),)),
        Store("far", 10.0, (Pattern(2),)),
        Store("between", 10.0, either, {0: (Spell(480, 900),), 1: (Spell(780, 900),)}),
    )
    at = [1.0, 60.0, 58.0, 0.0]
    return Problem(stores, days, [[abs(a - b) for b in at] for a in at])


def test_a_move_says_what_it_saves_and_when_the_store_opens(two_days: Problem) -> None:
    before = hold_on(two_days, 0)
    done = replan(two_days, before, 1, STEPS, NATIVE, stability_min=20.0)
    (move,) = done.moves
    assert (move.store, move.before, move.after, move.why) == ("between", (0,), (1,), "shorter")
    assert move.saves_min == 114.0
    assert sentence(two_days, move) == "Monday -> Tuesday: saves 114 min, opens 13:00"


def test_a_move_that_saves_less_than_its_price_is_not_made(two_days: Problem) -> None:
    assert replan(two_days, hold_on(two_days, 0), 1, STEPS, NATIVE, stability_min=120.0).moves == ()


def hold_on(problem: Problem, day: int) -> Planned:
    only = replace(problem.stores[2], patterns=(Pattern(1 << day),))
    return made(replace(problem, stores=(*problem.stores[:2], only)), NATIVE)


def test_moves_are_worded_for_each_reason(two_days: Problem) -> None:
    for why, words in {
        "closed": "it cannot be seen on the day it had",
        "full": "the day it had is full",
        "rhythm": "its frequency asks for it",
        "new": "new, 12 min of travel",
    }.items():
        move = Move("between", () if why == "new" else (0,), (1,), why, -12.0, None)
        assert sentence(two_days, move).endswith(words)
    assert bits([0, 1]) == 3
