"""Store, card, plan and merge pages in a real browser: what a person sees and types."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from schemas.ids import uuid7
from tests.world import World, change

SHOTS = os.environ.get("TALARIA_TEST_SHOTS")
"""A folder for pictures of the pages, for a person who wants to look at them."""


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def sent(world: World, kind: str, act: str, body: dict[str, Any]) -> None:
    n = world.one("SELECT coalesce(max(n), 0) + 1 FROM receipt")
    _, answer = world.push(world.carrier(), [change(n, kind, act, body)])
    assert answer.faults == []


def test_a_person_sees_both_values_and_decides(open_page: Any, world: World) -> None:
    store = world.stores[0]
    contact = {"id": uuid7(), "store": store, "set": {"name": "Mary Lee", "role": "owner",
               "phone": "515 555 0144", "email": "mary@example.com"}, "base": {}}  # fmt: skip
    sent(world, "contact", "save", contact)
    page = open_page(f"/office/stores/{store}")
    page.get_by_label("Telephone").first.fill("515 555 0199")
    page.get_by_label("Town").fill("Ames")
    page.get_by_label("Opening hours").fill("Mo-Fr 8-18")
    edit = {"id": store, "set": {"phone": "515 555 0102", "tax_id": "42-0099"},
            "base": {"phone": None, "tax_id": None}}  # fmt: skip
    sent(world, "store", "edit", edit)
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Changed meanwhile to 515 555 0102")).to_be_visible()
    expect(page.get_by_label("Town")).to_have_value("Ames")
    shoot(page, "store-clash")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Opening hours")).to_have_value("Mo-Fr 8-18")
    expect(page.get_by_role("cell", name="mary@example.com")).to_be_visible()
    shoot(page, "store")
    page.set_viewport_size({"width": 390, "height": 844})
    shoot(page, "store-narrow")


@pytest.mark.rule(15)
def test_a_person_compares_two_stores_and_merges_them(open_page: Any, world: World) -> None:
    world.run(
        "UPDATE store SET phone = '515-555-0102', lat_deg = 41.58690, lon_deg = -93.62501,"
        " name = 'Nicks Deli', city = 'Des Moines' WHERE id = %s",
        world.stores[1],
    )
    made = {"id": uuid7(), "code": "D1-S001", "name": "Nick's Deli", "phone": "515-555-0102",
            "lat_deg": "41.5870", "lon_deg": "-93.6251", "city": "Des Moines"}  # fmt: skip
    sent(world, "store", "create", made)
    page = open_page(f"/office/stores/{made['id']}")
    expect(page.get_by_text("Found in the field.")).to_be_visible()
    shoot(page, "store-new")
    page.get_by_role("link", name="Compare and merge").click()
    expect(page.get_by_text("same telephone")).to_be_visible()
    shoot(page, "merge")
    page.get_by_role("button", name="It is this one: merge").first.click()
    expect(page.get_by_text("Merged: what comes for the old store follows.")).to_be_visible()


@pytest.mark.rule(9)
def test_a_person_corrects_a_card_and_locks_it(open_page: Any, world: World) -> None:
    card = uuid7()
    lines = [
        {"product": code, "on_shelf": code != "p003", "facings": n, "shelf_stock": n * 4,
         "out_of_stock": code == "p003", "price_minor": 329}
        for n, code in enumerate(world.products, 2)
    ]  # fmt: skip
    beside = [
        {"name": "Kola Zero 1 l", "price_minor": 129, "facings": 4, "promotion_seen": True,
         "note": "by the till, two for one"},
        {"name": "Own brand"},
    ]  # fmt: skip
    body = {"id": card, "store": world.stores[0], "lines": lines, "competitors": beside}
    sent(world, "card", "submit", body)
    page = open_page(f"/office/cards/{card}")
    expect(page.get_by_role("region", name="Competitors")).to_contain_text("$1.29, 4 facings")
    page.get_by_label("Facings of Product p001").fill("6")
    page.get_by_label("Why").fill("the photo shows six")
    page.get_by_role("button", name="Correct the card").click()
    expect(page.get_by_text("Facings of Product p001: 2 → 6")).to_be_visible()
    shoot(page, "card")
    page.get_by_role("button", name="Checked: lock it").click()
    expect(page.get_by_text("Locked: from now on reps ask for corrections.")).to_be_visible()
    shoot(page, "card-locked")


@pytest.mark.rule(10)
def test_a_person_plans_a_week(open_page: Any, world: World) -> None:
    page = open_page("/office/plans/?rep=r01", "alma")
    for store in ("s001 Store 1", "s002 Store 2", "s003 Store 3"):
        page.get_by_label("Store").first.fill(store)
        page.get_by_role("button", name="Put on the plan").click()
        expect(page.get_by_role("link", name=store.split(" ", 1)[1])).to_be_visible()
    page.get_by_role("button", name="Fix").first.click()
    expect(page.get_by_text("fixed", exact=True)).to_be_visible()
    shoot(page, "plan")
    page.get_by_role("button", name="Take off").first.click()
    expect(page.get_by_role("link", name="Store 1")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    shoot(page, "plan-narrow")
