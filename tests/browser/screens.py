"""`make screens`: every screen of the rep's app as a picture, in both languages, light and dark, on
a phone and on a tablet, into .screens/ (not committed); and what is wrong with any of them. What
is seen only once something was done is shown too: keys, sheets, an order looked at, a receipt.

The company is the demo's, after its day: `python -m tests.browser.screens`. With an address of a
demo that runs already (`--demo http://127.0.0.1:8080`) that one is looked at.
"""

import argparse
import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from itertools import product
from pathlib import Path

import httpx
from playwright.sync_api import Error, Page, ViewportSize, sync_playwright

import setup_environment
from tests.browser import looks
from tests.browser.handheld import Handheld, enrolled
from tests.server.running.ports import free_port, until

ROOT = Path(__file__).resolve().parents[2]
TO = ROOT / ".screens"
LANGUAGES = ("en", "zh")
SCHEMES = ("light", "dark")
PHONE: ViewportSize = {"width": 360, "height": 740}
SIZES: dict[str, ViewportSize] = {"phone": PHONE, "tablet": {"width": 820, "height": 1180}}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PASSWORD = "run the whole show"  # the demo prints it for everybody
DEMO_S = 600

READY = """async () => {
  const { opened } = await import("/app/ctx.js");
  const { local, verbs, memory } = opened.value;
  await memory.read();
  const [orders, cards] = await Promise.all([local.rows("order"), local.rows("card")]);
  const came = orders.filter((one) => ["delivered", "invoiced"].includes(one.state)
    && cards.some(({ store }) => store === one.store));
  const { store, id: delivered } = came[0] ?? orders[0];
  const { proposals } = await verbs.suggestions(store);
  const wanted = proposals.slice(0, 2).map(({ product }) =>
    ({ product: product.id, typed: "2", uom: "case" }));
  await verbs.startVisit(store);
  const { id: saved } = await verbs.order(store, wanted);
  const { id: receipt } = await verbs.collect(store, { method: "cash", amount_minor: 4200 });
  const lines = wanted.map(({ product }) => ({ product, quantity: 24, uom: "case" }));
  await local.keepDraft(`order/${store}`, { lines, before: [], begun: "2026-11-02" });
  return { store, delivered, saved, receipt };
}"""
"""A visit that is open, an order and a receipt not sent yet, an order begun days ago."""


def _nth(selector: str, n: int = 0) -> Callable[[Page], None]:
    """Press it: a screen's parts are found by what they are, for their words change."""
    return lambda page: page.locator(selector).nth(n).click()


def _done(*acts: Callable[[Page], None]) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for one in acts:
            one(page)
            looks.calm(page)

    return act


def _nothing_found(page: Page) -> None:
    page.locator("input[type=search]").fill("zzz")


def _map_drawn(page: Page) -> None:
    page.locator(".choice label").nth(1).click()
    page.locator(".map .map-pin, .empty").first.wait_for()


STATES = (
    looks.Screen("stores_none", "/stores", _nothing_found),
    looks.Screen("store_contact", "/store/{store}", _nth(".section-head .button:has(.mark)", -2)),
    looks.Screen("store_end_visit", "/store/{store}", _nth(".foot .button")),
    looks.Screen("order_life", "/store/{store}", _nth(".list .row:has(.chip) .row-main")),
    looks.Screen("order_keys", "/store/{store}/order", _nth(".stepper-value")),
    looks.Screen("order_why", "/store/{store}/order", _nth(".why")),
    looks.Screen("order_none_found", "/store/{store}/order", _nothing_found),
    looks.Screen("order_review", "/store/{store}/order?step=review"),
    looks.Screen("order_saved", "/store/{store}/order?saved={saved}"),
    looks.Screen("order_more", "/store/{store}/order?about={delivered}"),
    looks.Screen("giving_back", "/store/{store}/back/{delivered}", _nth(".quick .button")),
    looks.Screen("card_keys", "/store/{store}/card", _nth(".matrix .cell")),
    looks.Screen("card_line", "/store/{store}/card", _nth(".matrix-title")),
    looks.Screen("card_beside", "/store/{store}/card", _nth(".beside > .button")),
    looks.Screen("card_amend", "/store/{store}/card/amend"),
    looks.Screen("payment", "/store/{store}/money", _nth(".foot .button")),
    looks.Screen("receipt", "/receipt/{receipt}?store={store}"),
    looks.Screen("plan_stop", "/plan", _nth(".list .row-main")),
    looks.Screen("plan_map", "/plan", _map_drawn),
    looks.Screen("plan_owed", "/plan", _nth(".choice label", 2)),
    looks.Screen("sync_received", "/sync", _nth(".choice label", 1)),
)
"""What is seen of a screen once something was done on it, beside looks.SCREENS."""
GATES = {
    "pin": """async () => {
  const [{ opened }, pin, gate] = await Promise.all(
    ["ctx", "pin", "gate"].map((name) => import(`/app/${name}.js`)));
  await pin.setPin(opened.value.local, "2580");
  pin.lock();
  await gate.lookAtGate(opened.value.local);
}""",
    "first": """async () => {
  const { opened } = await import("/app/ctx.js");
  const pin = await import("/app/pin.js");
  await pin.dropPin(opened.value.local);
  await opened.value.local.keepFact("welcomed", null);
}""",
}
"""What stands before the screens, and how to see it."""
OPEN_AGAIN = """async () => {
  const { opened } = await import("/app/ctx.js");
  await opened.value.local.keepFact("welcomed", true);
}"""


