"""The rep's target on my numbers: none is said to be none, one that is set is a bar to be read."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from server.targets import target_row
from sync.write import write
from tests.browser import looks
from tests.browser.conftest import NewHandheld
from tests.browser.handheld import ZONE, code_for, enrolled
from tests.world import CELL, World, build, change, order_body

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBERS = looks.Screen("numbers", "/numbers")
SYNC = """async () => {
  const { opened } = await import("/app/ctx.js");
  await opened.value.link.sync();
}"""


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=2, products=2, on_hand=1_000, limit_minor=9_000_000)


@pytest.fixture
def page(world: World, address: str, handheld: NewHandheld) -> Page:
    return enrolled(handheld(address), code_for(world))


def sells(world: World, n: int, quantity: int, kind: str = "sale") -> None:
    body = order_body(world.stores[0], [("p001", quantity)], type=kind)  # at 2.50 each
    (told,), _ = world.push(world.carrier(), [change(n, "order", "submit", body)])
    assert told["outcome"] != "rejected"  # a return waits for the office, and counts


def test_a_target_is_a_bar_with_a_mark_where_one_should_be_by_now(world: World, page: Page) -> None:
    looks.show(page, NUMBERS, "")
    none = page.get_by_text("Your office has not set a target for this period.")
    expect(none).to_be_visible()
    today = datetime.now(ZONE).date()
    days = [today + timedelta(days=n) for n in range(-14, 14)]
    row = target_row("r01", days[0], days[-1], 100_000, days)
    with world.begin() as conn:
        write(conn, CELL, "target", [row], "load:targets")
    sells(world, 1, 180)
    sells(world, 2, 20, "return")
    page.evaluate(SYNC)
    bar = page.get_by_role("img", name="40 % of the target is reached; by now it should be 50 %")
    expect(bar).to_be_visible()
    expect(none).to_have_count(0)
    for said in ("By now 50 % should be reached: you are $100.00 behind.",
                 "Orders of $450.00, less $50.00 given back.", "$600.00",
                 "14 days left, with today"):  # fmt: skip
        expect(page.get_by_text(said, exact=True)).to_be_visible()
    reached, mark = (bar.locator(name).bounding_box() for name in ("i", "b"))
    whole = bar.bounding_box()
    assert reached
    assert mark
    assert whole
    assert abs(reached["width"] / whole["width"] - 0.4) < 0.01
    assert abs((mark["x"] + mark["width"] / 2 - whole["x"]) / whole["width"] - 0.5) < 0.01
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert looks.faults(page) == []
