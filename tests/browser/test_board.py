"""The order board in Chromium: orders land by themselves, keys move, filters stay."""

import re
import time
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from server.office.orders.live import Hub
from tests.browser.conftest import OpenPage, expect_live
from tests.world import CELL, World, change, order_body

pytestmark = [pytest.mark.browser]
PHONE = {"viewport": {"width": 360, "height": 740}}


class Rep:
    """r01 with a handheld, pushing orders as the server's own view does: push, then hint."""

    def __init__(self, world: World, app: Flask) -> None:
        self.world, self.app, self.n = world, app, 0

    def order(self, lines: list[tuple[str, int]], store: int = 0, **more: Any) -> dict[str, Any]:
        self.n += 1
        body = order_body(self.world.stores[store], lines, number=f"D1-{self.n:06d}", **more)
        verdicts, answer = self.world.push(
            self.world.carrier(), [change(self.n, "order", "submit", body)]
        )
        assert verdicts[0]["outcome"] in ("applied", "adjusted", "held"), verdicts
        for cell in answer.cells:
            self.app.extensions["hint"](f"orders {cell}")
        return body


@pytest.fixture
def rep(world: World, app: Flask) -> Rep:
    return Rep(world, app)


def number(page: Page, body: dict[str, Any]) -> Any:
    return page.locator(".board").get_by_text(body["number"], exact=True)


def test_two_people_see_an_order_land_without_a_reload(open_page: OpenPage, rep: Rep) -> None:
    pages = [open_page(), open_page(code="alma")]
    for page in pages:
        expect_live(page)
        expect(page.get_by_text("No orders yet")).to_be_visible()
        page.evaluate("() => { window.sameDocument = true; }")
    body = rep.order([("p001", 4)])
    began = time.monotonic()
    for page in pages:
        expect(number(page, body)).to_be_visible()
        assert page.evaluate("() => window.sameDocument")
    assert time.monotonic() - began < 2, "slower than the sweep alone would be"


def test_a_script_that_comes_late_does_not_leave_the_page_deaf(open_page: OpenPage) -> None:
    """On a slow line htmx once began before its stream part had come, and never connected."""
    page = open_page()
    late: list[Route] = []
    page.route("**/hx-sse.min.js*", lambda route: late.append(route))
    page.goto("/office/", wait_until="commit")
    page.wait_for_function("() => window.htmx", polling=50)  # nothing is painted yet
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")  # time for htmx to begin
    late[0].continue_()
    expect_live(page)


def test_an_order_whose_hint_was_lost_appears_all_the_same(
    open_page: OpenPage, rep: Rep, app: Flask
) -> None:
    page = open_page()
    expect_live(page)
    app.extensions["hint"] = lambda text: None
    expect(number(page, rep.order([("p001", 4)]))).to_be_visible()


def test_a_held_order_released_by_one_changes_for_the_other(open_page: OpenPage, rep: Rep) -> None:
    body = rep.order([("p001", 300)])
    board, inbox = open_page(), open_page("/office/inbox", code="alma")
    expect_live(board)
    expect_live(inbox)
    row = board.locator(f"#o{body['id']}")
    expect(row).to_contain_text("Held")
    expect(row).to_contain_text("Over the credit limit")
    expect(board.locator("#inbox-tally")).to_have_text(re.compile("^1"))
    inbox.get_by_role("button", name="Release", exact=True).click()
    expect(inbox.get_by_text(f"{body['number']}: answered: release.")).to_be_visible()
    expect(row).to_contain_text("Accepted")
    expect(row).not_to_contain_text("Over the credit limit")
    expect(board.locator("#inbox-tally")).to_be_empty()


def test_what_is_being_typed_survives_news(open_page: OpenPage, rep: Rep) -> None:
    rep.order([("p001", 300)])
    page = open_page("/office/inbox")
    expect_live(page)
    page.get_by_text("Other answers").click()
    note = page.get_by_label("Note for the rep and the file")
    note.fill("they called, pay on Mon")
    rep.order([("p002", 300)], store=1)
    expect(page.locator(".item")).to_have_count(2)
    expect(note.first).to_have_value("they called, pay on Mon")


def test_an_open_order_page_follows_the_order(
    open_page: OpenPage, rep: Rep, world: World, app: Flask
) -> None:
    body = rep.order([("p001", 300)])
    one = open_page(f"/office/orders/{CELL}/{body['id']}")
    other = open_page(f"/office/orders/{CELL}/{body['id']}", code="alma")
    expect_live(other)
    one.get_by_label("Note for the rep and the file").fill("will not pay")
    one.get_by_role("button", name="Reject").click()
    expect(one.get_by_text("Rejected. The rep is told at the next sync.")).to_be_visible()
    expect(other.locator(".facts")).to_contain_text("Rejected")
    expect(other.locator(".timeline")).to_contain_text("will not pay")
    expect(other.get_by_role("button", name="Release")).to_have_count(0)


