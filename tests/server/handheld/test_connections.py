"""Connections to the database are few: no request holds two, and one without says so at once."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from server.app import create_app
from server.database import make_engine
from server.settings import load
from tests.server.handheld.conftest import Phone
from tests.world import World, build, change, order_body


@pytest.fixture
def narrow(database_url: str) -> Iterator[Engine]:
    """A pool of one connection, with the wait that is usual."""
    engine = make_engine(database_url, pool_size=1)
    yield engine
    engine.dispose()


@pytest.fixture
def world(narrow: Engine) -> World:
    return build(narrow)


@pytest.fixture
def client(narrow: Engine, database_url: str, tmp_path: Path) -> Iterator[FlaskClient]:
    environ = {"TALARIA_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url}
    settings = load(environ | {"TALARIA_SECRET_KEY": "k" * 40})
    with create_app(settings, narrow).test_client() as client:
        yield client


def test_no_request_of_a_handheld_needs_two_connections_at_once(
    client: FlaskClient, world: World
) -> None:
    phone = Phone(client, world)
    page = phone.pull()
    assert page.status_code == 200, page.text
    body = order_body(world.stores[0], [("p001", 3)])
    pushed = phone.push(change(1, "order", "submit", body))
    assert pushed.status_code == 200, pushed.text
    assert phone.pull(page.json["cursor"]).status_code == 200
    receipts = client.get("/sync/v1/receipts?from_n=1", headers=phone.headers)
    assert receipts.status_code == 200, receipts.text


def test_without_a_free_connection_it_says_so_within_two_seconds(
    client: FlaskClient, world: World, narrow: Engine
) -> None:
    phone = Phone(client, world)
    order = change(1, "order", "submit", order_body(world.stores[0], [("p001", 3)]))
    with narrow.connect():
        for ask in (phone.pull, lambda: phone.push(order)):
            began_s = time.monotonic()
            answer = ask()
            assert time.monotonic() - began_s < 2
            assert (answer.status_code, answer.json["code"]) == (503, "server_busy")
            assert answer.json["next"] == "retry"
            assert int(answer.headers["Retry-After"]) > 0
    assert phone.push(order).json["verdicts"][0]["outcome"] == "applied"
