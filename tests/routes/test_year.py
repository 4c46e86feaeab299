"""Periods cover every day once, whatever the calendar, and cycles every week."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routes.year import CALENDARS, Period, next_cycle, period_after, period_of, periods

DAYS = st.dates(date(2000, 1, 1), date(2099, 1, 1))


@given(calendar=st.sampled_from(CALENDARS), day=DAYS)
def test_every_day_is_in_one_period_and_the_next_follows_without_a_gap(
    calendar: str, day: date
) -> None:
    period = period_of(calendar, day)
    assert period.first_day <= day <= period.last_day
    assert period in periods(calendar, period.year)
    after = period_after(calendar, period)
    assert after.first_day == period.last_day + timedelta(days=1)
    assert after.number == period.number % len(periods(calendar, period.year)) + 1


@given(calendar=st.sampled_from(CALENDARS), day=DAYS)
def test_cycles_begin_on_mondays_after_today_and_follow_each_other(
    calendar: str, day: date
) -> None:
    first, weeks = next_cycle(calendar, day)
    assert (first.weekday(), first > day) == (0, True)
    assert 4 <= weeks <= (6 if calendar == "4-4-5" else 5)
    in_it = period_of(calendar, first)
    again, _ = next_cycle(calendar, in_it.first_day)
    assert again == first + timedelta(weeks=weeks)


@pytest.mark.parametrize(
    ("calendar", "day", "told"),
    [
        ("13x4", date(2026, 11, 22), Period(2026, 12, date(2026, 11, 2), date(2026, 11, 29))),
        ("13x4", date(2027, 1, 3), Period(2026, 13, date(2026, 11, 30), date(2027, 1, 3))),
        ("4-4-5", date(2026, 3, 1), Period(2026, 3, date(2026, 2, 23), date(2026, 3, 29))),
        ("4-4-5", date(2027, 1, 1), Period(2026, 12, date(2026, 11, 23), date(2027, 1, 3))),
        ("months", date(2028, 2, 29), Period(2028, 2, date(2028, 2, 1), date(2028, 2, 29))),
    ],
)
def test_periods_of_known_days(calendar: str, day: date, told: Period) -> None:
    """2026 has 53 weeks: its last period has five, or six, of them."""
    assert period_of(calendar, day) == told


def test_a_period_has_a_name() -> None:
    assert str(period_of("13x4", date(2026, 2, 1))) == "2026 P02"
