"""Money in a real browser: keys, ticking, posting in bulk, a bounce that says why."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.server.console import enlist
from tests.sync.owing import collect, money_body, owe, owed, receipt, step
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def receipts(world: World, app: Flask) -> list[dict[str, str]]:
    """Three receipts of a store that owes 150.00, and a person of finance."""
    store = world.stores[0]
    owe(world, store, ("R-1", 10_000), ("R-2", 5_000), limit_minor=50_000)
    bodies = [
        money_body(store, 4_000, ("R-1", 4_000)),
        money_body(
            store, 6_000, ("R-1", 6_000), method="cheque", cheque_no="4711",
            cheque_bank="First Bank",
        ),
        money_body(store, 700, method="transfer"),
    ]  # fmt: skip
    for n, body in enumerate(bodies, 1):
        collect(world, n, body)
    enlist(world, "fin", "finance")
    return bodies


@pytest.mark.rule(11)
def test_receipts_are_handed_in_and_posted_with_the_keyboard(
    open_page: OpenPage, world: World, receipts: list[dict[str, str]]
) -> None:
    page = open_page("/office/money", "fin")
    expect(page.get_by_role("heading", name="Money", exact=True)).to_be_visible()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("input[name=receipt]:checked")).to_have_count(2)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("2 receipts handed in: $100.00.")).to_be_visible()
    page.get_by_role("link", name="To post").click()
    page.get_by_label("Tick all").check()
    expect(page.locator("input[name=receipt]:checked")).to_have_count(3)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("3 receipts posted: $107.00.")).to_be_visible()
    assert owed(world, world.stores[0])["R-1"] == 0
    page.get_by_role("link", name="Posted").click()
    page.get_by_placeholder("Receipt, store, cheque").fill("4711")
    expect(page.locator("input[name=receipt]")).to_have_count(1)
    for key in ("Escape", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name=f"Receipt {receipts[1]['number']}")).to_be_visible()


@pytest.mark.rule(11)
def test_a_bounce_says_why_and_opens_the_item_before_the_eyes_of_finance(
    open_page: OpenPage, world: World, receipts: list[dict[str, str]]
) -> None:
    cheque = receipts[1]
    step(world, "hand_in", cheque["id"])
    step(world, "post", cheque["id"])
    assert owed(world, world.stores[0])["R-1"] == 4_000
    page = open_page(f"/office/money/{cheque['id']}", "fin")
    page.get_by_role("button", name="Bounced").click()
    expect(page.get_by_text("write why: the rep reads it")).to_be_visible()
    assert receipt(world, cheque["id"])["state"] == "posted"
    page.get_by_label("Why, if it bounced").fill("no funds")
    page.get_by_role("button", name="Bounced").click()
    expect(page.get_by_text("1 receipt noted as bounced: $60.00.")).to_be_visible()
    expect(
        page.get_by_text("was not paid: no funds. What it had paid is open again.")
    ).to_be_visible()
    page.get_by_role("link", name="Store 1").click()
    expect(page.get_by_role("cell", name="$100.00").first).to_be_visible()
    assert owed(world, world.stores[0])["R-1"] == 10_000
