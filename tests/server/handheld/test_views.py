"""The sync protocol over HTTP: enrol with a code, push, pull, ask for verdicts again."""

import gzip
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask.testing import FlaskClient

from schemas.ids import uuid7
from server.access.epochs import begin_after_loss
from server.turnstile import Turnstile
from tests.server.handheld.conftest import Phone
from tests.world import World, change, order_body


def test_an_enrolled_handheld_pulls_its_territory_pushes_an_order_and_sees_it(
    client: FlaskClient, world: World
) -> None:
    phone = Phone(client, world)
    first = phone.pull()
    assert first.status_code == 200, first.text
    page = first.json
    assert page["complete"] is True
    assert len(page["rows"]["product"]["data"]) == 6
    assert {row[0] for row in page["rows"]["store"]["data"]} == set(world.stores[:-1])
    body = order_body(world.stores[0], [("p001", 12)])
    pushed = phone.push(change(1, "order", "submit", body))
    assert pushed.status_code == 200, pushed.text
    assert pushed.json["verdicts"][0]["outcome"] == "applied"
    assert pushed.json["acknowledged_through"] == 1
    second = phone.pull(page["cursor"]).json
    assert second["complete"] is True
    assert [row[0] for row in second["rows"]["order"]["data"]] == [body["id"]]
    assert second["cursor"] != page["cursor"]
    third = phone.pull(second["cursor"]).json
    assert third["cursor"] == second["cursor"]
    assert third["rows"] == {}


def test_a_rep_who_reads_chinese_is_answered_in_chinese(client: FlaskClient, world: World) -> None:
    """Both what a rule says and what is said of a change as a whole; a repeat says the same."""
    world.run("UPDATE app_user SET language = 'zh' WHERE code = 'r01'")
    phone = Phone(client, world)
    sent = [
        change(1, "order", "submit", order_body(world.stores[0], [("p001", 200_000)])),
        change(2, "order", "submit", order_body(world.stores[0], [("p001", 1)], number="D1-9")),
        change(3, "card", "submit", {"nonsense": True}),
    ]
    first, second, third = (phone.push(one).json["verdicts"][0] for one in sent)
    assert "件必须核实。" in first["conflicts"][0]["says"]
    assert second["says"] == "已收到。"
    assert third["says"].startswith("这条改动无法读取：")
    stored = world.rows("SELECT says FROM conflict ORDER BY at, id")
    assert all("。" in says or "：" in says for (says,) in stored)
    assert phone.push(sent[0]).json["verdicts"][0] == first | {"replayed": True}


def test_a_push_takes_its_turn_and_is_told_to_come_again_when_too_many_wait(
    client: FlaskClient, world: World
) -> None:
    phone, turnstile = Phone(client, world), Turnstile(at_once=2, most_waiting=0)
    client.application.extensions["turnstile"] = turnstile
    one, two = (
        change(n, "order", "submit", order_body(world.stores[0], [("p001", n)])) for n in (1, 2)
    )
    with turnstile.turn(2):
        assert phone.push(one).json["acknowledged_through"] == 1
        with turnstile.turn(2):
            put_off = phone.push(two)
    assert (put_off.status_code, put_off.json["code"]) == (503, "server_busy")
    assert put_off.headers["Retry-After"] == "5"
    assert phone.push(two).json["acknowledged_through"] == 2


def test_a_push_of_an_earlier_epoch_is_not_decided_and_is_told_of_this_one(
    client: FlaskClient, world: World
) -> None:
    """A late copy of a batch that was answered before the database was put back: nobody hears its
    answer, so a verdict of its own would stand here while the handheld keeps showing the first."""
    phone = Phone(client, world)
    sent = change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))
    late = phone.batch(sent)
    with world.begin() as conn:
        begin_after_loss(conn, "put back", datetime.now(UTC), reason="asked")
    answer = phone.post("push", late).json
    assert (answer["verdicts"], answer["acknowledged_through"]) == ([], 0)
    assert answer["epoch"] != phone.me["epoch"]
    assert world.one("SELECT count(*) FROM receipt") == 0
    phone.me["epoch"] = answer["epoch"]
    assert phone.push(sent).json["verdicts"][0]["outcome"] == "applied"
    unnamed = phone.batch(sent) | {"epoch": None}
    assert phone.post("push", unnamed).json["verdicts"][0]["replayed"]


