"""Promotions in Chromium: the page fits a telephone, and one is ended with two clicks."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, looking
from tests.server.office.company.test_views_terms import promotion, sold
from tests.world import World

pytestmark = [pytest.mark.browser]


def several(world: World) -> str:
    """One of each kind; the id of the first, which has given something."""
    one = promotion(world, cap_minor=1_000, store_cap_minor=500, stacks=True)
    assert sold(world, 1, one)["outcome"] == "applied"
    steps = '[[24, "5", null], [48, null, 8]]'
    promotion(world, name="More for less", code="steps", kind="tiers", tiers=steps, channel="bar")
    whole = '[[10000, "3", null], [50000, null, 2000]]'
    promotion(
        world, name="Whole order", code="whole", kind="order", tiers=whole, banner="north",
        priority=5, cap_minor=0,
    )  # fmt: skip
    free = {"kind": "buy_get", "percent": None, "buy": 10, "get": 1, "get_product": "p002"}
    promotion(world, name="Ten and one", code="free", products=["p001"], **free)
    later = world.now + timedelta(days=2)
    promotion(world, name="Winter", code="win", valid_from=later, valid_to=later + timedelta(9))
    return one


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits(open_page: OpenPage, world: World, width: int, scheme: str) -> None:
    several(world)
    page = open_page("/office/promotions/", code="alma", **looking(width, scheme))
    expect(page.locator("tbody tr")).to_have_count(5)
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= width


def test_a_promotion_is_ended(open_page: OpenPage, world: World) -> None:
    one = several(world)
    page = open_page("/office/promotions/", code="alma")
    row = page.get_by_role("row").filter(has_text="Autumn deal")
    row.get_by_text("End", exact=True).click()
    row.get_by_label("Why").fill("Too dear")
    row.get_by_role("button", name="End it now").click()
    expect(page.get_by_role("status")).to_contain_text("Autumn deal has ended")
    expect(page.get_by_role("row").filter(has_text="Autumn deal")).to_have_count(0)
    assert world.one("SELECT state FROM promotion WHERE id = %s", one) == "ended"
