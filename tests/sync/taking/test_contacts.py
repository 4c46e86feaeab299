"""A person in a store, known to rep and office."""

from typing import Any

import pytest

from schemas.ids import uuid7
from sync.write import remove
from tests.sync.taking.pushing import office_sets, requests, rules, send, set_store
from tests.world import CELL, World


def mary(world: World) -> str:
    """A contact that rep and office both know."""
    contact = uuid7()
    office_sets(
        world,
        "contact",
        {
            **{"id": contact, "store": world.stores[0], "name": "Mary", "role": "owner"},
            **{"phone": "555-0100", "email": None, "preferred_time": None, "state": "active"},
        },
    )
    return contact


def save(world: World, contact: str, mine: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    body = {"id": contact, "store": world.stores[0], "set": mine, "base": base}
    return send(world, "contact", "save", body)


def at_rest(world: World, contact: str) -> list[Any]:
    return world.rows("SELECT name, role, phone, state FROM contact WHERE id = %s", contact)


@pytest.mark.rule(14)
def test_a_contact_is_added_and_two_edit_different_fields_of_it(world: World) -> None:
    contact = uuid7()
    assert save(world, contact, {"name": "Mary", "phone": "1"}, {})["outcome"] == "applied"
    office_sets(
        world,
        "contact",
        {
            **{"id": contact, "store": world.stores[0], "name": "Mary", "role": "owner"},
            **{"phone": "1", "email": None, "preferred_time": None, "state": "active"},
        },
    )
    assert save(world, contact, {"phone": "2"}, {"phone": "1"})["outcome"] == "applied"
    assert at_rest(world, contact) == [("Mary", "owner", "2", "active")]


@pytest.mark.rule(17)
def test_an_edit_of_a_deleted_contact_is_a_request_and_nobody_rises_again(world: World) -> None:
    contact = mary(world)
    with world.begin() as conn:
        remove(conn, CELL, "contact", [contact])
    verdict = save(world, contact, {"phone": "2"}, {"phone": "555-0100"})
    assert (verdict["outcome"], rules(verdict)) == ("held", [("row_gone", "request_all")])
    assert at_rest(world, contact) == []
    assert requests(world)[0][3]["set"] == {"phone": "2"}


@pytest.mark.rule(17)
def test_a_contact_who_left_is_gone_too(world: World) -> None:
    contact = mary(world)
    body = {"id": contact, "store": world.stores[0], "base": {"name": "Mary"}}
    assert send(world, "contact", "remove", body)["outcome"] == "applied"
    assert at_rest(world, contact)[0][3] == "left"
    assert rules(save(world, contact, {"phone": "2"}, {"phone": "555-0100"})) == [
        ("row_gone", "request_all")
    ]
    assert send(world, "contact", "remove", body)["outcome"] == "applied"


@pytest.mark.rule(17)
def test_a_contact_of_a_merged_store_goes_to_the_survivor(world: World) -> None:
    set_store(world, world.stores[0], status="merged", merged_into=world.stores[1])
    contact = uuid7()
    verdict = save(world, contact, {"name": "Mary"}, {})
    assert rules(verdict) == [("contact_store_merged", "follow_survivor")]
    assert world.one("SELECT scope FROM contact WHERE id = %s", contact) == f"st:{world.stores[1]}"


@pytest.mark.rule(21)
def test_a_new_contact_without_a_name_or_of_another_store_is_not_taken(world: World) -> None:
    assert "set.name: is missing" in save(world, uuid7(), {"phone": "1"}, {})["says"]
    contact = mary(world)
    body = {"id": contact, "store": world.stores[1], "set": {"phone": "1"}, "base": {}}
    assert rules(send(world, "contact", "save", body)) == [("row_known", "hold_for_office")]
