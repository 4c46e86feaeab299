"""What reps' own check-outs and check-ins teach of the roads, and what they do not."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine

from routes import queries, queries_travel
from routes.distance import URBAN, Distances, Line, Place, km_between
from routes.territory import task_of
from schemas.ids import uuid7
from server import learning
from server.learning import LEAST_TRIPS, learn_company, learn_rep
from server.running import jobs
from server.running.jobs import Turn
from server.running.lease import Lease
from tests.server.test_planning import MONDAY, on_the_map
from tests.world import CELL, World

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
ROADS = Line(9.0, 2.6)
"""How long it takes here: three times as long to get going, and slower on the way."""


@pytest.fixture
def world(engine: Engine) -> World:
    return on_the_map(engine)


def place(world: World, store: int) -> Place:
    return Place(41.5 + store / 20, -93.6)


def visits(world: World, day: datetime, order: list[int], **more: Any) -> None:
    """A day of a rep: ten minutes in each store, and the roads between."""
    at, luck = day, Random(day.toordinal())
    for n, store in enumerate(order):
        if n:
            km = km_between(place(world, order[n - 1]), place(world, store))
            at += timedelta(minutes=ROADS.minutes(km) * luck.uniform(0.95, 1.05))
        row = {"state": "done", "distance_m": 40, "ended_at": at + timedelta(minutes=10), **more}
        world.run(
            "INSERT INTO visit (cell, id, scope, version, changed_by, store, rep, state,"
            " started_at, ended_at, distance_m) VALUES (%s, %s, 'x', 1, 'x', %s, 'r01',"
            " %s, %s, %s, %s)",
            CELL, uuid7(), world.stores[store], row["state"], at, row["ended_at"],
            row["distance_m"],
        )  # fmt: skip
        at += timedelta(minutes=10)


def weeks_of_driving(world: World, days: int) -> None:
    for n in range(days):
        order = [0, 1, 2] if n % 2 else [2, 0, 1]
        visits(world, NOW - timedelta(days=n + 1, hours=-12), order)


def test_a_rep_teaches_the_line_and_planning_uses_it_from_then_on(world: World) -> None:
    weeks_of_driving(world, LEAST_TRIPS)
    said = learn_rep(world.begin, world.company, "r01", NOW)
    assert said is not None
    assert (said.trips, said.kept) == (2 * LEAST_TRIPS, True)
    assert said.error < 0.04 < 0.3 < said.error_before
    with world.begin() as conn:
        told = queries.territory(conn, world.company, "r01", MONDAY, 2)
        other = queries.territory(conn, world.company, "r02", MONDAY, 2)
    assert told is not None
    assert other is not None
    assert "learned from 80 trips (r01), half of them within" in told.line_from
    task = task_of(told)
    for a, b in ((0, 1), (1, 2), (0, 2)):
        really = ROADS.minutes(km_between(place(world, a), place(world, b)))
        assert task.problem.minutes[a][b] == pytest.approx(really, rel=0.1)
    assert (other.line, other.learned) == (URBAN, None)
    assert task.input_hash != task_of(other).input_hash


def test_the_company_has_a_line_for_reps_who_have_driven_little(world: World) -> None:
    weeks_of_driving(world, LEAST_TRIPS)
    said = learn_company(world.begin, world.company, NOW)
    assert said is not None
    assert (said.kept, said.trips) == (True, LEAST_TRIPS)  # its newest trips only
    with world.begin() as conn:
        other = queries.territory(conn, world.company, "r02", MONDAY, 2)
    assert other is not None
    assert (other.line, other.learned) == (said.line, None)
    assert learn_rep(world.begin, world.company, "r02", NOW) is None


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "skipped"},
        {"distance_m": 5_000},
        {"ended_at": None},
        {"ended_at": NOW + timedelta(days=1)},
    ],
)
def test_what_is_no_trip_teaches_nothing(world: World, broken: dict[str, Any]) -> None:
    """Skipped, checked in from afar, never checked out of, two visits at a time."""
    for n in range(LEAST_TRIPS):
        visits(world, NOW - timedelta(days=n + 1, hours=-12), [0, 1], **broken)
    assert learn_rep(world.begin, world.company, "r01", NOW) is None


def test_what_is_no_better_than_the_line_there_was_is_not_used(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks_of_driving(world, LEAST_TRIPS)
    monkeypatch.setattr(learning, "learn", lambda *rest: Distances(Line(60.0, 9.0)))
    for said in (
        learn_rep(world.begin, world.company, "r01", NOW),
        learn_company(world.begin, world.company, NOW),
    ):
        assert said is not None
        assert (said.kept, said.error > said.error_before) == (False, True)
    assert world.rows("SELECT 1 FROM travel_line") == []


def test_a_night_learns_from_every_rep_once(world: World) -> None:
    weeks_of_driving(world, LEAST_TRIPS)
    lease = Lease(world.engine, "scheduler", "test")
    assert lease.hold()
    job = next(one for one in jobs.JOBS if one.name == "learn_travel")
    night = datetime(2026, 11, 22, 8, tzinfo=UTC)  # two in the morning in Chicago
    assert job.work(Turn("learn_travel", lease, night)) == 1
    assert world.rows("SELECT area FROM travel_line ORDER BY area") == [("",), ("r01",)]
    with world.begin() as conn:
        due = queries_travel.reps_due(conn, night - timedelta(hours=20), night)
        assert due == [(world.company, "r02")]
        noon = night + timedelta(hours=10)
        assert queries_travel.reps_due(conn, night, noon) == []
