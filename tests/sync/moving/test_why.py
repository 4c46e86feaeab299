"""Why a row is on a handheld, or not: what is said is what a pull then does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.ids import uuid7
from sync.moving.relocate import relocate
from sync.moving.why import Why, why
from sync.scope import assign, unassign
from sync.write import remove, write
from tests.sync.copy import Copy
from tests.sync.moving.days import today
from tests.world import CELL, COMPANY_CELL, OTHER_CELL, World, add_east, build

BY = "user:admin"


@pytest.fixture
def world(engine: Any) -> World:
    """r01 has the stores 0 to 2 and the handheld d-1."""
    return build(engine)


def ask(world: World, kind: str, key: str) -> Why:
    with world.begin() as conn:
        return why(conn, CELL, "d-1", kind, key, datetime.now(UTC))


def agrees(world: World, copy: Copy, kind: str, key: str) -> str:
    """The answer, after it was seen to be what the copy holds now and after its next pull."""
    told = ask(world, kind, key).answer
    has = key in copy.rows.get(kind, {})
    copy.pull()
    will = key in copy.rows.get(kind, {})
    assert {
        (True, True): "on it", (False, True): "comes with its next pull",
        (True, False): "goes with its next pull", (False, False): "not on it",
    }[has, will] == told  # fmt: skip
    return told


def test_a_row_is_followed_through_its_life_on_a_handheld(world: World) -> None:
    copy, key, store = Copy(world, world.carrier()), uuid7(), world.stores[3]
    row = {"id": key, "store": store, "name": "Kim", "state": "active"}
    assert agrees(world, copy, "contact", key) == "not on it"
    with world.begin() as conn:
        write(conn, CELL, "contact", [row], BY)
    assert agrees(world, copy, "contact", key) == "not on it"
    with world.begin() as conn:
        assign(conn, CELL, "r01", [store], BY, world.now)
    assert agrees(world, copy, "contact", key) == "comes with its next pull"
    assert agrees(world, copy, "contact", key) == "on it"
    with world.begin() as conn:
        write(conn, CELL, "contact", [row | {"store": world.stores[0], "name": "Kay"}], BY)
    assert ask(world, "contact", key).answer == "comes with its next pull"  # as it is now
    copy.pull()
    with world.begin() as conn:
        unassign(conn, CELL, "r01", [world.stores[0]], world.now)
    assert agrees(world, copy, "contact", key) == "goes with its next pull"
    assert agrees(world, copy, "contact", key) == "not on it"


def test_a_removed_row_and_a_store_that_moved_are_explained(world: World) -> None:
    add_east(world)
    copy, key = Copy(world, world.carrier()), uuid7()
    row = {"id": key, "store": world.stores[0], "name": "Kim", "state": "active"}
    with world.begin() as conn:
        write(conn, CELL, "contact", [row], BY)
    copy.pull()
    with world.begin() as conn:
        relocate(conn, CELL, OTHER_CELL, world.stores[0], "w2", BY, world.now)
    told = ask(world, "contact", key)
    assert told.answer == "comes with its next pull"
    assert "depot east" in told.findings[0].says
    copy.pull()
    assert agrees(world, copy, "contact", key) == "on it"
    with world.begin() as conn:
        remove(conn, OTHER_CELL, "contact", [key])
    assert agrees(world, copy, "contact", key) == "goes with its next pull"
    assert "is gone from scope" in ask(world, "contact", key).findings[0].says


def test_the_grant_is_named_with_its_reason_and_days(world: World) -> None:
    store, day = world.stores[3], today(world)
    with world.begin() as conn:
        assign(
            conn, CELL, "r01", [store], BY, world.now, substitute_for="r02",
            valid_from=day + timedelta(2), valid_to=day + timedelta(9),
        )  # fmt: skip
    told = ask(world, "store", store)
    assert told.answer == "not on it"
    assert told.findings[1].says == (
        f"No: it never was theirs. It will be: from {day + timedelta(2)} until before "
        f"{day + timedelta(9)}, standing in for r02, made by user:admin."
    )
    says = ask(world, "store", world.stores[0]).findings[1].says
    assert "(assignment)" in says
    assert "made by user:admin" in says


def test_prices_plans_and_items_of_others_are_explained(world: World) -> None:
    price = world.one("SELECT id::text FROM price WHERE cell = %s LIMIT 1", COMPANY_CELL)
    copy = Copy(world, world.carrier())
    assert agrees(world, copy, "price", price) == "comes with its next pull"
    assert agrees(world, copy, "product", "p001") == "on it"
    stop = {"id": uuid7(), "rep": "r02", "store": world.stores[0], "day": "2026-11-21",
            "sequence": 1, "state": "planned", "pinned": False}  # fmt: skip
    with world.begin() as conn:
        write(conn, CELL, "plan_stop", [stop], BY)
    told = ask(world, "plan_stop", stop["id"])
    assert told.answer == "not on it"
    assert "is for rep r02" in told.findings[1].says


def test_a_revoked_handheld_keeps_what_it_had(world: World) -> None:
    Copy(world, world.carrier()).pull()
    world.run("UPDATE device SET state = 'revoked'")
    told = ask(world, "store", world.stores[0])
    assert told.answer == "on it"
    assert "it is revoked" in told.findings[2].says
    with pytest.raises(LookupError, match="no kind"):
        ask(world, "sandwich", "x")