def test_a_lost_reply_to_a_pull_is_asked_for_again(client: FlaskClient, world: World) -> None:
    phone = Phone(client, world)
    cursor = phone.pull().json["cursor"]
    phone.push(change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)])))
    lost, again = phone.pull(cursor).json, phone.pull(cursor).json
    assert lost["rows"] == again["rows"]


def test_verdicts_can_be_asked_for_again(client: FlaskClient, world: World) -> None:
    phone = Phone(client, world)
    sent = change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))
    pushed = phone.push(sent).json
    again = client.get("/sync/v1/receipts?from_n=1", headers=phone.headers).json
    told = {"verdicts": [pushed["verdicts"][0] | {"replayed": True}], "acknowledged_through": 1}
    told["epoch"] = pushed["epoch"]
    assert again == told | {"server_time": again["server_time"]}
    assert again["server_time"] >= pushed["server_time"]
    none = client.get("/sync/v1/receipts?from_n=2", headers=phone.headers).json
    assert (none["verdicts"], none["epoch"]) == ([], pushed["epoch"])


def test_what_waits_and_was_handed_on_is_told_under_its_number_of_now(
    client: FlaskClient, world: World
) -> None:
    """A rep's second handheld sends again what waited under the first one's name."""
    order = change(6, "order", "submit", order_body(world.stores[0], [("p001", 1)]))
    waits = order | {"depends_on": [uuid7()]}
    first, second = Phone(client, world), Phone(client, world)
    assert first.push(waits).json["verdicts"][0]["outcome"] == "waiting"
    assert second.push(waits | {"n": 3}).json["verdicts"][0]["n"] == 3
    again = client.get("/sync/v1/receipts?from_n=3", headers=second.headers).json["verdicts"]
    assert [(one["n"], one["id"], one["outcome"]) for one in again] == [(3, waits["id"], "waiting")]


def test_a_small_page_limit_brings_everything_in_many_pages(
    client: FlaskClient, world: World
) -> None:
    phone = Phone(client, world)
    whole = phone.pull().json["rows"]
    got: dict[str, dict[str, Any]] = {}
    cursor = page = None
    for _ in range(60):
        answer = phone.pull(cursor, page, limit=3).json
        for kind, rows in answer["rows"].items():
            got.setdefault(kind, {}).update({row[0]: row for row in rows["data"]})
        cursor, page = answer["cursor"], answer["page"]
        if answer["complete"]:
            break
    assert answer["complete"] is True
    assert got == {kind: {row[0]: row for row in rows["data"]} for kind, rows in whole.items()}


def test_another_devices_name_is_a_problem_of_its_own(client: FlaskClient, world: World) -> None:
    phone, other = Phone(client, world), Phone(client, world, "r02")
    phone.me["device"] = other.me["device"]
    answer = phone.pull()
    assert (answer.status_code, answer.json["code"]) == (403, "wrong_device")


def test_unknown_and_foreign_cursors_say_verify(client: FlaskClient, world: World) -> None:
    phone, other = Phone(client, world), Phone(client, world, "r02")
    answer = phone.pull("c-made-up")
    assert (answer.status_code, answer.json["code"], answer.json["next"]) == (
        409, "cursor_unknown", "verify",
    )  # fmt: skip
    answer = phone.pull(other.pull().json["cursor"])
    assert (answer.status_code, answer.json["code"], answer.json["next"]) == (
        409, "cursor_foreign", "verify",
    )  # fmt: skip


def test_a_packed_push_is_read_and_a_torn_one_is_a_problem(
    client: FlaskClient, world: World
) -> None:
    phone = Phone(client, world)
    full = phone.batch(change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)])))
    packed = gzip.compress(msgspec.json.encode(full))
    headers = phone.headers | {"Content-Encoding": "gzip"}
    torn = client.post("/sync/v1/push", data=packed[:-20], headers=headers)
    assert (torn.status_code, (torn.json or {})["code"]) == (400, "body_damaged")
    whole = client.post("/sync/v1/push", data=packed, headers=headers)
    assert (whole.json or {})["verdicts"][0]["outcome"] == "applied"
