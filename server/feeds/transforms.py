"""TRANSFORMS: the closed list of ways a text of a file becomes a value.

Each is made once for a field (`make`), with that field's options, and then called for every row:
text -> value, or `Unfit` with one sentence that tells a person what to write instead. An empty
text never gets here: the mapping's default, or nothing, stands for it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sync.terms.gtin import plain, wrong_with

Read = Callable[[str], Any]


class Unfit(ValueError):
    """The text cannot be read; the message is the remedy."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a field's transform may hang on: from the mapping, the company and the command."""

    values: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    decimal_mark: str = "."
    digits: int = 2
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    shift_days: int = 0


_TRUE = frozenset({"1", "true", "yes", "y", "t", "x"})
_FALSE = frozenset({"0", "false", "no", "n", "f"})
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_REMEMBERED = 5_000


def _text(options: Options) -> Read:
    return str


def _int(options: Options) -> Read:
    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = None
        # int() also takes 1_000 and digits of other scripts, which no one means in a file
        if value is None or (not text.isascii() or "_" in text or len(text) > 19):
            raise Unfit("Write a whole number, such as 12.")
        return value

    return read


def _number(mark: str) -> re.Pattern[str]:
    return re.compile(rf"\A([+-]?)([0-9]{{1,15}})(?:{re.escape(mark)}([0-9]*))?\Z")


def _decimal(options: Options) -> Read:
    match, mark = _number(options.decimal_mark).match, options.decimal_mark

    def read(text: str) -> str:
        found = match(text)
        if not found:
            raise Unfit(f"Write a number, such as 12{mark}50.")
        sign, whole, fraction = found.groups()
        fraction = (fraction or "").rstrip("0")
        plain = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
        return f"-{plain}" if sign == "-" and plain != "0" else plain

    return read


def _minor(options: Options) -> Read:
    match, mark, digits = _number(options.decimal_mark).match, options.decimal_mark, options.digits
    example = f"12{mark}{'50'[:digits].ljust(digits, '0')}" if digits else "12"

    def read(text: str) -> int:
        found = match(text)
        if not found:
            raise Unfit(f"Write an amount, such as {example}.")
        sign, whole, fraction = found.groups("")
        kept, rest = fraction[:digits].ljust(digits, "0"), fraction[digits:]
        if rest.strip("0"):
            raise Unfit(f"Write the amount with at most {digits} decimals, such as {example}.")
        value = int(whole + kept)
        return -value if sign == "-" else value

    return read


def _date(options: Options) -> Read:
    form, shift = options.format, timedelta(days=options.shift_days)
    shown = (form or "%Y-%m-%d").replace("%Y", "2026").replace("%m", "11").replace("%d", "23")

    def read(text: str) -> date:
        try:
            if form is None:
                if len(text) != 10:
                    raise ValueError
                found = date.fromisoformat(text)
            else:
                found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise Unfit(f"Write a day of the calendar, such as {shown}.") from None
        if not _FIRST_YEAR <= found.year < _LAST_YEAR:
            raise Unfit(f"Write a day between {_FIRST_YEAR} and {_LAST_YEAR}, such as {shown}.")
        return found + shift

    return _remembering(read)


def _remembering(read: Read) -> Read:
    """Days repeat by the thousand in a file: reading each text once is many times faster."""
    known: dict[str, Any] = {}

    def again(text: str) -> Any:
        value = known.get(text)
        if value is None:
            value = read(text)
            if len(known) < _REMEMBERED:
                known[text] = value
        return value

    return again


def _instant(options: Options) -> Read:
    form, zone, shift = options.format, options.zone, timedelta(days=options.shift_days)

    def read(text: str) -> datetime:
        try:
            found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
        except ValueError:
            raise Unfit("Write a time, such as 2026-11-23T06:00:00Z.") from None
        if not _FIRST_YEAR <= found.year < _LAST_YEAR:
            raise Unfit(f"Write a time between {_FIRST_YEAR} and {_LAST_YEAR}.")
        local = found if found.tzinfo else found.replace(tzinfo=zone)
        return (local + shift).astimezone(UTC)

    return read


def _enum(options: Options) -> Read:
    values = options.values
    says = "Write one of: " + ", ".join(list(values)[:12]) + "."

    def read(text: str) -> str:
        try:
            return values[text]
        except KeyError:
            raise Unfit(says) from None

    return read


def _flag(options: Options) -> Read:
    def read(text: str) -> bool:
        low = text.casefold()
        if low in _TRUE:
            return True
        if low in _FALSE:
            return False
        raise Unfit("Write yes or no.")

    return read


def _weekdays(options: Options) -> Read:
    def read(text: str) -> list[int]:
        days = re.split(r"[\s,;/]+", text)
        if not all(len(day) == 1 and day in "1234567" for day in days):
            raise Unfit("Write weekdays as numbers, Monday 1 to Sunday 7, such as 1 3 5.")
        return sorted({int(day) for day in days})

    return read


def _gtin(options: Options) -> Read:
    def read(text: str) -> str:
        wrong = wrong_with(text)
        if wrong is not None:
            raise Unfit(wrong)
        return plain(text)

    return read


TRANSFORMS: dict[str, tuple[str, Callable[[Options], Read]]] = {
    "text": ("as it is written", _text),
    "int": ("a whole number", _int),
    "decimal": ("a decimal number, such as a unit price", _decimal),
    "minor": ("an amount of money, kept in minor units", _minor),
    "date": ("a day, YYYY-MM-DD or as `format` says", _date),
    "instant": ("a time with an offset, or local to the company; `format` as for dates", _instant),
    "enum": ("a word of `values`, turned into ours", _enum),
    "flag": ("yes or no", _flag),
    "weekdays": ("ISO weekdays, such as 1 3 5", _weekdays),
    "gtin": ("a barcode, its check digit checked; `text` keeps what a source has", _gtin),
}
"""Name -> (what it reads, how it is made). join, strip, constant and default are the mapping's."""
