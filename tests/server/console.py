"""A person at the console, made of nothing but HTTP, for tests."""

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from flask import Flask
from flask.testing import FlaskClient
from flask_smorest import Blueprint as DescribedBlueprint
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from server.access import people
from server.app import create_app
from server.described import Described
from server.settings import load
from tests.world import World

PASSWORD = "correct horse 42"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def make_app(engine: Engine, database_url: str, folder: Path, **more: str) -> Flask:
    """The application on a test's database."""
    environ = {"TALARIA_DATA_DIR": str(folder), "DATABASE_URL": database_url}
    app = create_app(load(environ | {"TALARIA_SECRET_KEY": "k" * 40} | more), engine)
    app.extensions["hint"] = lambda text: None
    return app


@contextmanager
def undescribed() -> Iterator[None]:
    """Applications made meanwhile do not describe their HTTP interface, which no page shows: that
    is a fifth of what a test of a page costs."""
    with (
        mock.patch.object(Described, "_register_responses"),
        mock.patch.object(DescribedBlueprint, "register_views_in_doc"),
    ):
        yield


@functools.cache
def _hashed() -> str:
    """PASSWORD as accounts keep it; to hash it takes as long as all else that makes one."""
    return people.hash_password(PASSWORD)


def enlist(world: World, code: str, *roles: str, cell: int = 1) -> None:
    """An active account with PASSWORD; an account that is there already gets cell and roles."""
    with world.begin() as conn:
        people.invite(conn, world.company, code, code.title(), roles, cell, world.now)
    world.rows(
        "UPDATE app_user SET cell = %s, roles = %s, state = 'active', password_hash = %s"
        " WHERE code = %s RETURNING 1",
        cell, list(roles), _hashed(), code,
    )  # fmt: skip


class Console:
    """A browser with a person in front of it."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self.client: FlaskClient = app.test_client()

    def sign_in(self, code: str, password: str = PASSWORD, **more: str) -> TestResponse:
        page = self.client.get("/office/sign-in").text
        form = {"code": code, "password": password, "csrf_token": self.token(page)} | more
        return self.client.post("/office/sign-in", data=form)

    @staticmethod
    def token(page: str) -> str:
        found = TOKEN.search(page)
        assert found, "the page has no form with a token"
        return found.group(1)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def page(self, path: str, **more: Any) -> str:
        told = self.client.get(path, **more)
        assert told.status_code == 200, (path, told.status_code)
        return told.text

    def post(self, path: str, follow: bool = True, **fields: Any) -> TestResponse:
        """Send a form, with the token of this session."""
        data = {"csrf_token": self.token(self.page("/office/"))} | fields
        return self.client.post(path, data=data, follow_redirects=follow)


def signed_in(app: Flask, world: World, code: str, *roles: str, cell: int = 1) -> Console:
    """A console with a new person signed in."""
    enlist(world, code, *roles, cell=cell)
    console = Console(app, world)
    assert console.sign_in(code).status_code == 302
    return console
