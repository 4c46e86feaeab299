"""The audit page: who changed what, found by every filter, and exported without harm."""

import csv
import io

import pytest
from flask import Flask

from server.office.company.views_audit import changed
from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import CELL, World


@pytest.fixture
def boss(app: Flask, world: World) -> Console:
    return signed_in(app, world, "sue", "supervisor")


@pytest.fixture
def released(boss: Console, push: Push) -> str:
    body, _ = push([("p001", 300)])
    boss.post(
        f"/office/orders/{CELL}/{body['id']}/decide",
        answer="release", rule="credit_exceeded", note="paid by telephone",
    )  # fmt: skip
    return str(body["id"])


def test_a_line_says_who_what_before_after_and_from_where(boss: Console, released: str) -> None:
    page = boss.page("/office/audit")
    assert "Order released" in page
    assert ">Sue<" in page
    assert "<dt>state</dt><dd><del>held</del> → <ins><bdi>accepted</bdi></ins>" in page
    assert "paid by telephone" in page
    assert "127.0.0.1" in page
    assert f'title="order/{released}"' in page


def test_filters_find_and_do_not_find(boss: Console, released: str, world: World) -> None:
    today = world.one("SELECT (at AT TIME ZONE 'America/Chicago')::date::text FROM audit LIMIT 1")
    for found in (
        "who=user:sue", "action=order.released", "subject=order", f"subject=order/{released}",
        "q=telephone", "q=127.0", f"day={today}", f"day={today}&days=2",
    ):  # fmt: skip
        assert "Order released" in boss.page(f"/office/audit?{found}"), found
    for nothing in (
        "who=user:dora",
        "action=device.revoked",
        "subject=store",
        "q=%25",
        "day=2020-01-01",
    ):
        page = boss.page(f"/office/audit?{nothing}")
        assert "Nothing matches" in page, nothing


def test_nonsense_in_the_address_is_a_page(boss: Console) -> None:
    for asked in ("day=31", "before=x~y", "days=-1&day=2026-01-01", "q=%00"):
        assert boss.get(f"/office/audit?{asked}").status_code == 200, asked


def test_pages_follow_each_other(boss: Console, world: World) -> None:
    world.run(
        "INSERT INTO audit (cell, id, at, who, action, subject)"
        " SELECT 2, gen_random_uuid(), now(), 'user:r01', 'x.y', 'x/' || n"
        " FROM generate_series(1, 250) n"
    )
    seen: list[str] = []
    path: str | None = "/office/audit?subject=x"
    while path:
        page = boss.page(path)
        seen += [part.partition('"')[0] for part in page.split('title="x/')[1:]]
        _, found, rest = page.partition('href="/office/audit?before=')
        path = (
            "/office/audit?before=" + rest.partition('"')[0].replace("&amp;", "&")
            if found
            else None
        )
    assert len(seen) == len(set(seen)) == 250


def test_the_export_has_the_same_lines_and_no_formulas(
    boss: Console, released: str, world: World
) -> None:
    world.run("UPDATE app_user SET name = '=HYPERLINK(\"http://evil\")' WHERE code = 'sue'")
    told = boss.get("/office/audit.csv?action=order.released")
    assert told.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    head, line = csv.reader(io.StringIO(told.text))
    row = dict(zip(head, line, strict=True))
    assert row["who"] == "user:sue"
    assert row["name"] == '\'=HYPERLINK("http://evil")'
    assert "state: held -> accepted" in row["changed"]
    assert row["from"] == "127.0.0.1"


def test_only_what_differs_is_told() -> None:
    assert changed({"state": "held", "holds": ["a"]}, {"state": "accepted", "note": ""}) == [
        ("state", "held", "accepted")
    ]
    assert changed(None, {"roles": ["finance", "admin"], "on": True}) == [
        ("roles", "nothing", "finance, admin"), ("on", "nothing", "yes"),
    ]  # fmt: skip
    assert changed({"choice": "cut"}, {}) == []


def test_the_audit_is_for_supervisors_and_administrators_of_their_cells(
    app: Flask, desk: Console, released: str, world: World
) -> None:
    assert desk.get("/office/audit").status_code == 403
    assert desk.get("/office/audit.csv").status_code == 403
    east = signed_in(app, world, "eve", "supervisor", cell=3)
    assert "Nothing yet" in east.page("/office/audit")
    assert released not in east.get("/office/audit.csv").text
