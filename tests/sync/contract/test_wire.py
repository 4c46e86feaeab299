"""The server plays the wire cases of the contract: whole requests, and changes one by one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from server.app import create_app
from server.settings import load
from tests.server.handheld.conftest import Phone
from tests.world import World, build

WIRE = Path(__file__).parents[3] / "sync" / "contract" / "wire"
REQUESTS = json.loads((WIRE / "requests.json").read_text())
CHANGES = json.loads((WIRE / "changes.json").read_text())
ENVELOPE = (
    '{"device":"$DEVICE","install":"$INSTALL","batch":"0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4afe",'
    '"clock":{"wall":"2026-11-21T10:45:00Z","monotonic_ms":8123311,"boot":"b-19"},"changes":[%s]}'
)


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine)


@pytest.fixture
def client(world: World, database_url: str, tmp_path: Any) -> Iterator[FlaskClient]:
    settings = load({"TALARIA_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url})
    with create_app(settings, world.engine).test_client() as client:
        yield client


def filled(text: str, phone: Phone, world: World) -> bytes:
    for name, value in {
        "$DEVICE": phone.me["device"], "$INSTALL": phone.install, "$STORE": world.stores[0],
        "$PRODUCT": world.products[0],
    }.items():  # fmt: skip
        text = text.replace(name, value)
    return text.encode()


def test_each_case_has_an_id_of_its_own_and_says_what_it_is() -> None:
    for cases in (REQUESTS, CHANGES):
        assert len({case["id"] for case in cases}) == len(cases)
        assert all(case["says"].endswith(".") for case in cases)


def test_the_server_answers_each_request_as_the_contract_says(
    client: FlaskClient, world: World
) -> None:
    phone = Phone(client, world)
    for case in REQUESTS:
        answer = phone.post(case["verb"], filled(case["raw"], phone, world))
        got = {"status": answer.status_code}
        if "code" in case["answer"]:
            got |= {"code": answer.json["code"], "next": answer.json["next"]}
        assert got == case["answer"], case["id"]


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case["id"])
def test_the_server_decides_each_change_as_the_contract_says(
    client: FlaskClient, world: World, case: dict[str, Any]
) -> None:
    phone = Phone(client, world)
    answer = phone.post("push", filled(ENVELOPE % case["raw"], phone, world))
    assert answer.status_code == 200, answer.text
    (verdict,) = answer.json["verdicts"]
    assert verdict["outcome"] == case["verdict"]["outcome"], verdict
    if "rule" in case["verdict"]:
        assert case["verdict"]["rule"] in [one["rule"] for one in verdict["conflicts"]]
    if "field" in case["verdict"]:
        assert case["verdict"]["field"] in [one["field"] for one in verdict["conflicts"]]
    assert verdict["says"]
