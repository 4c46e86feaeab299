"""The page of handhelds in Chromium: it fits, filters work, each trouble reads as a sentence."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, looking
from tests.world import World

pytestmark = [pytest.mark.browser]


def troubled(world: World) -> None:
    """One that is well, one copied, one full and late, one revoked."""
    for no in range(2, 5):
        world.add_device(f"d-{no}", rep="r02" if no == 3 else "r01", no=no)
    world.run("UPDATE device SET app_version = 'reference 0.1', model = 'Tab 8', queue_depth = 0,"
              " free_bytes = 9e9, clock_offset_ms = 200, last_pull_at = now()")  # fmt: skip
    world.run("UPDATE device SET trouble = 'cloned', state = 'locked' WHERE no = 2")
    world.run("UPDATE device SET free_bytes = 12e6, queue_depth = 7, clock_offset_ms = -460000,"
              " oldest_unsent = now() - interval '3 days' WHERE no = 3")  # fmt: skip
    world.run("UPDATE device SET state = 'revoked' WHERE no = 4")


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits(open_page: OpenPage, world: World, width: int, scheme: str) -> None:
    troubled(world)
    page = open_page("/office/handhelds/", code="alma", **looking(width, scheme))
    expect(page.get_by_text("it was copied")).to_be_visible()
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= width


def test_filters_and_the_lease(open_page: OpenPage, world: World) -> None:
    troubled(world)
    page = open_page("/office/handhelds/", code="alma")
    page.get_by_role("link", name="unsent work 1").click()
    expect(page.get_by_text("D3", exact=True)).to_be_visible()
    expect(page.get_by_text("D1", exact=True)).to_have_count(0)
    expect(page.get_by_text("7 changes were not sent")).to_be_visible()
    page.get_by_label("A handheld locks its screen").fill("30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("lock after 30 days")
    assert world.one("SELECT lease_days FROM company") == 30
