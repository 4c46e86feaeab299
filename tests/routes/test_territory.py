"""Rows made into a problem: what is known is used, what is not is told."""

from dataclasses import replace
from datetime import date

import pytest

from routes.daysoff import Absence
from routes.distance import Line, Place
from routes.problem import days_in
from routes.territory import Task, Workday, due_of, task_of
from tests.routes.rows import MONDAY, day, row, stop, territory


def full(task: Task, store: str) -> set[int]:
    """All days on which some whole pattern of a store lies."""
    one = next(s for s in task.problem.stores if s.id == store)
    return {d for p in one.patterns if not p.missed for d in days_in(p.days)}


def test_frequency_comes_from_the_store_then_from_its_class_and_none_is_told() -> None:
    rows = (
        row(1, store_class="A"), row(2, store_class="c"), row(3, visits_per_4w=2, store_class="A"),
        row(4, store_class=None), row(5, visits_per_4w=0),
    )  # fmt: skip
    task = task_of(territory(weeks=4, stores=rows))
    assert task.due == {"id1": 4, "id2": 1, "id3": 2}
    assert (task.told["no_frequency"], task.told["not_due"]) == (("s004",), ("s005",))
    assert due_of(task.territory) == (
        {"id1": 4, "id2": 1, "id3": 2}, {"no_frequency": ["s004"], "not_due": ["s005"]},
    )  # fmt: skip


@pytest.mark.parametrize(("four_weeks", "weeks", "visits"), [(4, 1, 1), (2, 1, 1), (1, 3, 1)])
def test_a_shorter_cycle_has_its_share_of_visits(four_weeks: int, weeks: int, visits: int) -> None:
    rows = (row(1, visits_per_4w=four_weeks),)
    assert task_of(territory(weeks=weeks, stores=rows)).due == {"id1": visits}


def test_stores_without_coordinates_stand_in_their_town_and_are_told() -> None:
    away = {"lat_deg": None, "lon_deg": None}
    rows = (
        row(1), row(2, **away, city=" AMES "), row(3, **away, city="Nowhere"),
        row(4, geo_source="town"),
    )  # fmt: skip
    ames = Place(42.03, -93.62)
    task = task_of(territory(stores=rows, towns={"ames": ames}, line=Line(0.0, 1.0)))
    assert task.told["placed_by_town"] == ("s002", "s004")
    assert task.told["placed_in_the_middle"] == ("s003",)
    one, two = task.problem.minutes[0], task.problem.minutes[1]
    assert one[1] > 30
    assert two[0] == pytest.approx(one[1])


def test_hours_are_kept_and_unreadable_ones_are_told_and_open() -> None:
    rows = (
        row(1, opening_hours="Tu 8-12"), row(2, opening_hours="ask Joe"),
        row(3, opening_hours="Mo-Fr 8:00-8:10"),
    )  # fmt: skip
    task = task_of(territory(stores=rows, weeks=1))
    assert full(task, "id1") == {1}
    assert full(task, "id2") == {0, 1, 2, 3, 4}
    assert full(task, "id3") == set()
    assert (task.told["hours_not_read"], task.told["always_closed"]) == (("s002",), ("s003",))
    first = task.problem.stores[0]
    assert first.spells[1][0].until_min == 12 * 60 - first.visit_min


def test_days_off_are_no_working_days_and_a_day_that_works_is_one() -> None:
    off = (
        Absence(day(0), day(1), "sick"), Absence(day(1), day(1), "works"),
        Absence(day(5), day(5), "works"),
    )  # fmt: skip
    task = task_of(territory(weeks=1, absences=off))
    assert task.dates == (day(0), day(1), day(2), day(3), day(4), day(5))
    assert [d.working for d in task.problem.days] == [False, True, True, True, True, True]


def test_an_appointment_stays_on_its_day_whatever_the_hours() -> None:
    rows = (row(1, visits_per_4w=4, opening_hours="Mo 8-12"),)
    task = task_of(territory(weeks=1, stores=rows, stops=(stop(1, 1, day(3), pinned=True),)))
    assert full(task, "id1") == {3}
    free = task_of(territory(weeks=1, stores=rows, stops=(stop(1, 1, day(3)),)))
    assert full(free, "id1") == {0}


def test_an_appointment_on_a_day_off_is_kept_and_no_second_visit_sought() -> None:
    rows = (row(1, visits_per_4w=4), row(2))
    task = task_of(
        territory(
            weeks=1, stores=rows, stops=(stop(1, 1, day(2), pinned=True),),
            absences=(Absence(day(2), day(2), "holiday"),),
        )
    )  # fmt: skip
    assert task.told["fixed_on_a_day_off"] == ("s001",)
    assert full(task, "id1") == set()
    assert task.due["id1"] == 1


def test_a_day_a_rep_skipped_is_not_planned_again() -> None:
    skipped = (stop(1, 1, day(2), state="skipped"),)
    task = task_of(territory(weeks=1, stores=(row(1, visits_per_4w=4),), stops=skipped))
    assert full(task, "id1") == {0, 1, 3, 4}
    assert task.before is None


def test_what_is_published_is_the_plan_before_in_its_order() -> None:
    stops = (stop(2, 1, day(0)), stop(1, 2, day(0)), stop(3, 1, day(0), state="done"))
    task = task_of(territory(stores=(row(1), row(2), row(3)), stops=stops))
    assert task.before is not None
    assert [[c.store for c in r.calls] for r in task.before.routes] == [["id2", "id1"]]
    home = len(task.problem.stores)
    minutes = task.problem.minutes
    assert task.before.travel_min == minutes[home][1] + minutes[1][0] + minutes[0][home]


def test_lunch_is_left_out_of_a_day_that_is_over_before_it() -> None:
    short = Workday(starts_min=420.0, length_min=240.0)
    assert task_of(territory(workday=short)).problem.days[0].lunch is None
    lunch = task_of(territory()).problem.days[0].lunch
    assert lunch is not None
    assert lunch.length_min == 30.0


def test_the_hash_changes_with_anything_the_planner_is_given() -> None:
    given = territory()
    same = task_of(given).input_hash
    assert same == task_of(territory()).input_hash
    others = (
        replace(given, weeks=3), replace(given, workday=Workday(lunch_min=20.0)),
        replace(given, stops=(stop(1, 1, day(0)),)), replace(given, line=Line(3.0, 1.8)),
        replace(given, first_day=date(2026, 12, 7)), replace(given, stores=given.stores[1:]),
    )  # fmt: skip
    assert len({same, *(task_of(other).input_hash for other in others)}) == len(others) + 1
    assert task_of(given, balance=1.0).input_hash != same


def test_a_cycle_of_too_many_days_is_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        task_of(territory(weeks=13))
    assert MONDAY.weekday() == 0


def test_public_holidays_are_days_off_unless_somebody_works_and_are_told() -> None:
    closed = {day(0): "Founders' Day", day(5): "A Saturday", day(8): "Harvest"}
    told = territory(4, country="US", holidays=closed)
    task = task_of(told)
    assert [d for d, one in zip(task.dates, task.problem.days, strict=True) if not one.working] == [
        day(0), day(8),
    ]  # fmt: skip
    assert task.told["public_holidays"] == (f"{day(0)} Founders' Day", f"{day(8)} Harvest")
    works = replace(told, absences=(Absence(day(0), day(0), "works"),))
    assert task_of(works).problem.days[0].working
    assert task_of(works).told["public_holidays"] == (f"{day(8)} Harvest",)
    assert task_of(replace(told, holidays={})).input_hash != task.input_hash
    assert task_of(territory(4)).told["no_country"] == ("r01",)
