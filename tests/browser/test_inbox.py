"""The inbox in a browser: keys, many answered at once, what arrives while it is open."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, expect_live, sign_in
from tests.browser.test_board import Rep
from tests.world import World

SHOTS = os.environ.get("TALARIA_TEST_SHOTS")  # a folder to look at the pages in


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture
def rep(world: World, app: Any) -> Rep:
    return Rep(world, app)


def three(rep: Rep) -> list[dict[str, Any]]:
    return [rep.order([("p001", 300)], store=store) for store in range(3)]


def test_an_item_arrives_while_the_inbox_is_open(open_page: OpenPage, rep: Rep) -> None:
    page = open_page("/office/inbox")
    expect_live(page)
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    body = rep.order([("p001", 300)])
    expect(page.locator(".item")).to_contain_text(body["number"])
    expect(page.locator("#inbox-tally")).to_contain_text("1")
    shot(page, "inbox-one")


def test_keys_move_tick_propose_reject_open_and_help(open_page: OpenPage, rep: Rep) -> None:
    three(rep)
    page = open_page("/office/inbox", code="alma")
    expect_live(page)
    here = page.locator(".item.here")
    page.keyboard.press("j")
    first = here.locator("a.open").get_attribute("href")
    page.keyboard.press("j")
    expect(here).to_have_count(1)
    assert here.locator("a.open").get_attribute("href") != first
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(here.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    shot(page, "inbox-keys")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_text("answered: release.")).to_be_visible()
    expect(page.locator(".item")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("r")
    note = here.get_by_label("Note for the rep and the file")
    expect(note).to_be_focused()
    page.keyboard.type("will not pay")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_text("answered: reject.")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.get_by_role("region", name="History")).to_be_visible()
    shot(page, "item")


def test_many_are_ticked_and_answered_at_once(open_page: OpenPage, rep: Rep, world: World) -> None:
    three(rep)
    page = open_page("/office/inbox")
    page.get_by_label("All shown").check()
    shot(page, "inbox-ticked")
    page.get_by_label("Note for the reps").fill("paid by telephone")
    page.get_by_role("button", name="Answer the ticked").click()
    expect(page.get_by_text("3 items: answered.")).to_be_visible()
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    assert world.one("SELECT count(*) FROM orders WHERE state = 'accepted'") == 3
    page.get_by_label("State").select_option("resolved")
    expect(page.locator(".item")).to_have_count(3)
    assert "state=resolved" in page.url
    shot(page, "inbox-answered")


def test_ticks_and_the_item_in_hand_survive_what_arrives(open_page: OpenPage, rep: Rep) -> None:
    rep.order([("p001", 300)])
    page = open_page("/office/inbox")
    expect_live(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    rep.order([("p002", 300)], store=1)
    expect(page.locator(".item")).to_have_count(2)
    expect(page.locator(".item.here").get_by_role("checkbox")).to_be_checked()


def test_an_answer_of_somebody_else_takes_the_item_off_the_list(
    open_page: OpenPage, rep: Rep
) -> None:
    rep.order([("p001", 300)])
    mine, other = open_page("/office/inbox"), open_page("/office/inbox", code="alma")
    expect_live(mine)
    other.get_by_role("button", name="Release", exact=True).click()
    expect(mine.get_by_text("Nothing waits")).to_be_visible()


def test_who_looks_at_a_later_page_stays_there_until_it_is_answered(
    open_page: OpenPage, rep: Rep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.office.inbox.views.PAGE", 2)
    first, _, third = three(rep)
    page, other = open_page("/office/inbox"), open_page("/office/inbox", code="alma")
    page.get_by_role("link", name="Next items").click()
    expect(page.locator(".item")).to_have_count(1)
    expect_live(page)
    with page.expect_response(lambda told: "/office/inbox" in told.url) as looked:
        rep.order([("p002", 1)])
    assert f">{third['number']}<" in looked.value.text()
    expect(page.locator(".item")).to_have_count(1)
    expect(page.locator("#inbox")).to_contain_text(third["number"])
    other.get_by_role("link", name="Next items").click()
    other.get_by_label("All shown").check()
    other.get_by_role("button", name="Answer the ticked").click()
    expect(page.get_by_text("No more items here")).to_be_visible()
    page.get_by_role("link", name="Show the first that wait").click()
    expect(page.locator("#inbox")).to_contain_text(first["number"])


def test_filters_are_kept_in_the_address(open_page: OpenPage, rep: Rep) -> None:
    three(rep)
    page = open_page("/office/inbox")
    page.get_by_label("With").select_option("finance")
    expect(page).to_have_url("/office/inbox?role=finance")
    page.get_by_label("Search the inbox").fill("store 2")
    expect(page.locator(".item")).to_have_count(1)
    page.reload()
    expect(page.locator(".item")).to_have_count(1)
    expect(page.get_by_label("With")).to_have_value("finance")


def test_it_works_without_scripts(open_page: OpenPage, rep: Rep) -> None:
    three(rep)
    page = open_page("/office/inbox", java_script_enabled=False)
    page.get_by_label("Search the inbox").fill("store 2")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".item")).to_have_count(1)
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_text("answered: release.")).to_be_visible()
    page.goto("/office/inbox")
    for box in page.locator(".item").get_by_role("checkbox").all():
        box.check()
    page.get_by_label("Answer", exact=True).select_option("take")
    page.get_by_role("button", name="Answer the ticked").click()
    expect(page.get_by_text("2 items: yours.")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("2 items: taken back.")).to_be_visible()


@pytest.mark.parametrize("path", ["/office/inbox", "/office/policies", "/office/audit"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen_and_every_control_has_a_name(
    open_page: OpenPage, rep: Rep, path: str, width: int
) -> None:
    three(rep)
    page = open_page("/office/inbox", code="alma", viewport={"width": width, "height": 900})
    page.get_by_role("button", name="Release", exact=True).first.click()
    expect(page.get_by_text("answered: release.")).to_be_visible()
    page.goto(path)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{path} is {wide} px wider than {width}"
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, input:not([type=hidden]), select, a")]
          .filter((one) => one.checkVisibility() && !(one.textContent.trim()
            || one.ariaLabel || one.labels?.length || one.title || one.placeholder))
          .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []
    shot(page, f"{path.rpartition('/')[2]}-{width}")


def test_signing_in_leads_to_the_inbox_asked_for(open_page: OpenPage) -> None:
    page = open_page("/office/inbox?late=1", code="")
    sign_in(page, "dora")
    expect(page).to_have_url("/office/inbox?late=1")
