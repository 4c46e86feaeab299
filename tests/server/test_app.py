"""What every request gets: a guard, headers, a request id, metrics, a line in the log."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from sqlalchemy import Engine

from server import app as made
from server.auth import needs, undeclared
from server.settings import Settings, load
from tests.world import build


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    environ = {"TALARIA_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url}
    return load(environ | {"TALARIA_SECRET_KEY": "k" * 40})


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Flask:
    return made.create_app(settings, engine)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    assert undeclared(app) == []
    assert len(list(app.url_map.iter_rules())) > 30


def test_a_route_that_declares_nobody_keeps_the_server_from_starting(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = Blueprint("careless", __name__)
    careless.add_url_rule("/prices", "prices", lambda: "all of them", methods=["GET", "POST"])
    module = type("module", (), {"blueprint": careless})
    whole = made.import_module
    monkeypatch.setattr(
        made, "import_module", lambda name: module if name == "careless" else whole(name)
    )
    monkeypatch.setattr(made, "DEPARTMENTS", (*made.DEPARTMENTS, "careless"))
    with pytest.raises(RuntimeError, match="GET /prices, POST /prices"):
        made.create_app(settings, engine)


def test_a_role_that_does_not_exist_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="needs"):
        needs("amdin")
    with pytest.raises(ValueError, match="needs"):
        needs()


def test_healthz_answers_without_the_database(settings: Settings) -> None:
    away = replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    client = made.create_app(away).test_client()
    assert client.get("/healthz").status_code == 200
    gone = client.get("/readyz")
    assert gone.status_code == 503
    assert gone.headers["Retry-After"] == "5"
    assert gone.json is not None
    assert gone.json["code"] == "database_unavailable"


def test_readyz_waits_for_migrations(client: FlaskClient, owner_url: str) -> None:
    assert client.get("/readyz").status_code == 200
    import psycopg

    from server.hints import conninfo

    with psycopg.connect(conninfo(owner_url), autocommit=True) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0000'")
    assert client.get("/readyz").status_code == 503


def test_metrics_count_by_route_and_only_this_machine_may_ask(client: FlaskClient) -> None:
    client.get("/healthz")
    told = client.get("/metrics")
    line = 'talaria_requests_total{method="GET",route="/healthz",status="200"}'
    assert line in told.text
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 401


def test_browsers_are_kept_strict(client: FlaskClient) -> None:
    for path in ("/office/sign-in", "/healthz", "/nowhere", "/office/static/console.css"):
        headers = client.get(path, buffered=True).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"], path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
    assert "Strict-Transport-Security" not in client.get("/healthz").headers


def test_with_https_cookies_and_headers_insist_on_it(settings: Settings, engine: Engine) -> None:
    secure = replace(settings, public_url="https://sales.example")
    client = made.create_app(secure, engine).test_client()
    told = client.get("/office/sign-in", base_url="https://sales.example")
    assert told.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = told.headers["Set-Cookie"]
    assert cookie.startswith("__Host-talaria=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie


def test_pages_hold_no_script_and_no_style_of_their_own(client: FlaskClient) -> None:
    for path in ("/office/sign-in", "/docs", "/docs/problems"):
        text = client.get(path).text
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert " on" + "click=" not in text, path
        assert text.count("<script") == text.count("<script src="), path


def test_the_caller_may_name_the_request_and_nonsense_is_replaced(client: FlaskClient) -> None:
    good = client.get("/healthz", headers={"X-Request-ID": "my-request-1"})
    assert good.headers["X-Request-ID"] == "my-request-1"
    bad = client.get("/healthz", headers={"X-Request-ID": "x y\tz"})
    assert len(bad.headers["X-Request-ID"]) == 16


def test_the_log_names_routes_and_no_personal_data(client: FlaskClient, engine: Engine) -> None:
    build(engine, stores=1, products=1)
    canary = "canary-7f3a"
    with structlog.testing.capture_logs() as lines:
        client.get(f"/office/?q={canary}")
        client.get(f"/nowhere/{canary}")
        page = client.get("/office/sign-in").text
        token = page.split('csrf_token" value="')[1].split('"')[0]
        form = {"code": canary, "password": canary, "csrf_token": token}
        client.post("/office/sign-in", data=form)
    assert [line["route"] for line in lines if line["event"] == "request"] == [
        "/office/", "(none)", "/office/sign-in", "/office/sign-in",
    ]  # fmt: skip
    assert canary not in json.dumps(lines, default=str)


def test_a_body_over_the_limit_is_refused(settings: Settings, engine: Engine) -> None:
    small = replace(settings, max_body_bytes=64 * 1024)
    client = made.create_app(small, engine).test_client()
    told = client.post("/office/sign-in", data={"code": "x" * 100_000})
    assert told.status_code == 413


def test_the_openapi_description_is_valid_and_names_the_protocol(client: FlaskClient) -> None:
    told = client.get("/docs/openapi.json").json
    assert told is not None
    validate(told)
    assert told["openapi"].startswith("3.1")
    assert {"/sync/v1/enrol", "/sync/v1/push", "/sync/v1/pull"} <= set(told["paths"])
    page = client.get("/docs").text
    assert "/sync/v1/push" in page
    push = told["paths"]["/sync/v1/push"]["post"]
    assert push["security"] == [{"handheld": []}]
    assert "security" not in told["paths"]["/sync/v1/enrol"]["post"]
    errors = told["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(errors) == ["application/problem+json"]


def test_the_page_of_problems_explains_each(client: FlaskClient) -> None:
    from schemas.problem import PROBLEMS

    page = client.get("/docs/problems").text
    assert all(f'id="{code}"' in page for code in PROBLEMS)


def test_json_travels_compressed_and_pages_with_secrets_do_not(client: FlaskClient) -> None:
    asked: dict[str, Any] = {"headers": {"Accept-Encoding": "zstd, br, gzip"}}
    assert client.get("/docs/openapi.json", **asked).headers["Content-Encoding"] == "zstd"
    assert "Content-Encoding" not in client.get("/office/sign-in", **asked).headers


def test_files_with_their_version_are_kept_for_a_year(client: FlaskClient) -> None:
    kept = client.get("/office/static/console.css?v=1", buffered=True).headers["Cache-Control"]
    assert "max-age=31536000" in kept
    assert client.get("/office/sign-in").headers["Cache-Control"] == "no-store"


def test_a_path_cannot_leave_the_static_folder(client: FlaskClient) -> None:
    for path in ("../views.py", "..%2fviews.py", "%2e%2e/words.py", "vendor"):
        assert client.get(f"/office/static/{path}").status_code == 404, path


def test_without_a_secret_key_a_random_one_is_used(settings: Settings, engine: Engine) -> None:
    bare = made.create_app(replace(settings, secret_key=""), engine)
    other = made.create_app(replace(settings, secret_key=""), engine)
    assert bare.config["SECRET_KEY"]
    assert bare.config["SECRET_KEY"] != other.config["SECRET_KEY"]
