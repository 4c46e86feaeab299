"""The application on a small company, and handhelds made of nothing but HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from schemas.ids import uuid7
from schemas.versions import NEWEST
from server.access.devices import make_enrolment_code
from server.app import create_app
from server.settings import load
from tests.world import World, build, clock_at


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

    def body(self, **more: Any) -> dict[str, Any]:
        me = {"device": self.me["device"], "install": self.install, "epoch": self.me["epoch"]}
        return me | more

    def batch(self, *changes: dict[str, Any]) -> dict[str, Any]:
        clock = clock_at(datetime.now(UTC))
        return self.body(batch=uuid7(), clock=clock, changes=list(changes))

    def post(self, verb: str, body: dict[str, Any] | bytes, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return self.client.post(f"/sync/v1/{verb}", data=raw, headers=self.headers | headers)

    def push(self, *changes: dict[str, Any]) -> Any:
        return self.post("push", self.batch(*changes))

    def pull(self, cursor: str | None = None, page: str | None = None, **more: Any) -> Any:
        return self.post("pull", self.body(cursor=cursor, page=page, schema=NEWEST) | more)


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine)


@pytest.fixture
def client(world: World, database_url: str, tmp_path: Any) -> Iterator[FlaskClient]:
    settings = load({"TALARIA_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url})
    app = create_app(settings, world.engine)
    with app.test_client() as client:
        yield client


@pytest.fixture
def phone(client: FlaskClient, world: World) -> Phone:
    return Phone(client, world)
