"""The photos of a store on the rep's app: taken, shown as waiting, taken back, shown as sent."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import NewHandheld
from tests.browser.handheld import code_for, enrolled, plan_today
from tests.world import World, build

pytestmark = [pytest.mark.browser]

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "board.png"


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=2, products=2)


@pytest.fixture
def page(world: World, address: str, handheld: NewHandheld) -> Page:
    plan_today(world, world.stores[:1])
    return enrolled(handheld(address), code_for(world))


def test_a_stores_photos_say_whether_the_office_has_them_and_those_that_wait_can_be_taken_back(
    page: Page, world: World
) -> None:
    page.evaluate("(store) => { location.hash = `#/store/${store}`; }", world.stores[0])
    photos = page.get_by_role("list", name="Photos from this handheld")
    expect(photos).to_contain_text("No photo of this store here")
    page.context.set_offline(True)
    for count in (1, 2):
        page.locator("input[type=file]").set_input_files(PICTURE)
        expect(photos.get_by_text("Waiting")).to_have_count(count)
    photos.get_by_role("button").first.click()
    expect(page.get_by_role("img", name="Photo of")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(photos.get_by_text("Waiting")).to_have_count(1)
    page.context.set_offline(False)
    expect(photos.get_by_text("Sent")).to_have_count(1, timeout=30_000)
    assert world.rows("SELECT state FROM photo") == [("whole",)]
    photos.get_by_role("button").first.click()
    expect(page.get_by_text("The office has it.")).to_be_visible()
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
    page.get_by_role("button", name="Close").click()
    photos.scroll_into_view_if_needed()
