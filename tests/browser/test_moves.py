"""A territory moves in Chromium: tick, look, do; and why a store is on a handheld."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.sync.moving.days import stores_of, today
from tests.world import CELL, World, add_east

pytestmark = [pytest.mark.browser]


def test_a_territory_is_handed_over_after_a_look_at_what_it_means(
    open_page: OpenPage, world: World
) -> None:
    add_east(world)
    world.run("UPDATE device SET queue_depth = 5, oldest_unsent = now() - interval '3 hours'")
    page = open_page("/office/assignments", code="alma")
    page.get_by_label("Store 1", exact=True).check()
    page.get_by_label("Store 2", exact=True).check()
    page.get_by_label("Rep", exact=True).select_option("r02")
    page.get_by_role("button", name="Hand over the ticked stores").click()
    expect(page.get_by_role("heading", name="Before it is done")).to_be_visible()
    ana, ben = page.locator("[data-rep=r01]"), page.locator("[data-rep=r02]")
    expect(ben).to_contain_text("Downloads today: 2 stores")
    expect(ana).to_contain_text(f"Lets go of on {today(world) + timedelta(1)}: 2 stores")
    expect(ana).to_contain_text("5 not sent yet")
    assert stores_of(world, "r02") == {2, 3}
    page.get_by_role("button", name="Move them").click()
    expect(page.get_by_text("2 moved; 2 reps are told.")).to_be_visible()
    assert stores_of(world, "r02") == {0, 1, 2, 3}


def test_a_stand_in_is_arranged_and_a_change_of_mind_changes_nothing(
    open_page: OpenPage, world: World
) -> None:
    page = open_page("/office/moves", code="alma", viewport={"width": 390, "height": 844})

    def look() -> None:
        box = page.locator("form", has=page.get_by_role("heading", name="Somebody stands in"))
        box.get_by_label("Who is away").select_option("r01")
        box.get_by_label("Who stands in").select_option("r02")
        box.get_by_label("Last day").fill(str(today(world) + timedelta(4)))
        box.get_by_role("button", name="See what it means").click()

    look()
    expect(page.locator("[data-rep=r02]")).to_contain_text("Downloads today")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Leave it as it is").click()
    expect(page.get_by_role("heading", name="Moves")).to_be_visible()
    assert stores_of(world, "r02") == {2, 3}
    look()
    page.get_by_role("button", name="Arrange it").click()
    expect(page.get_by_text("both ends come by themselves")).to_be_visible()
    assert stores_of(world, "r02") == {0, 1, 2, 3}


def test_why_a_store_is_on_a_handheld_is_told_in_words(open_page: OpenPage, world: World) -> None:
    page = open_page("/office/handhelds/", code="alma")
    page.get_by_role("link", name="Why is a row on a handheld?").click()
    page.get_by_label("Handheld").select_option(f"{CELL} d-1")
    page.get_by_label("Code, number or id").fill("s001")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("heading", name="It comes with the next sync")).to_be_visible()
    expect(page.locator("#answer")).to_contain_text("By assignment from")
