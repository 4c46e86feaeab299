"""A batch of several runs locks ahead what its runs lock: nobody who locks in the one order of
locks waits for it while it waits for him."""

import dataclasses
from typing import Any

import psycopg
import pytest

from schemas.ids import uuid7
from sync import push as pushing
from sync.carrier import Carrier
from sync.desk.release import NotHeld, release
from tests.sync.meeting import Changes, deadlocks, meet, order, person
from tests.world import CELL, World, change


def carriers(world: World) -> list[Carrier]:
    """Two handhelds of one rep, whose company has one depot: no store is locked before accounts."""
    one, two = (world.add_device(f"d-{no}", no=no) for no in (21, 22))
    return [dataclasses.replace(carrier, cells=(CELL,)) for carrier in (one, two)]


def between(n: int, store: str) -> dict[str, Any]:
    """An edit of what is at rest, which ends a run of orders."""
    new = person(n, store, uuid7())
    new["body"]["set"]["name"] = "Mary"
    return new


def meets(
    world: World, patch: pytest.MonkeyPatch, first: Changes, second: Changes
) -> tuple[list[str], list[str]]:
    """The first batch stops between its runs, the second goes until it ends or waits."""
    one, two = carriers(world)
    found = deadlocks(patch)
    outcomes = meet(world, patch, "rows_locked", (one, first), (two, second))
    return found, outcomes


def test_what_goes_in_place_of_a_product_is_locked_ahead(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.run("UPDATE product SET substitute = 'p001' WHERE code = 'p005'")
    here, there = world.stores[0], world.stores[2]
    first = [order(1, here, "p003"), between(2, here), order(3, here, "p005")]
    found, outcomes = meets(world, monkeypatch, first, [order(4, there, "p001", "p003")])
    assert (found, set(outcomes)) == ([], {"applied"})


def test_the_account_of_the_store_that_a_merged_one_lives_on_in_is_locked_ahead(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives, other, merged = world.stores[:3]
    world.run("UPDATE store SET status = 'merged', merged_into = %s WHERE id = %s", lives, merged)
    first = [order(1, other, "p001"), between(2, other), order(3, merged, "p002")]
    second = [order(4, lives, "p003"), order(5, other, "p004")]
    found, outcomes = meets(world, monkeypatch, first, second)
    assert (found, len(outcomes)) == ([], 5)


def test_the_account_of_a_store_visited_beside_an_order_is_locked_ahead(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, other = world.stores[:2]
    visit = change(3, "visit", "save", {"id": uuid7(), "store": seen, "state": "done"})
    first = [order(1, other, "p001"), between(2, other), visit, order(4, other, "p002")]
    second = [order(5, seen, "p003"), order(6, other, "p004")]
    found, outcomes = meets(world, monkeypatch, first, second)
    assert (found, set(outcomes)) == ([], {"applied"})


@pytest.mark.parametrize("act", ["cancel", "revise"])
def test_an_order_that_is_edited_is_locked_before_accounts(
    world: World, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """A person who releases it locks it first, and then the account."""
    store = world.stores[0]
    world.run("UPDATE store SET status = 'on_hold' WHERE id = %s", store)
    held = order(1, store, "p001")
    assert world.push(world.carrier(), [held])[0][0]["outcome"] == "held"
    body = held["body"] | {"base_revision": 1}
    if act == "cancel":
        body = {"id": body["id"], "store": store, "reason": "no"}
    first = [order(2, store, "p002"), between(3, store), change(4, "order", act, body)]
    found = deadlocks(monkeypatch)

    def releases() -> None:
        try:
            with world.begin() as conn:
                release(conn, CELL, held["body"]["id"], ["store_blocked"], "user:desk", world.now)
        except psycopg.OperationalError as fault:
            found.append(str(fault))
        except NotHeld:
            assert act == "cancel"

    outcomes = meet(world, monkeypatch, "rows_locked", (carriers(world)[0], first), releases)
    assert (found, outcomes.count("rejected")) == ([], 0)


def test_changes_decided_one_by_one_lock_ahead_what_all_of_them_lock(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch stumbles once; then each of its orders is a run of its own."""
    stumbled, real = list[int](), pushing.flush

    def stumbles(*args: Any) -> Any:
        if args[1].carrier.device == "d-21" and not stumbled:
            stumbled.append(1)
            raise ZeroDivisionError("planted")
        return real(*args)

    monkeypatch.setattr(pushing, "flush", stumbles)
    here, there = world.stores[:2]
    first = [order(1, there, "p001"), order(2, here, "p002")]
    second = [order(3, here, "p003"), order(4, there, "p004")]
    one, two = carriers(world)
    found = deadlocks(monkeypatch)
    outcomes = meet(world, monkeypatch, "one_alone", (one, first), (two, second))
    assert (found, outcomes.count("applied"), len(stumbled)) == ([], 4, 1)
