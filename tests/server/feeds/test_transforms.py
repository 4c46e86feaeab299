"""Each transform reads what people write, and says what to write instead of anything else."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.feeds.transforms import TRANSFORMS, Options, Unfit


def read(name: str, text: str, **options: Any) -> Any:
    return TRANSFORMS[name][1](Options(**options))(text)


@pytest.mark.parametrize(
    ("name", "text", "value", "options"),
    [
        ("text", "Ä b", "Ä b", {}),
        ("int", "-12", -12, {}),
        ("int", "007", 7, {}),
        ("decimal", "012.500", "12.5", {}),
        ("decimal", "-0.0", "0", {}),
        ("decimal", "12,5", "12.5", {"decimal_mark": ","}),
        ("minor", "12.5", 1250, {}),
        ("minor", "-0.05", -5, {}),
        ("minor", "12.500", 1250, {}),
        ("minor", "12", 12, {"digits": 0}),
        ("minor", "1.234", 1234, {"digits": 3}),
        ("date", "2026-11-23", date(2026, 11, 23), {}),
        ("date", "23.11.2026", date(2026, 11, 23), {"format": "%d.%m.%Y"}),
        ("date", "2026-11-23", date(2026, 11, 30), {"shift_days": 7}),
        ("instant", "2026-11-23T06:00:00Z", datetime(2026, 11, 23, 6, tzinfo=UTC), {}),
        ("instant", "2026-11-23 06:00", datetime(2026, 11, 23, 12, tzinfo=UTC),
         {"zone": ZoneInfo("America/Chicago")}),
        ("enum", "A", "active", {"values": {"A": "active"}}),
        ("flag", "Yes", True, {}),
        ("flag", "0", False, {}),
        ("weekdays", "5, 1 3", [1, 3, 5], {}),
    ],
)  # fmt: skip
def test_what_people_write_is_read(name: str, text: str, value: Any, options: Any) -> None:
    assert read(name, text, **options) == value


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("int", "1.0", "Write a whole number, such as 12."),
        ("int", "1_000", "Write a whole number"),
        ("int", "١٢", "Write a whole number"),
        ("int", "9" * 5_000, "Write a whole number"),
        ("decimal", "1e400", "Write a number, such as 12.50."),
        ("decimal", "NaN", "Write a number"),
        ("decimal", "1,234.50", "Write a number"),
        ("minor", "12.345", "Write the amount with at most 2 decimals, such as 12.50."),
        ("minor", "Infinity", "Write an amount, such as 12.50."),
        ("minor", "$12", "Write an amount"),
        ("date", "2026-02-30", "Write a day of the calendar, such as 2026-11-23."),
        ("date", "20261123", "Write a day of the calendar"),
        ("date", "1026-11-23", "Write a day between 1900 and 2199"),
        ("instant", "yesterday", "Write a time, such as 2026-11-23T06:00:00Z."),
        ("flag", "perhaps", "Write yes or no."),
        ("weekdays", "Mon", "Write weekdays as numbers"),
    ],
)
def test_anything_else_is_told_what_to_write(name: str, text: str, says: str) -> None:
    with pytest.raises(Unfit) as caught:
        read(name, text)
    assert str(caught.value).startswith(says)


@given(st.integers(-(10**12), 10**12))
def test_an_amount_comes_back_as_the_cents_it_was_written_from(cents: int) -> None:
    sign = "-" if cents < 0 else ""
    assert read("minor", f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}") == cents


@given(st.text(max_size=30), st.sampled_from(sorted(TRANSFORMS)))
def test_no_text_does_more_than_read_or_refuse(text: str, name: str) -> None:
    try:
        read(name, text, values={})
    except Unfit as why:
        says = str(why)
    else:
        says = "It was read."
    assert says.endswith(".")
