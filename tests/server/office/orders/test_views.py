"""The board and an order's page, as people see them."""

from typing import Any

import pytest
from flask import Flask

from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import CELL, World


def order_path(body: dict[str, Any]) -> str:
    return f"/office/orders/{CELL}/{body['id']}"


def test_an_empty_board_says_how_to_begin(admin: Console) -> None:
    page = admin.page("/office/")
    assert "No orders yet" in page
    assert "enrol a handheld" in page


def test_an_order_shows_its_number_store_rep_value_and_state(desk: Console, push: Push) -> None:
    body, _ = push([("p001", 4), ("p002", 2)])
    page = desk.page("/office/")
    for word in (body["number"], "Store 1", "Ana", "$15.00", "Accepted"):
        assert word in page, word


def test_a_held_order_says_why_and_is_counted(desk: Console, held: dict[str, Any]) -> None:
    page = desk.page("/office/")
    assert "Over the credit limit" in page
    assert '1<span class="unseen"> waiting</span>' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=held", ["D1-000002"]),
        ("state=open", ["D1-000001", "D1-000003"]),
        ("q=store%202", ["D1-000003"]),
        ("q=D1-000001", ["D1-000001"]),
        ("q=%25", []),
        ("q=_", []),
        ("q=%00", ["D1-000001", "D1-000002", "D1-000003"]),
        ("rep=r02", []),
        ("rep=r01&state=nonsense", ["D1-000001", "D1-000002", "D1-000003"]),
        ("before=nonsense~x", ["D1-000001", "D1-000002", "D1-000003"]),
    ],
)
def test_the_board_is_filtered(desk: Console, push: Push, query: str, found: list[str]) -> None:
    push([("p001", 4)])
    push([("p001", 300)])
    push([("p002", 4)], store=1)
    page = desk.page(f"/office/?{query}")
    shown = [number for number in ("D1-000001", "D1-000002", "D1-000003") if number in page]
    shown = [number for number in shown if f'value="{number}"' not in page or number in found]
    assert shown == found


def test_the_part_that_is_fetched_again_is_a_part(desk: Console, push: Push) -> None:
    push([("p001", 4)])
    part = desk.page("/office/rows", headers={"HX-Request": "true"})
    assert "<html" not in part
    assert "D1-000001" in part
    assert 'hx-swap-oob="true"' in part


def test_what_is_typed_into_the_filter_stays_in_the_address(desk: Console) -> None:
    told = desk.get("/office/rows?q=ames&state=&rep=", headers={"HX-Source": "form#filters"})
    assert told.headers["HX-Replace-Url"] == "/office/?q=ames"
    assert "HX-Replace-Url" not in desk.get("/office/rows?q=ames").headers


def test_older_orders_are_a_page_away(
    desk: Console, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.office.orders.views.PAGE", 2)
    for _ in range(3):
        push([("p001", 1)])
    first = desk.page("/office/")
    assert "D1-000003" in first
    assert "D1-000001" not in first
    older = first.split('href="/office/?before=')[1].split('"')[0]
    second = desk.page(f"/office/?before={older}")
    assert "D1-000001" in second
    assert "D1-000002" not in second


def test_an_orders_page_tells_its_story_in_words(desk: Console, push: Push) -> None:
    body, _ = push([("p001", 80)], store=0)
    again, verdict = push([("p001", 40)], store=1)
    page = desk.page(order_path(again))
    for word in ("Taken by Ana", "Arrived and accepted with changes", "Stock is short, line 1"):
        assert word in page, word
    assert verdict["conflicts"][0]["says"].replace("'", "&#39;") in page
    assert "Backorder" in page
    assert "Backorder" not in desk.page(order_path(body))


def test_an_order_of_another_cell_or_none_is_not_found(
    app: Flask, world: World, push: Push
) -> None:
    body, _ = push([("p001", 4)])
    east = signed_in(app, world, "eve", "order_desk", "supervisor", cell=3)
    assert east.get(order_path(body)).status_code == 404
    assert body["number"] not in east.page("/office/")
    assert east.get(f"/office/orders/3/{body['id']}").status_code == 404
    made_up = "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"
    assert east.get(f"/office/orders/3/{made_up}").status_code == 404
    assert east.get("/office/orders/3/nonsense").status_code == 404


def test_what_a_rep_typed_is_shown_and_never_run(desk: Console, push: Push, world: World) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e"
    body, _ = push([("p001", 1)], note=evil, po_no="{{ 7*7 }}")
    world.rows("UPDATE store SET name = %s RETURNING 1", evil)
    world.rows("UPDATE product SET name = %s RETURNING 1", evil)
    for path in (order_path(body), "/office/", "/office/stores"):
        page = desk.page(path)
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "&lt;script&gt;" in page, path
    assert "{{ 7*7 }}" in desk.page(order_path(body))
