"""Public holidays: days on which a rep visits nobody, unless the office says that somebody works.

Known offline for some 250 countries and their parts (the library `holidays`). Pure: the country is
an argument, written as in ISO 3166: US, or with a part whose own holidays count too, US-IA.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import holidays


@dataclass(frozen=True)
class Absence:
    """Days without visits, or, of kind "works", days with visits whatever else is said."""

    first_day: date
    last_day: date
    kind: str


class NoSuchCountry(ValueError):
    """Nobody knows the holidays of such a place; the message says what to write instead."""


def public_holidays(country: str, first: date, last: date) -> dict[date, str]:
    """Days from `first` to `last` on which the country is closed, with their names. Raises
    NoSuchCountry."""
    code, _, part = country.strip().upper().partition("-")
    years = range(first.year, last.year + 1)
    try:
        found = holidays.country_holidays(code, subdiv=part or None, years=years)
    except NotImplementedError:
        raise NoSuchCountry(
            f"No public holidays are known for {country!r}: write a country's two letters, such as"
            " DE or US, or with a part of it, such as DE-BY or US-IA."
        ) from None
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}


def is_worked(absences: Collection[str], *, is_workday: bool, is_holiday: bool) -> bool:
    """Whether a rep works on a day, as territory.py plans them. absences: the kinds of those that
    cover it; "works" says yes whatever else is said. is_workday: it is one of the rep's weekdays.
    """
    if "works" in absences:
        return True
    return is_workday and not (absences or is_holiday)


def days_worked(
    first: date,
    last: date,
    weekdays: Collection[int],
    absences: Iterable[Absence],
    free: Collection[date],
) -> tuple[date, ...]:
    """The days from `first` to `last` on which a rep works. weekdays: from 0, Monday; free: public
    holidays."""
    kinds: dict[date, set[str]] = {}
    for one in absences:
        begins, ends = max(first, one.first_day), min(last, one.last_day)
        for n in range((ends - begins).days + 1):
            kinds.setdefault(begins + timedelta(days=n), set()).add(one.kind)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(
        day
        for day in every
        if is_worked(
            kinds.get(day, ()), is_workday=day.weekday() in weekdays, is_holiday=day in free
        )
    )
