"""Whatever a handheld asks for, rows go only to one that is the company's, and that is one."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.ids import uuid7
from schemas.versions import NEWEST
from tests.server.handheld.conftest import Phone
from tests.world import World, change, clock_at

STATES = {
    "enrolled": None, "active": None, "stale": None, "locked": "device_in_use_elsewhere",
    "revoked": "device_revoked", "wiped": "device_revoked",
}  # fmt: skip
"""Each state of a handheld: the problem it is told when it asks for rows."""


def pulled(phone: Phone) -> Any:
    return phone.pull()


def verified(phone: Phone) -> Any:
    return phone.post("verify", phone.body(schema=NEWEST, run="r", why="cursor"))


def fetched(phone: Phone) -> Any:
    return phone.client.get(f"/sync/v1/segments/{uuid7()}", headers=phone.headers)


@pytest.mark.parametrize("ask", [pulled, verified, fetched])
def test_rows_go_only_to_a_handheld_that_may_have_them(
    phone: Phone, world: World, ask: Callable[[Phone], Any]
) -> None:
    for state, problem in STATES.items():
        world.run("UPDATE device SET state = %s WHERE id = %s", state, phone.me["device"])
        told = ask(phone).json.get("code")
        assert told == (problem or {fetched: "segment_unknown"}.get(ask)), state


@pytest.mark.parametrize("state", STATES)
def test_what_it_captured_is_taken_from_a_handheld_in_any_state(
    phone: Phone, world: World, state: str
) -> None:
    world.run("UPDATE device SET state = %s WHERE id = %s", state, phone.me["device"])
    visit = {"id": uuid7(), "store": world.stores[0], "state": "done"}
    assert len(phone.push(change(1, "visit", "save", visit)).json["verdicts"]) == 1
    assert world.one("SELECT count(*) FROM receipt") == 1


@pytest.mark.parametrize("state", ["active", "locked"])
def test_a_pull_notices_the_machine_it_comes_from(phone: Phone, world: World, state: str) -> None:
    world.run("UPDATE device SET state = %s WHERE id = %s", state, phone.me["device"])
    phone.pull(clock=clock_at(world.now))
    assert world.one("SELECT boots FROM device WHERE id = %s", phone.me["device"]) == ["b-1"]