@contextlib.contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The demo company after its day; yields its address."""
    port, log = free_port(), folder / "demo.log"
    command = [sys.executable, "-m", "server.cli", "demo", "--port", str(port)]
    with open(log, "wb") as out:
        running = subprocess.Popen(
            [*command, "--data-dir", str(folder / "demo")], cwd=ROOT, stdout=out, stderr=out
        )
    try:
        print("  the demo plays its day ...", flush=True)
        over = re.compile("^Watch the board at", re.MULTILINE)
        until(lambda: over.search(log.read_text()) or running.poll() is not None, DEMO_S)
        assert running.poll() is None, log.read_text()[-2000:]
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(60)


def code_of(address: str, rep: str = "ana") -> str:
    """A code of the demo's office, as its administrator gets one."""
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as office:

        def token(path: str) -> str:
            found = TOKEN.search(office.get(path).text)
            assert found is not None
            return found[1]

        form = {"code": "admin", "password": PASSWORD}
        office.post("/office/sign-in", data=form | {"csrf_token": token("/office/sign-in")})
        form = {"rep": rep, "csrf_token": token("/office/handhelds/")}
        shown = re.search(
            r'id="code">([^<]+)<', office.post("/office/handhelds/code", data=form).text
        )
        assert shown is not None
        return shown[1]


def pictures(page: Page, where: Path, only: Collection[str] = ()) -> list[str]:
    """Take every picture; what is wrong, one line each. Each screen is shown once a language, and
    looked at in every light and size then: going there is what takes long."""
    page.context.set_offline(True)
    ready = page.evaluate(READY)
    found = []
    for language in LANGUAGES:
        looks.speak(page, language)
        for screen in (*looks.SCREENS, *STATES):
            if only and screen.name not in only:
                continue
            page.set_viewport_size(PHONE)
            try:
                looks.show(page, screen, **ready)
            except Error as fault:
                found.append(f"{language} {screen.name}: not there: {str(fault).splitlines()[0]}")
                page.reload()
                looks.calm(page)
                continue
            found += looked(page, where, language, screen.name)
        if not only:
            found += gates(page, where, language)
    return found


def gates(page: Page, where: Path, language: str) -> list[str]:
    found = []
    for name, script in GATES.items():
        page.evaluate(script)
        page.locator(".gate h1").wait_for()
        found += looked(page, where, language, name)
    page.evaluate(OPEN_AGAIN)
    page.locator(".screen h1").wait_for()
    return found


def looked(page: Page, where: Path, language: str, name: str) -> list[str]:
    """The pictures of what is shown now. What axe-core has rules for does not hang on the size."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    found = []
    for scheme, size in product(SCHEMES, SIZES):
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        folder = where / f"{language}-{scheme}-{size}"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", animations="disabled")
        faults = looks.faults(page, rules=size == "phone")
        found += [f"{folder.name} {name}: {fault}" for fault in faults]
    print(f"  {language} {name}", flush=True)
    return found


def main() -> int:
    """Take the pictures; 1 when a screen has a fault."""
    asked = argparse.ArgumentParser(prog="make screens", description=__doc__)
    asked.add_argument("--demo", help="address of a demo that runs already")
    asked.add_argument("--to", type=Path, default=TO)
    asked.add_argument("--only", nargs="*", default=(), help="names of screens, of all there are")
    told = asked.parse_args()
    path = setup_environment.find_chromium()
    assert path is not None, "no Chromium here: `make system-deps` installs one"
    if not told.only:
        shutil.rmtree(told.to, ignore_errors=True)
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        address = told.demo or held.enter_context(demo(folder))
        playing = held.enter_context(sync_playwright())
        handheld = Handheld(playing, path, folder / "profile", address)
        held.callback(handheld.close)
        found = pictures(enrolled(handheld, code_of(address)), told.to, told.only)
        found += handheld.complaints + [f"asked a stranger: {one}" for one in handheld.foreign]
    for fault in found:
        print(fault)
    print(f"{len(list(told.to.rglob('*.png')))} pictures in {told.to}, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
