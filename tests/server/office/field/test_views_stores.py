"""Stores in the console, and who carries which."""

import pytest
from flask import Flask

from tests.server.console import Console, signed_in
from tests.world import CELL, World


def carried(world: World, rep: str) -> set[str]:
    rows = world.rows(
        "SELECT s.code FROM assignment a JOIN store s ON s.cell = a.cell AND s.id = a.store"
        " WHERE a.rep = %s AND (a.valid_to IS NULL OR a.valid_to > current_date)", rep,
    )  # fmt: skip
    return {row[0] for row in rows}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"s001", "s002", "s003", "s004"}),
        ("q=store 2", {"s002"}),
        ("q=s003", {"s003"}),
        ("rep=r02", {"s003", "s004"}),
        ("rep=-", set()),
        ("status=closed", set()),
        ("status=nonsense", {"s001", "s002", "s003", "s004"}),
        ("after=Store 2~{store}", {"s003", "s004"}),
        ("after=nonsense", {"s001", "s002", "s003", "s004"}),
    ],
)
def test_stores_are_found(admin: Console, world: World, query: str, found: set[str]) -> None:
    page = admin.page("/office/stores?" + query.format(store=world.stores[1]),
                      headers={"HX-Request": "true"})  # fmt: skip
    assert {code for code in ("s001", "s002", "s003", "s004") if f">{code}<" in page} == found


def test_a_list_says_how_many_nobody_carries(admin: Console, world: World) -> None:
    world.rows("UPDATE assignment SET valid_to = valid_from RETURNING 1")
    assert "4 active ones nobody carries" in admin.page("/office/stores")


def test_ticked_stores_go_to_a_rep_and_the_handheld_is_told(admin: Console, world: World) -> None:
    told = admin.post("/office/assignments", to="r02", act="give", store=world.stores[:2]).text
    assert "Ben now carries 2 stores more" in told
    assert carried(world, "r02") == {"s001", "s002", "s003", "s004"}
    granted = world.rows("SELECT key FROM entry WHERE scope = 'rep:r02' AND act = 'granted'")
    assert (f"{CELL} st:{world.stores[0]}",) in granted


def test_ticked_stores_are_taken_away(admin: Console, world: World) -> None:
    told = admin.post("/office/assignments", to="r01", act="take", store=world.stores[:1]).text
    assert "1 store taken from Ana" in told
    assert carried(world, "r01") == {"s002", "s003"}


def test_without_a_tick_or_a_rep_nothing_happens(admin: Console, world: World) -> None:
    assert "Tick at least one store" in admin.post("/office/assignments", to="r01").text
    assert "Tick at least one" in admin.post("/office/assignments", store=world.stores).text
    assert admin.post("/office/assignments", to="x", store=world.stores).status_code == 404
    made_up = ["0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b", "nonsense"]
    assert "0 stores" in admin.post("/office/assignments", to="r01", act="give", store=made_up).text


def test_nobody_assigns_stores_of_another_cell(app: Flask, world: World) -> None:
    east = signed_in(app, world, "eve", "supervisor", cell=3)
    told = east.post("/office/assignments", to="r02", act="give", store=world.stores[:1])
    assert told.status_code == 404
    assert "Store 1" not in east.page("/office/stores")
    assert carried(world, "r02") == {"s003", "s004"}
