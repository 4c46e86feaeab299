"""Errors become answers: problems for programs, pages for people, nothing from inside."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from schemas.problem import Problem
from server.app import create_app
from server.auth import needs
from server.settings import load


@pytest.fixture
def app(engine: Engine, database_url: str, tmp_path: Path) -> Flask:
    environ = {"TALARIA_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url}
    return create_app(load(environ | {"TALARIA_SECRET_KEY": "k" * 40}), engine)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def raising(app: Flask, error: Exception) -> None:
    """Make one public address raise."""

    @needs("public")
    def fail() -> str:
        raise error

    app.view_functions["site.alive"] = fail


def test_an_unknown_address_is_a_problem_and_in_the_console_a_page(client: FlaskClient) -> None:
    told = client.get("/nowhere")
    assert told.status_code == 404
    assert told.content_type == "application/problem+json"
    assert told.json is not None
    assert told.json["code"] == "not_found"
    assert told.json["type"] == "/docs/problems#not_found"
    page = client.get("/office/nowhere")
    assert page.status_code == 404
    assert page.content_type.startswith("text/html")
    assert "There is nothing at this address" in page.text


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    told = client.post("/healthz")
    assert told.status_code == 405
    assert "GET" in told.headers["Allow"]
    assert told.json is not None
    assert told.json["code"] == "method_not_allowed"


def test_a_problem_says_when_to_come_again(app: Flask, client: FlaskClient) -> None:
    raising(app, Problem("too_many_attempts", retry_after_s=7))
    told = client.get("/healthz")
    assert (told.status_code, told.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (psycopg.OperationalError("no server"), "database_unavailable"),
        (psycopg.errors.AdminShutdown("restart"), "database_unavailable"),
        (psycopg.errors.LockNotAvailable("lock timeout"), "server_busy"),
        (psycopg.errors.QueryCanceled("statement timeout"), "server_busy"),
        (psycopg.errors.DeadlockDetected("deadlock"), "server_busy"),
        (psycopg.errors.TooManyConnections("full"), "server_busy"),
        (psycopg.errors.DiskFull("disk full"), "server_busy"),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_database_that_is_away_or_busy_is_503(
    app: Flask, client: FlaskClient, cause: psycopg.Error, code: str, wrapped: bool
) -> None:
    raising(app, OperationalError("SELECT secret", {}, cause) if wrapped else cause)
    told = client.get("/healthz")
    assert told.status_code == 503
    assert told.headers["Retry-After"]
    assert told.json is not None
    assert told.json["code"] == code
    assert "secret" not in told.text


def test_a_pool_without_a_free_connection_is_503(app: Flask, client: FlaskClient) -> None:
    raising(app, PoolTimeoutError("QueuePool limit"))
    assert client.get("/healthz").status_code == 503


def test_a_surprise_is_told_by_number_and_shown_to_nobody(app: Flask, client: FlaskClient) -> None:
    raising(app, KeyError("the rep's name is Ana"))
    with structlog.testing.capture_logs() as lines:
        told = client.get("/healthz")
    assert told.status_code == 500
    assert told.json is not None
    (line,) = [line for line in lines if line["event"] == "incident"]
    assert line["incident"] == told.json["incident"]
    assert line["error"] == "KeyError"
    assert "Ana" not in told.text + str(lines)
    assert any("fail" in step for step in line["where"])


def test_a_surprise_in_the_console_is_a_page(app: Flask, client: FlaskClient) -> None:
    app.view_functions["office.sign_in_form"] = app.view_functions["site.alive"]
    raising(app, RuntimeError("inside"))
    app.view_functions["office.sign_in_form"] = app.view_functions["site.alive"]
    told = client.get("/office/sign-in")
    assert told.status_code == 500
    assert "Incident number" in told.text
    assert "inside" not in told.text
