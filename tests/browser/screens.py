"""`make screens`: every screen of the rep's app as a picture, in both languages, light and dark, on
a phone and on a tablet, into .screens/ (not committed); and what is wrong with any of them.

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
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

import setup_environment
from tests.browser import looks
from tests.browser.handheld import Handheld, enrolled
from tests.server.running.ports import free_port, until

ROOT = Path(__file__).resolve().parents[2]
TO = ROOT / ".screens"
LANGUAGES = ("en", "zh")
SCHEMES = ("light", "dark")
SIZES = {"phone": (360, 740), "tablet": (820, 1180)}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PASSWORD = "run the whole show"  # the demo prints it for everybody
DEMO_S = 600

STORE = """async () => {
  const { opened } = await import("/app/ctx.js");
  const { local } = opened.value;
  const stops = await local.rows("plan_stop");
  const orders = await local.rows("order");
  return (stops.find((one) => orders.some(({ store }) => store === one.store)) ?? stops[0]).store;
}"""
UNSENT = """async ([store]) => {
  const { opened } = await import("/app/ctx.js");
  const { verbs, memory } = opened.value;
  await memory.read();
  const { pad, proposals } = await verbs.suggestions(store);
  const [first] = proposals;
  await verbs.startVisit(store);
  await verbs.order(store, [{ product: first.product.id, typed: "2", uom: "case" }]);
}"""
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


def pictures(page: Page, where: Path) -> list[str]:
    """Take every picture; what is wrong, one line each."""
    store = page.evaluate(STORE)
    page.context.set_offline(True)
    page.evaluate(UNSENT, [store])
    found = []
    for language, scheme, size in product(LANGUAGES, SCHEMES, SIZES):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        looks.speak(page, language)
        folder = where / f"{language}-{scheme}-{size}"
        folder.mkdir(parents=True)
        for screen in looks.SCREENS:
            looks.show(page, screen, store)
            found += looked(page, folder, screen.name)
        for name, script in GATES.items():
            page.evaluate(script)
            page.locator(".gate h1").wait_for()
            found += looked(page, folder, name)
        page.evaluate(OPEN_AGAIN)
        page.locator(".screen h1").wait_for()
        print(f"  {folder.name}: {len(list(folder.iterdir()))} screens", flush=True)
    return found


def looked(page: Page, folder: Path, name: str) -> list[str]:
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.screenshot(path=folder / f"{name}.png")
    return [f"{folder.name} {name}: {fault}" for fault in looks.faults(page)]


def main() -> int:
    """Take the pictures; 1 when a screen has a fault."""
    asked = argparse.ArgumentParser(prog="make screens", description=__doc__)
    asked.add_argument("--demo", help="address of a demo that runs already")
    asked.add_argument("--to", type=Path, default=TO)
    told = asked.parse_args()
    path = setup_environment.find_chromium()
    assert path is not None, "no Chromium here: `make system-deps` installs one"
    shutil.rmtree(told.to, ignore_errors=True)
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        address = told.demo or held.enter_context(demo(folder))
        playing = held.enter_context(sync_playwright())
        handheld = Handheld(playing, path, folder / "profile", address)
        held.callback(handheld.close)
        found = pictures(enrolled(handheld, code_of(address)), told.to)
        found += handheld.complaints + [f"asked a stranger: {one}" for one in handheld.foreign]
    for fault in found:
        print(fault)
    print(f"{len(list(told.to.rglob('*.png')))} pictures in {told.to}, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
