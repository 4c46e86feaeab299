"""A cycle from the territory to the rep's stops and back."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from routes.kernel.choice import kind
from server import planning
from server import queries as sql
from server.drawing import Watch, draw_one
from server.hints import connect
from server.planning import Ask
from sync.desk.edits import Hand, Refused, move_stop, put_stop
from sync.desk.plans import Published
from sync.feed import publish
from tests.sync.copy import Copy
from tests.world import CELL, World, build

STEPS = 2_000 if kind() == "compiled" else 60
MONDAY = date(2026, 11, 30)
WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
HAND = Hand("user:sue", datetime(2026, 11, 22, 9, tzinfo=UTC))


@pytest.fixture
def planned(engine: Engine) -> World:
    return on_the_map(engine)


def on_the_map(engine: Engine) -> World:
    """Stores on the map, each of a class."""
    world = build(engine)
    for n, store in enumerate(world.stores):
        world.run(
            "UPDATE store SET lat_deg = %s, lon_deg = -93.6, store_class = 'A' WHERE id = %s",
            41.5 + n / 20, store,
        )  # fmt: skip
    return world


def ask(world: World, *reps: str, **more: Any) -> Ask:
    return Ask(world.company, reps or ("r01",), MONDAY, 2, steps=STEPS, **more)


def kept(world: World, wanted: Ask) -> str:
    cycles = [draw_one(world.engine, wanted, rep, Watch()) for rep in wanted.reps]
    with world.begin() as conn:
        return planning.keep(conn, wanted, cycles, "user:sue", HAND.now, HAND.now)


def published(world: World, plan: str) -> dict[str, Published]:
    with world.begin() as conn:
        return planning.publish_kept(conn, world.company, plan, HAND)


def undone(world: World, plan: str) -> dict[str, Published]:
    with world.begin() as conn:
        return planning.undo_published(conn, world.company, plan, HAND)


def stops(world: World) -> list[Any]:
    return world.rows(
        "SELECT rep, store::text, day, sequence, state, pinned FROM plan_stop"
        " ORDER BY rep, day, sequence"
    )


def put(world: World, store: int, day: date, *, pinned: bool = False) -> str:
    with world.begin() as conn:
        entries = put_stop(conn, CELL, "r01", world.stores[store], day, HAND, pinned=pinned)
        publish(conn, CELL, entries)
    return entries[0].key


def move(world: World, stop: str, day: date) -> None:
    with world.begin() as conn:
        publish(conn, CELL, move_stop(conn, CELL, stop, HAND, day=day))


def test_a_kept_plan_tells_nobody_and_a_published_one_reaches_the_handheld(planned: World) -> None:
    plan = kept(planned, ask(planned))
    assert stops(planned) == []
    assert planned.one("SELECT count(*) FROM plan_visit WHERE day IS NOT NULL") == 6
    done = published(planned, plan)["r01"]
    assert (done.new, done.moved, done.removed, done.gave_way) == (6, 0, 0, 0)
    copy = Copy(planned, planned.carrier())
    copy.pull()
    wanted = planned.rows("SELECT store::text, day::text, sequence FROM plan_visit ORDER BY 2, 3")
    carried = sorted(
        ((row[4], row[5], row[6]) for row in copy.rows["plan_stop"].values()),
        key=lambda one: one[1:],
    )
    assert carried == [tuple(one) for one in wanted]
    assert planned.rows("SELECT state, published_by FROM plan") == [("published", "user:sue")]
    said = planned.rows("SELECT who, subject FROM audit WHERE action = 'plan.published'")
    assert said == [("user:sue", f"plan/{plan}")]


def test_a_plan_is_published_once_and_taken_back_once(planned: World) -> None:
    plan = kept(planned, ask(planned))
    with pytest.raises(Refused, match="ready"):
        undone(planned, plan)
    published(planned, plan)
    with pytest.raises(Refused, match="published"):
        published(planned, plan)
    undone(planned, plan)
    with pytest.raises(Refused, match="undone"):
        undone(planned, plan)
    with pytest.raises(LookupError), planned.begin() as conn:
        planning.publish_kept(conn, "0199a0de-0000-7000-8000-000000000001", plan, HAND)


def test_two_plans_of_one_rep_published_at_once_take_turns(planned: World) -> None:
    """Neither sees what the other has not committed: both would fill the empty weeks."""
    one, other = kept(planned, ask(planned)), kept(planned, ask(planned, seed=2))
    with ThreadPoolExecutor(1) as beside:
        with planned.begin() as conn:
            first = planning.publish_kept(conn, planned.company, one, HAND)["r01"]
            second = beside.submit(published, planned, other)
            while not second.done() and not planned.one(WAITING):
                pass
        late = second.result()["r01"]
    assert (first.new, late.new, late.gave_way) == (6, 0, 6)
    assert len(stops(planned)) == 6


def test_taking_back_brings_every_stop_back_as_it_was(planned: World) -> None:
    put(planned, 0, MONDAY)
    put(planned, 0, MONDAY + timedelta(days=1))
    put(planned, 0, MONDAY + timedelta(days=8))  # one more than is due
    put(planned, 1, MONDAY + timedelta(days=2), pinned=True)
    before = stops(planned)
    plan = kept(planned, ask(planned, stability_min=0.0))
    done = published(planned, plan)["r01"]
    assert (done.new, done.removed, stops(planned) != before) == (3, 1, True)
    back = undone(planned, plan)["r01"]
    assert (stops(planned), back.gave_way) == (before, 0)
    copy = Copy(planned, planned.carrier())
    copy.pull()
    assert len(copy.rows["plan_stop"]) == len(before)


def test_appointments_and_begun_stops_stay_when_a_plan_is_published(planned: World) -> None:
    fixed = put(planned, 1, MONDAY + timedelta(days=2), pinned=True)
    begun = put(planned, 2, MONDAY + timedelta(days=3))
    planned.run("UPDATE plan_stop SET state = 'started' WHERE id = %s", begun)
    published(planned, kept(planned, ask(planned, stability_min=0.0)))
    rows = planned.rows("SELECT id::text, day, state FROM plan_stop WHERE id IN (%s, %s)"
                        " ORDER BY day", fixed, begun)  # fmt: skip
    assert rows == [
        (fixed, MONDAY + timedelta(days=2), "planned"),
        (begun, MONDAY + timedelta(days=3), "started"),
    ]


def test_an_appointment_on_a_day_off_is_not_taken_off(planned: World) -> None:
    fixed = put(planned, 1, MONDAY, pinned=True)
    planned.add_absence(None, MONDAY, MONDAY, "holiday")
    done = published(planned, kept(planned, ask(planned)))["r01"]
    assert (done.new, done.removed) == (5, 0)
    on = planned.rows("SELECT id::text FROM plan_stop WHERE day = %s", MONDAY)
    assert on == [(fixed,)]


def test_what_people_changed_after_the_plan_was_drawn_up_stands(planned: World) -> None:
    mine, other = put(planned, 0, MONDAY), put(planned, 1, MONDAY)
    plan = kept(planned, ask(planned, stability_min=10_000.0))
    move(planned, mine, MONDAY + timedelta(days=4))
    planned.run("DELETE FROM plan_stop WHERE id = %s", other)
    added = put(planned, 2, MONDAY + timedelta(days=1))
    done = published(planned, plan)["r01"]
    assert done.gave_way == 3  # one moved, one taken off, one that a colleague put there first
    first_week = planned.rows(
        "SELECT id::text, day FROM plan_stop WHERE day < %s ORDER BY day",
        MONDAY + timedelta(days=7),
    )
    assert first_week == [(added, MONDAY + timedelta(days=1)), (mine, MONDAY + timedelta(days=4))]


def test_a_store_that_was_closed_after_the_plan_was_drawn_up_gets_no_stops(planned: World) -> None:
    planned_before = put(planned, 0, MONDAY)
    plan = kept(planned, ask(planned))
    planned.run("UPDATE store SET status = 'closed' WHERE id = %s", planned.stores[0])
    done = published(planned, plan)["r01"]
    assert (done.new, done.removed, done.gave_way) == (4, 1, 2)
    assert planned.stores[0] not in [row[1] for row in stops(planned)]
    planned.run("UPDATE store SET status = 'active' WHERE id = %s", planned.stores[0])
    assert undone(planned, plan)["r01"].gave_way == 0
    assert planned.rows("SELECT id::text FROM plan_stop") == [(planned_before,)]


def test_what_people_changed_after_publishing_is_not_taken_back(planned: World) -> None:
    plan = kept(planned, ask(planned))
    published(planned, plan)
    stop = str(planned.one("SELECT id::text FROM plan_stop ORDER BY day, sequence LIMIT 1"))
    move(planned, stop, MONDAY + timedelta(days=12))
    back = undone(planned, plan)["r01"]
    assert (back.removed, back.gave_way) == (5, 1)
    assert planned.rows("SELECT id::text, day FROM plan_stop") == [
        (stop, MONDAY + timedelta(days=12))
    ]


def test_several_reps_are_planned_into_one_plan(planned: World) -> None:
    plan = kept(planned, ask(planned, "r01", "r02"))
    done = published(planned, plan)
    assert {rep: one.new for rep, one in done.items()} == {"r01": 6, "r02": 4}
    undone(planned, plan)
    assert stops(planned) == []


def test_planning_can_be_watched_and_ended_early(planned: World) -> None:
    parts: list[float] = []
    best: list[float] = []
    watch = Watch(lambda rep, part: parts.append(part), lambda rep, minutes: best.append(minutes))
    draw_one(planned.engine, ask(planned), "r01", watch)
    assert max(parts) == 1.0
    assert best
    watch.stop.set()
    long = Ask(planned.company, ("r01",), MONDAY, 2, seconds=3_600.0)
    assert draw_one(planned.engine, long, "r01", watch).visits


def listening(world: World) -> Any:
    raw = connect(world.engine.url.render_as_string(hide_password=False), "test")
    sql.listen(raw, "c")
    return raw


def heard(raw: Any) -> list[str]:
    """Hints that have come by now: PostgreSQL hands them over with the next answer."""
    sql.answer(raw)
    return [hint.payload for hint in raw.notifies(timeout=0)]


def asked(world: World, wanted: Ask, now: datetime = HAND.now) -> str:
    with world.begin() as conn:
        return planning.request(conn, wanted, "user:sue", now, "c")


def test_a_plan_that_is_asked_for_waits_and_wakes_planners_and_pages(planned: World) -> None:
    with closing(listening(planned)) as raw:
        plan = asked(planned, ask(planned, "r01", "r02", seed=7))
        assert heard(raw) == ["plan", f"plans {planned.company}"]
        with planned.begin() as conn:
            planning.request(conn, ask(planned), "user:sue", HAND.now, "c")
            assert heard(raw) == []
            conn.rollback()
        assert heard(raw) == []
    rows = planned.rows("SELECT id::text, state, reps, seed, made_by, began_at FROM plan")
    assert rows == [(plan, "waiting", ["r01", "r02"], 7, "user:sue", None)]


def test_what_cannot_be_planned_is_not_asked_for(planned: World) -> None:
    with pytest.raises(Refused, match="no rep 'nobody'"):
        asked(planned, ask(planned, "r01", "nobody"))
    with pytest.raises(Refused, match="after today"):
        asked(planned, ask(planned), datetime(2026, 11, 30, 9, tzinfo=UTC))
    with pytest.raises(Refused, match="seconds"):
        asked(planned, Ask(planned.company, ("r01",), MONDAY, seconds=3_600.0))
    assert planned.rows("SELECT 1 FROM plan") == []


def test_a_plan_can_be_stopped_while_it_is_drawn_up_and_cancelled_until_it_is_published(
    planned: World,
) -> None:
    plan = asked(planned, ask(planned))
    with planned.begin() as conn:
        planning.stop(conn, planned.company, plan, "c")
    assert planned.rows("SELECT state, is_to_stop FROM plan") == [("waiting", True)]

    def cancelled(plan: str) -> None:
        with planned.begin() as conn:
            planning.cancel(conn, planned.company, plan, HAND.now, "c")

    cancelled(plan)
    for late in (planning.stop, lambda *said: planning.cancel(*said[:3], HAND.now, "c")):
        with pytest.raises(Refused, match="cancelled"), planned.begin() as conn:
            late(conn, planned.company, plan, "c")
    drawn = kept(planned, ask(planned))
    cancelled(drawn)
    with pytest.raises(Refused, match="cancelled"):
        published(planned, drawn)
    used = kept(planned, ask(planned))
    published(planned, used)
    with pytest.raises(Refused, match="published"):
        cancelled(used)


def test_a_plan_that_has_begun_is_not_published(planned: World) -> None:
    plan = kept(planned, ask(planned))
    late = Hand("user:sue", datetime(2026, 11, 30, 7, tzinfo=UTC))
    with pytest.raises(Refused, match="begun"), planned.begin() as conn:
        planning.publish_kept(conn, planned.company, plan, late)


def test_a_planner_that_was_overtaken_keeps_nothing(planned: World) -> None:
    plan = asked(planned, ask(planned))
    cycles = [draw_one(planned.engine, ask(planned), "r01", Watch())]
    planned.run("UPDATE plan SET state = 'planning', attempt = 2")
    with planned.begin() as conn:
        assert not planning.finish(conn, plan, 1, cycles, HAND.now)
        assert planned.rows("SELECT 1 FROM plan_visit") == []
    with planned.begin() as conn:
        assert planning.finish(conn, plan, 2, cycles, HAND.now)
    assert planned.one("SELECT count(*) FROM plan_visit WHERE day IS NOT NULL") == 6


def test_what_cannot_be_planned_says_why(planned: World) -> None:
    today = MONDAY - timedelta(days=3)
    assert planning.refusal(ask(planned), today) is None
    assert "Monday" in str(planning.refusal(Ask("c", ("r01",), today), today))
    assert "after today" in str(planning.refusal(ask(planned), MONDAY))
    assert "weeks" in str(planning.refusal(Ask("c", ("r01",), MONDAY, 9), today))
    assert "rep" in str(planning.refusal(Ask("c", (), MONDAY), today))
    with pytest.raises(LookupError, match="no rep"):
        draw_one(planned.engine, ask(planned), "nobody", Watch())
    planned.run("UPDATE store SET store_class = NULL")
    with pytest.raises(LookupError, match="Nothing is due"):
        draw_one(planned.engine, ask(planned), "r01", Watch())
