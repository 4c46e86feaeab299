"""Where a visit began and ended, as the rep's browser tells it, or as it may not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Geolocation, Page, Playwright, expect
from sqlalchemy import Engine

from tests.browser.conftest import OpenPage
from tests.browser.handheld import Handheld, code_for, enrolled, plan_today, wait_until
from tests.world import World, build

pytestmark = [pytest.mark.browser]

LAT, LON = 41.6, -93.6
COUNTED = """() => {
  const find = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
  globalThis.asked = 0;
  navigator.geolocation.getCurrentPosition = (...told) => { globalThis.asked++; find(...told); };
}"""
"""Counts how often the browser is asked where it is."""
DISTANCE = """(wanted) => new Promise((tell) => {
  indexedDB.open("talaria").onsuccess = ({ target: { result: db } }) => {
    const asked = db.transaction("change").objectStore("change").getAll();
    asked.onsuccess = () => {
      db.close();
      tell(asked.result.some((one) => JSON.parse(one.raw).body.distance_m === wanted));
    };
  };
})"""
"""Whether a change that the handheld kept tells this distance."""
VISITS = "SELECT state, lat_deg::text, lon_deg::text, distance_m FROM visit"
TOLD = "SELECT count(*) FROM receipt WHERE kind = 'visit'"


class Placed(Handheld):
    """A handheld that stands somewhere, and tells it or not."""

    place: Geolocation | None = None

    def prepare(self, page: Page) -> None:
        page.add_init_script(f"({COUNTED})()")
        assert self.context
        if self.place is not None:
            self.context.set_geolocation(self.place)
        self.context.grant_permissions(["geolocation"] if self.place else [])


@pytest.fixture
def world(engine: Engine) -> World:
    world = build(engine, stores=2, products=2)
    place = "UPDATE store SET lat_deg = %s, lon_deg = %s, geo_source = 'given' RETURNING 1"
    world.rows(place, LAT, LON)
    plan_today(world, world.stores[:1])
    return world


@pytest.fixture
def rep(address: str, playing: Playwright, chromium_path: str, tmp_path: Path) -> Iterator[Placed]:
    with Placed(playing, chromium_path, tmp_path / "profile", address) as rep:
        yield rep


def north(metres: float) -> Geolocation:
    """So far to the north of the stores."""
    return {"latitude": LAT + metres / 111_195, "longitude": LON, "accuracy": 12}


def end(page: Page) -> None:
    page.get_by_role("button", name="End visit").click()
    page.locator(".over-foot").get_by_role("button", name="End visit").click()
    expect(page.get_by_text("Visit ended")).to_be_visible()


def arrived(page: Page, world: World, state: str) -> list[tuple[object, ...]]:
    """The visits at the server once one of them is in this state."""
    page.evaluate("() => dispatchEvent(new Event('pagehide'))")  # it goes at once
    for _ in range(300):
        if (rows := world.rows(VISITS)) and rows[0][0] == state:
            return rows
        page.wait_for_timeout(100)
    raise AssertionError(world.rows(VISITS))


def test_a_visit_begun_with_one_tap_says_how_near_it_was_at_its_start_and_its_end(
    rep: Placed, world: World, open_page: OpenPage
) -> None:
    rep.place = north(40)
    page = enrolled(rep, code_for(world))
    page.get_by_role("button", name="Start the visit").click()
    expect(page.get_by_text("40 m from the store")).to_be_visible()
    assert arrived(page, world, "started") == [("started", "41.600360", "-93.600000", 40)]
    assert world.one(TOLD) == 1  # the position went with the visit
    page.context.set_geolocation(north(12))
    end(page)
    wait_until(page, "() => globalThis.asked === 2")
    wait_until(page, f"() => ({DISTANCE})(12)")
    assert arrived(page, world, "done") == [("done", "41.600110", "-93.600000", 12)]
    assert world.one(TOLD) == 2
    desk = open_page(f"/office/stores/{world.stores[0]}")
    expect(desk.get_by_role("region", name="Visits", exact=True)).to_contain_text(
        "12 m from the store"
    )


def test_refused_it_tells_nothing_is_not_asked_again_and_the_settings_say_why(
    rep: Placed, world: World
) -> None:
    page = enrolled(rep, code_for(world))
    page.get_by_role("button", name="Start the visit").click()
    expect(page.get_by_text("Visit is open")).to_be_visible()
    wait_until(page, "() => globalThis.asked === 1")
    end(page)
    assert arrived(page, world, "done") == [("done", None, None, None)]
    assert page.evaluate("globalThis.asked") == 1
    page.evaluate("() => { location.hash = '#/settings'; }")
    expect(page.get_by_text("you are not asked again")).to_be_visible()
    expect(page.get_by_role("radio", name="Off", exact=True)).to_be_checked()
    page.get_by_text("On", exact=True).click()
    expect(page.get_by_text("The browser does not allow it")).to_be_visible()
    expect(page.get_by_role("radio", name="Off", exact=True)).to_be_checked()
    rep.place = north(40)
    rep.prepare(page)
    page.get_by_text("On", exact=True).click()
    wait_until(page, "() => globalThis.asked === 3")
    expect(page.get_by_role("radio", name="On", exact=True)).to_be_checked()
    page.get_by_text("Off", exact=True).click()
    expect(page.get_by_role("radio", name="Off", exact=True)).to_be_checked()
    page.evaluate("(store) => { location.hash = `#/store/${store}`; }", world.stores[0])
    page.get_by_role("button", name="Start visit").click()
    expect(page.get_by_text("Visit is open")).to_be_visible()
    end(page)
    assert page.evaluate("globalThis.asked") == 3
