"""Stuck deliveries and loads in the console."""

import pytest
from flask import Flask

from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import CELL, World


@pytest.fixture
def stuck(push: Push, world: World) -> str:
    push([("p001", 4)])
    world.rows("UPDATE delivery SET state = 'failed', error = 'unknown store' RETURNING 1")
    return str(world.one("SELECT id::text FROM delivery"))


def test_nothing_stuck_says_so(desk: Console) -> None:
    assert "Nothing is stuck" in desk.page("/office/deliveries")


def test_a_stuck_delivery_is_shown_with_what_was_said_and_sent_again(
    desk: Console, world: World, stuck: str
) -> None:
    page = desk.page("/office/deliveries")
    assert "unknown store" in page
    assert "Delivery needs a person" in desk.page("/office/")
    told = desk.post(f"/office/deliveries/{CELL}/{stuck}/again").text
    assert "It is being tried again" in told
    assert world.one("SELECT state FROM delivery") == "queued"
    again = desk.post(f"/office/deliveries/{CELL}/{stuck}/again").text
    assert "Somebody was quicker" in again
    order_id = world.one("SELECT id::text FROM orders")
    assert "Sent again by Dora" in desk.page(f"/office/orders/{CELL}/{order_id}")


def test_a_delivery_that_is_there_is_entered_by_its_number(
    desk: Console, world: World, stuck: str
) -> None:
    path = f"/office/deliveries/{CELL}/{stuck}/number"
    assert "at most 64 characters" in desk.post(path, number="  ").text
    assert "Entered" in desk.post(path, number="DS-1").text
    assert world.rows("SELECT state, external_no FROM orders") == [("acknowledged", "DS-1")]


def test_nobody_touches_a_delivery_of_another_cell(app: Flask, world: World, stuck: str) -> None:
    east = signed_in(app, world, "eve", "supervisor", cell=3)
    assert east.post(f"/office/deliveries/{CELL}/{stuck}/again").status_code == 404
    assert "D1-000001" not in east.page("/office/deliveries")
    assert world.one("SELECT state FROM delivery") == "failed"


def test_loads_tell_their_figures(desk: Console, world: World) -> None:
    assert "Nothing was loaded yet" in desk.page("/office/loads")
    world.rows(
        "INSERT INTO load VALUES (2, gen_random_uuid(), 'stores', 'stores.csv', 'x', 'user:alma',"
        " now(), now() + interval '14 s', 1736, 12, 4, 1720, 3) RETURNING 1"
    )
    page = desk.page("/office/loads")
    for word in ("stores.csv", "1,736", "1,720", "14 s"):
        assert word in page, word
