"""A company's year cut into periods: what plans, targets and reports are reckoned by.

    13x4      thirteen periods of four weeks; the last has five in a year of 53 weeks
    4-4-5     twelve periods, a quarter being four, four and five weeks; week 53 is the last one's
    months    the months as they are

Weeks and their years are those of ISO 8601: they begin on a Monday, and week 1 has January 4. Pure.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import NamedTuple

CALENDARS = ("13x4", "4-4-5", "months")
WEEKS = {"13x4": (4,) * 13, "4-4-5": (4, 4, 5) * 4}


class Period(NamedTuple):
    """One period of a year, both days included."""

    year: int
    number: int
    first_day: date
    last_day: date

    def __str__(self) -> str:
        return f"{self.year} P{self.number:02d}"


def periods(calendar: str, year: int) -> list[Period]:
    """The periods of a year, which follow each other without a gap."""
    if calendar == "months":
        begins = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
    else:
        monday, end = date.fromisocalendar(year, 1, 1), date.fromisocalendar(year + 1, 1, 1)
        weeks = accumulate(WEEKS[calendar][:-1])
        begins = [monday, *(monday + timedelta(weeks=count) for count in weeks), end]
    return [
        Period(year, number, first, after - timedelta(days=1))
        for number, (first, after) in enumerate(pairwise(begins), 1)
    ]


def period_of(calendar: str, day: date) -> Period:
    """The period a day lies in."""
    year = day.year if calendar == "months" else day.isocalendar()[0]
    return next(one for one in periods(calendar, year) if day <= one.last_day)


def period_after(calendar: str, period: Period) -> Period:
    return period_of(calendar, period.last_day + timedelta(days=1))


def next_cycle(calendar: str, today: date) -> tuple[date, int]:
    """The weeks of the next period that has not begun: (its first Monday, how many weeks).

    A month's weeks are those whose Monday lies in it, so that each week is planned once.
    """
    period = period_after(calendar, period_of(calendar, today))
    first, after = (_monday_from(day) for day in _ends(period))
    return first, (after - first).days // 7


def _ends(period: Period) -> tuple[date, date]:
    return period.first_day, period.last_day + timedelta(days=1)


def _monday_from(day: date) -> date:
    """The first Monday that is not before a day."""
    return day + timedelta(days=-day.weekday() % 7)
