"""Stores change hands on their day: both hold them on the hand-over day, stand-ins come and go."""

from datetime import date, timedelta
from typing import Any

import pytest

from sync.desk.stores import merge
from sync.feed import publish
from sync.moving.hand_over import Move, NotSo, hand_over, stand_in
from sync.queries import scope as scope_queries
from sync.queries.moving import givers
from sync.scope import assign
from tests.sync.copy import Copy
from tests.sync.moving.days import midnight, on_each_day, stores_of, today
from tests.world import CELL, World, add_east, build


@pytest.fixture
def world(engine: Any) -> World:
    """r01 has the stores 0 to 4, r02 the stores 4 and 5."""
    return build(engine, stores=6)


def moves(world: World, numbers: list[int], giver: str | None, taker: str | None) -> list[Move]:
    return [Move(CELL, world.stores[n], giver, taker) for n in numbers]


def do(world: World, work: Any, *args: Any, **more: Any) -> Any:
    with world.begin() as conn:
        return work(conn, *args, "user:admin", world.now, **more)


def test_both_reps_hold_a_store_on_the_hand_over_day_and_then_only_the_taker(world: World) -> None:
    before = stores_of(world, "r01")
    done = do(world, hand_over, moves(world, [0, 1], "r01", "r02"))
    assert (done.begun, done.ended) == (2, 2)
    assert stores_of(world, "r01") == before
    assert stores_of(world, "r02") >= {0, 1}
    assert on_each_day(world, "r01", range(1, 3)) == [before - {0, 1}] * 2
    assert stores_of(world, "r02") >= {0, 1}


def days_of_the_giver(world: World, together_days: int) -> int:
    """For how many days, today the first, the giver still holds the store after a hand-over that
    begins in two days."""
    do(world, hand_over, moves(world, [0], "r01", "r02"), together_days=together_days,
       first_day=today(world) + timedelta(2))  # fmt: skip
    held = [0 in stores for stores in on_each_day(world, "r01", range(8))]
    assert held == sorted(held, reverse=True)
    return sum(held)


@pytest.mark.parametrize("together", [0, 1, 3])
def test_a_hand_over_begins_and_ends_by_itself_on_its_days(world: World, together: int) -> None:
    assert days_of_the_giver(world, together) == 2 + together


