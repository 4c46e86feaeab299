"""Which delivery day is open: the cases of the contract, and what must hold on every day."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.facts import CutOff
from sync.terms.cutoff import has_closed, is_delivery_day, local_day, next_delivery_day
from tests.sync.terms.played import cases, moment, play

ZONES = ("UTC", "America/Chicago", "Asia/Shanghai", "Pacific/Apia", "Europe/Istanbul")


def closing(row: dict[str, Any]) -> CutOff:
    return CutOff(
        time.fromisoformat(row["at"]),
        int(row["lead_days"]),
        frozenset(int(day) for day in row["weekdays"]),
        frozenset(date.fromisoformat(day) for day in row.get("closed_on", ())),
    )


def _asked(g: dict[str, Any]) -> tuple[Any, ...]:
    return date.fromisoformat(g["day"]), closing(g["closing"]), g["zone"], moment(g["now"])


ASKS = {
    "has_closed": lambda g: has_closed(*_asked(g)),
    "next_delivery_day": lambda g: next_delivery_day(*_asked(g)),
}


@pytest.mark.parametrize("case", cases("cutoff"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    st.sampled_from(ZONES),
    st.sets(st.integers(1, 7)),
    st.integers(0, 6),
)
def test_the_next_delivery_day_is_the_first_open_one(
    day: date, at: datetime, zone: str, weekdays: set[int], lead_days: int
) -> None:
    now, cut_off = at.replace(tzinfo=UTC), CutOff(time(16), lead_days, frozenset(weekdays))
    found = next_delivery_day(day, cut_off, zone, now)
    assert found is not None
    assert found >= max(day, local_day(now, zone))
    passed = [day + timedelta(days=n) for n in range((found - day).days)]
    assert all(
        has_closed(one, cut_off, zone, now) or not is_delivery_day(one, cut_off) for one in passed
    )
    assert not has_closed(found, cut_off, zone, now)
    assert is_delivery_day(found, cut_off)


@pytest.mark.parametrize(("closed_days", "ahead"), [(59, 59), (60, None)])
def test_a_delivery_day_is_looked_for_sixty_days_ahead_and_no_further(
    closed_days: int, ahead: int | None
) -> None:
    first = date(2026, 11, 21)
    closed = frozenset(first + timedelta(days=n) for n in range(closed_days))
    open_late = CutOff(time(16, 0), 0, frozenset(), closed)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    found = next_delivery_day(first, open_late, "UTC", now)
    assert found == (None if ahead is None else first + timedelta(days=ahead))
