"""What a move will bring and take is said before it is done, and is what then happens."""

import zlib
from datetime import timedelta
from typing import Any

import pytest

from sync.moving.hand_over import Move, NotSo, stand_in, write_moves, write_stand_in
from sync.moving.leaving import leave, write_leaving
from sync.moving.preview import Effect, Load, preview
from sync.moving.relocate import relocate_all, write_for_show
from sync.scope import publish_all, regrant_all
from tests.sync.copy import Copy
from tests.sync.moving.days import midnight, stores_of, today
from tests.world import CELL, OTHER_CELL, World, add_east, build, change, order_body

BY = "user:admin"


@pytest.fixture
def world(engine: Any) -> World:
    """r01 has the stores 0 to 4, r02 the stores 4 and 5; store 0 has some orders."""
    world = build(engine, stores=6)
    for n in range(1, 30):
        body = order_body(world.stores[0], [(p, n) for p in world.products[:4]])
        world.push(world.carrier(), [change(n, "order", "submit", body)])
    return world


def look(world: World, move: Any) -> dict[str, Effect]:
    with world.begin() as conn:
        return {one.rep: one for one in preview(conn, CELL, move, world.now)}


def test_rows_and_kilobytes_are_those_that_come(world: World) -> None:
    copy = Copy(world, world.carrier("r02"))
    copy.pull()
    before = sum(len(rows) for rows in copy.rows.values())
    moves = [Move(CELL, world.stores[0], "r01", "r02")]
    told = look(world, lambda conn: write_moves(conn, moves, BY, world.now))
    assert stores_of(world, "r02") == {4, 5}  # nothing of it was written
    assert world.one("SELECT count(*) FROM assignment WHERE rep = 'r02'") == 2
    with world.begin() as conn:
        done = write_moves(conn, moves, BY, world.now)
        publish_all(conn, regrant_all(conn, done.reps, world.now))
    answer = copy.page(copy.cursor, None)
    text = "".join(one for texts in answer.rows.values() for one in texts)
    copy.pull()
    (gain,) = told["r02"].gains
    assert gain.stores == (world.stores[0],)
    assert gain.rows == sum(len(rows) for rows in copy.rows.values()) - before > 29
    packed = len(zlib.compress(text.encode(), 6)) / 1_000
    assert gain.kilobytes == pytest.approx(packed, rel=0.5)
    (loss,) = told["r01"].loses
    assert (loss.day, loss.stores, loss.rows) == (
        today(world) + timedelta(1), (world.stores[0],), gain.rows,
    )  # fmt: skip
    assert told["r01"].gains == told["r02"].loses == []


def test_what_comes_only_for_some_days_is_told_with_both_days(world: World) -> None:
    first = today(world) + timedelta(3)
    told = look(world, lambda conn: write_stand_in(
        conn, CELL, "r01", "r02", first, first + timedelta(1), BY, world.now))  # fmt: skip
    (gain,), (loss,) = told["r02"].gains, told["r02"].loses
    assert (gain.day, loss.day) == (first, first + timedelta(2))
    assert set(gain.stores) == set(loss.stores) == set(world.stores[:4])
    assert midnight(world, 3).date() == first


def test_a_warehouse_that_comes_along_is_counted(world: World) -> None:
    moves = [Move(CELL, world.stores[0], "r01", "desk")]
    (gain,) = look(world, lambda conn: write_moves(conn, moves, BY, world.now))["desk"].gains
    assert gain.others == ("pl:base", "wh:w1")


def test_what_is_told_of_a_leaver_is_what_then_happens(world: World) -> None:
    """r02 and r01 stand in for each other; what was lent to whom ends too."""
    day = today(world)
    with world.begin() as conn:
        stand_in(conn, CELL, "r01", "desk", day, day + timedelta(3), BY, world.now)
        stand_in(conn, CELL, "r02", "r01", day, day + timedelta(3), BY, world.now)
    before = carried_scopes(world)
    takers = {world.stores[0]: "r02"}
    told = look(world, lambda conn: write_leaving(conn, CELL, "r01", takers, world.now, BY)[0])
    with world.begin() as conn:
        leave(conn, CELL, "r01", takers, BY, world.now)
    after = carried_scopes(world)
    for rep in ("r01", "r02", "desk"):
        now = [[one for one in loads if one.day == day]
               for loads in (told[rep].gains, told[rep].loses)]  # fmt: skip
        assert named(now[0]) == sorted(scope for _, scope in after[rep] - before[rep])
        assert named(now[1]) == sorted(scope for _, scope in before[rep] - after[rep])


def test_unsent_work_is_told_as_the_handheld_said(world: World) -> None:
    world.run("UPDATE device SET queue_depth = 7, oldest_unsent = now() - interval '2 days'")
    moves = [Move(CELL, world.stores[0], "r01", None)]
    effect = look(world, lambda conn: write_moves(conn, moves, BY, world.now))["r01"]
    assert effect.unsent == 7
    assert effect.handhelds[0].no == 1


def test_a_move_that_cannot_be_is_refused_before_it_is_looked_at(world: World) -> None:
    moves = [Move(CELL, world.stores[0], "r01", "r01")]
    with pytest.raises(NotSo):
        look(world, lambda conn: write_moves(conn, moves, BY, world.now))


@pytest.mark.parametrize("numbers", [(0, 1, 2, 3), (3, 4, 5)])
def test_what_is_told_of_a_move_to_another_depot_is_what_then_happens(
    world: World, numbers: tuple[int, ...]
) -> None:
    """Also for whom an item goes along: the other depot's feed speaks to its author then."""
    add_east(world)
    world.add_device("d-2", "r02", 2)
    body = order_body(world.stores[5], [("p001", 9_000)], number="D2-000001")
    verdicts, _ = world.push(world.carrier("r02", "d-2"), [change(1, "order", "submit", body)])
    assert verdicts[0]["outcome"] == "adjusted"
    assert world.one("SELECT scope FROM conflict") == "rep:r02"
    going = [(CELL, world.stores[n]) for n in numbers]
    before = carried_scopes(world)
    told = look(world, lambda conn: write_for_show(conn, going, OTHER_CELL, "w2", BY))
    assert carried_scopes(world) == before
    with world.begin() as conn:
        relocate_all(conn, going, OTHER_CELL, "w2", BY, world.now)
    after = carried_scopes(world)
    for rep in ("r01", "r02"):
        effect = told.get(rep, Effect(rep, rep))
        assert named(effect.gains) == sorted(scope for _, scope in after[rep] - before[rep])
        assert named(effect.loses) == sorted(scope for _, scope in before[rep] - after[rep])
    if 5 in numbers:
        assert "rep:r02" in named(told["r02"].gains)
    with pytest.raises(NotSo, match="not in this depot"):
        look(world, lambda conn: write_for_show(conn, going, OTHER_CELL, "w2", BY))


def named(loads: list[Load]) -> list[str]:
    return sorted(
        scope for one in loads for scope in (*(f"st:{store}" for store in one.stores), *one.others)
    )


def carried_scopes(world: World) -> dict[str, set[tuple[int, str]]]:
    found: dict[str, set[tuple[int, str]]] = {"desk": set(), "r01": set(), "r02": set()}
    for rep, *scope in world.rows(
        "SELECT rep, scope_cell, scope FROM scope_grant WHERE NOT told_end"
    ):
        found[rep].add(tuple(scope))
    return found
