"""The plan board in a real browser: a card is dragged, locked, published and taken back; the same
by keyboard; and every page of planning fits, reads well and needs no second host."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routes.kernel.choice import kind
from routes.queries_plans import tell
from server import planning
from server.drawing import Watch, draw_one
from server.planning import Ask
from tests.browser.conftest import OpenPage, expect_live, looking
from tests.browser.looks import OVERFLOW, RULES, axe
from tests.world import World

pytestmark = [pytest.mark.browser]

SHOTS = os.environ.get("TALARIA_TEST_SHOTS")
"""A folder for pictures of the pages, for a person who wants to look at them."""
STEPS = 2_000 if kind() == "compiled" else 60
ROUTES = "/office/routes/"


@pytest.fixture
def monday(world: World) -> date:
    """The Monday after next, with stores of two reps on the map."""
    for n, store in enumerate(world.stores):
        world.run(
            "UPDATE store SET lat_deg = %s, lon_deg = %s, store_class = 'B', city = 'Ames',"
            " opening_hours = 'Mo-Fr 8-18' WHERE id = %s",
            41.5 + n / 40, -93.6 + n % 2 / 20, store,
        )  # fmt: skip
    world.run("UPDATE store SET lat_deg = NULL, lon_deg = NULL WHERE id = %s", world.stores[1])
    today = datetime.now(UTC).date()
    return today + timedelta(days=14 - today.weekday())


def planned(world: World, monday: date, *reps: str, weeks: int = 2, steps: int = STEPS) -> str:
    """Draw up a plan and keep it, as the worker does; its id."""
    ask = Ask(world.company, reps or ("r01",), monday, weeks, steps=steps)
    cycles = [draw_one(world.engine, ask, rep, Watch()) for rep in ask.reps]
    now = datetime.now(UTC)
    with world.begin() as conn:
        return planning.keep(conn, ask, cycles, "user:alma", now, now)


def day_of(page: Page, card: Any) -> str | None:
    found = card.locator("xpath=ancestor::*[@data-day]").get_attribute("data-day")
    return None if found is None else str(found)


def test_a_visit_is_dragged_locked_published_and_taken_back(
    open_page: OpenPage, world: World, monday: date
) -> None:
    plan = planned(world, monday)
    page = open_page(
        f"{ROUTES}{plan}/board?rep=r01", code="alma", viewport=looking(1280, "light")["viewport"]
    )
    card = page.locator("li.card").first
    visit = card.get_attribute("data-visit")
    card = page.locator(f"#v{visit}")
    name, was = card.locator(".name").inner_text(), day_of(page, card)
    empty = page.locator("[data-day]:not(:has(li.card))").first
    to = empty.get_attribute("data-day")
    card.drag_to(empty)
    expect(page.get_by_role("status").filter(has_text=f"{name} moved to")).to_be_visible()
    assert day_of(page, card) == to != was
    expect(card).to_contain_text("moved by hand")
    card.get_by_role("checkbox").check()
    expect(page.locator("#chosen")).to_have_text("1 chosen")
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(card).to_contain_text("locked")
    page.get_by_role("button", name="Undo").click()
    expect(card).not_to_contain_text("locked")
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert day_of(page, card) == was

    # the same with keys alone, then a lock that becomes an appointment
    box = card.get_by_role("checkbox")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("m")
    page.locator("#bar select[name=day]").select_option(to)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("moved by hand")
    assert day_of(page, card) == to
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(card).to_contain_text("locked")

    page.get_by_role("link", name="Publish …").click()
    expect(page.get_by_role("heading", name="Before it is published")).to_be_visible()
    assert world.one("SELECT count(*) FROM plan_stop") == 0
    page.get_by_role("button", name="Publish to 1 rep").click()
    expect(page.get_by_text("Published: ")).to_be_visible()
    assert world.rows("SELECT day::text FROM plan_stop WHERE pinned") == [(to,)]
    page.get_by_role("link", name="Take back …").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back: ")).to_be_visible()
    assert world.one("SELECT count(*) FROM plan_stop") == 0


def test_a_store_the_plan_knows_nothing_of_is_put_in_by_hand_and_by_keys(
    open_page: OpenPage, world: World, monday: date
) -> None:
    plan, late = planned(world, monday), world.stores[2]
    world.run("DELETE FROM plan_visit WHERE store = %s", late)  # as if it had come to the rep since
    page = open_page(
        f"{ROUTES}{plan}/board?rep=r01", code="alma", viewport=looking(1280, "light")["viewport"]
    )
    waits = page.locator(f"#lost [data-visit='+{late}']")
    expect(waits).to_contain_text("came to the rep after this plan was drawn up")
    empty = page.locator("[data-day]:not(:has(li.card))").first
    to = empty.get_attribute("data-day")
    waits.drag_to(empty)
    card = page.locator(f"[data-day='{to}'] [data-store='{late}']")
    expect(card).to_contain_text("put in by hand", ignore_case=True)
    expect(waits).to_have_count(0)
    expect(card.get_by_role("checkbox")).to_be_focused()
    page.keyboard.press("u")
    expect(waits).to_be_visible()

    waits.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.keyboard.press("m")
    page.locator("#bar select[name=day]").select_option(to)
    expect(page.get_by_role("button", name="Put on this day")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card.get_by_role("checkbox")).to_be_focused()
    expect(page.get_by_role("button", name="Move", exact=True)).to_be_visible()
    assert world.rows(
        "SELECT day::text FROM plan_visit WHERE store = %s AND day IS NOT NULL", late
    ) == [(to,)]


def test_the_list_follows_planning_by_itself(
    open_page: OpenPage, world: World, monday: date
) -> None:
    page = open_page(ROUTES, code="alma")
    expect_live(page)
    page.get_by_label("First Monday").fill(monday.isoformat())
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("Waiting for the planner")).to_be_visible()
    expect_live(page)
    with world.begin() as conn:
        world.run("UPDATE plan SET state = 'planning', began_at = now(), progress = %s::jsonb",
                  '{"reps": {"r01": {"part": 0.5}, "r02": {"part": 0.3}}}')  # fmt: skip
        tell(conn, "talaria_browser", planning.changed(world.company))
    expect(page.get_by_text("40 %").last).to_be_visible(timeout=20_000)


def test_stores_are_handed_over_as_ticked_and_taken_back(
    open_page: OpenPage, world: World, monday: date
) -> None:
    for store in world.stores[:2]:
        world.run("UPDATE store SET visits_per_4w = 20 WHERE id = %s", store)
    page = open_page(PAGES["balance"].format(monday=monday), code="alma")
    ana = page.locator("#work tr[data-rep=r01]")
    expect(ana).to_contain_text("→")
    tick = page.get_by_role("checkbox", name="Hand over Store").first
    moved = page.locator("input[name=move]").first.get_attribute("value")
    page.locator("[data-ticks=move]").uncheck()
    expect(ana).not_to_contain_text("→")
    tick.check()
    expect(ana).to_contain_text("→")
    page.get_by_role("button", name="Hand over the ticked stores").click()
    expect(page.get_by_text("1 store handed over from")).to_be_visible()
    now = "SELECT rep FROM assignment WHERE store = %s AND valid_to IS NULL ORDER BY 1"
    store = str(moved).partition("~")[0]
    assert world.rows(now, store) == [("r02",)]
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back: 1 store")).to_be_visible()
    assert world.rows(now, store) == [("r01",)]


PAGES = {
    "plans": ROUTES,
    "board": ROUTES + "{plan}/board?rep=r01",
    "glance": ROUTES + "{plan}/board",
    "map": ROUTES + "{plan}/board?rep=r01&view=map",
    "compare": ROUTES + "compare/?a={plan}",
    "publish": ROUTES + "{plan}/publish",
    "days": ROUTES + "days/",
    "balance": ROUTES + "balance/?rep=r01&rep=r02&first_day={monday}&weeks=2",
}


def test_every_page_of_planning_fits_a_phone_and_reads_well(
    open_page: OpenPage, world: World, monday: date
) -> None:
    plan = planned(world, monday, "r01", "r02")
    for store in world.stores[:2]:  # more often than then, and more work than r02 has
        world.run("UPDATE store SET visits_per_4w = 20 WHERE id = %s", store)
    for scheme in ("light", "dark"):
        page = open_page(ROUTES, code="alma", **looking(360, scheme))
        hosts: set[str] = set()
        page.on("request", lambda asked, hosts=hosts: hosts.add(asked.url.split("/")[2]))
        for name, path in PAGES.items():
            page.goto(path.format(plan=plan, monday=monday))
            page.evaluate(axe())
            assert page.evaluate(RULES) == [], (name, scheme)
            assert page.evaluate(OVERFLOW) <= 0, (name, scheme)
            if SHOTS:
                page.screenshot(path=str(Path(SHOTS) / f"{name}-360-{scheme}.png"), full_page=True)
        assert len(hosts) == 1, hosts
        page.context.close()
