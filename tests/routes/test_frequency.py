"""Frequencies become patterns that keep the rhythm, the gap, holidays, appointments and locks."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routes.frequency import (
    MISSED_MIN,
    Frequency,
    Rule,
    debt_visits,
    frequency_of,
    next_due,
    patterns,
    rules_by_class,
)
from routes.problem import bits, days_in
from tests.routes.territories import week_days

FOUR_WEEKS = week_days(4, lunch=None)


def full(frequency: Frequency, **more: object) -> list[list[int]]:
    allowed = patterns(frequency, FOUR_WEEKS, optional=False, **more)  # type: ignore[arg-type]
    return [days_in(p.days) for p in allowed]


def test_a_weekly_store_keeps_its_weekday() -> None:
    assert full(Frequency(4)) == [[d, d + 5, d + 10, d + 15] for d in range(5)]


def test_a_fortnightly_store_keeps_its_weekday_every_second_week() -> None:
    assert sorted(full(Frequency(2))) == [[d, d + 10] for d in range(10)]


def test_a_monthly_store_may_have_any_day() -> None:
    assert sorted(full(Frequency(1))) == [[d] for d in range(20)]


def test_twice_a_week_keeps_two_days_between_also_over_the_weekend() -> None:
    weeks = [[d for d in days if d < 5] for days in full(Frequency(8))]
    assert sorted(weeks) == [[0, 2], [0, 3], [0, 4], [1, 3], [1, 4], [2, 4]]
    assert sorted(w[:2] for w in full(Frequency(8, gap_days=3))) == [[0, 3], [0, 4], [1, 4]]


def test_three_in_four_weeks_skip_one_week_and_daily_means_every_day() -> None:
    three = full(Frequency(3))
    assert len(three) == 4 * 5
    assert all(
        len({d // 5 for d in days}) == 3 and len({d % 5 for d in days}) == 1
        for d in [0]
        for days in three
    )
    assert full(Frequency(20)) == [list(range(20))]
    assert full(Frequency(99)) == [list(range(20))]


@given(
    visits=st.integers(1, 12),
    holidays=st.sets(st.integers(0, 19), max_size=4),
    must=st.sets(st.integers(0, 19), max_size=2),
    never=st.sets(st.integers(0, 19), max_size=6),
    optional=st.booleans(),
)
def test_every_pattern_keeps_what_is_fixed_leaves_what_is_closed_and_counts_what_it_misses(
    visits: int, holidays: set[int], must: set[int], never: set[int], optional: bool
) -> None:
    days = week_days(4, lunch=None, holidays=tuple(holidays - must))
    allowed = patterns(Frequency(visits), days, must, never, optional)
    assert allowed
    assert len({p.days for p in allowed}) == len(allowed)
    for pattern in allowed:
        assert pattern.days & bits(must) == bits(must)
        assert not pattern.days & bits((never | holidays) - must)
        assert pattern.days.bit_count() + pattern.missed >= min(visits, len(must) + 1, 1)
        assert pattern.cost_min >= MISSED_MIN * pattern.missed
    best = allowed[0]
    assert best.days.bit_count() + best.missed >= visits
    if optional:
        assert any(p.days == bits(must) for p in allowed)


def test_a_holiday_moves_the_visit_within_its_week() -> None:
    days = week_days(4, lunch=None, holidays=(5,))
    mondays = next(p for p in patterns(Frequency(4), days) if p.days & 1)
    assert [d for d in days_in(mondays.days) if 5 <= d < 10] == [6]
    assert (mondays.moved, mondays.missed) == (1, 0)


def test_a_week_of_holidays_misses_one_visit_and_says_so() -> None:
    days = week_days(4, lunch=None, holidays=(5, 6, 7, 8, 9))
    assert {p.missed for p in patterns(Frequency(4), days, optional=False)} == {1}
    assert patterns(Frequency(4), days)[0].cost_min == MISSED_MIN


def test_an_appointment_stands_for_a_due_visit_and_is_not_one_more() -> None:
    allowed = patterns(Frequency(2), FOUR_WEEKS, must=[6], optional=False)
    assert all(p.days.bit_count() == 2 and p.days >> 6 & 1 for p in allowed)
    assert [p.days for p in patterns(Frequency(1), FOUR_WEEKS, must=[6], optional=False)] == [
        1 << 6
    ]


def test_an_important_store_is_dearer_to_leave_out() -> None:
    usual, better = (patterns(Frequency(1, worth=w), FOUR_WEEKS)[-1] for w in (1.0, 1.5))
    assert (usual.cost_min, better.cost_min) == (MISSED_MIN, 1.5 * MISSED_MIN)


def test_the_first_rule_that_fits_decides_and_none_is_told() -> None:
    rules = [
        Rule(8, store="s1"),
        Rule(4, banner="HyVee", store_class="A"),
        *rules_by_class({"A": 3}),
    ]
    assert frequency_of(rules, "s1", "C") == Frequency(8)
    assert frequency_of(rules, "s2", "A", "HyVee") == Frequency(4)
    assert frequency_of(rules, "s2", "A", "Fareway") == Frequency(3)
    assert frequency_of(rules, "s2", "B") is None


@pytest.mark.parametrize(("made", "behind"), [(2, 2.0), (4, 0.0), (5, -1.0)])
def test_debt_is_what_was_due_less_what_was_made(made: int, behind: float) -> None:
    assert debt_visits(Frequency(4), 28, date(2026, 1, 1), date(2026, 1, 29), made) == behind


def test_the_next_visit_is_due_an_interval_after_the_last() -> None:
    assert next_due(Frequency(2), 28, date(2026, 1, 1)) == date(2026, 1, 15)
    around = [next_due(Frequency(v), 28, date(2026, 1, 1)) for v in (1, 2, 4, 8)]
    assert all(later < sooner for sooner, later in pairwise(around))
