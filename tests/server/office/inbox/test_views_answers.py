"""Answers of the office: one or many, who may, what is told, and what can be taken back."""

import re

import pytest
from flask import Flask

from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import CELL, World, change

Ids = list[str]


def held(world: World) -> Ids:
    rows = world.rows(
        "SELECT id::text FROM conflict WHERE state = 'waiting' AND needs = 'office' ORDER BY at, id"
    )
    return [row[0] for row in rows]


def answer(console: Console, ids: Ids, do: str, **fields: str) -> str:
    return console.post(
        "/office/inbox/answers", item=[f"{CELL}/{one}" for one in ids], do=do, **fields
    ).text


def states(world: World) -> list[str]:
    return [row[0] for row in world.rows("SELECT state FROM orders ORDER BY received_at, id")]


def test_the_proposed_answer_releases_and_hints(desk: Console, push: Push, world: World) -> None:
    hints: list[str] = []
    desk.app.extensions["hint"] = hints.append
    body, _ = push([("p001", 300)])
    page = answer(desk, held(world), "proposed")
    assert f"{body['number']}: answered." in page
    assert states(world) == ["accepted"]
    assert hints == [f"orders {CELL}"]


def test_many_at_once_says_what_succeeded_what_not_and_why(
    desk: Console, app: Flask, push: Push, world: World
) -> None:
    for store in range(3):
        push([("p001", 300)], store=store)
    ids = held(world)
    alma = signed_in(app, world, "alma", "admin")
    answer(alma, ids[:1], "reject", note="will not pay")
    page = answer(desk, ids, "release")
    assert "2 items: answered: release." in page
    assert "Not done for 1." in page
    assert "alma had answered already (rejected: will not pay)" in page
    assert states(world) == ["rejected", "accepted", "accepted"]


def test_nothing_ticked_or_nothing_chosen_is_said(desk: Console, push: Push, world: World) -> None:
    push([("p001", 300)])
    assert "Tick the items you mean first" in answer(desk, [], "release")
    assert "Choose what to do" in answer(desk, held(world), "")
    assert "offers no such answer" in answer(desk, held(world), "explode")


@pytest.mark.parametrize("do", ["reject", "override"])
def test_rejecting_and_overriding_need_a_reason(
    desk: Console, push: Push, world: World, do: str
) -> None:
    push([("p001", 300)])
    assert "say why" in answer(desk, held(world), do)
    assert states(world) == ["held"]


def test_finance_answers_what_is_finances_and_rejects_nothing(
    app: Flask, world: World, push: Push
) -> None:
    faye = signed_in(app, world, "faye", "finance")
    push([("p001", 300)])
    assert "is for finance" in answer(faye, held(world), "reject", note="no")
    assert states(world) == ["held"]
    answer(faye, held(world), "release")
    assert states(world) == ["accepted"]


def test_nobody_takes_what_they_could_not_answer(app: Flask, world: World, push: Push) -> None:
    wes = signed_in(app, world, "wes", "warehouse")
    push([("p001", 300)])
    for do in ("take", "hand:warehouse", "hand:order_desk", "snooze:1d"):
        answer(wes, held(world), do)
    assert world.one("SELECT owner FROM conflict WHERE needs = 'office'") == "finance"
    answer(wes, held(world), "release")
    assert states(world) == ["held"]


def test_an_item_is_handed_on_put_off_and_that_is_taken_back(
    desk: Console, push: Push, world: World
) -> None:
    push([("p001", 300)])
    ids = held(world)
    due = world.one("SELECT due_at FROM conflict WHERE needs = 'office'")
    for do, column, before in (
        ("hand:key_account", "owner", "finance"),
        ("snooze:3d", "due_at", due),
    ):
        page = answer(desk, ids, do)
        assert world.one(f"SELECT {column} FROM conflict WHERE needs = 'office'") != before
        named = re.findall(r'name="undo" value="([^"]+)"', page)
        assert len(named) == 1
        assert "taken back" in desk.post("/office/inbox/undo", undo=named).text
        assert world.one(f"SELECT {column} FROM conflict WHERE needs = 'office'") == before
    actions = [row[0] for row in world.rows("SELECT action FROM audit ORDER BY at, id")]
    assert actions.count("item.handed_on") == actions.count("item.put_off") == 2


def test_setting_aside_can_be_taken_back_and_a_release_cannot(
    desk: Console, app: Flask, push: Push, world: World
) -> None:
    world.push(world.carrier(), [change(901, "order", "submit", {"id": "nonsense"})])
    alma = signed_in(app, world, "alma", "admin")
    ids = held(world)
    page = answer(alma, ids, "set_aside")
    named = re.findall(r'name="undo" value="([^"]+)"', page)
    alma.post("/office/inbox/undo", undo=named)
    assert world.one("SELECT state FROM conflict") == "waiting"
    push([("p001", 300)])
    (order,) = (one for one in held(world) if one not in ids)
    assert 'name="undo"' not in answer(desk, [order], "release")
    told = desk.post("/office/inbox/undo", undo=f"answer|{CELL}|{order}|release").text
    assert "cannot be taken back" in told
    assert states(world) == ["accepted"]


def test_a_held_visit_can_be_let_stand(desk: Console, app: Flask, world: World) -> None:
    visit = {"id": "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b", "store": world.stores[-1],
             "state": "done"}  # fmt: skip
    world.push(world.carrier(), [change(1, "visit", "save", visit)])
    sue = signed_in(app, world, "sue", "supervisor")
    answer(sue, held(world), "proposed")
    assert world.one("SELECT count(*) FROM visit") == 1
    assert world.one("SELECT resolution FROM conflict") == "let stand"


def test_every_answer_is_audited_with_the_address(desk: Console, push: Push, world: World) -> None:
    push([("p001", 300)])
    answer(desk, held(world), "release")
    rows = world.rows("SELECT who, action, address FROM audit ORDER BY action")
    assert rows == [
        ("user:dora", "item.release", "127.0.0.1"),
        ("user:dora", "order.released", "127.0.0.1"),
    ]


def test_an_answer_leads_back_into_the_inbox_and_nowhere_else(desk: Console) -> None:
    for back, target in (
        ("/office/inbox?late=1", "/office/inbox?late=1"),
        ("https://evil.example", "/office/inbox"),
        ("/office/inbox\\@evil.example", "/office/inbox"),
    ):
        told = desk.post("/office/inbox/answers", follow=False, back=back)
        assert told.headers["Location"] == target
