"""Public holidays of countries and their parts."""

from datetime import date

import pytest

from routes.daysoff import NoSuchCountry, public_holidays


def test_a_part_of_a_country_has_its_own_holidays_too() -> None:
    whole = public_holidays("DE", date(2026, 1, 1), date(2026, 1, 31))
    part = public_holidays(" de-by ", date(2026, 1, 1), date(2026, 1, 31))
    assert list(whole) == [date(2026, 1, 1)]
    assert list(part) == [date(2026, 1, 1), date(2026, 1, 6)]


def test_a_span_over_new_year_has_the_holidays_of_both_years_and_no_others() -> None:
    found = public_holidays("US", date(2026, 12, 1), date(2027, 1, 1))
    assert {date(2026, 12, 25), date(2027, 1, 1)} <= set(found)
    assert all(date(2026, 12, 1) <= day <= date(2027, 1, 1) for day in found)


@pytest.mark.parametrize("place", ["XX", "US-ZZ", "Atlantis"])
def test_a_place_nobody_knows_says_what_to_write(place: str) -> None:
    with pytest.raises(NoSuchCountry, match="US-IA"):
        public_holidays(place, date(2026, 1, 1), date(2026, 1, 31))
