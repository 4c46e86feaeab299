"""The strict spelling of days, points in time and free JSON."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.spelled import COUNTER_LIMIT, DayText, InstantText, JsonValue

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_of_three_centuries_is_read_as_written(day: date) -> None:
    assert DayText.read(day.isoformat()) == day
    assert isinstance(day, DayText)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)), ZONES)  # noqa: DTZ001
def test_every_point_in_time_is_read_to_the_microsecond_and_keeps_its_offset(
    naive: datetime, zone: timezone
) -> None:
    read = InstantText.read(naive.replace(tzinfo=zone).isoformat())
    assert read == naive.replace(tzinfo=zone)
    assert read.utcoffset() == zone.utcoffset(None)
    assert read.astimezone(UTC) + timedelta(days=366) > read  # far from the ends of the calendar


def test_z_is_utc_and_fewer_digits_are_fine() -> None:
    expected = datetime(2026, 11, 21, 10, 42, 3, 120_000, UTC)
    assert InstantText.read("2026-11-21T10:42:03.12Z") == expected
    assert InstantText.read("2026-11-21T13:42:03.120+03:00") == expected


@pytest.mark.parametrize(
    "text",
    ["2026-02-29", "2026-13-01", "2026-00-10", "1899-12-31", "2200-01-01", "0001-01-01", "20261125",
     "2026-W48-3", "2026-1-5", "2026-11-25T00:00:00", "2026-11-25\n", " 2026-11-25", "2026/11/25",
     "\uff12026-11-25", "", 20261125, None, True, ["2026-11-25"]],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"must be a day|no such day"):
        DayText.read(text)


@pytest.mark.parametrize(
    "text",
    ["2026-11-21T10:42:03", "2026-11-21 10:42:03Z", "2026-11-21t10:42:03z", "2026-11-21T10:42Z",
     "2026-11-21T10:42:03.1234567Z", "2026-11-21T10:42:03.123456789Z", "2026-11-21T10:42:03.Z",
     "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z", "2026-11-21T10:42:60Z", "2026-02-30T10:42:03Z",
     "2026-11-21T10:42:03+0300", "2026-11-21T10:42:03+03", "2026-11-21T10:42:03+15:00",
     "2026-11-21T10:42:03,5Z", "2026-11-21T10:42:03Z\n", "1899-12-31T23:59:59Z", "2026-11-21",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 1732182123, None,
     datetime(2026, 11, 21)],  # noqa: DTZ001
)  # fmt: skip
def test_what_is_no_point_in_time_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"must be a time|no such day"):
        InstantText.read(text)


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [None, {}, {"a": [1, "x", None, 1.5]}, nested(8), [0] * 1999, COUNTER_LIMIT, "x" * 4000],
)
def test_small_json_of_any_shape_is_kept(value: Any) -> None:
    assert JsonValue.read(value) is value


@pytest.mark.parametrize(
    "value",
    [nested(9), nested(5000), [0] * 2000, {str(n): n for n in range(1000)}, COUNTER_LIMIT + 1,
     [-(10**30)], "x" * 4001, {"a": ["\x00"]}, {"\x00": 1}],
    ids=range(9),
)  # fmt: skip
def test_json_that_is_large_or_can_not_be_stored_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"too large|contains"):
        JsonValue.read(value)
