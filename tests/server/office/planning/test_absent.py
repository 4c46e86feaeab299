"""Stores a plan knows nothing of: listed beside the board with the reason, and put into it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.ids import uuid7
from sync.desk.edits import Hand, put_stop
from tests.server.console import Console
from tests.server.office.planning.conftest import Kept
from tests.world import CELL, World

AT = "/office/routes/"


@pytest.fixture
def plan(kept: Kept, world: World) -> str:
    """A plan drawn up before the fourth store had a class: it is in no list of it."""
    world.run("UPDATE store SET store_class = NULL WHERE id = %s", world.stores[2])
    return kept()


def visits(world: World) -> list[Any]:
    return world.rows("SELECT * FROM plan_visit ORDER BY id")


def of_store(world: World, n: int) -> list[Any]:
    return world.rows(
        "SELECT day, sequence, arrives_minute IS NOT NULL, service_minutes, why ->> 'why'"
        " FROM plan_visit WHERE store = %s ORDER BY day",
        world.stores[n],
    )


def change(lead: Console, plan: str, act: str, *ids: str, **more: Any) -> str:
    return lead.post(f"{AT}{plan}/board", act=act, rep="r01", visit=list(ids), **more).text


def figures(world: World) -> tuple[int, int]:
    found = world.one("SELECT result -> 'r01' FROM plan")
    return found["due"], found["placed"]


def test_a_store_that_is_due_since_the_plan_was_drawn_up_is_put_on_a_day_and_taken_out_again(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    new, before, sums = world.stores[2], visits(world), figures(world)
    page = lead.page(f"{AT}{plan}/board?rep=r01")
    assert "1 store that is not due" in page
    assert "it has neither a class nor visits in four weeks" in page
    world.run("UPDATE store SET store_class = 'A' WHERE id = %s", new)
    page = lead.page(f"{AT}{plan}/board?rep=r01")
    assert "2 due visits." in page
    assert "had neither a class nor visits in four weeks when this plan was drawn up" in page
    assert f'value="+{new}"' in page
    told = change(lead, plan, "move", f"+{new}", day=monday.isoformat())
    assert f"put on {monday:%A} {monday.day}" in told
    assert of_store(world, 2) == [
        (monday, 1, True, 40, "put_in"),
        (None, None, False, 40, "put_in"),
    ]
    assert "this one waits for a day" in told, "how often it is due is known to the plan now"
    assert f'value="+{new}"' not in told
    assert figures(world) == (sums[0] + 2, sums[1] + 1)
    assert "Undone" in change(lead, plan, "undo")
    assert visits(world) == before
    assert figures(world) == sums
    assert f'value="+{new}"' in lead.page(f"{AT}{plan}/board?rep=r01")
    said = world.rows("SELECT action, after ->> 'what' FROM audit WHERE action LIKE 'plan.ch%%'")
    assert [row[0] for row in said] == ["plan.changed", "plan.change_undone"]
    assert said[0][1].startswith("Store")


def test_what_is_unusual_about_it_is_said_as_of_a_move(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    world.run(
        "UPDATE store SET store_class = 'B', opening_hours = 'Mo-Fr 8-18' WHERE id = %s",
        world.stores[2],
    )
    sunday = (monday + timedelta(6)).isoformat()
    told = change(lead, plan, "move", f"+{world.stores[2]}", day=sunday)
    assert "is no working day." in told
    assert "closed at that time." in told
    assert str(of_store(world, 2)[0][0]) == sunday


def test_a_store_that_is_due_more_often_says_so_and_one_not_due_may_be_insisted_on(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    world.run("UPDATE store SET visits_per_4w = 8 WHERE id = %s", world.stores[0])
    page = lead.page(f"{AT}{plan}/board?rep=r01")
    there = world.one("SELECT count(*) FROM plan_visit WHERE store = %s", world.stores[0])
    assert there == 2
    assert "is due more often than when this plan was drawn up: 4 visits, not 2" in page
    change(lead, plan, "move", f"+{world.stores[2]}", day=monday.isoformat())
    assert len(of_store(world, 2)) == 1


def test_what_cannot_be_put_in_is_refused_and_nothing_is_written(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    world.run("UPDATE store SET store_class = 'A' WHERE id = %s", world.stores[2])
    new, before, day = f"+{world.stores[2]}", visits(world), monday.isoformat()
    other = world.rows("SELECT store::text, day FROM plan_visit LIMIT 1")[0]
    foreign = world.one(
        "SELECT s.id::text FROM store s WHERE NOT EXISTS (SELECT FROM assignment a"
        " WHERE a.store = s.id AND a.rep = 'r01') LIMIT 1"
    )
    for act, name, said in (
        ("move", "+nobody", "is in the plan by now"),
        ("move", f"+{uuid7()}", "is in the plan by now"),
        ("move", f"+{foreign}", "not the rep&#39;s any more"),
        ("move", f"+{other[0]}", "is in the plan by now"),
        ("lock", new, "has no day to be locked to"),
        ("off", new, "cannot be taken off it"),
    ):
        assert said in change(lead, plan, act, name, day=day), (act, name)
    assert "that day is not in the plan" in change(
        lead, plan, "move", new, day=(monday - timedelta(1)).isoformat()
    )
    assert visits(world) == before


def test_an_appointment_that_no_day_of_the_plan_shows_is_not_missed(
    lead: Console, world: World, kept: Kept, monday: date
) -> None:
    """On a day off it is kept, and no second visit is sought; nor for one put there since."""
    hand = Hand("user:sue", datetime.now(UTC))
    with world.begin() as conn:
        put_stop(conn, CELL, "r01", world.stores[1], monday, hand, pinned=True)
    world.add_absence(None, monday, monday, "holiday")
    address = f"{AT}{kept()}/board?rep=r01"
    assert world.one("SELECT count(*) FROM plan_visit WHERE store = %s", world.stores[1]) == 0
    assert f"+{world.stores[1]}" not in lead.page(address)
    world.run("DELETE FROM plan_visit WHERE store = %s AND day < %s", world.stores[0],
              monday + timedelta(7))  # fmt: skip
    assert f"+{world.stores[0]}" in lead.page(address)
    with world.begin() as conn:
        put_stop(conn, CELL, "r01", world.stores[0], monday, hand, pinned=False)
    assert f"+{world.stores[0]}" not in lead.page(address)


def test_a_store_of_a_depot_that_is_not_the_readers_is_not_listed(
    lead: Console, world: World, plan: str
) -> None:
    world.run("UPDATE store SET store_class = 'A' WHERE id = %s", world.stores[2])
    address = f"{AT}{plan}/board?rep=r01"
    assert f"+{world.stores[2]}" in lead.page(address)
    world.run("UPDATE store SET cell = 3 WHERE id = %s", world.stores[2])
    world.run("UPDATE assignment SET cell = 3 WHERE store = %s", world.stores[2])
    world.run("UPDATE app_user SET cell = 2 WHERE code = 'sue'")
    page = lead.page(address)
    assert f"+{world.stores[2]}" not in page


def test_a_store_put_in_becomes_a_stop_when_the_plan_is_published(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    change(lead, plan, "move", f"+{world.stores[2]}", day=monday.isoformat())
    lead.post(f"{AT}{plan}/publish", act="publish")
    stops = world.rows("SELECT day FROM plan_stop WHERE store = %s", world.stores[2])
    assert stops == [(monday,)]
