"""Nothing of one rep in what another reads: pages, verdicts, receipts, digests, refusals.

Ben (r02) has a store to himself, with a name, a person, debts, an order, a card and a plan of his
own, each marked by a canary. Ana (r01) knows every id of it, and tries all a handheld can say.
"""

from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.ids import uuid7
from schemas.versions import NEWEST
from tests.server.handheld.conftest import Phone
from tests.sync.owing import money_body, owe
from tests.world import World, change, order_body

CANARY = "zzcanary"
OWED = "918273"  # minor units: also as 9,182.73
CODE = "s004"


@pytest.fixture
def bens(client: FlaskClient, world: World) -> dict[str, str]:
    """Ben's work at his own store; the ids Ana would have to guess."""
    store = world.stores[3]
    world.run("UPDATE app_user SET name = %s WHERE code = 'r02'", f"{CANARY} Ben")
    world.run("UPDATE store SET name = %s, phone = %s, tax_id = %s WHERE id = %s",
              f"{CANARY} Deli", f"{CANARY} 555 0101", f"{CANARY}-tax", store)  # fmt: skip
    owe(world, store, (f"{CANARY}-INV", int(OWED)), limit_minor=int(OWED) + 10)
    phone = Phone(client, world, "r02")
    body = {
        "order": order_body(store, [("p001", 5)], note=CANARY, number=f"{CANARY}-1"),
        "visit": {"id": uuid7(), "store": store, "state": "done", "note": CANARY},
        "card": {"id": uuid7(), "store": store, "lines": [{"product": "p001", "on_shelf": True}]},
        "contact": {"id": uuid7(), "store": store, "set": {"name": CANARY}, "base": {}},
        "stop": {"id": uuid7(), "store": store, "day": "2026-11-23", "sequence": 1,
                 "state": "planned", "reason": CANARY},
    }  # fmt: skip
    acts = {"order": ("order", "submit"), "visit": ("visit", "save"), "card": ("card", "submit"),
            "contact": ("contact", "save"), "stop": ("plan_stop", "save")}  # fmt: skip
    sent = [change(n, *acts[name], body[name]) for n, name in enumerate(body, 1)]
    held = order_body(store, [("p001", 4_000)], note=CANARY, number=f"{CANARY}-2")
    answer = phone.push(*sent, change(6, "order", "submit", held))
    assert answer.status_code == 200
    assert CANARY in answer.text
    item = world.one("SELECT id::text FROM conflict WHERE rep = 'r02' LIMIT 1")
    return {name: one["id"] for name, one in body.items()} | {
        "store": store, "held": held["id"], "item": item, "change": sent[0]["id"],
        "device": phone.me["device"], "cursor": phone.pull().json["cursor"],
    }  # fmt: skip


def tries(bens: dict[str, str], world: World) -> list[dict[str, Any]]:
    """All that Ana can push about what is Ben's."""
    store, mine = bens["store"], world.stores[0]
    line = {"product": "p001", "on_shelf": True}
    amend = {"product": "p001", "set": {"facings": 3}, "base": {"facings": 1}}
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("order", "submit", order_body(store, [("p001", 5)])),  # the same as Ben's: a twin
        ("order", "submit", order_body(store, [("p001", 9_999)])),
        ("order", "submit", order_body(mine, [("p001", 1)], number="X-1")),
        ("order", "submit", order_body(mine, [("p001", 1)]) | {"id": bens["order"]}),
        ("order", "submit", order_body(mine, [("p001", 1)], type="return", about=bens["order"])),
        ("order", "revise", order_body(store, [("p001", 1)]) | {
            "id": bens["order"], "base_revision": 1}),
        ("order", "cancel", {"id": bens["order"], "store": store}),
        ("visit", "save", {"id": bens["visit"], "store": store, "state": "done"}),
        ("visit", "save", {"id": bens["visit"], "store": mine, "state": "done"}),
        ("card", "submit", {"id": bens["card"], "store": mine, "lines": [line]}),
        ("card", "amend", {"id": bens["card"], "store": store, "lines": [amend]}),
        ("store", "edit", {"id": store, "set": {"name": "Mine", "phone": "1"},
                           "base": {"name": "Yours", "phone": "2"}}),
        ("contact", "save", {"id": bens["contact"], "store": store, "set": {"name": "Kim"},
                             "base": {"name": "Kay"}}),
        ("contact", "remove", {"id": bens["contact"], "store": store, "base": {"name": "Kay"}}),
        ("plan_stop", "save", {"id": bens["stop"], "store": store, "day": "2026-11-24",
                               "sequence": 1, "state": "done"}),
        ("collection", "submit", money_body(store, 700, ("X", 700))),
        ("conflict", "answer", {"id": uuid7(), "conflict": bens["item"], "answer": "release",
                                "store": store}),
        ("store", "create", {"id": uuid7(), "code": "D2-S1", "name": "Deli", "phone": "555 0101"}),
    ]  # fmt: skip
    return [change(n, kind, act, body) for n, (kind, act, body) in enumerate(bodies, 1)]


def foreign(text: str) -> list[str]:
    """What of Ben's stands in an answer."""
    marks = (CANARY, OWED, "9,182.73", "9182.73")
    return [mark for mark in marks if mark in text]


def test_nothing_of_another_rep_s_is_read_whatever_is_tried(
    client: FlaskClient, world: World, bens: dict[str, str]
) -> None:
    ana = Phone(client, world)
    seen = {"pull": ana.pull().text}
    cursor = ana.pull().json["cursor"]
    for one in tries(bens, world):
        name = f"{one['n']} {one['kind']} {one['act']}"
        answer = ana.push(one)
        assert answer.status_code == 200, (name, answer.text)
        seen[f"verdict of {name}"] = answer.text
        seen[f"replay of {name}"] = ana.push(one).text
    reused = change(99, "order", "submit", order_body(world.stores[0], [("p001", 1)]))
    seen["an id of Ben's"] = ana.push(reused | {"id": bens["change"]}).text
    news = ana.pull(cursor)
    seen["what is new"], cursor = news.text, news.json["cursor"]
    seen["receipts"] = client.get("/sync/v1/receipts?from_n=1", headers=ana.headers).text
    seen["his cursor"] = ana.pull(bens["cursor"]).text
    seen["his page"] = ana.pull(cursor, bens["cursor"]).text
    seen["as his handheld"] = ana.post(
        "pull", ana.body(cursor=None, page=None, schema=NEWEST) | {"device": bens["device"]}
    ).text
    verify = {"cursor": cursor, "schema": NEWEST, "run": "r", "why": "asked"}
    his = f"st:{bens['store']}"
    for asked in (
        {"digest": "0:0000000000000000"},
        {"ask": [{"scope": his, "at": ""}]},
        {"have": [{"scope": his, "at": "", "rows": None}]},
        {"have": [{"scope": "rep:r02", "at": "", "rows": None}]},
        {"cursor": bens["cursor"], "digest": "0:0000000000000000"},
    ):
        told = ana.post("verify", ana.body() | verify | asked)
        seen[f"verify {asked}"] = told.text
        if "ask" in asked:
            assert set(told.json["slices"][0]) == {"0:0000000000000000"}
    assert {name: foreign(text) for name, text in seen.items() if foreign(text)} == {}
    assert all(his not in text for name, text in seen.items() if name == "pull")
