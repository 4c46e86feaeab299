"""How the wire spells a day, a point in time and free JSON, more strictly than msgspec would.

The fields of ``fields.py`` and the fast decoders of ``compiled.py`` both read through here, so the
two can never disagree about these values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

COUNTER_LIMIT = 2**53 - 1
"""Largest whole number that every JSON reader keeps exact (RFC 8259, section 6)."""


class Spelled(type):
    """Type of the markers below: values of a Python type that the wire spells in one strict way.

    msgspec's own date and time readers are laxer than the contract (they round a ninth
    fractional digit, take a blank for ``T``). A marker is unknown to msgspec, so it asks the
    decoder's hook, which calls ``read``; ``isinstance`` then holds for what ``read`` returns.
    """

    result: type
    read: Callable[[Any], Any]

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, cls.result)


_YEAR = "(?:19|2[01])[0-9]{2}"  # bounded, so that adding days or an offset can never overflow
DAY = rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"
INSTANT = (
    rf"{DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,6}})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
)
_is_day = re.compile(rf"\A{DAY}\Z").search
_is_instant = re.compile(rf"\A{INSTANT}\Z").search


class DayText(metaclass=Spelled):
    """Marker: a day as text."""

    result = date

    @staticmethod
    def read(value: Any) -> date:
        """``YYYY-MM-DD`` -> date; ``ValueError`` says what is wrong."""
        if type(value) is date:
            return value
        if type(value) is not str or not _is_day(value):
            raise ValueError("must be a day between 1900 and 2199, like 2026-11-23")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("there is no such day in the calendar") from None


class InstantText(metaclass=Spelled):
    """Marker: a point in time as text."""

    result = datetime

    @staticmethod
    def read(value: Any) -> datetime:
        """ISO 8601 with ``Z`` or ``+hh:mm`` -> aware datetime; ``ValueError`` says why not."""
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value
        if type(value) is not str or not _is_instant(value):
            raise ValueError(
                "must be a time with an offset and at most six fractional digits, "
                "like 2026-11-21T10:42:03.120Z or 2026-11-21T10:42:03+03:00"
            )
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("there is no such day in the calendar") from None


class JsonValue(metaclass=Spelled):
    """Marker: any JSON, within bounds."""

    result = object

    @staticmethod
    def read(value: Any) -> Any:
        """The value itself, if it is small and storable; ``ValueError`` says why not."""
        for count, (depth, part) in enumerate(_parts(value)):
            if count >= 2_000 or depth > 8:
                raise ValueError("is too large: at most 2000 values, nested 8 deep")
            if type(part) is int and not -COUNTER_LIMIT <= part <= COUNTER_LIMIT:
                raise ValueError("contains a number that is too large")
            if type(part) is str and (len(part) > 4_000 or "\x00" in part):
                raise ValueError("contains a text over 4000 characters or with NUL")
        return value


def _parts(value: Any, depth: int = 0) -> Iterator[tuple[int, Any]]:
    yield depth, value
    if depth > 8:
        return
    if type(value) is dict:
        for key, inner in value.items():
            yield depth, key
            yield from _parts(inner, depth + 1)
    elif type(value) is list:
        for inner in value:
            yield from _parts(inner, depth + 1)
