"""Reading a rep's territory from the tables."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from routes import queries
from routes.daysoff import Absence
from routes.distance import URBAN, Line, Place
from routes.territory import Territory, Workday, working_days
from schemas.ids import uuid7
from tests.world import CELL, World, build

MONDAY = date(2026, 11, 30)


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine)


def read(world: World, rep: str = "r01", weeks: int = 2) -> Territory:
    with world.begin() as conn:
        found = queries.territory(conn, world.company, rep, MONDAY, weeks)
    assert found is not None
    return found


def codes(world: World, rep: str = "r01") -> list[str]:
    return [store.code for store in read(world, rep).stores]


def test_a_territory_is_the_stores_the_rep_sells_to_in_those_days(world: World) -> None:
    assert codes(world) == ["s001", "s002", "s003"]
    world.run("UPDATE store SET status = 'closed' WHERE code = 's002'")
    world.run("UPDATE assignment SET valid_to = %s WHERE store = %s", MONDAY, world.stores[0])
    assert codes(world) == ["s003"]
    world.run("UPDATE assignment SET function = 'deliver' WHERE rep = 'r01'")
    assert codes(world) == []
    with world.begin() as conn:
        assert queries.territory(conn, world.company, "desk", MONDAY, 2) is None
        assert queries.territory(conn, uuid7(), "r01", MONDAY, 2) is None


def test_a_store_with_an_appointment_belongs_to_it_though_another_rep_carries_it(
    world: World,
) -> None:
    for n, pinned in ((3, True), (3, False)):
        world.run("DELETE FROM plan_stop")
        world.run(
            "INSERT INTO plan_stop (cell, id, scope, version, changed_by, rep, store, day,"
            " sequence, state, pinned) VALUES (2, %s, 'rep:r01', 4, 'user:sue', 'r01', %s, %s, 1,"
            " 'planned', %s)",
            uuid7(), world.stores[n], MONDAY + timedelta(days=3), pinned,
        )  # fmt: skip
        found = read(world)
        assert ("s004" in [store.code for store in found.stores]) is pinned
        assert [(s.store, s.version, s.pinned) for s in found.stops] == [
            (world.stores[n], 4, pinned)
        ]
    assert read(world, weeks=1).stops
    world.run("UPDATE plan_stop SET day = day + 7")
    assert not read(world, weeks=1).stops


def test_a_stop_whose_visit_was_begun_is_begun_though_the_handheld_says_it_of_the_visit_alone(
    world: World,
) -> None:
    for n in range(2):
        world.run(
            "INSERT INTO plan_stop (cell, id, scope, version, changed_by, rep, store, day,"
            " sequence, state, pinned) VALUES (2, %s, 'rep:r01', 4, 'user:sue', 'r01', %s, %s, %s,"
            " 'planned', false)",
            uuid7(), world.stores[0], MONDAY + timedelta(days=n), n,
        )  # fmt: skip
    world.run(
        "INSERT INTO visit (cell, id, scope, version, changed_by, store, rep, state, planned_on)"
        " VALUES (2, %s, 'st:x', 1, 'x', %s, 'r01', 'started', %s)",
        uuid7(), world.stores[0], MONDAY,
    )  # fmt: skip
    assert [stop.state for stop in read(world).stops] == ["started", "planned"]
    world.run("UPDATE visit SET state = 'done'")
    assert [stop.state for stop in read(world).stops] == ["done", "planned"]
    world.run("UPDATE visit SET rep = 'r02'")
    assert [stop.state for stop in read(world).stops] == ["planned", "planned"]


def test_how_a_rep_works_and_is_away_is_read(world: World) -> None:
    assert read(world).workday == Workday()
    world.run(
        "INSERT INTO rep_day VALUES (%s, 'r01', 41.5, -93.5, '07:30', 480, 45, '{1,2,6}', 'x',"
        " now())",
        world.company,
    )
    for rep, first, kind in (("r01", 1, "sick"), (None, 4, "holiday"), ("r02", 2, "leave")):
        day = MONDAY + timedelta(days=first)
        world.add_absence(rep, day, day, kind)
    found = read(world)
    assert found.workday == Workday(Place(41.5, -93.5), 450.0, 480.0, 45.0, (0, 1, 5))
    assert found.absences == (
        Absence(MONDAY + timedelta(days=1), MONDAY + timedelta(days=1), "sick"),
        Absence(MONDAY + timedelta(days=4), MONDAY + timedelta(days=4), "holiday"),
    )


def test_towns_are_the_middle_of_their_stores_and_only_those_needed(world: World) -> None:
    world.run("UPDATE store SET city = 'Ames ', lat_deg = 42.0, lon_deg = -93.6")
    assert read(world).towns == {}
    world.run("UPDATE store SET lat_deg = NULL, city = 'AMES' WHERE code = 's001'")
    assert read(world).towns == {"ames": Place(42.0, -93.6)}


def test_the_reps_own_line_goes_before_the_companys(world: World) -> None:
    assert (read(world).line, read(world).line_from) == (URBAN, "straight line, default")
    for area, fixed in (("", 2.0), ("r01", 4.0)):
        world.run(
            "INSERT INTO travel_line VALUES (%s, %s, %s, 1.5, 80, 0.1, '{}', now())",
            world.company, area, fixed,
        )  # fmt: skip
    assert read(world).line == Line(4.0, 1.5)
    assert read(world, "r02").line == Line(2.0, 1.5)
    assert "80 trips (company)" in read(world, "r02").line_from


def test_the_holidays_of_the_companys_country_come_with_a_territory(world: World) -> None:
    assert (read(world).country, read(world).holidays) == (None, {})
    world.run("UPDATE company SET country = 'US'")
    assert read(world, weeks=4).holidays == {date(2026, 12, 25): "Christmas Day"}


def test_the_days_on_which_reps_work_are_those_that_planning_plans(world: World) -> None:
    """Whatever is said of weekdays, days off, days that work all the same, and holidays."""
    world.run("UPDATE company SET country = 'US'")
    world.run(
        "INSERT INTO rep_day VALUES (%s, 'r01', NULL, NULL, '07:30', 480, 45, '{1,2,5}', 'x',"
        " now())",
        world.company,
    )
    away = ((1, "r01", "sick"), (4, None, "holiday"), (2, "r02", "leave"), (25, "r01", "works"),
            (25, "r02", "works"), (27, None, "works"))  # fmt: skip
    for first, rep, kind in away:
        day = MONDAY + timedelta(days=first)
        world.add_absence(rep, day, day, kind)
    last = MONDAY + timedelta(days=27)
    with world.begin() as conn:
        found = queries.working_by_rep(conn, world.company, ("r01", "r02", "desk"), MONDAY, last)
    assert sorted(found) == ["r01", "r02"]
    for rep, (cell, days) in found.items():
        assert (cell, len(days)) == (CELL, working_days(read(world, rep, weeks=4)))
    own = found["r01"].days
    assert [(day - MONDAY).days for day in own] == [0, 7, 8, 11, 14, 15, 18, 21, 22, 25, 27]
