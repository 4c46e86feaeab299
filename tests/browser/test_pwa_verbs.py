"""What a rep does seldom, by the screens' own buttons and with no network: a new store, details
changed, a card corrected, goods given back; what was begun is found again; and all of it is taken,
its verdicts read in the language chosen here."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sync.delivery.status import LineStatus
from tests.browser import looks
from tests.browser.conftest import NewHandheld
from tests.browser.gestures import show_day
from tests.browser.handheld import code_for, enrolled, plan_today
from tests.browser.test_board import Rep
from tests.browser.test_pwa import chip
from tests.server.office.orders.test_views_life import say, send
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CARD = """async ([store, product]) => {
  const { opened } = await import("/app/ctx.js");
  const { verbs, memory } = opened.value;
  await memory.read();
  await verbs.card(store, [{ product, on_shelf: true, facings: 2, shelf_stock: 10 }]);
}"""


@pytest.fixture
def delivered(world: World, app: Flask) -> dict[str, Any]:
    """An order of twelve pieces that came to the first store, of what is not sold any more since,
    and was by the dozen."""
    body = Rep(world, app).order([("p001", 12)])
    send(world, body["id"])
    say(world, body["id"], 1, "picking")
    say(world, body["id"], 2, "dispatched", LineStatus(1, shipped=12))
    say(world, body["id"], 3, "delivered", LineStatus(1, delivered=12))
    world.run(
        "UPDATE product SET status = 'blocked', min_quantity = 12, multiple = 12"
        " WHERE code = 'p001'"
    )
    world.run("UPDATE product_uom SET orderable = false WHERE product = 'p001' AND uom = 'each'")
    return body


@pytest.fixture
def page(world: World, delivered: dict[str, Any], address: str, handheld: NewHandheld) -> Page:
    plan_today(world, [delivered["store"]])
    return enrolled(handheld(address), code_for(world))


def show(page: Page, path: str) -> None:
    page.evaluate("(path) => { location.hash = `#${path}`; }", path)
    looks.calm(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


def new_store(page: Page) -> None:
    """Nothing found leads to the form; what is typed stays through a reload."""
    show(page, "/stores")
    page.get_by_role("searchbox").fill("Chez Nous")
    press(page, "New store")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Chez Nous")
    page.get_by_label("Phone", exact=True).fill("555-0199")
    page.reload()
    expect(page.get_by_text("Kept from before")).to_be_visible()
    press(page, "Save store")
    expect(page.get_by_role("heading", name="Chez Nous")).to_be_visible()
    expect(page.get_by_text("Waits for the office")).to_be_visible()


def changed_details(page: Page, store: str) -> None:
    show(page, f"/store/{store}/edit")
    page.get_by_label("Phone", exact=True).fill("555-0123")
    press(page, "Save changes")
    expect(page.get_by_text("details changed")).to_be_visible()


def corrected_card(page: Page, store: str, product: str) -> None:
    page.evaluate(CARD, [store, product])
    show(page, f"/store/{store}/card/amend")
    page.locator(".matrix .cell").nth(1).click()
    for digit in "17":
        page.locator(".pad").get_by_role("button", name=digit, exact=True).click()
    press(page, "Done")
    press(page, "Save correction")
    page.get_by_role("button", name="Mistyped").click()
    page.locator(".over-foot").get_by_role("button", name="Save correction").click()
    expect(page.get_by_text("Card corrected: 1 product")).to_be_visible()


def given_back(page: Page, order: dict[str, Any]) -> None:
    show(page, f"/store/{order['store']}")
    page.get_by_role("button", name=order["number"]).click()
    press(page, "Give back")
    page.get_by_role("button", name="One more of").click()
    press(page, "Save return")
    expect(page.get_by_role("heading", name="Return saved")).to_be_visible()


def begun_and_found_again(page: Page, store: str) -> None:
    """An order that is left is told on the day, and dropped and taken back where all such stand."""
    show(page, f"/store/{store}/order")
    page.get_by_role("searchbox").fill("p002")
    page.get_by_role("button", name="One more of").first.click()
    show_day(page)
    expect(page.get_by_text("Order begun")).to_be_visible()
    show(page, "/drafts")
    row = page.get_by_text("Order begun, 1 line")
    page.get_by_role("button", name="Drop: Order begun, 1 line").click()
    expect(row).to_have_count(0)
    page.locator(".toast .button").click()
    expect(row).to_be_visible()


def test_what_a_rep_does_seldom_is_done_with_no_network_and_taken(
    page: Page, world: World, delivered: dict[str, Any]
) -> None:
    store = delivered["store"]
    page.context.set_offline(True)
    begun_and_found_again(page, store)
    new_store(page)
    changed_details(page, store)
    corrected_card(page, store, world.products[0])
    given_back(page, delivered)

    page.context.set_offline(False)
    chip(page, "Everything is sent")
    assert world.rows("SELECT phone FROM store WHERE name = 'Chez Nous'") == [("555-0199",)]
    assert world.one("SELECT phone FROM store WHERE id = %s", store) == "555-0123"
    back = world.rows(
        "SELECT l.product, l.uom, l.ordered, o.holds FROM orders o"
        " JOIN order_line l ON l.order_id = o.id WHERE o.type = 'return' AND o.about = %s",
        delivered["id"],
    )
    assert back == [("p001", "each", 1, ["order_needs_approval"])]
    [amendments] = world.rows("SELECT amendments FROM visit_card WHERE store = %s", store)[0]
    assert [one[3:6] for one in amendments] == [["shelf_stock", 10, 17]]
    looks.speak(page, "zh")
    show(page, "/needs")
    expect(page.get_by_text("您新建的门店 Chez Nous 已收到")).to_be_visible()
