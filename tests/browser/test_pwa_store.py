"""A day's work in a store on the rep's app, counted in taps and keys as a rep would feel them."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import NewHandheld
from tests.browser.gestures import (
    begin_counting,
    fill_card,
    gestures,
    open_card,
    repeat_the_last,
    save_order,
    show_day,
)
from tests.browser.handheld import code_for, enrolled, plan_today
from tests.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINES = 30
PICTURE = Path(__file__).resolve().parents[2] / "docs" / "board.png"
PHOTOS = """async () => {
  const { opened } = await import("/app/ctx.js");
  const found = await opened.value.local.photos.list();
  return found.map((one) => [one.store, one.media_type, one.visit !== null && one.bytes > 1000]);
}"""

CARD = """async ([store, products]) => {
  const { opened } = await import("/app/ctx.js");
  const { verbs, memory } = opened.value;
  await memory.read();
  await verbs.card(store, products.map((product, n) => ({ product, on_shelf: true, facings: 2,
    shelf_stock: 10 + n, back_stock: 0, price_minor: 399 })));
}"""
SAVED = """async (store) => {
  const { opened } = await import("/app/ctx.js");
  const cards = await opened.value.local.rows("card", store);
  return cards.map((card) => card.lines).sort((a, b) => a.length - b.length).at(-1);
}"""

BESIDE = """async (store) => {
  const { opened } = await import("/app/ctx.js");
  return (await opened.value.local.rows("card", store)).map((card) => card.competitors);
}"""


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=2, products=LINES, on_hand=1_000, limit_minor=900_000)


@pytest.fixture
def page(world: World, address: str, handheld: NewHandheld) -> Page:
    plan_today(world, world.stores[:1])
    page = enrolled(handheld(address), code_for(world))
    expect(page.get_by_text("Store 1")).to_be_visible()
    return page


def line_of(page: Page, product: str) -> Locator:
    return page.locator(".pad-line", has_text=f"Product {product}")


def swipe(page: Page) -> None:
    """A swipe says "as last time", and a scroll does not."""
    row = page.locator(".matrix-row").first
    expect(row).to_contain_text("not looked at yet")
    box = row.bounding_box()
    assert box is not None
    x, y = box["x"] + 20, box["y"] + 24
    for dx, dy, words in ((20, 90, "not looked at yet"), (110, 4, "as last time")):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + dx / 2, y + dy / 2, steps=4)
        page.mouse.move(x + dx, y + dy, steps=4)
        page.mouse.up()
        expect(row).to_contain_text(words)


def take_money(page: Page, store: str) -> None:
    """A receipt has its number at once."""
    page.evaluate("(store) => { location.hash = `#/store/${store}/money`; }", store)
    page.get_by_role("button", name="Take payment").click()
    for digit in ("1", "2", "00"):
        page.locator(".pad").get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Save $12.00").click()
    expect(page.get_by_role("heading", name="R000001")).to_be_visible()
    expect(page.locator(".slip")).to_contain_text("$12.00 in cash")
    expect(page.locator(".slip")).to_contain_text("on account")


def test_an_order_is_kept_through_a_reload_and_repeated_in_four_taps_and_money_is_taken(
    page: Page, world: World
) -> None:
    one, other = world.products[3], world.products[7]
    page.get_by_text("Store 1").first.click()
    page.get_by_role("button", name="Order", exact=True).click()
    page.get_by_role("searchbox").fill(one)
    line_of(page, one).get_by_role("button", name="One more").click(click_count=2)
    expect(line_of(page, one)).to_contain_text("2 cases")
    page.get_by_role("searchbox").fill(other)
    line_of(page, other).locator(".stepper-value").click()
    page.get_by_text("Pieces", exact=True).click()
    page.get_by_role("button", name="7", exact=True).click()
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".sum")).to_contain_text("77.50")  # 24 + 7 pieces at 2.50

    page.reload()
    expect(page.get_by_text("Kept from before: 2 lines")).to_be_visible()
    page.get_by_role("button", name="Review (2)").click()
    first = save_order(page, twice=True)  # one order, as the next one's number says
    page.get_by_role("button", name="Done").click()

    page.context.set_offline(True)
    show_day(page)
    begin_counting(page)
    second = repeat_the_last(page, "Store 1")
    assert gestures(page) <= 4
    assert (first[-6:], second[-6:]) == ("000001", "000002")

    take_money(page, world.stores[0])


def test_a_card_of_thirty_lines_with_six_changes_takes_forty_taps_and_keys_at_most(
    page: Page, world: World
) -> None:
    store, products = world.stores[0], world.products
    page.evaluate(CARD, [store, products])
    page.evaluate("(store) => { location.hash = `#/store/${store}`; }", store)
    page.get_by_role("button", name="Start visit").click()
    begin_counting(page)
    open_card(page)
    swipe(page)
    page.locator("input[type=file]").set_input_files(PICTURE)
    expect(page.get_by_text("Photo kept")).to_be_visible()
    assert page.evaluate(PHOTOS) == [[store, "image/jpeg", True]]
    page.locator(".same-button").first.click()
    page.evaluate("() => { window.gestures = 1; }")  # what was only tried is not counted
    fill_card(page)
    assert gestures(page) <= 40
    saved = {line[0]: line for line in page.evaluate(SAVED, store)}
    assert len(saved) == LINES
    out = [code for code, line in saved.items() if line[8]]
    assert len(out) == 2
    assert sorted(line[3] for line in saved.values())[-1] == 4
    assert {18, 10} <= {line[4] for line in saved.values()}
    assert max(line[6] for line in saved.values()) == 429
    assert max(line[5] for line in saved.values()) == 24
    note_what_stands_beside(page, store)


def note_what_stands_beside(page: Page, store: str) -> None:
    """A competitor on one card, named again by the next: another price, and no promotion."""
    for price, rest in (("99", False), ("89", True)):
        open_card(page)
        beside = page.get_by_role("region", name="Competitors")
        if rest:
            expect(beside.locator(".cell").first).to_have_text("Facings, Cola Vita: 3")
            beside.get_by_role("button", name="Price on the shelf").click()
        else:
            beside.get_by_role("button", name="Add a competitor").click()
            page.get_by_label("Name on the label").fill("Cola  Vita")
            page.get_by_role("dialog").get_by_role("button", name="Add a competitor").click()
            page.locator(".pad").get_by_role("button", name="3", exact=True).click()
            page.get_by_role("button", name="Next", exact=True).click()
        for digit in price:
            page.locator(".pad").get_by_role("button", name=digit, exact=True).click()
        page.get_by_role("button", name="Done").click()
        beside.get_by_role("button", name="Promoted: Cola Vita").click()
        page.get_by_role("button", name="Rest as last time").click()
        page.get_by_role("button", name="Save card").click()
        expect(page.get_by_text("Card saved: 30 products")).to_be_visible()
    cards = [one for one in page.evaluate(BESIDE, store) if one]
    first, then = ["Cola Vita", 99, 3, True, None], ["Cola Vita", 89, 3, False, None]
    assert sorted(cards) == [[then], [first]]
