"""The rep's app in a real browser: enrolled by the office's picture, it works on with the server
killed, keeps an order through the browser's death, and sends it once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.handheld import Handheld, code_for, enrolled, plan_today, server_of
from tests.world import World

pytestmark = [pytest.mark.browser]

NewHandheld = Callable[[str], Handheld]

ORDER = """async ([store, product]) => {
  const { opened } = await import("/app/ctx.js");
  const { verbs, memory } = opened.value;
  await memory.read();
  const order = await verbs.order(store, [{ product, typed: "2", uom: "case" }]);
  return order.number;
}"""


@pytest.fixture
def handheld(playing: Playwright, chromium_path: str, tmp_path: Path) -> Iterator[NewHandheld]:
    made: list[Handheld] = []

    def make(address: str) -> Handheld:
        made.append(Handheld(playing, chromium_path, tmp_path / f"profile{len(made)}", address))
        return made[-1]

    yield make
    for one in made:
        one.close()
        assert one.complaints == []
        assert one.foreign == []


def chip(page: Page, words: str) -> None:
    """Wait until the sync chip says so."""
    expect(page.get_by_role("button", name=words)).to_be_visible(timeout=60_000)


@pytest.mark.slow
def test_an_order_taken_with_no_server_outlives_the_browser_and_is_received_once(
    world: World, database_url: str, tmp_path: Path, handheld: NewHandheld
) -> None:
    plan_today(world, world.stores[:3])
    with server_of(database_url, tmp_path) as server:
        rep = handheld(server.address)
        page = enrolled(rep, code_for(world))
        expect(page.get_by_text("Store 1")).to_be_visible()
        server.kill()

        page.reload()
        expect(page.get_by_text("3 to go")).to_be_visible()
        page.get_by_role("button", name="Start the visit at Store 2").click()
        expect(page).to_have_url(f"{rep.address}#/store/{world.stores[1]}")
        number = page.evaluate(ORDER, [world.stores[1], world.products[0]])
        chip(page, "2 wait")
        rep.kill()

        page = rep.open()
        expect(page.get_by_text("Visit open")).to_be_visible()
        chip(page, "2 wait")
        server.start()
        chip(page, "Everything is sent")
        page.reload()
        chip(page, "Everything is sent")
        assert world.rows("SELECT number FROM orders") == [(number,)]
        assert world.one("SELECT count(*) FROM visit WHERE state = 'started'") == 1