def test_keys_move_open_and_search(open_page: OpenPage, rep: Rep) -> None:
    first, second = rep.order([("p001", 1)]), rep.order([("p001", 2)], store=1)
    page = open_page()
    expect_live(page)
    here = page.locator(".board tr.here")
    page.keyboard.press("j")
    expect(here).to_contain_text(second["number"])
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(here).to_contain_text(first["number"])
    third = rep.order([("p002", 1)], store=2)
    expect(number(page, third)).to_be_visible()
    expect(here).to_contain_text(first["number"])  # news do not move the cursor
    page.keyboard.press("k")
    expect(here).to_contain_text(second["number"])
    page.keyboard.press("/")
    page.keyboard.type("store 3")
    expect(page.locator(".board tbody tr")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=third["number"])).to_be_visible()


def test_a_filter_keeps_while_orders_land_and_stays_in_the_address(
    open_page: OpenPage, rep: Rep
) -> None:
    kept = rep.order([("p001", 1)], store=1)
    page = open_page()
    expect_live(page)
    page.get_by_label("Search orders").fill("store 2")
    expect(page).to_have_url(re.compile(r"\?q=store(\+|%20)2$"))
    other = rep.order([("p001", 1)], store=0)
    also = rep.order([("p002", 1)], store=1)
    expect(number(page, also)).to_be_visible()
    expect(number(page, kept)).to_be_visible()
    expect(number(page, other)).to_have_count(0)
    page.reload()
    expect(page.locator(".board tbody tr")).to_have_count(2)
    page.get_by_label("State").select_option("held")
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_who_looks_at_older_orders_stays_there_while_others_land(
    open_page: OpenPage, rep: Rep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.office.orders.views.PAGE", 2)
    oldest, *newer = [rep.order([("p001", n)]) for n in (1, 2, 3)]
    page = open_page()
    page.get_by_role("link", name="Older orders").click()
    expect(number(page, oldest)).to_be_visible()
    expect_live(page)
    today = page.get_by_label("Today").get_by_role("link").first
    expect(today).to_contain_text("3")
    landed = rep.order([("p001", 4)])
    expect(today).to_contain_text("4")
    expect(number(page, oldest)).to_be_visible()
    expect(page.locator(".board tbody tr")).to_have_count(1)
    page.get_by_label("Search orders").fill("store")  # a search begins with the newest
    expect(number(page, landed)).to_be_visible()
    also = rep.order([("p001", 5)])
    expect(number(page, also)).to_be_visible()
    expect(number(page, newer[0])).to_have_count(0)


def test_an_order_that_lands_during_a_search_keeps_no_older_page(
    open_page: OpenPage, rep: Rep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.office.orders.views.PAGE", 2)
    for n in (1, 2, 3):
        rep.order([("p001", n)])
    page = open_page()
    page.get_by_role("link", name="Older orders").click()
    expect_live(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        is_search = route.request.headers.get("hx-source", "").startswith("form")
        held.append(route) if is_search else route.continue_()

    page.route("**/office/rows?*", hold)
    with page.expect_request("**/office/rows?*"):
        page.get_by_label("Search orders").fill("store")
    with page.expect_request("**/office/rows?*") as looked:
        landed = rep.order([("p001", 4)])
    assert "before=" not in looked.value.url
    expect(number(page, landed)).to_be_visible()
    for route in held:
        route.continue_()
    expect(number(page, landed)).to_be_visible()


def test_a_row_opens_with_a_click_anywhere(open_page: OpenPage, rep: Rep) -> None:
    body = rep.order([("p001", 1)])
    page = open_page()
    page.locator(".board .store").click()
    expect(page.get_by_role("heading", name=body["number"])).to_be_visible()


def test_without_a_stream_the_page_looks_by_itself_and_later_is_live_again(
    open_page: OpenPage, rep: Rep, app: Flask, world: World, database_url: str
) -> None:
    full = Hub(world.engine, database_url, "talaria_browser", at_most=0)
    app.extensions["live"] = full
    page = open_page()
    sign = page.locator("#live")
    expect(sign).to_have_attribute("data-is", "slow")
    expect(sign).to_contain_text("Refreshing slowly")
    page.clock.install()
    page.reload()
    expect(sign).to_have_attribute("data-is", "slow")
    body = rep.order([("p001", 4)])
    page.clock.fast_forward(21_000)
    expect(number(page, body)).to_be_visible()
    del app.extensions["live"]  # there is room again
    page.clock.fast_forward(21_000)
    expect(sign).to_have_attribute("data-is", "live", timeout=20_000)


def test_what_a_rep_typed_never_runs(open_page: OpenPage, rep: Rep, world: World) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    world.rows("UPDATE store SET name = %s RETURNING 1", evil)
    world.rows("UPDATE product SET name = %s RETURNING 1", evil)
    body = rep.order([("p001", 300)], note=evil, po_no=evil)
    page = open_page(f"/office/orders/{CELL}/{body['id']}")
    expect(page.locator(".facts")).to_contain_text(evil)
    for path in ("/office/", "/office/inbox", "/office/stores"):
        page.goto(path)
        expect(page.locator("main")).to_contain_text("alert(1)")


def test_the_board_fits_a_phone_and_prints_without_its_frame(open_page: OpenPage, rep: Rep) -> None:
    for quantity in (1, 300, 7):
        rep.order([("p001", quantity), ("p002", 3)])
    page = open_page(**PHONE)
    expect_live(page)
    width = "() => document.scrollingElement.scrollWidth"
    assert page.evaluate(width) <= 360
    expect(page.locator(".board").get_by_text("Over the credit limit")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".board")).to_be_visible()
