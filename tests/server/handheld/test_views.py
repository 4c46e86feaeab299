"""The sync protocol over HTTP: enrol with a code, push, pull, ask for verdicts again."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from schemas.ids import uuid7
from server.app import create_app
from server.auth import make_enrolment_code
from server.settings import load
from tests.world import World, build, change, clock_at, order_body


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine)


@pytest.fixture
def client(world: World, database_url: str, tmp_path: Any) -> Iterator[FlaskClient]:
    settings = load({"TALARIA_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url})
    app = create_app(settings, world.engine)
    with app.test_client() as client:
        yield client


class Phone:
    """A handheld made of nothing but HTTP."""

    def __init__(self, client: FlaskClient, world: World, rep: str = "r01") -> None:
        self.client = client
        with world.begin() as conn:
            code = make_enrolment_code(conn, world.company, rep, "user:admin", datetime.now(UTC))
        self.install = uuid7()
        answer = client.post(
            "/sync/v1/enrol",
            json={"code": code, "install": self.install, "model": "t", "app": "t"},
        )
        assert answer.status_code == 200, answer.text
        self.me = answer.json or {}
        self.headers = {"Authorization": f"Bearer {self.me['secret']}"}

    def post(self, verb: str, body: dict[str, Any], **more: Any) -> Any:
        full = {"device": self.me["device"], "install": self.install, "epoch": self.me["epoch"]}
        return self.client.post(
            f"/sync/v1/{verb}", data=msgspec.json.encode(full | body), headers=self.headers, **more
        )

    def push(self, *changes: dict[str, Any]) -> Any:
        clock = clock_at(datetime.now(UTC))
        return self.post("push", {"batch": uuid7(), "clock": clock, "changes": list(changes)})

    def pull(self, cursor: str | None = None, page: str | None = None, **more: Any) -> Any:
        return self.post("pull", {"cursor": cursor, "page": page, "schema": 1} | more)


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


def test_a_lost_reply_to_a_pull_is_asked_for_again(client: FlaskClient, world: World) -> None:
    phone = Phone(client, world)
    cursor = phone.pull().json["cursor"]
    phone.push(change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)])))
    lost, again = phone.pull(cursor).json, phone.pull(cursor).json
    assert lost["rows"] == again["rows"]


def test_verdicts_can_be_asked_for_again(client: FlaskClient, world: World) -> None:
    phone = Phone(client, world)
    sent = change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))
    verdict = phone.push(sent).json["verdicts"][0]
    again = client.get("/sync/v1/receipts?from_n=1", headers=phone.headers).json
    assert again == {"verdicts": [verdict], "acknowledged_through": 1}


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
    full = {
        "device": phone.me["device"], "install": phone.install, "epoch": None, "batch": uuid7(),
        "clock": clock_at(datetime.now(UTC)),
        "changes": [change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))],
    }  # fmt: skip
    packed = gzip.compress(msgspec.json.encode(full))
    headers = phone.headers | {"Content-Encoding": "gzip"}
    torn = client.post("/sync/v1/push", data=packed[:-20], headers=headers)
    assert (torn.status_code, (torn.json or {})["code"]) == (400, "body_damaged")
    whole = client.post("/sync/v1/push", data=packed, headers=headers)
    assert (whole.json or {})["verdicts"][0]["outcome"] == "applied"
