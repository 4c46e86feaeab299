"""Commit to screen: a browser on the live board, from the push's answer to the order in sight."""

import importlib.util
import sys
import time

from bench.company import DESK, PASSWORD
from bench.ground import ROOT
from bench.measures.day_batch import pushing
from bench.phone import Kept, Phone
from bench.run import Run
from bench.table import Row, times
from bench.work import day

NAME = "commit to screen (push answered, order on the live board)"
WAIT_MS = 10_000
PAUSE_S = 0.6
WATCH = """
window.seenAt = {};
const look = () => document.querySelectorAll("tr[id^=o]").forEach((row) => {
  if (!(row.id in window.seenAt)) {
    window.seenAt[row.id] = 0;
    requestAnimationFrame(() => { window.seenAt[row.id] = Date.now(); });
  }
});
new MutationObserver(look).observe(document, {childList: true, subtree: true});
"""
FETCH = """
async () => {
  const began = performance.now();
  await (await fetch("/office/orders/rows")).text();
  return performance.now() - began;
}
"""


def measure(run: Run) -> list[Row]:
    chromium = _chromium()
    if chromium is None:
        return [Row(NAME, p50="no Chromium here (make system-deps)")]
    if not (ROOT / "server/office/static/vendor").is_dir():
        return [Row(NAME, p50="the console's browser files are not built (make demo does it)")]
    from playwright.sync_api import sync_playwright

    reps = pushing(run)
    shown, loaded = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{run.ground.url}/office/sign-in")
        page.fill("[name=code]", DESK)
        page.fill("[name=password]", PASSWORD)
        page.click("button.primary")
        page.add_init_script(WATCH)
        page.goto(f"{run.ground.url}/office/")
        page.wait_for_selector("#live[data-is=live]", timeout=WAIT_MS)
        for n in range(-2, run.rounds(quick=6, full=20)):
            phone = Phone(Kept(run.ground.url), run.company, next(reps))
            changes = day(run.company, phone.rep, 1, 0)
            phone.push(changes)
            answered_ms = time.time() * 1000
            row = f"o{changes[0]['body']['id']}"
            page.wait_for_function("row => window.seenAt[row]", arg=row, timeout=WAIT_MS)
            seen_ms = page.evaluate("row => window.seenAt[row]", row)
            fetched_ms = page.evaluate(FETCH)
            if n >= 0:
                shown.append(max(0.0, seen_ms - answered_ms))
                loaded.append(fetched_ms)
            time.sleep(PAUSE_S)
        browser.close()
    return [times(NAME, shown, floor_ms=loaded, floor="(fetching the board's rows)", aim_ms=1000)]


def _chromium() -> str | None:
    """The browser that the tests drive, if there is one."""
    if importlib.util.find_spec("playwright") is None:
        return None
    sys.path.insert(0, str(ROOT))
    from setup_environment import find_chromium

    return find_chromium()
