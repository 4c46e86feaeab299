"""Stops of the plan that rep and office both move."""

from itertools import permutations
from typing import Any

import pytest

from schemas.ids import uuid7
from sync.write import remove, write
from tests.sync.taking.pushing import requests, rules, send
from tests.world import CELL, World


def put_stop(world: World, day: str, *, pinned: bool = False, stop: str | None = None) -> str:
    """The office puts a stop on the first rep's plan, or moves it."""
    stop = stop or uuid7()
    with world.begin() as conn:
        write(
            conn, CELL, "plan_stop",
            [{"id": stop, "rep": "r01", "store": world.stores[0], "day": day, "sequence": 3,
              "state": "planned", "pinned": pinned, "reason": None, "visit": None}],
            "user:desk",
        )  # fmt: skip
    return stop


def move(world: World, stop: str, day: str, *, was: str, **more: Any) -> dict[str, Any]:
    base = {"day": was, "sequence": 3, "state": "planned"}
    body = {"id": stop, "store": world.stores[0], "day": day, "sequence": 3, "state": "planned"}
    return send(world, "plan_stop", "save", body | {"base": base} | more)


def at_rest(world: World, stop: str) -> list[Any]:
    query = "SELECT day::text, state, pinned FROM plan_stop WHERE id = %s"
    return world.rows(query, stop)


@pytest.mark.rule(10)
def test_moved_by_both_within_the_week_the_rep_wins(world: World) -> None:
    stop = put_stop(world, "2026-11-26")
    verdict = move(world, stop, "2026-11-25", was="2026-11-24")
    assert (verdict["outcome"], rules(verdict)) == (
        "merged", [("stop_moved_within_week", "move_as_rep")],
    )  # fmt: skip
    assert at_rest(world, stop) == [("2026-11-25", "planned", False)]


@pytest.mark.rule(10)
def test_moved_by_the_office_to_another_week_the_office_wins(world: World) -> None:
    stop = put_stop(world, "2026-12-01")
    verdict = move(world, stop, "2026-11-25", was="2026-11-24")
    assert rules(verdict) == [("stop_moved_to_other_week", "move_as_office")]
    assert verdict["outcome"] == "adjusted"
    assert at_rest(world, stop) == [("2026-12-01", "planned", False)]


@pytest.mark.rule(10)
def test_a_stop_the_office_fixed_stays_and_stays_fixed(world: World) -> None:
    stop = put_stop(world, "2026-11-24", pinned=True)
    assert rules(move(world, stop, "2026-11-25", was="2026-11-24")) == [
        ("stop_pinned", "move_as_office")
    ]
    done = move(world, stop, "2026-11-25", was="2026-11-24", state="done")
    assert done["outcome"] == "applied"
    assert at_rest(world, stop) == [("2026-11-25", "done", True)]


@pytest.mark.rule(10)
@pytest.mark.rule(17)
def test_a_stop_taken_off_the_plan_comes_back_only_if_it_was_begun(world: World) -> None:
    stop = put_stop(world, "2026-11-24")
    with world.begin() as conn:
        remove(conn, CELL, "plan_stop", [stop])
    moved = move(world, stop, "2026-11-25", was="2026-11-24")
    assert (moved["outcome"], rules(moved)) == ("held", [("stop_gone", "request_all")])
    assert at_rest(world, stop) == []
    assert requests(world)[0][3]["set"] == {"day": "2026-11-25"}
    begun = move(world, stop, "2026-11-24", was="2026-11-24", state="started")
    assert (begun["outcome"], rules(begun)) == ("applied", [("stop_back", "let_pass")])
    assert at_rest(world, stop) == [("2026-11-24", "started", False)]
    again = move(world, stop, "2026-11-24", was="2026-11-24", state="done")
    assert again["conflicts"] == []


@pytest.mark.rule(10)
def test_visits_that_both_planned_are_all_kept(world: World) -> None:
    mine, theirs = uuid7(), put_stop(world, "2026-11-24")
    body = {"id": mine, "store": world.stores[0], "day": "2026-11-24", "sequence": 1,
            "state": "planned"}  # fmt: skip
    assert send(world, "plan_stop", "save", body)["outcome"] == "applied"
    assert len(at_rest(world, mine) + at_rest(world, theirs)) == 2


@pytest.mark.rule(16)
def test_a_store_that_was_given_away_is_not_planned_any_more(world: World) -> None:
    body = {"id": uuid7(), "store": world.stores[-1], "day": "2026-11-24", "sequence": 1,
            "state": "planned"}  # fmt: skip
    verdict = send(world, "plan_stop", "save", body)
    assert (verdict["outcome"], rules(verdict)) == ("rejected", [("stop_not_mine", "refuse_edit")])
    assert world.one("SELECT count(*) FROM plan_stop") == 0


@pytest.mark.rule(10)
@pytest.mark.rule(23)
def test_two_devices_move_one_stop_and_whichever_arrives_last_stands(world: World) -> None:
    world.add_device("d-2", "r01", 2)
    for order in permutations((("d-1", "2026-11-25"), ("d-2", "2026-11-27"))):
        stop = put_stop(world, "2026-11-24")
        for device, day in order:
            base = {"day": "2026-11-24", "sequence": 3, "state": "planned"}
            body = {"id": stop, "store": world.stores[0], "day": day, "sequence": 3,
                    "state": "planned", "base": base}  # fmt: skip
            carrier = world.carrier("r01", device)
            n = world.one("SELECT coalesce(max(n), 0) + 1 FROM receipt WHERE device = %s", device)
            send(world, "plan_stop", "save", body, carrier=carrier, n=n)
        assert at_rest(world, stop) == [(order[-1][1], "planned", False)]


def test_a_handheld_that_does_not_say_what_it_saw_is_taken_at_its_word(world: World) -> None:
    stop = put_stop(world, "2026-12-01")
    body = {"id": stop, "store": world.stores[0], "day": "2026-11-25", "sequence": 1,
            "state": "planned"}  # fmt: skip
    assert send(world, "plan_stop", "save", body)["outcome"] == "applied"
    assert at_rest(world, stop) == [("2026-11-25", "planned", False)]