def test_a_hand_over_day_that_ends_a_day_early_is_caught(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = scope_queries.end_assignments

    def early(conn: Any, cell: int, rep: str, stores: list[str], day: date, first: date) -> int:
        return real(conn, cell, rep, stores, day - timedelta(1), first)

    monkeypatch.setattr(scope_queries, "end_assignments", early)
    assert days_of_the_giver(world, 1) == 2 != 2 + 1


def test_the_taker_has_the_store_from_the_first_minute_of_the_first_day(world: World) -> None:
    do(world, hand_over, moves(world, [0], "r01", "r02"), first_day=today(world) + timedelta(2))
    assert [0 in stores for stores in on_each_day(world, "r02", range(5))] == [
        False, False, True, True, True,
    ]  # fmt: skip


def test_a_territory_is_split_between_two_in_one_go(world: World) -> None:
    with world.begin() as conn:
        assign(conn, CELL, "desk", [], "user:admin", world.now)
    done = do(
        world, hand_over,
        [*moves(world, [0, 1], "r01", "r02"), *moves(world, [2], "r01", "desk"),
         *moves(world, [3], "r01", None)],
        together_days=0,
    )  # fmt: skip
    assert [rep for _, rep in done.reps] == ["desk", "r01", "r02"]
    assert stores_of(world, "r01") == {4}
    assert stores_of(world, "r02") == {0, 1, 4, 5}
    assert stores_of(world, "desk") == {2}


@pytest.mark.parametrize("together", [0, 1, 5, 30])
def test_a_store_that_was_promised_to_another_for_later_goes_to_the_new_taker_alone(
    world: World, together: int
) -> None:
    """r02 was to have it from the fourth day to the sixth, and desk from then on."""
    for days, giver, taker in ((4, "r01", "r02"), (6, "r02", "desk")):
        do(world, hand_over, moves(world, [0], giver, taker), together_days=0,
           first_day=today(world) + timedelta(days))  # fmt: skip
    with world.begin() as conn:
        have = givers(conn, [CELL], world.stores[:1], today(world))
    assert have == [(CELL, world.stores[0], rep) for rep in ("desk", "r01", "r02")]
    done = do(world, hand_over, [Move(*one, "admin") for one in have], together_days=together)
    assert (done.begun, done.ended) == (1, 2 if together > 4 else 3)  # r01 ends on the fourth
    held: dict[str, list[bool]] = {"admin": [], "desk": [], "r01": [], "r02": []}
    for day in range(9):
        for rep, days_of in held.items():
            days_of += [0 in stores for stores in on_each_day(world, rep, range(day, day + 1))]
    with_r01 = min(together, 4)
    assert held == {
        "admin": [True] * 9, "desk": [False] * 9, "r02": [False] * 9,
        "r01": [True] * with_r01 + [False] * (9 - with_r01),
    }  # fmt: skip
    assert world.one("SELECT count(*) FROM assignment WHERE valid_to < valid_from") == 0


def test_a_stand_in_comes_and_goes_by_itself_and_the_rep_keeps_the_stores(world: World) -> None:
    first, mine = today(world) + timedelta(1), stores_of(world, "r01")
    others = stores_of(world, "r02")
    with world.begin() as conn:
        stand_in(
            conn, CELL, "r01", "r02", first, first + timedelta(1), "user:admin", world.now
        )  # fmt: skip
    assert on_each_day(world, "r02", range(5)) == [
        others, others | mine, others | mine, others, others,
    ]  # fmt: skip
    assert stores_of(world, "r01") == mine
    told = dict(world.rows("SELECT scope, reason FROM scope_grant WHERE rep = 'r02'"))
    assert told[f"st:{world.stores[0]}"] == "stand-in for r01"
    assert told[f"st:{world.stores[4]}"] == "assignment"


def test_who_stands_in_carries_the_stores_of_every_depot_and_none_that_are_only_lent(
    world: World,
) -> None:
    east, day = add_east(world), today(world)
    with world.begin() as conn:
        stand_in(conn, CELL, "r02", "r01", day, day, "user:admin", world.now)
        stand_in(conn, CELL, "r01", "desk", day, day, "user:admin", world.now)
    rows = world.rows("SELECT scope FROM scope_grant WHERE rep = 'desk' AND NOT told_end")
    assert {f"st:{east}", "wh:w1", "wh:w2"} <= {row[0] for row in rows}
    mine = {row[0] for row in rows if row[0].startswith("st:")}
    assert mine == {f"st:{store}" for store in [*world.stores[:5], east]}


@pytest.mark.parametrize(
    ("first", "last", "other", "why"),
    [
        (1, 0, "r02", "before the first"),
        (-3, -1, "r02", "is over"),
        (0, 400, "r02", "up to 366 days"),
        (367, 367, "r02", "within a year"),
        (0, 1, "r01", "for themselves"),
    ],
)
def test_a_stand_in_that_makes_no_sense_is_refused_in_words(
    world: World, first: int, last: int, other: str, why: str
) -> None:
    day = today(world)
    with pytest.raises(NotSo, match=why), world.begin() as conn:
        stand_in(
            conn, CELL, "r01", other, day + timedelta(first), day + timedelta(last),
            "user:admin", world.now,
        )  # fmt: skip


def test_a_hand_over_that_makes_no_sense_is_refused_in_words(world: World) -> None:
    for giver, taker, more, why in (
        ("r01", "r01", {}, "it comes from"),
        ("r01", "r02", {"first_day": today(world) - timedelta(1)}, "is over"),
        ("r01", "r02", {"first_day": today(world) + timedelta(800)}, "within a year"),
        ("r01", "r02", {"together_days": 999}, "up to 366 days"),
    ):
        with pytest.raises(NotSo, match=why):
            do(world, hand_over, moves(world, [0], giver, taker), **more)


def test_handhelds_follow_a_hand_over(world: World) -> None:
    giver, taker = Copy(world, world.carrier("r01")), Copy(world, world.carrier("r02"))
    do(world, hand_over, moves(world, [0], "r01", "r02"))
    for copy in (giver, taker):
        copy.pull()
        assert world.stores[0] in copy.rows["store"]
    on_each_day(world, "r01", range(1, 2))
    for copy in (giver, taker):
        copy.pull()
    assert world.stores[0] not in giver.rows["store"]
    assert world.stores[0] in taker.rows["store"]
    assert midnight(world, 1) > world.now


def test_who_stands_in_at_a_merged_store_stands_in_where_it_lives_on(world: World) -> None:
    day = today(world)
    with world.begin() as conn:
        stand_in(conn, CELL, "r01", "desk", day, day + timedelta(1), "user:admin", world.now,
                 stores=world.stores[:1])  # fmt: skip
    with world.begin() as conn:
        entries = merge(conn, CELL, world.stores[0], world.stores[5], "user:admin", world.now)
        publish(conn, CELL, entries)
    assert 5 in stores_of(world, "r01")
    assert [5 in stores for stores in on_each_day(world, "desk", range(3))] == [True, True, False]
    assert 5 in stores_of(world, "r01")
