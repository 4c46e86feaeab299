"""Office and rep change the same week, the rep's app without a network: both see what was decided.

What the rules make of it is in tests/handhelds/test_plan_merge.py; here two browsers show it.
"""

import os
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from schemas.ids import uuid7
from sync.write import write
from tests.browser.conftest import NewHandheld
from tests.browser.handheld import ZONE, code_for, enrolled
from tests.world import CELL, World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("TALARIA_TEST_SHOTS")


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def next_monday() -> date:
    today = datetime.now(ZONE).date()
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def rep(world: World, address: str, handheld: NewHandheld) -> Page:
    """The rep's app with two stores planned for next Monday, and three of one street, back and
    forth, for the day after."""
    first, second, third = world.stores[:3]
    for n, store in enumerate(world.stores):
        world.run("UPDATE store SET lat_deg = 41.6, lon_deg = %s WHERE id = %s", n / 50, store)
    stops = [
        {"id": uuid7(), "rep": "r01", "store": store, "day": next_monday() + timedelta(days=n),
         "sequence": place, "state": "planned", "pinned": False}
        for n, stores in enumerate(((first, second), (first, third, second)))
        for place, store in enumerate(stores, 1)
    ]  # fmt: skip
    with world.begin() as conn:
        write(conn, CELL, "plan_stop", stops, "user:alma")
    return enrolled(handheld(address), code_for(world))


def see_next_week(page: Page, day: int) -> None:
    """The plan, at a day of next week; 0: Monday."""
    page.evaluate("location.hash = '#/plan'")
    page.locator(".calendar tbody tr").nth(1).locator("button").nth(day).click()


def shortens(page: Page) -> None:
    """The rep brings the day that is shown into its shortest order; it is offered once."""
    page.get_by_role("button", name="Shortest order: 1.7 km less").click()
    expect(page.get_by_text("In the shortest order: 1.7 km less")).to_be_visible()
    expect(page.get_by_role("button", name="Shortest order")).to_have_count(0)


def moves(page: Page, store: str, to: date) -> None:
    """The rep moves a stop of the day that is shown, by the screen's own buttons."""
    page.get_by_role("button", name=store).first.click()
    page.get_by_role("button", name="Move to another day").click()
    page.get_by_label("Another day").fill(to.isoformat())
    expect(page.get_by_text(f"{store} moved to")).to_be_visible()


@pytest.mark.rule(10)
def test_what_both_changed_is_decided_by_the_rule_and_both_are_told(
    rep: Page, open_page: Any, world: World
) -> None:
    monday = next_monday()
    rep.context.set_offline(True)
    see_next_week(rep, 1)
    shoot(rep, "merge-rep-shorten")
    shortens(rep)
    see_next_week(rep, 0)
    moves(rep, "Store 1", monday + timedelta(days=2))
    moves(rep, "Store 2", monday + timedelta(days=3))
    office = open_page(f"/office/plans/?rep=r01&week={monday}", "alma")
    for store, day in (("Store 1", 4), ("Store 2", 8)):  # Friday; Tuesday of the week after
        row = office.locator("li", has_text=store).first
        row.get_by_label(f"Another day for {store}").fill(str(monday + timedelta(days=day)))
        row.get_by_role("button", name="Move").click()
        office.wait_for_load_state()
    rep.context.set_offline(False)
    rep.evaluate("location.hash = '#/sync'")
    rep.get_by_role("button", name="Sync now").click()

    rep.evaluate("location.hash = '#/needs'")
    expect(rep.get_by_text("The office had moved the stop at Store 1 from")).to_be_visible()
    expect(rep.get_by_text("as it is in the same week")).to_be_visible()
    expect(rep.get_by_text("another week. That stands, not your")).to_be_visible()
    shoot(rep, "merge-rep-told")
    assert world.rows(
        "SELECT s.name, p.day - %s, p.sequence FROM plan_stop p JOIN store s ON s.id = p.store"
        " ORDER BY 2, 3",
        monday,
    ) == [("Store 1", 1, 1), ("Store 2", 1, 2), ("Store 3", 1, 3), ("Store 1", 2, 1),
          ("Store 2", 8, 1)]  # fmt: skip
    rep.evaluate("location.hash = '#/plan'")
    shoot(rep, "merge-rep-plan")
    office.goto(f"/office/plans/?rep=r01&week={monday}")
    expect(office.get_by_text("1 stop of this week was changed by Ana")).to_be_visible()
    both = office.locator(".met")
    expect(both).to_contain_text("Ana was told: “The office had moved the stop at Store 1")
    shoot(office, "merge-office-told")
    office.goto(f"/office/plans/?rep=r01&week={monday + timedelta(days=7)}")
    expect(office.locator(".met")).to_contain_text("another week. That stands")


@pytest.mark.rule(10)
@pytest.mark.rule(17)
def test_a_move_of_what_the_office_took_off_is_marked_on_the_reps_plan(
    rep: Page, open_page: Any
) -> None:
    monday = next_monday()
    rep.context.set_offline(True)
    see_next_week(rep, 0)
    moves(rep, "Store 1", monday + timedelta(days=2))
    office = open_page(f"/office/plans/?rep=r01&week={monday}", "alma")
    office.locator("li", has_text="Store 1").first.get_by_role("button", name="Take off").click()
    office.wait_for_load_state()
    rep.context.set_offline(False)
    rep.evaluate("location.hash = '#/sync'")
    rep.get_by_role("button", name="Sync now").click()
    rep.evaluate("location.hash = '#/needs'")
    expect(rep.get_by_text("took Store 1 off your plan").first).to_be_visible()
    expect(rep.get_by_text(re.compile(r"Plan changed for Wed,? \d"))).to_be_visible()
    shoot(rep, "merge-rep-taken-off")
    see_next_week(rep, 2)
    expect(rep.get_by_text("held", exact=True)).to_be_visible()
    expect(rep.get_by_text("the office decides")).to_be_visible()
    shoot(rep, "merge-rep-wish")
