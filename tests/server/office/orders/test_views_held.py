"""A held order decided as a whole, from its own page."""

from typing import Any

import pytest
from flask import Flask

from tests.server.console import Console, signed_in
from tests.world import CELL, World


def decide(console: Console, body: dict[str, Any], answer: str, **fields: Any) -> str:
    path = f"/office/orders/{CELL}/{body['id']}/decide"
    return console.post(path, answer=answer, **fields).text


def state_of(world: World, body: dict[str, Any]) -> str:
    return str(world.rows("SELECT state FROM orders WHERE id = %s", body["id"])[0][0])


def test_releasing_accepts_the_order_and_the_story_says_who(
    desk: Console, held: dict[str, Any], world: World
) -> None:
    hints: list[str] = []
    desk.app.extensions["hint"] = hints.append
    page = decide(desk, held, "release", rule="credit_exceeded", note="paid by telephone")
    assert "Released: the order is accepted now" in page
    assert state_of(world, held) == "accepted"
    assert hints == [f"orders {CELL}"]
    story = desk.page(f"/office/orders/{CELL}/{held['id']}")
    assert "Released by Dora" in story
    assert "paid by telephone" in story


def test_releasing_needs_a_ticked_reason(desk: Console, held: dict[str, Any], world: World) -> None:
    assert "Tick the reasons you clear" in decide(desk, held, "release")
    assert state_of(world, held) == "held"


@pytest.mark.parametrize("answer", ["reject", "override"])
def test_rejecting_and_overriding_need_a_reason(
    desk: Console, held: dict[str, Any], world: World, answer: str
) -> None:
    assert "say why in the note" in decide(desk, held, answer)
    assert state_of(world, held) == "held"


def test_rejecting_refuses_the_order_and_tells_why(
    desk: Console, held: dict[str, Any], world: World
) -> None:
    page = decide(desk, held, "reject", note="will not pay")
    assert "Rejected. The rep is told" in page
    assert state_of(world, held) == "rejected"
    story = desk.page(f"/office/orders/{CELL}/{held['id']}")
    assert "Rejected by Dora" in story
    assert "will not pay" in story


def test_overriding_lets_the_order_through(
    desk: Console, held: dict[str, Any], world: World
) -> None:
    decide(desk, held, "override", note="the director asked")
    assert state_of(world, held) == "accepted"


def test_whoever_comes_second_is_told(desk: Console, held: dict[str, Any]) -> None:
    decide(desk, held, "release", rule="credit_exceeded")
    assert "Somebody was quicker" in decide(desk, held, "release", rule="credit_exceeded")


def test_a_decision_leads_back_to_where_it_was_made(desk: Console, held: dict[str, Any]) -> None:
    path = f"/office/orders/{CELL}/{held['id']}"
    for back, target in ((path, path), ("https://evil.example", "/office/inbox")):
        told = desk.post(f"{path}/decide", follow=False, answer="release", back=back)
        assert told.headers["Location"] == target


def test_finance_releases_what_is_held_for_credit_and_nothing_else(
    app: Flask, world: World, held: dict[str, Any]
) -> None:
    faye = signed_in(app, world, "faye", "finance")
    path = f"/office/orders/{CELL}/{held['id']}/decide"
    for fields in (
        {"answer": "release", "rule": "store_not_mine"},
        {"answer": "override", "note": "x"},
        {"answer": "reject", "note": "x"},
    ):
        assert faye.post(path, **fields).status_code == 403
    assert state_of(world, held) == "held"
    decide(faye, held, "release", rule="credit_exceeded")
    assert state_of(world, held) == "accepted"


def test_nobody_decides_for_another_cell(app: Flask, world: World, held: dict[str, Any]) -> None:
    east = signed_in(app, world, "eve", "supervisor", cell=3)
    path = f"/office/orders/{CELL}/{held['id']}/decide"
    assert east.post(path, answer="release", rule="credit_exceeded").status_code == 404
    assert state_of(world, held) == "held"


@pytest.mark.parametrize("answer", ["release", "override", "reject"])
def test_the_order_desk_decides_nothing_that_lies_with_a_supervisor(
    app: Flask, desk: Console, held: dict[str, Any], world: World, answer: str
) -> None:
    """What the inbox refuses, item by item, the order's page refuses too."""
    world.run("UPDATE conflict SET owner = 'supervisor' WHERE rule = 'credit_exceeded'")
    path = f"/office/orders/{CELL}/{held['id']}/decide"
    fields = {"answer": answer, "rule": "credit_exceeded", "note": "because"}
    told = desk.post(path, **fields)
    assert (told.status_code, "lies with" in told.text) == (403, True)
    item = world.one("SELECT id::text FROM conflict WHERE rule = 'credit_exceeded'")
    desk.post("/office/inbox/answers", do=answer, item=f"{CELL}/{item}", note="because")
    assert state_of(world, held) == "held"
    sam = signed_in(app, world, "sam", "supervisor")
    sam.post(path, **fields)
    assert state_of(world, held) == ("rejected" if answer == "reject" else "accepted")


def test_an_order_is_not_ended_over_the_head_of_whom_another_part_lies_with(
    desk: Console, held: dict[str, Any], world: World
) -> None:
    """Its own item it may answer; an answer about the whole order is about the other item too."""
    world.run(
        """INSERT INTO conflict SELECT (x).* FROM (SELECT jsonb_populate_record(c,
               jsonb_build_object('id', gen_random_uuid(), 'rule', 'store_not_mine',
                                  'owner', 'supervisor')) AS x
           FROM conflict c WHERE rule = 'credit_exceeded') o"""
    )
    item = world.one("SELECT id::text FROM conflict WHERE rule = 'credit_exceeded'")
    for answer in ("override", "reject"):
        page = desk.post(
            "/office/inbox/answers", do=answer, item=f"{CELL}/{item}", note="because"
        ).text
        assert "nother part of it lies with" in page
        assert state_of(world, held) == "held"
