"""Feeds over HTTP: the same code, for programs with the role, with the same words in JSON."""

import base64
import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from server.feeds import views
from tests.server.console import PASSWORD, enlist, make_app, signed_in
from tests.server.feeds.conftest import Bench
from tests.world import World, build

STORES = "code,name\ns1,One\ns2,Two\n"


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=1, products=2)


@pytest.fixture
def app(world: World, database_url: str, tmp_path: Path) -> Flask:
    return make_app(world.engine, database_url, tmp_path)


class Program:
    """A program of the company's other systems: HTTP Basic and nothing else."""

    def __init__(self, client: FlaskClient, name: str) -> None:
        given = base64.b64encode(f"acme/{name}:{PASSWORD}".encode()).decode()
        self.client, self.headers = client, {"Authorization": f"Basic {given}"}

    def post(self, path: str, data: Any, **more: Any) -> TestResponse:
        headers = self.headers | more.pop("headers", {})
        return self.client.post(f"/feeds/v1/{path}", data=data, headers=headers, **more)


@pytest.fixture
def erp(app: Flask, world: World) -> Program:
    enlist(world, "erp", "integration")
    return Program(app.test_client(), "erp")


def told(answer: TestResponse, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert isinstance(answer.json, dict)
    return answer.json


def test_a_program_loads_a_file_and_is_told_the_counts(erp: Program, engine: Engine) -> None:
    one = told(erp.post("stores?cell=depot", STORES, content_type="text/csv"))["files"][0]
    assert (one["read"], one["new"], one["rejected"], one["loaded"]) == (2, 2, 0, True)
    assert one["rejects"] == []
    bench = Bench(engine, [])
    assert bench.rows("SELECT by, rows_new FROM load") == [("user:erp", 2)]
    assert bench.rows("SELECT who, address FROM audit WHERE action = 'load'") == [
        ("user:erp", "127.0.0.1")
    ]
    again = told(erp.post("stores?cell=depot", gzip.compress(STORES.encode())))["files"][0]
    assert (again["new"], again["same"]) == (0, 2)


def test_rejects_come_with_line_field_value_and_remedy(erp: Program) -> None:
    one = told(erp.post("products", "code,name,case_size\nx1,Tea,6\nx2,,six\n"))["files"][0]
    assert (one["new"], one["rejected"]) == (1, 1)
    assert one["rejects"] == [
        {"line": 3, "field": "name", "value": "", "remedy": "Fill this in: it may not be empty."},
        {"line": 3, "field": "case_size", "value": "six",
         "remedy": "Write a whole number, such as 12."},
    ]  # fmt: skip


def test_a_dry_run_tells_the_changes_and_writes_nothing(erp: Program, engine: Engine) -> None:
    bench = Bench(engine, [])
    before = bench.everything()
    one = told(erp.post("products?dry_run=true", "code,name\np001,Tea\nx9,New\n"))["files"][0]
    assert one["changes"] == ["~ p001: name Product p001 -> Tea", "+ x9"]
    assert not one["loaded"]
    assert bench.everything() == before


def test_strict_with_a_bad_row_is_a_problem_that_carries_the_rejects(
    erp: Program, engine: Engine
) -> None:
    before = Bench(engine, []).everything()
    problem = told(erp.post("products?strict=true", "code,name\nx1,Tea\nx2,\n"), 422)
    assert problem["code"] == "load_rejected"
    assert problem["files"][0]["rejects"][0]["line"] == 3
    assert Bench(engine, []).everything() == before


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "says"),
    [
        ("shops", b"code\n", 404, "not_found", "There is no feed 'shops'"),
        ("stores", b"", 422, "load_rejected", "The file is empty"),
        ("stores", b"code;name\ns1;One\n", 422, "load_rejected", "separated by a semicolon"),
        ("stores", gzip.compress(STORES.encode(), mtime=0)[:30], 422, "load_rejected", "cut short"),
        ("stores", b"code,title\ns1,One\n", 422, "mapping_invalid", "no column 'name'"),
        ("stores?map=utah", b"x", 422, "mapping_invalid", "There is no mapping 'utah'"),
        ("stores?cell=north", STORES.encode(), 422, "load_rejected", "There is no depot 'north'"),
        ("orders", b"number,store\n", 422, "mapping_invalid", "no column 'ordered_on'"),
    ],
)
def test_what_cannot_be_loaded_is_a_problem_with_a_remedy(
    erp: Program, path: str, body: bytes, status: int, code: str, says: str
) -> None:
    problem = told(erp.post(path, body), status)
    assert problem["code"] == code
    assert says in problem["detail"]
    assert problem["remedy"]


@pytest.mark.parametrize("where", ["/etc/passwd", "../../secret.toml", "server/feeds/mappings"])
def test_a_path_of_the_servers_files_is_never_a_mapping(erp: Program, where: str) -> None:
    answer = erp.post("stores", STORES, query_string={"map": where})
    assert told(answer, 422)["code"] == "mapping_invalid"


def test_orders_come_as_a_form_with_their_lines_and_a_mapping_of_ones_own(
    erp: Program, engine: Engine
) -> None:
    code = Bench(engine, []).one("SELECT code FROM store")
    form = {
        "file": (io.BytesIO(f"no,store,day\nA1,{code},2026-10-01\n".encode()), "h.csv"),
        "lines": (io.BytesIO(b"order,n,product,quantity,amount\nA1,1,p001,2,5.00\n"), "l.csv"),
        "mapping": '[fields]\nnumber={column="no"}\nstore={column="store"}\n'
        'ordered_on={column="day"}\n',
    }
    files = told(erp.post("orders", form, content_type="multipart/form-data"))["files"]
    assert [(one["feed"], one["file"], one["new"]) for one in files] == [
        ("orders", "h.csv", 1), ("order_lines", "l.csv", 1),
    ]  # fmt: skip
    assert Bench(engine, []).rows("SELECT number, net_minor FROM orders") == [("A1", 500)]


def test_a_body_larger_than_agreed_is_refused(
    erp: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "BODY_BYTES", 1_000)
    assert told(erp.post("stores", b"x" * 2_000), 413)["code"] == "body_too_large"


def test_a_file_that_unpacks_to_too_much_is_refused(
    erp: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "UNPACKED_BYTES", 100_000)
    bomb = gzip.compress(b"code,name\n" + b"s1,One\n" * 100_000)
    assert "unpacks to more" in told(erp.post("stores", bomb), 422)["detail"]


def test_only_programs_and_administrators_may_load(app: Flask, world: World) -> None:
    assert app.test_client().post("/feeds/v1/stores", data=STORES).status_code in {401, 403}
    enlist(world, "dora", "order_desk")
    enlist(world, "alma", "admin")
    path = "stores?cell=depot"
    assert told(Program(app.test_client(), "dora").post(path, STORES), 403)["code"] == "forbidden"
    assert told(Program(app.test_client(), "alma").post(path, STORES))["files"][0]["new"] == 2


def test_an_administrators_browser_cannot_be_made_to_load_by_another_site(
    app: Flask, world: World
) -> None:
    admin = signed_in(app, world, "alma", "admin")
    answer = admin.client.post("/feeds/v1/stores", data=STORES, headers={"Origin": "http://evil"})
    assert told(answer, 403)["code"] == "csrf_failed"
