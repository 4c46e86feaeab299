"""Call-backs of delivery systems: signed, bounded, taken once, told in words what came of them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from server.demo.standin.signing import sign
from tests.server.console import make_app
from tests.server.delivery.conftest import Depot, Process, dispatch_once, now
from tests.server.demo.standin.conftest import SECRET
from tests.world import build

OTHER = "whsec_" + "b3RoZXItc2VjcmV0LW9mLXRoaXJ0eS10d28tYnl0ZXM="


@pytest.fixture
def depot(engine: Engine) -> Depot:
    return Depot(build(engine))


@pytest.fixture
def client(depot: Depot, database_url: str, tmp_path: Path) -> FlaskClient:
    app: Flask = make_app(depot.engine, database_url, tmp_path)
    return app.test_client()


def call(
    client: FlaskClient, said: Any, *, secret: str = SECRET, target: str = "main",
    away_s: float = 0, signed: bytes | None = None,
) -> TestResponse:  # fmt: skip
    """A call-back, signed by code that shares nothing with the server's."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = sign(secret, "msg-1", body if signed is None else signed, time.time() + away_s)
    return client.post(f"/delivery/v1/{target}/status", data=body, headers=headers,
                       content_type="application/json")  # fmt: skip


def sent(depot: Depot, process: Process) -> str:
    """An order that the delivery system has acknowledged."""
    depot.point_at(process().url)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    return order


def update(order: str | None, key: str, status: str, **more: Any) -> dict[str, Any]:
    at = now().isoformat()
    return {"id": key, "order": order, "revision": 1, "status": status, "at": at, **more}


def test_a_status_is_taken_and_told_what_came_of_it(
    depot: Depot, client: FlaskClient, process: Process
) -> None:
    order = sent(depot, process)
    said = {"updates": [update(order, "e-1", "picking"), update(order, "e-2", "dispatched")]}
    answer = call(client, said)
    assert (answer.status_code, answer.json) == (
        200,
        {"updates": [{"id": "e-1", "outcome": "applied"}, {"id": "e-2", "outcome": "applied"}]},
    )
    assert depot.order(order)["state"] == "dispatched"
    again = call(client, said)
    assert [one["outcome"] for one in again.json["updates"]] == ["repeated"] * 2  # type: ignore[index]
    assert depot.order(order)["state"] == "dispatched"


def test_an_order_may_be_named_by_the_delivery_systems_own_number(
    depot: Depot, client: FlaskClient, process: Process
) -> None:
    order = sent(depot, process)
    number = depot.order(order)["external_no"]
    call(client, update(None, "e-1", "picking", external_no=number))
    assert depot.order(order)["state"] == "picking"


def test_what_came_late_moves_nothing_back(
    depot: Depot, client: FlaskClient, process: Process
) -> None:
    order = sent(depot, process)
    early = update(order, "e-1", "picking")
    call(client, update(order, "e-2", "dispatched"))
    answer = call(client, early)
    assert answer.json == {"updates": [{"id": "e-1", "outcome": "stale"}]}
    assert depot.order(order)["state"] == "dispatched"


def test_a_word_nobody_knows_is_parked_and_asked_about(
    depot: Depot, client: FlaskClient, process: Process
) -> None:
    order = sent(depot, process)
    answer = call(client, update(order, "e-1", "KOMMISSIONIERT"))
    assert answer.json == {"updates": [{"id": "e-1", "outcome": "parked"}]}
    (item,) = depot.rows("SELECT * FROM conflict WHERE rule = 'delivery_status'")
    assert "KOMMISSIONIERT" in item["says"]


def test_one_update_that_cannot_be_read_stops_no_other(
    depot: Depot, client: FlaskClient, process: Process
) -> None:
    order = sent(depot, process)
    broken = {"id": "e-1", "status": "picking", "at": "yesterday", "order": order}
    for _ in range(2):
        answer = call(client, {"updates": [broken, update(order, "e-2", "picking")]})
        applied, unreadable = answer.json["updates"]  # type: ignore[index]
        assert applied["id"] == "e-2"
        assert (unreadable["id"], unreadable["outcome"]) == ("e-1", "unreadable")
        assert "$.at" in unreadable["why"]
    (item,) = depot.rows("SELECT * FROM conflict WHERE rule = 'delivery_set_aside'")
    assert item["needs"] == "office"
    assert "e-1" in item["says"]


