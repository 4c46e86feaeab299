"""Plans made the reps' own, and taken back: what was begun stays where it was."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.ids import uuid7
from sync.desk.edits import Hand, put_stop
from sync.desk.plans import Published, Span, Wanted, publish_plan, take_back
from sync.feed import publish
from tests.world import CELL, OTHER_CELL, World

MONDAY = date(2026, 11, 30)
LATER = MONDAY + timedelta(days=3)
HAND = Hand("user:sue", datetime(2026, 11, 22, 9, tzinfo=UTC))


def put(world: World, store: int, day: date = MONDAY) -> str:
    with world.begin() as conn:
        entries = put_stop(conn, CELL, "r01", world.stores[store], day, HAND, pinned=False)
        publish(conn, CELL, entries)
    return entries[0].key


def visited(world: World, store: int, day: date, state: str = "done", cell: int = CELL) -> None:
    """What a handheld says of a visit; the stop it was planned by stays as it was planned."""
    world.run(
        "INSERT INTO visit (cell, id, scope, version, changed_by, store, rep, state, planned_on)"
        " VALUES (%s, %s, 'st:x', 1, 'x', %s, 'r01', %s, %s)",
        cell, uuid7(), world.stores[store], state, day,
    )  # fmt: skip


def published(world: World, wanted: Sequence[Wanted], *read: str) -> Published:
    span = Span("r01", MONDAY, MONDAY + timedelta(days=13), dict.fromkeys(read, 1))
    with world.begin() as conn:
        done = publish_plan(conn, CELL, span, wanted, uuid7(), HAND)
        publish(conn, CELL, done.entries)
    return done


def undone(world: World, done: Published) -> Published:
    with world.begin() as conn:
        back = take_back(conn, done.undo, uuid7(), HAND)
        publish(conn, CELL, back.entries)
    return back


def stops(world: World) -> list[tuple[str, date]]:
    return world.rows("SELECT id::text, day FROM plan_stop ORDER BY day, id")


STATES = [("started", CELL), ("done", CELL), ("done", OTHER_CELL)]


@pytest.mark.parametrize(("state", "cell"), STATES)
def test_a_stop_whose_visit_was_made_is_neither_moved_nor_taken_off(
    world: World, state: str, cell: int
) -> None:
    """Its own state still says planned, and its version is the one the plan was drawn up from."""
    moving, leaving = put(world, 0), put(world, 1)
    visited(world, 0, MONDAY, state, cell)
    visited(world, 1, MONDAY, state, cell)
    wanted = [Wanted(moving, world.stores[0], LATER, 4, True)]
    done = published(world, wanted, moving, leaving)
    assert (done.moved, done.removed, done.gave_way) == (0, 0, 1)
    assert sorted(stops(world)) == sorted([(moving, MONDAY), (leaving, MONDAY)])
    assert world.rows("SELECT DISTINCT version, state, pinned FROM plan_stop") == [
        (1, "planned", False)
    ]


def test_a_visit_of_another_day_or_one_that_was_skipped_holds_no_stop(world: World) -> None:
    moving, leaving = put(world, 0), put(world, 1)
    visited(world, 0, MONDAY - timedelta(days=7))
    visited(world, 1, MONDAY, "skipped")
    wanted = [Wanted(moving, world.stores[0], LATER, 1)]
    done = published(world, wanted, moving, leaving)
    assert (done.moved, done.removed, done.gave_way) == (1, 1, 0)
    assert stops(world) == [(moving, LATER)]


def test_taking_back_leaves_what_was_visited_since(world: World) -> None:
    moved, kept = put(world, 0), put(world, 1)
    wanted = [
        Wanted(moved, world.stores[0], LATER, 1),
        Wanted(kept, world.stores[1], LATER, 2),
        Wanted(None, world.stores[2], LATER, 3),
        Wanted(None, world.stores[3], LATER, 4),
    ]
    done = published(world, wanted, moved, kept)
    assert (done.moved, done.new) == (2, 2)
    visited(world, 0, LATER)
    visited(world, 2, LATER, "started")
    back = undone(world, done)
    assert (back.moved, back.removed, back.gave_way) == (1, 1, 2)
    left = world.rows("SELECT store::text, day FROM plan_stop ORDER BY day, sequence")
    assert left == [
        (world.stores[1], MONDAY), (world.stores[0], LATER), (world.stores[2], LATER),
    ]  # fmt: skip
