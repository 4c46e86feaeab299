"""One plan in a planner's hands: kept, stopped, cancelled, failed with words that help."""

import threading
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Engine

from routes import queries_plans as plans
from server import planning
from server.planning import Ask
from server.running.one_plan import Beat, draw_plan
from server.settings import Settings, load
from tests.server.test_planning import HAND, MONDAY, ask, asked, heard, listening, on_the_map
from tests.world import World


@pytest.fixture
def planned(engine: Engine) -> World:
    return on_the_map(engine)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return load({"DATABASE_URL": database_url, "TALARIA_HINT_CHANNEL": "c", "HOME": "/tmp"})


def taken(world: World) -> dict[str, Any] | None:
    with world.begin() as conn:
        return plans.claim(conn, "test", 10.0, 3)


def hour(world: World) -> Ask:
    """So long that only being stopped can end it."""
    return Ask(world.company, ("r01",), MONDAY, 2, seconds=600.0)


def drawing(world: World, settings: Settings) -> tuple[str, threading.Thread, list[str]]:
    """A plan that is being drawn up beside us, once it says how far it is."""
    came_of_it: list[str] = []
    with closing(listening(world)) as raw:
        plan = asked(world, hour(world))
        row = taken(world)
        assert row is not None
        run = threading.Thread(
            target=lambda: came_of_it.append(
                draw_plan(world.engine, settings, plan, 1, lambda: came_of_it.append("left"))
            )
        )
        run.start()
        told = f"plans {world.company}"
        next(hint for hint in raw.notifies(timeout=60) if hint.payload == told)  # asked
        next(hint for hint in raw.notifies(timeout=60) if hint.payload == told)  # begun
    return plan, run, came_of_it


def test_a_plan_is_drawn_up_kept_and_told(planned: World, settings: Settings) -> None:
    plan = asked(planned, ask(planned, "r01", "r02", seed=5))
    assert (row := taken(planned)) is not None
    assert (row["id"], row["attempt"], taken(planned)) == (plan, 1, None)
    with closing(listening(planned)) as raw:
        assert draw_plan(planned.engine, settings, plan, 1) == "ready"
        assert f"plans {planned.company}" in heard(raw)
    state, result, read, fault = planned.rows(
        "SELECT state, result, settings->'read', fault FROM plan"
    )[0]
    assert (state, set(result), set(read), fault) == ("ready", {"r01", "r02"}, {"r01", "r02"}, None)
    visits = planned.rows("SELECT rep, count(day) FROM plan_visit GROUP BY rep ORDER BY rep")
    assert visits == [("r01", 6), ("r02", 4)]
    assert draw_plan(planned.engine, settings, plan, 1) == "gone"


def test_no_beat_takes_a_plan_that_was_just_kept_for_one_that_was_lost(
    planned: World, settings: Settings
) -> None:
    plan, left = asked(planned, ask(planned)), list[str]()
    taken(planned)
    url = settings.database_url
    beat = Beat(planned.engine, url, "c", plan, 1, planned.company, lambda: left.append("left"))
    beat.once()
    assert left == []
    beat.over()
    planned.run("UPDATE plan SET state = 'ready'")
    beat.once()
    assert left == []
    beat._over = False
    beat.once()
    assert left == ["left"]


def test_what_is_missing_for_one_rep_is_told_before_any_other_is_thought_about(
    planned: World, settings: Settings
) -> None:
    plan = asked(planned, Ask(planned.company, ("r01", "r02"), MONDAY, 2, seconds=600.0))
    planned.run("UPDATE assignment SET valid_to = '2026-01-02' WHERE rep = 'r02'")
    taken(planned)
    assert draw_plan(planned.engine, settings, plan, 1) == "failed"
    state, fault = planned.rows("SELECT state, fault FROM plan")[0]
    assert state == "failed"
    assert "Nothing is due for r02: give stores to the rep" in fault
    assert planned.rows("SELECT 1 FROM plan_visit") == []


def test_a_fault_of_ours_fails_the_plan_and_says_where_to_look(
    planned: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = asked(planned, ask(planned))
    taken(planned)
    monkeypatch.setattr("server.drawing.draw", lambda *rest: {}["nothing"])
    assert draw_plan(planned.engine, settings, plan, 1) == "failed"
    assert "the log of the worker" in str(planned.one("SELECT fault FROM plan"))


def test_a_stopped_plan_keeps_the_best_so_far(planned: World, settings: Settings) -> None:
    plan, run, came_of_it = drawing(planned, settings)
    with planned.begin() as conn:
        planning.stop(conn, planned.company, plan, "c")
    run.join(60)
    assert came_of_it == ["ready"]
    assert planned.one("SELECT count(*) FROM plan_visit WHERE day IS NOT NULL") == 6
    assert "r01" in planned.one("SELECT progress FROM plan")["reps"]  # type: ignore[index]


def test_a_cancelled_plan_is_left_at_once_and_nothing_is_kept(
    planned: World, settings: Settings
) -> None:
    plan, run, came_of_it = drawing(planned, settings)
    with planned.begin() as conn:
        planning.cancel(conn, planned.company, plan, HAND.now, "c")
    run.join(60)
    assert came_of_it == ["left", "gone"]
    assert planned.rows("SELECT state FROM plan") == [("cancelled",)]
    assert planned.rows("SELECT 1 FROM plan_visit") == []
