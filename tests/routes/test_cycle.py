"""A cycle drawn up: visits on dates, what became of published stops, and sums that are true."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routes import cycle as drawn
from routes.checker import broken
from routes.cycle import Cycle, Invalid, draw
from routes.daysoff import Absence
from routes.kernel.choice import kind, search
from routes.plan import steps_budget
from routes.territory import StopRow, Territory, Workday, task_of
from tests.routes.rows import MONDAY, day, row, stop, territory

STEPS = steps_budget(2_000 if kind() == "compiled" else 60)


def made(given: Territory, seed: int = 1, stability: float = 15.0) -> Cycle:
    return draw(task_of(given), seed, STEPS, search, stability)


def published(cycle: Cycle) -> tuple[StopRow, ...]:
    """The stops that publishing a cycle makes."""
    placed = [v for v in cycle.visits if v.day]
    return tuple(
        StopRow(f"stop{n}", v.store, v.day, v.sequence or 0, "planned", v.is_locked, 1)
        for n, v in enumerate(placed)
        if v.day
    )


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_every_due_visit_has_a_day_or_a_reason(seed: int) -> None:
    rows = tuple(row(seed + n, store_class="ABC"[n % 3]) for n in range(10))
    cycle = made(territory(weeks=2, stores=rows), seed)
    assert broken(cycle.task.problem, cycle.planned) == []
    seen = Counter(v.store for v in cycle.visits)
    assert dict(seen) == dict(cycle.task.due)
    assert all(v.day is not None or v.why["why"] for v in cycle.visits)
    assert cycle.sums.placed == sum(v.day is not None for v in cycle.visits)
    assert (cycle.sums.published_driving_min, cycle.sums.published_placed) == (None, None)


def test_the_same_seed_and_steps_give_the_same_visits() -> None:
    assert made(territory()).visits == made(territory()).visits


def test_what_does_not_fit_is_told_with_what_is_lacking() -> None:
    cycle = made(territory(stores=8, weeks=1, workday=Workday(length_min=90.0)))
    lost = [v for v in cycle.visits if v.day is None]
    assert cycle.missed
    assert len(lost) == cycle.sums.due - cycle.sums.placed
    assert {v.why["why"] for v in lost} <= {"full", "dear", "closed"}
    assert any(v.why["lacking_min"] > 0 for v in lost)


def test_a_published_plan_is_gone_on_from_stop_by_stop() -> None:
    first = made(territory())
    again = made(territory(stops=published(first)), stability=10_000.0)
    assert again.moves == ()
    assert all(v.stop is not None and v.was_day is None for v in again.visits)
    assert again.sums.published_driving_min == pytest.approx(first.sums.driving_min)
    assert again.sums.published_placed == first.sums.placed


def test_a_day_off_moves_its_stops_and_says_where_from() -> None:
    first = made(territory())
    stops = published(first)
    off = stops[0].day
    sick = territory(stops=stops, absences=(Absence(off, off, "sick"),))
    again = made(sick, stability=10_000.0)
    away = {s.id for s in stops if s.day == off}
    moved = [v for v in again.visits if v.was_day is not None]
    assert {v.stop for v in moved} == away
    assert all(v.was_day == off and v.day != off for v in moved)
    assert {v.why["why"] for v in moved} == {"closed"}
    assert {v.stop for v in again.visits} == {s.id for s in stops}


def test_appointments_and_begun_stops_stay_and_are_locked() -> None:
    rows = tuple(row(n, store_class="B") for n in range(6))
    stops = (stop(1, 0, day(3), pinned=True), stop(2, 1, day(1), state="done"))
    cycle = made(territory(weeks=2, stores=rows, stops=stops), stability=0.0)
    locked = {(v.stop, v.day) for v in cycle.visits if v.is_locked}
    assert locked == {("stop1", day(3)), ("stop2", day(1))}


def test_a_plan_in_which_the_checker_finds_a_fault_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawn, "broken", lambda problem, planned: ["id1: twice on one day"])
    with pytest.raises(Invalid, match="twice"):
        made(territory(stores=3))


def test_a_store_that_is_gone_leaves_its_stop_to_nobody() -> None:
    first = made(territory())
    given = territory(stops=published(first))
    fewer = replace(given, stores=given.stores[1:])
    again = made(fewer, stability=10_000.0)
    gone = {s.id for s in given.stops if s.store == "id0"}
    assert gone
    assert gone.isdisjoint({v.stop for v in again.visits})


def as_draft(cycle: Cycle, *moved: tuple[int, int]) -> tuple[StopRow, ...]:
    """A cycle as another one starts from it; moved: (which visit, onto which day), and locked."""
    days = dict(moved)
    return tuple(
        replace(one, id="", day=day(days.get(n, (one.day - MONDAY).days)), pinned=n in days)
        for n, one in enumerate(published(cycle))
    )


def test_a_draft_is_where_planning_starts_and_its_locked_visits_stay() -> None:
    first = made(territory(), stability=0.0)
    draft = as_draft(first)
    locked = next(n for n, one in enumerate(draft) if one.store == "id2")  # seen once
    far = 10 if draft[locked].day != day(10) else 9
    draft = as_draft(first, (locked, far))
    again = made(territory(draft=draft), stability=10_000.0)
    assert {(v.store, v.day, v.is_locked) for v in again.visits} == {
        (one.store, one.day, one.pinned) for one in draft
    }
    assert again.task.input_hash != first.task.input_hash
    loose = tuple(replace(one, pinned=False) for one in draft)
    free = made(territory(draft=loose), stability=0.0)
    assert not any(v.is_locked for v in free.visits)


def test_a_locked_visit_stays_though_the_store_is_closed_then() -> None:
    """People know more than opening hours; without the lock it would have to move."""
    rows = tuple(row(n, opening_hours="Mo-Th 08:00-18:00") for n in range(1, 5))
    first = made(territory(stores=rows))
    locked = next(n for n, v in enumerate(as_draft(first)) if v.store == "id2")
    draft = as_draft(first, (locked, 4))
    again = made(territory(stores=rows, draft=draft))
    those = [(v.day, v.is_locked) for v in again.visits if v.store == "id2"]
    assert (day(4), True) in those
    assert len(those) == again.task.due["id2"], "it stands for a visit that is due"
    loose = tuple(replace(one, pinned=False) for one in draft)
    free = made(territory(stores=rows, draft=loose))
    assert day(4) not in [v.day for v in free.visits]


def test_a_locked_visit_on_a_day_off_is_kept_and_no_second_one_sought() -> None:
    first = made(territory())
    draft = as_draft(first)
    locked = next(n for n, one in enumerate(draft) if one.store == "id2")
    again = made(territory(draft=as_draft(first, (locked, 5))))
    those = [(v.day, v.is_locked) for v in again.visits if v.store == "id2"]
    assert those == [(day(5), True)]


def test_sums_and_stops_go_by_what_is_published_whatever_the_draft_was() -> None:
    now = published(made(territory(), seed=3))
    plain = made(territory(stops=now))
    again = made(territory(stops=now, draft=as_draft(made(territory(), seed=9))))
    assert again.sums.published_driving_min == plain.sums.published_driving_min
    assert again.sums.published_placed == plain.sums.published_placed
    used = [v.stop for v in again.visits if v.stop]
    assert len(used) == len(set(used)) == len(now)
