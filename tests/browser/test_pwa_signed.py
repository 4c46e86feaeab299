"""The store signs an order on the rep's app with a finger, and the office sees it at the order."""

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import Engine

from tests.browser.conftest import NewHandheld, OpenPage, expect_live
from tests.browser.handheld import Handheld, code_for, enrolled, plan_today
from tests.world import CELL, World, build

pytestmark = [pytest.mark.browser]

INK = """async (one) => {
  await one.decode();
  const canvas = new OffscreenCanvas(one.naturalWidth, one.naturalHeight);
  const pen = canvas.getContext("2d");
  pen.drawImage(one, 0, 0);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  let dark = 0;
  for (let at = 0; at < data.length; at += 4) dark += data[at] < 100;
  return [canvas.width, canvas.height, Math.round((100 * dark * 4) / data.length)];
}"""
"""Width and height of a picture, and how many per cent of it are ink."""
KEPT = """() => new Promise((tell) => {
  indexedDB.open("talaria").onsuccess = ({ target: { result: db } }) => {
    const asked = db.transaction("photo").objectStore("photo").count();
    asked.onsuccess = () => { db.close(); tell(asked.result); };
  };
})"""
"""How many pictures the handheld has."""


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=2, products=2)


@pytest.fixture
def rep(world: World, address: str, handheld: NewHandheld) -> Handheld:
    plan_today(world, world.stores[:1])
    return handheld(address)


def fill(page: Page, world: World) -> None:
    """An order of one case, as far as the look at it before it is saved."""
    page.evaluate("(store) => { location.hash = `#/store/${store}/order`; }", world.stores[0])
    page.get_by_role("searchbox").fill("p001")
    page.locator(".pad-line").get_by_role("button", name="One more").click()
    page.get_by_role("button", name="Review (1)").click()


def sign(page: Page) -> None:
    """A name, with the mouse."""
    page.get_by_role("button", name="Signature of the store").click()
    box = page.get_by_role("img", name="Sign here").bounding_box()
    assert box
    x, y = box["x"] + 30, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x + step * 18, y + (40 if step % 2 else -40), steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("img", name="Signature")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save order").click()
    expect(page.get_by_role("heading", name="Order saved")).to_be_visible()


def test_a_signature_outlives_the_browser_goes_after_its_order_and_is_shown_at_the_office(
    rep: Handheld, world: World, open_page: OpenPage
) -> None:
    page = enrolled(rep, code_for(world))
    page.context.set_offline(True)
    fill(page, world)
    sign(page)
    save(page)
    signed = page.locator(".signed-order")
    expect(signed).to_contain_text("Signed by the store")
    expect(signed.get_by_text("Waiting")).to_be_visible()
    where = page.evaluate("location.hash")
    rep.kill()
    page = rep.open(where)
    signed = page.locator(".signed-order")
    expect(signed.get_by_text("Sent")).to_be_visible(timeout=30_000)
    width, height, drawn = signed.get_by_role("img").evaluate(INK)
    assert (width, height) == (640, 320)
    assert 1 <= drawn <= 20
    key = world.one("SELECT id::text FROM orders")
    pictures = world.rows("SELECT id::text, media_type, state FROM photo")
    assert pictures == [(key, "image/png", "whole")]
    desk = open_page(f"/office/orders/{CELL}/{key}")
    expect(desk.get_by_text("Signed by the store")).to_be_visible()
    at_office = desk.get_by_role("img", name="The store's signature")
    assert at_office.evaluate(INK) == [width, height, drawn]


def test_an_open_page_of_an_order_shows_its_signature_as_it_comes(
    rep: Handheld, world: World, open_page: OpenPage
) -> None:
    page = enrolled(rep, code_for(world))
    late: list[Route] = []  # on a slow line the order is there first
    page.context.route("**/sync/v1/photos", lambda route: late.append(route), times=1)
    fill(page, world)
    sign(page)
    with page.expect_request("**/sync/v1/photos"):
        save(page)
    desk = open_page(f"/office/orders/{CELL}/{world.one('SELECT id::text FROM orders')}")
    expect_live(desk)
    expect(desk.get_by_text("Signed by the store")).to_have_count(0)
    late[0].continue_()
    expect(desk.get_by_role("img", name="The store's signature")).to_be_visible(timeout=9_000)


def test_a_signature_is_of_what_was_signed_and_goes_with_an_order_that_is_undone(
    rep: Handheld, world: World
) -> None:
    page = enrolled(rep, code_for(world))
    fill(page, world)
    sign(page)
    page.go_back()
    page.get_by_role("button", name="One more").first.click()
    page.get_by_role("button", name="Review (1)").click()
    expect(page.get_by_text("Changed since it was signed")).to_be_visible()
    expect(page.get_by_role("img", name="Signature")).to_have_count(0)
    sign(page)
    save(page)
    expect(page.locator(".signed-order img")).to_be_visible()
    assert page.evaluate(KEPT) == 1
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Review (1)")).to_be_visible()
    assert page.evaluate(KEPT) == 0
    page.get_by_role("button", name="Review (1)").click()
    expect(page.get_by_role("img", name="Signature")).to_be_visible()
    page.get_by_role("button", name="Take the signature off").click()
    save(page)
    expect(page.locator(".slip")).to_be_visible()
    expect(page.locator(".signed-order")).to_have_count(0)
    assert page.evaluate(KEPT) == 0
