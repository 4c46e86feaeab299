"""Public holidays: days on which a rep visits nobody, unless the office says that somebody works.

Known offline for some 250 countries and their parts (the library `holidays`). Pure: the country is
an argument, written as in ISO 3166: US, or with a part whose own holidays count too, US-IA.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import holidays


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
