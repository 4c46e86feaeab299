"""The clock of a day that people put together."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from routes.daysoff import Absence
from routes.distance import Distances, Place, name_of
from routes.territory import Workday
from server.office.planning.cards import Card, Setting
from server.office.planning.timing import clock, drive_min, ordered, rhythm_kept

MONDAY = date(2026, 11, 30)
HOME = Place(41.6, -93.6)
SETTING = Setting("r01", "Ana", 2, Workday(HOME), HOME, True, Distances())


def card(n: int, km: float = 0.0, hours: str = "", visit_min: float = 30.0) -> Card:
    """A visit so many kilometres north of home."""
    place = Place(HOME.lat_deg + km / 111.195, HOME.lon_deg)
    return Card(
        f"v{n}", "r01", 2, f"s{n}", f"{n}", f"Store {n}", "Ames", MONDAY, n, None, visit_min,
        False, False, None, None, {}, "planned", 0, hours, place, "",
    )  # fmt: skip


def test_a_day_is_as_long_as_its_ways_visits_and_lunch() -> None:
    times = clock(SETTING, MONDAY, [card(1, 10), card(2, 20)])
    assert times.drive_min == pytest.approx(drive_min(SETTING, [card(1, 10), card(2, 20)]))
    assert times.minutes == pytest.approx(times.drive_min + 60), "home before lunch begins"
    assert (times.closed, times.over_min) == (frozenset(), 0.0)


def test_a_rep_waits_for_a_store_to_open_and_is_told_if_it_never_does() -> None:
    late = clock(SETTING, MONDAY, [card(1, 10, "Mo-Fr 13-18")])
    assert late.begins == (780.0,)
    assert late.closed == frozenset()
    shut = clock(SETTING, MONDAY, [card(1, 10, "Tu 8-18"), card(2, 11, "Mo-Fr 8-18")])
    assert shut.closed == {"v1"}
    assert len(shut.begins) == 2


def test_a_day_that_is_too_long_says_by_how_much() -> None:
    many = [card(n, n, visit_min=60.0) for n in range(12)]
    times = clock(SETTING, MONDAY, many)
    assert times.over_min == pytest.approx(times.minutes - 540)
    assert times.over_min > 180
    assert len(ordered(SETTING, MONDAY, many)) == 12, "nobody is left out"


def test_visits_are_put_in_the_best_order_within_their_hours() -> None:
    there = [card(1, 30), card(2, 10), card(3, 20)]
    assert drive_min(SETTING, ordered(SETTING, MONDAY, there)) == pytest.approx(
        drive_min(SETTING, [card(2, 10), card(3, 20), card(1, 30)])
    )
    first = [card(1, 30, "Mo-Fr 8-9:30"), card(2, 10), card(3, 20)]
    assert (
        ordered(SETTING, MONDAY, first)[0].id == "v1"
        or not clock(SETTING, MONDAY, ordered(SETTING, MONDAY, first)).closed
    )
    shut = [card(1, 30, "Sa 8-12"), card(2, 10)]
    assert {one.id for one in ordered(SETTING, MONDAY, shut)} == {"v1", "v2"}


def test_an_appointment_is_kept_whatever_the_hours_say() -> None:
    fixed = replace(card(1, 10, "Sa 8-12"), is_locked=True)
    assert clock(SETTING, MONDAY, [fixed]).closed == frozenset()


@pytest.mark.parametrize(
    ("on", "due", "kept"),
    [
        ((0, 7), 2, True),  # every Monday
        ((0, 10), 2, False),  # Monday, then Thursday
        ((0, 1), 2, False),  # twice in one week, none in the other
        ((0,), 2, True),  # one of two has no place
        ((0, 0), 2, False),
        ((0, 2, 7, 9), 4, True),
        ((0, 1, 7, 8), 4, False),  # days next to each other
    ],
)
def test_the_rhythm_is_the_planners(on: tuple[int, ...], due: int, kept: bool) -> None:
    days = [MONDAY + timedelta(n) for n in on]
    assert rhythm_kept(SETTING, MONDAY, 2, days, due, "", 30.0) is kept


def test_a_holiday_bends_the_rhythm_within_its_week() -> None:
    off = replace(SETTING, absences=(Absence(MONDAY, MONDAY, "holiday"),))
    days = [MONDAY + timedelta(1), MONDAY + timedelta(7)]
    assert not rhythm_kept(SETTING, MONDAY, 2, days, 2, "", 30.0)
    assert rhythm_kept(off, MONDAY, 2, days, 2, "", 30.0)


def test_a_public_holiday_is_a_day_off_unless_somebody_works_after_all() -> None:
    free = replace(SETTING, holidays={MONDAY: "Founders' Day"})
    assert (free.off(MONDAY), SETTING.off(MONDAY)) == ("public", None)
    works = replace(free, absences=(Absence(MONDAY, MONDAY, "works"),))
    assert works.off(MONDAY) is None
    assert SETTING.off(MONDAY + timedelta(5)) == "weekend"


def test_what_trips_taught_counts_in_the_days_driving() -> None:
    slow = replace(SETTING, known=Distances(pairs={("", "s1"): 12.0}))
    there = [card(1, 10)]
    assert drive_min(slow, there) == pytest.approx(drive_min(SETTING, there) + 12)
    assert clock(slow, MONDAY, there).drive_min == pytest.approx(drive_min(slow, there))


def test_minutes_by_road_go_before_the_line() -> None:
    there = [card(1, 10)]
    ways = {(name_of(HOME), name_of(there[0].place)): 31.0}
    one_way = drive_min(SETTING, there) / 2
    by_road = replace(SETTING, road_min=ways)
    assert drive_min(by_road, there) == pytest.approx(31 + one_way), "the way back is not known"
    assert clock(by_road, MONDAY, there).begins == (480 + 31,)
