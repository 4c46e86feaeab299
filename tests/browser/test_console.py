"""The rest of the console in Chromium: signing in, enrolling, every page strict and narrow."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, sign_in
from tests.server.console import PASSWORD
from tests.world import World

pytestmark = [pytest.mark.browser]

PLACES = {
    "Board": "Orders",
    "Inbox": "Inbox",
    "Handhelds": "Handhelds",
    "Stores": "Stores",
    "Assignments": "Assignments",
    "Deliveries": "Deliveries",
    "Reconciliation": "Reconciliation",
    "Loads": "Loads",
    "People": "People",
    "Policies": "Policies",
    "Rules": "The rules of conflict",
    "Audit": "Audit",
}


def test_a_wrong_password_is_said_and_the_right_one_lets_in(open_page: OpenPage) -> None:
    page = open_page("/office/inbox", code="")
    expect(page.get_by_role("heading", name="Sign in to the office")).to_be_visible()
    sign_in(page, "dora", "wrong password")
    expect(page.get_by_role("alert")).to_contain_text("Name and password do not match")
    expect(page.get_by_label("User name")).to_have_value("dora")
    sign_in(page, "dora", PASSWORD)
    expect(page.get_by_role("heading", name="Inbox", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("sign-in"))
    page.goto("/office/")
    expect(page.get_by_role("heading", name="Sign in to the office")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_place_opens_fits_and_breaks_no_policy(
    open_page: OpenPage, width: int, scheme: str
) -> None:
    """What the browser says about its policy or a script fails in the fixture."""
    page = open_page(code="alma", viewport={"width": width, "height": 800}, color_scheme=scheme)
    for place, heading in PLACES.items():
        page.get_by_role("navigation").get_by_role("link", name=place, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        current = page.get_by_role("navigation").locator("[aria-current=page]")
        expect(current).to_contain_text(place)
        assert page.evaluate("() => document.scrollingElement.scrollWidth") <= width, place
    for path in ("/docs", "/docs/problems"):
        page.goto(path)
        assert page.evaluate("() => document.scrollingElement.scrollWidth") <= width, path


def test_people_are_shown_only_the_places_that_are_theirs(open_page: OpenPage) -> None:
    page = open_page()
    places = page.get_by_role("navigation").get_by_role("link")
    assert [name.strip() for name in places.all_inner_texts()] == [
        "Board", "Inbox", "Stores", "Promotions", "Deliveries", "Reconciliation", "Loads",
        "Policies", "Rules",
    ]  # fmt: skip


def test_a_handheld_is_enrolled_by_a_code_that_runs_out(open_page: OpenPage) -> None:
    page = open_page("/office/handhelds/", code="alma")
    page.get_by_label("Rep").select_option("r01")
    page.clock.install()
    page.get_by_role("button", name="Enrol a handheld").click()
    expect(page.locator("#code")).to_have_text(re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    picture = page.get_by_role("img", name="The same code, to scan")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.naturalWidth") > 50
    left = page.get_by_role("timer")
    expect(left).to_contain_text(re.compile(r"^1[45]:\d\d left$"))
    page.clock.fast_forward("16:00")
    expect(left).to_contain_text("This code is over")


def test_stores_are_ticked_all_at_once_and_given(open_page: OpenPage, world: World) -> None:
    page = open_page("/office/assignments", code="alma")
    page.get_by_label("Search stores").fill("store 2")
    expect(page.locator("input[name=store]")).to_have_count(1)
    page.get_by_label("Tick all").check()
    expect(page.locator("input[name=store]:checked")).to_have_count(1)
    page.get_by_label("Rep", exact=True).select_option("r02")
    page.get_by_role("button", name="Hand over the ticked stores").click()
    page.get_by_role("button", name="Move them").click()
    expect(page.get_by_text("1 moved")).to_be_visible()
    assert world.one("SELECT count(*) FROM assignment WHERE rep = 'r02'") == 3


def test_the_console_works_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/office/?q=nothing", code="alma", java_script_enabled=False)
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_label("Search orders").fill("")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("No orders yet")).to_be_visible()
