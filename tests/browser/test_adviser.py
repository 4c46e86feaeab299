"""The frequency adviser in a real browser: read, accepted with one click, taken back."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.server.office.planning.adviser_rows import more_stores, visited
from tests.world import World

pytestmark = [pytest.mark.browser]
SHOTS = os.environ.get("TALARIA_TEST_SHOTS")


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_advice_is_accepted_with_one_click_and_taken_back_with_another(
    open_page: Any, world: World
) -> None:
    more_stores(world, 9)
    mine = [one for n, one in enumerate(world.stores) if n != 3]
    for n, store in enumerate(mine[:8]):
        for turn in range(12 if n < 6 else 2):
            net = (90_000, 600, 7_500, 9_000, 10_500, 500, 9_000, 8_000)[n]
            visited(world, store, 167 - 14 * turn, net_minor=net, out=(2, 0, 0, 1, 0, 3, 0, 0)[n])
    world.run(
        "UPDATE store SET store_class = (ARRAY['A', 'B', 'B', 'C'])[1 + right(code, 1)::int %% 4],"
        " visits_per_4w = 2, city = 'Ames', lat_deg = 41.5 + right(code, 1)::int / 30.0,"
        " lon_deg = -93.6"
    )
    page = open_page("/office/routes/adviser/?rep=r01&hour=32&margin=22", "alma")
    expect(page.get_by_role("heading", name="Frequency adviser")).to_be_visible()
    row = page.locator("tr", has_text="Store 1").first
    expect(row).to_contain_text("See more often: 2 → 4")
    shoot(page, "adviser")
    page.get_by_text("How the figures come about").click()
    page.set_viewport_size({"width": 390, "height": 844})
    shoot(page, "adviser-narrow")
    page.set_viewport_size({"width": 1360, "height": 900})
    page.get_by_role("button", name="Accept for Store 1", exact=True).click()
    expect(page.get_by_text("Accepted: 1 store.")).to_be_visible()
    shoot(page, "adviser-accepted")
    assert world.one("SELECT visits_per_4w FROM store WHERE code = 's001'") == 4
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back: 1 store.")).to_be_visible()
    assert world.one("SELECT visits_per_4w FROM store WHERE code = 's001'") == 2
    page.get_by_label("Tick all").check()
    page.get_by_role("button", name="Accept all ticked").click()
    expect(page.get_by_text("Accepted: 4 stores.")).to_be_visible()
