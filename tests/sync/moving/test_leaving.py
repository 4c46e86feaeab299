"""A rep leaves: stores go on with others, what waited gets another owner, work still arrives."""

from typing import Any

import pytest

from sync.moving.hand_over import NotSo, stand_in
from sync.moving.leaving import leave
from tests.auditor import Auditor
from tests.sync.copy import Copy
from tests.sync.moving.days import stores_of, today
from tests.world import CELL, World, add_east, build, change, order_body

BY = "user:admin"


@pytest.fixture
def world(engine: Any) -> World:
    """r01 has the stores 0 to 2, r02 the stores 2 and 3."""
    return build(engine, on_hand=5)


def goes(world: World, takers: dict[str, str], **more: Any) -> Any:
    with world.begin() as conn:
        return leave(conn, CELL, "r01", takers, BY, world.now, **more)


def test_stores_go_to_others_or_stay_with_nobody(world: World) -> None:
    east = add_east(world)
    left = goes(world, {world.stores[0]: "r02", east: "desk"})
    assert (left.given, left.left_alone) == (2, 2)
    assert stores_of(world, "r01") == set()
    assert stores_of(world, "r02") == {0, 2, 3}
    copy = Copy(world, world.carrier())
    copy.pull()
    assert not copy.rows.get("store")
    assert Auditor(world).look() == []


def test_stand_ins_of_and_for_a_leaver_end(world: World) -> None:
    day = today(world)
    with world.begin() as conn:
        stand_in(conn, CELL, "r02", "r01", day, day, BY, world.now)
        stand_in(conn, CELL, "r01", "desk", day, day, BY, world.now)
    goes(world, {})
    assert stores_of(world, "r01") == stores_of(world, "desk") == set()
    assert stores_of(world, "r02") == {2, 3}


def test_what_waited_for_the_leaver_waits_for_another(world: World) -> None:
    body = order_body(world.stores[0], [("p001", 9)])  # five are there
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    (item,) = world.rows("SELECT id::text, needs, owner, rep_answers FROM conflict")
    assert item[1:3] == ("rep", "rep")
    assert goes(world, {}, owner="order_desk").items == 1
    row = world.rows("SELECT needs, owner, rep, state, answers FROM conflict")[0]
    assert row[:4] == ("office", "order_desk", "r01", "waiting")
    assert set(row[4]) >= {name for name, _ in item[3]}
    assert Auditor(world).look() == []


def test_work_the_leaver_had_not_sent_is_taken(world: World) -> None:
    goes(world, {world.stores[0]: "r02"})
    body = order_body(world.stores[0], [("p001", 1)])
    verdicts, _ = world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert verdicts[0]["outcome"] == "applied"
    copy = Copy(world, world.carrier("r02"))
    copy.pull()
    assert body["id"] in copy.rows["order"]


def test_a_leaver_keeps_nothing(world: World) -> None:
    with pytest.raises(NotSo, match="who leaves"):
        goes(world, {world.stores[0]: "r01"})
