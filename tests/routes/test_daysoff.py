"""Public holidays of countries and their parts."""

from datetime import date

import pytest

from routes.daysoff import Absence, NoSuchCountry, days_worked, public_holidays


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


def test_a_rep_works_on_weekdays_but_for_absences_and_holidays_unless_said_to_work() -> None:
    first, last = date(2026, 11, 16), date(2026, 11, 22)  # Monday to Sunday
    holiday, sunday = date(2026, 11, 18), last

    def worked(*absences: Absence) -> list[int]:
        days = days_worked(first, last, range(5), absences, {holiday})
        return [day.day for day in days]

    assert worked() == [16, 17, 19, 20]
    assert worked(Absence(date(2026, 10, 1), date(2026, 11, 16), "sick")) == [17, 19, 20]
    assert worked(Absence(date(2026, 11, 20), date(2027, 1, 1), "leave")) == [16, 17, 19]
    works = Absence(holiday, holiday, "works"), Absence(sunday, sunday, "works")
    assert worked(*works, Absence(first, last, "leave")) == [18, 22]
    assert worked(Absence(date(2026, 1, 1), date(2026, 1, 2), "leave")) == [16, 17, 19, 20]
    assert days_worked(last, first, range(7), (), ()) == ()
