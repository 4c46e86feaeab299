"""The rep's app in a real browser: enrolled by the office's picture, it works on with the server
killed, keeps an order through the browser's death, and sends it once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import setup_environment
from server.handheld import views_pwa
from tests.browser import looks
from tests.browser.conftest import NewHandheld, OpenPage
from tests.browser.handheld import code_for, enrolled, plan_today, server_of
from tests.world import World

pytestmark = [pytest.mark.browser]

ORDER = """async ([store, product]) => {
  const { opened } = await import("/app/ctx.js");
  const { verbs, memory } = opened.value;
  await memory.read();
  const order = await verbs.order(store, [{ product, typed: "2", uom: "case" }]);
  return order.number;
}"""


def chip(page: Page, words: str) -> None:
    """Wait until the sync chip says so."""
    expect(page.get_by_role("button", name=words)).to_be_visible(timeout=60_000)


READ = """async (picture) => {
  const { codesIn } = await import("/app/vendor/scanner.js");
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [480, 480];
  const drawn = canvas.getContext("2d");
  drawn.fillStyle = "#fff";
  drawn.fillRect(0, 0, 480, 480);
  drawn.drawImage(image, 20, 20, 440, 440);
  return codesIn(drawn.getImageData(0, 0, 480, 480), ["QRCode"]);
}"""


def test_the_picture_of_the_office_is_read_by_the_apps_own_scanner_and_its_code_enrols(
    address: str, open_page: OpenPage, handheld: NewHandheld
) -> None:
    office = open_page("/office/handhelds/", code="alma")
    office.get_by_label("Rep").select_option("r01")
    office.get_by_role("button", name="Enrol a handheld").click()
    code = office.locator("#code").inner_text()
    picture = office.get_by_alt_text("The same code, to scan").get_attribute("src")
    page = handheld(address).open()
    [read] = page.evaluate(READ, picture)
    assert read["text"].endswith(f"/app/#enrol={code}")
    assert read["format"] == "QRCode"
    page.get_by_label("Code from the office").fill("AAAA-AAAA")
    page.get_by_role("button", name="Enrol this handheld").click()
    expect(page.locator(".fault")).to_be_visible()
    page.get_by_label("Code from the office").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Enrol this handheld").click()
    expect(page.get_by_role("heading", name="Hello")).to_be_visible()


def test_taken_out_of_use_it_shows_nothing_of_a_store_and_a_new_code_brings_it_back(
    world: World, address: str, handheld: NewHandheld
) -> None:
    plan_today(world, world.stores[:1])
    page = enrolled(handheld(address), code_for(world))
    expect(page.get_by_text("Store 1")).to_be_visible()
    said = world.rows("SELECT app_version FROM device WHERE id <> 'd-1'")
    assert said == [(f"pwa {built(page)}",)]  # the office sees which version it is
    world.run("UPDATE device SET state = 'revoked' WHERE id <> 'd-1'")
    go(page, "/sync")
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("heading", name="Out of use")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Out of use")).to_be_visible()
    page.get_by_label("Code from the office").fill(code_for(world))
    page.get_by_role("button", name="Enrol this handheld").click()
    go(page, "/day")
    expect(page.get_by_text("Store 1")).to_be_visible(timeout=60_000)


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


def test_every_screen_fits_a_small_phone_and_can_be_read_in_both_languages(
    world: World, address: str, handheld: NewHandheld
) -> None:
    plan_today(world, world.stores[:3])
    page = enrolled(handheld(address), code_for(world))
    found = []
    for language, scheme in (("en", "light"), ("zh", "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        looks.speak(page, language)
        for screen in looks.SCREENS:
            looks.show(page, screen, world.stores[0])
            found += [f"{screen.name} {language}: {fault}" for fault in looks.faults(page)]
    assert found == []


def test_a_pin_locks_the_screen_and_wrong_tries_make_it_wait(
    world: World, address: str, handheld: NewHandheld
) -> None:
    page = enrolled(handheld(address), code_for(world))
    go(page, "/settings")
    page.get_by_role("button", name="Set a PIN").click()
    typed(page, "2580")
    page.get_by_role("button", name="Next").click()
    typed(page, "2581")
    page.get_by_role("button", name="Set this PIN").click()
    expect(page.get_by_text("The two were not the same")).to_be_visible()
    for button in ("Next", "Set this PIN"):
        typed(page, "2580")
        page.get_by_role("button", name=button).click()
    page.reload()
    for _ in range(5):
        typed(page, "1111")
        page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("Wrong too often. Wait")).to_be_visible()
    expect(page.get_by_text("Store 1")).to_have_count(0)
    page.evaluate("""async () => {
      const { opened } = await import("/app/ctx.js");
      const pin = await opened.value.local.fact("pin");
      await opened.value.local.keepFact("pin", { ...pin, until: 0 });
    }""")
    page.reload()
    typed(page, "2580")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


@pytest.fixture
def _other_builds() -> Iterator[None]:
    """What this process knows of the app's files is forgotten before and after."""
    forget()
    yield
    forget()


@pytest.mark.usefixtures("_other_builds")
def test_a_new_version_waits_while_a_rep_writes_and_takes_over_when_asked(
    # It begins with the app in few files, as set-up builds it, and ends with its modules.
    world: World, address: str, handheld: NewHandheld, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    setup_environment.bundle_app()
    now, later = tmp_path / "now", tmp_path / "later"
    for folder in (now, later):
        shutil.copytree(views_pwa.FOLDER, folder)
    monkeypatch.setattr(views_pwa, "FOLDER", now)
    forget()
    text = (later / "words" / "en.js").read_text()
    (later / "words" / "en.js").write_text(text.replace('"Today"', '"This day"'))
    plan_today(world, world.stores[:1])
    page = enrolled(handheld(address), code_for(world))
    build = built(page)
    assert {"first.js", "work.js"} <= views_pwa.app_files().keys()
    go(page, f"/store/{world.stores[0]}/order")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    monkeypatch.setattr(views_pwa, "FOLDER", later)
    forget()
    update(page)
    assert "app.js" in views_pwa.app_files()
    assert page.evaluate(CHANGE_OVER) is False  # somebody may be writing here
    assert built(page) == build
    go(page, "/day")
    page.get_by_role("button", name="Change over").click()
    expect(page.get_by_role("heading", name="This day")).to_be_visible(timeout=30_000)
    assert built(page) != build
    assert page.evaluate(CACHES) == 1


CHANGE_OVER = """async () => {
  const { changeOver } = await import("/app/updates.js");
  await changeOver(true);
  const { waiting } = await navigator.serviceWorker.getRegistration();
  return waiting === null;
}"""
CACHES = "async () => (await caches.keys()).filter((one) => one.startsWith('talaria-')).length"


def go(page: Page, route: str) -> None:
    page.evaluate("(route) => { location.hash = route; }", f"#{route}")


def typed(page: Page, digits: str) -> None:
    for digit in digits:
        page.get_by_role("button", name=digit, exact=True).click()


def built(page: Page) -> str:
    """The build whose worker serves this page."""
    told = page.evaluate("async () => (await import('/app/updates.js')).buildOf()")
    assert isinstance(told, str)
    return told


def update(page: Page) -> None:
    """Look for a new version, and wait until it is fetched whole."""
    page.evaluate("""async () => {
      const found = await navigator.serviceWorker.getRegistration();
      await found.update();
      const { installing } = found;
      if (installing) await new Promise((then) => { installing.onstatechange = then; });
    }""")


def forget() -> None:
    views_pwa.app_files.cache_clear()
    views_pwa._pressed.cache_clear()