def test_an_order_of_nobody_is_kept_and_asked_about(depot: Depot, client: FlaskClient) -> None:
    depot.point_at("http://127.0.0.1:9")
    stranger = "01989f00-0000-7000-8000-000000000000"
    answer = call(client, update(stranger, "e-1", "picking"))
    assert answer.json == {"updates": [{"id": "e-1", "outcome": "parked"}]}


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"secret": OTHER}, "no signature of this body"),
        ({"target": "nobody"}, "no signature of this body"),
        ({"signed": b"something else"}, "no signature of this body"),
        ({"away_s": -301}, "five minutes"),
        ({"away_s": 400}, "five minutes"),
    ],
    ids=["secret", "target", "body", "old", "future"],
)
def test_a_call_that_is_not_signed_as_agreed_changes_nothing(
    depot: Depot, client: FlaskClient, how: dict[str, Any], says: str
) -> None:
    depot.point_at("http://127.0.0.1:9")
    (order,) = depot.accept((0, 0))
    answer = call(client, update(order, "e-1", "cancelled"), **how)
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["code"] == "signature_invalid"
    assert says in answer.json["detail"]
    assert depot.rows("SELECT 1 FROM status_update") == []


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_every_header_is_needed(depot: Depot, client: FlaskClient, missing: str) -> None:
    depot.point_at("http://127.0.0.1:9")
    headers = sign(SECRET, "msg-1", b"{}", time.time())
    del headers[missing]
    answer = client.post("/delivery/v1/main/status", data=b"{}", headers=headers)
    assert answer.status_code == 401


def test_strangers_are_heard_only_so_often(depot: Depot, client: FlaskClient) -> None:
    depot.point_at("http://127.0.0.1:9")
    codes = {call(client, {}, secret=OTHER).status_code for _ in range(80)}
    assert codes == {401, 429}
    assert call(client, {"updates": []}).status_code == 200  # who signs rightly is not braked


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not json", "envelope_invalid"),
        (b"\xff\xfe", "signature_invalid"),
        (b'{"updates": 7}', "envelope_invalid"),
        (b"[" * 60_000, "envelope_invalid"),
        (json.dumps({"updates": [{}] * 501}).encode(), "envelope_invalid"),
        (b" " * (64 * 1024 + 1), "body_too_large"),
    ],
    ids=["text", "bytes", "number", "deep", "many", "large"],
)
def test_what_is_no_batch_is_refused_whole(
    depot: Depot, client: FlaskClient, body: bytes, code: str
) -> None:
    depot.point_at("http://127.0.0.1:9")
    answer = call(client, body)
    assert answer.json is not None
    assert answer.json["code"] == code


def test_the_same_code_in_another_company_is_told_apart_by_its_secret(
    depot: Depot, client: FlaskClient, process: Process
) -> None:
    order = sent(depot, process)
    depot.run(
        """INSERT INTO company (id, code, name, currency, zone, last_device_no)
           SELECT '01989f00-0000-7000-8000-00000000000a', 'other', 'Other', currency, zone, 0
           FROM company"""
    )
    depot.run(
        """INSERT INTO cell (cell, company, code, name, kind)
           VALUES (90, '01989f00-0000-7000-8000-00000000000a', 'other', 'Other', 'company')"""
    )
    depot.run(
        """INSERT INTO delivery_target SELECT 90, code, kind, url, %s, deadline_s, can_look_up,
           dedupes, allow_private, enabled, options, '' FROM delivery_target""",
        OTHER,
    )
    assert call(client, update(order, "e-1", "picking"), secret=OTHER).json == {"updates": []}
    assert depot.order(order)["state"] == "acknowledged"
    call(client, update(order, "e-1", "picking"))
    assert depot.order(order)["state"] == "picking"


def test_a_status_of_an_order_whose_answer_got_lost_brings_its_look_up_forward(
    depot: Depot, client: FlaskClient, process: Process
) -> None:
    standin = process(timeout_first=1, timeout_how="cut")
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"unknown": 1}
    assert dispatch_once(depot.engine, now()) == {}  # it would wait a second
    call(client, update(order, "e-1", "allocated"))
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
