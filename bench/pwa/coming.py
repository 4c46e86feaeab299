"""What comes over the wire: the app itself, and a rep's first sync."""

import re
import urllib.request
from typing import Any

from playwright.sync_api import Page

from bench.pwa.budget import Figure, measured
from bench.pwa.slowed import Slowed
from server.handheld import views_pwa
from tests.browser.handheld import code_for, enrolled, wait_until
from tests.world import World

SHELL_KB, SYNC_MS, SYNC_MB = 60, 5_000, 6
SPOKEN = "words/en.js"
"""The sentences of a language come by import() before the first screen is drawn."""
NAMED = re.compile(r'(?:href|src)="([^"]+\.(?:js|css|webmanifest))"')
AGAIN = """async (code) => {
  const { open } = await import("/app/local.js");
  const { Link } = await import("/app/link.js");
  const { Wire } = await import("/app/wire.js");
  const name = `bench-${code}`;
  const local = await open(name);
  const wire = new Wire(location.origin);
  let waited = 0, longest = 0, left = 0;
  const send = async (call) => {
    const began = performance.now();
    if (left) longest = Math.max(longest, began - left);
    const reply = await wire.send(call);
    left = performance.now();
    waited += left - began;
    return reply;
  };
  const link = new Link(local, { send });
  const hired = await link.enrol(code);
  waited = 0; left = 0;
  const [sent, received] = [wire.sentBytes, performance.getEntriesByType("resource").length];
  const began = performance.now();
  const ended = await link.sync();
  const all = performance.now() - began;
  longest = Math.max(longest, performance.now() - left);
  link.close();
  const bytes = performance.getEntriesByType("resource").slice(received)
    .filter((one) => one.name.includes("/sync/v1/"))
    .reduce((sum, one) => sum + one.encodedBodySize, 0);
  return { hired: hired.state, state: ended.state, rows: ended.rows, all, waited, bytes,
    stores: (await local.rows("store")).length, longest };
}"""

WHOLE = """async () => {
  const { copy } = (await import("/app/ctx.js")).opened.value.local;
  return Boolean(await copy.mark("cursor")) && !(await copy.mark("partial"));
}"""


def app(url: str) -> list[Figure]:
    """The app up to today's list, and all of it, as the server presses it for a browser."""
    first = first_files()
    shell_kb = sum(_wire_bytes(url, name) for name in first) / 1e3
    files = views_pwa.app_files()
    rest = [name for name in files if name not in first and name not in views_pwa.LATER]
    own = [name for name in rest if not name.startswith(("vendor/", "icons/"))]
    lazy_kb = sum(_wire_bytes(url, name) for name in own) / 1e3
    parts_kb = sum(_wire_bytes(url, name) for name in rest if name.startswith("vendor/")) / 1e3
    return [
        measured(f"app over the wire to today's list ({len(first)} files)", [shell_kb], "kB",
                 most=SHELL_KB),
        measured("  after it: other screens, verbs, protocol", [lazy_kb], "kB"),
        measured("  after it: map, chart, scanner, hashes", [parts_kb], "kB"),
    ]  # fmt: skip


def first_files() -> set[str]:
    """The page, what it names, and the sentences of one language with all they import."""
    found = views_pwa.app_files()
    page = found["index.html"].content.decode()
    spoken = views_pwa._imported(found, [SPOKEN])
    return {"index.html", *NAMED.findall(page), *spoken}


def _wire_bytes(url: str, name: str) -> int:
    """The body of an answer as it travels."""
    asked = urllib.request.Request(f"{url}/app/{name}", headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(asked, timeout=60) as told:
        return len(told.read())


def first_sync(handheld: Slowed, world: World, rounds: int) -> list[Figure]:
    """Handhelds enrolled anew, each into a store of its own beside the one of the app."""
    page = handheld.open()
    told = [_once(page, world) for _ in range(rounds)]
    work = [one["all"] - one["waited"] for one in told]
    whole, longest = [one["all"] for one in told], [one["longest"] for one in told]
    received = [one["bytes"] / 1e6 for one in told]
    return [
        measured("first sync, network and server excluded", work, "ms", below=SYNC_MS),
        measured("first sync: its longest work after an answer", longest, "ms"),
        measured("first sync, all of it, the server on this machine", whole, "ms"),
        measured("first sync: bytes received", received, "MB", below=SYNC_MB),
        measured("first sync: rows", [float(one["rows"]) for one in told], ""),
    ]


def _once(page: Page, world: World) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate(AGAIN, code_for(world))
    assert told["hired"] == told["state"] == "done", told
    assert told["stores"] == len(world.stores), told
    assert told["bytes"] > 0, told
    return told


def settle(handheld: Slowed, world: World) -> Page:
    """Enrol the app itself, and wait until all of it is on the handheld."""
    page = enrolled(handheld, code_for(world))
    wait_until(page, WHOLE, seconds=300)
    return page
