"""Addresses from before a store changed its depot lead to where its things are now."""

from typing import Any

import pytest

from sync.moving.relocate import relocate
from sync.write import write
from tests.server.console import Console
from tests.server.office.conftest import Push
from tests.world import CELL, OTHER_CELL, World


@pytest.fixture
def gone(world: World, held: dict[str, Any]) -> dict[str, Any]:
    """The held order's store, with all of its own, went to the other depot."""
    depot = {"code": "w2", "name": "Other", "zone": "UTC", "cut_off": None, "stock_as_of": None}
    with world.begin() as conn:
        write(conn, OTHER_CELL, "warehouse", [depot], "load:stock")
    with world.begin() as conn:
        relocate(conn, CELL, OTHER_CELL, held["store"], "w2", "user:alma", world.now)
    assert world.one("SELECT cell FROM orders") == OTHER_CELL
    return held


def item_of(world: World) -> str:
    return str(world.one("SELECT id::text FROM conflict WHERE needs = 'office'"))


def test_pages_lead_to_where_it_is_now(world: World, gone: dict[str, Any], desk: Console) -> None:
    item = item_of(world)
    for page in (f"orders/{{}}/{gone['id']}", f"inbox/{{}}/{item}"):
        told = desk.client.get(f"/office/{page.format(CELL)}")
        there = f"/office/{page.format(OTHER_CELL)}"
        assert (told.status_code, told.headers["Location"]) == (302, there)
        assert gone["number"] in desk.client.get(there).text


def test_what_is_nowhere_or_in_a_depot_one_may_not_see_stays_not_found(
    world: World, gone: dict[str, Any], desk: Console
) -> None:
    nothing = "01890000-0000-7000-8000-000000000000"
    for page in (f"orders/{CELL}/{nothing}", f"inbox/{CELL}/{nothing}", f"orders/99/{gone['id']}"):
        assert desk.client.get(f"/office/{page}").status_code == 404
    other = "01890000-0000-7000-8000-00000000000c"
    world.run("INSERT INTO company SELECT %s, 'other', name, currency, zone, source, last_device_no"
              " FROM company LIMIT 1", other)  # fmt: skip
    world.run("UPDATE cell SET company = %s WHERE cell = %s", other, OTHER_CELL)
    assert desk.client.get(f"/office/orders/{CELL}/{gone['id']}").status_code == 404


def test_forms_of_a_page_left_open_act_where_it_is_now(
    world: World, gone: dict[str, Any], desk: Console
) -> None:
    hints: list[str] = []
    desk.app.extensions["hint"] = hints.append
    page = desk.post("/office/inbox/answers", item=f"{CELL}/{item_of(world)}", do="release").text
    assert f"{gone['number']}: answered" in page
    assert hints == [f"orders {OTHER_CELL}"]
    assert world.one("SELECT state FROM orders") == "accepted"
    desk.post(f"/office/orders/{CELL}/{gone['id']}/cancel", reason="twice")
    assert world.one("SELECT state FROM orders") == "cancelled"


def test_a_held_order_is_decided_where_it_is_now(
    world: World, gone: dict[str, Any], desk: Console
) -> None:
    form = {"answer": "reject", "note": "will not pay"}
    desk.post(f"/office/orders/{CELL}/{gone['id']}/decide", **form)
    assert world.one("SELECT state FROM orders") == "rejected"


def test_a_stuck_delivery_is_tried_again_where_it_is_now(
    world: World, push: Push, desk: Console, held: dict[str, Any]
) -> None:
    depot = {"code": "w2", "name": "Other", "zone": "UTC", "cut_off": None, "stock_as_of": None}
    body, _ = push([("p001", 1)], store=1)
    world.run("UPDATE delivery SET state = 'failed' WHERE order_id = %s", body["id"])
    key = world.one("SELECT id::text FROM delivery WHERE order_id = %s", body["id"])
    with world.begin() as conn:
        write(conn, OTHER_CELL, "warehouse", [depot], "load:stock")
    with world.begin() as conn:
        relocate(conn, CELL, OTHER_CELL, body["store"], "w2", "user:alma", world.now)
    assert "tried again" in desk.post(f"/office/deliveries/{CELL}/{key}/again").text
    assert world.rows("SELECT cell, state FROM delivery WHERE order_id = %s", body["id"]) == [
        (OTHER_CELL, "queued")
    ]


@pytest.mark.parametrize("item", ["x/y", f"{CELL}/{'x' * 36}", f"99/{'0' * 36}"])
def test_an_item_that_is_none_is_not_found(desk: Console, item: str) -> None:
    assert desk.post("/office/inbox/answers", item=item, do="release").status_code == 404
