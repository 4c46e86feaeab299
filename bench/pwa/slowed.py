"""The app in a browser slowed down as a phone is, with a clock in its page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import CDPSession, Page, Playwright

from tests.browser.handheld import Handheld

SLOWER = 4
CLOCK = """
performance.setResourceTimingBufferSize(2000);
const shown = (then) => requestAnimationFrame(() => {  // after the frame, not before it
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => then(performance.now());
  port2.postMessage(0);
});
const looking = (look, node) => {
  const watcher = new MutationObserver(() => look(watcher));
  watcher.observe(node,
    { subtree: true, childList: true, attributes: true, characterData: true });
};
// From the start of the page to today's list.
looking((watcher) => {
  if (!document.querySelector(".stop-start")) return;
  watcher.disconnect();
  shown((at) => { globalThis.listedMs = at; });
}, document);
// From the next event of a kind to the frame with what `selector` finds.
globalThis.clockTo = (kind, selector) => {
  globalThis.took = new Promise((done) => addEventListener(kind, (event) => {
    const began = event.timeStamp;
    looking((watcher) => {
      if (!document.querySelector(selector)) return;
      watcher.disconnect();
      shown((at) => done(at - began));
    }, document);
  }, { capture: true, once: true }));
};
// From the next event to the frame after the last change it makes in the screen's own part.
globalThis.clockStill = (kind, quietMs) => {
  globalThis.took = new Promise((done) => addEventListener(kind, (event) => {
    const began = event.timeStamp;
    let last = 0, timer = 0;
    const changed = () => shown((at) => {
      last = at - began;
      clearTimeout(timer);
      timer = setTimeout(() => { watcher.disconnect(); done(last); }, quietMs);
    });
    const watcher = new MutationObserver(changed);
    watcher.observe(document.querySelector("main"),
      { subtree: true, childList: true, characterData: true });
    changed();  // a key that finds the same again has its answer in the next frame
  }, { capture: true, once: true }));
};
"""
BUSY = """() => {
  const began = performance.now();
  let sum = 0;
  for (let n = 0; n < 2e7; n++) sum = (sum + n * 7) % 1_000_003;
  return [performance.now() - began, sum];
}"""
TOOK = "() => globalThis.took"
QUIET_MS = 150


class Slowed(Handheld):
    """A handheld whose page is slowed down from before the app is opened."""

    devtools: CDPSession

    def prepare(self, page: Page) -> None:
        assert self.context is not None
        self.context.set_default_timeout(120_000)
        page.add_init_script(CLOCK)
        self.devtools = self.context.new_cdp_session(page)
        self.slow(SLOWER)

    def page_now(self) -> Page:
        """The page of the browser that runs."""
        assert self.context is not None
        return self.context.pages[0]

    def slow(self, times: float) -> None:
        self.devtools.send("Emulation.setCPUThrottlingRate", {"rate": times})

    def slowness(self, page: Page) -> float:
        """How much slower a page is with it than without: what the browser makes of it."""
        slow = min(page.evaluate(BUSY)[0] for _ in range(3))
        self.slow(1)
        quick = min(page.evaluate(BUSY)[0] for _ in range(3))
        self.slow(SLOWER)
        return float(slow / quick)

    def heap_mb(self) -> float:
        """The page's JavaScript heap, once what nobody holds any more is gone."""
        self.devtools.send("Performance.enable")
        self.devtools.send("HeapProfiler.collectGarbage")
        told: dict[str, Any] = self.devtools.send("Performance.getMetrics")
        named = {one["name"]: one["value"] for one in told["metrics"]}
        return float(named["JSHeapUsedSize"]) / 1e6

    def renderer_mb(self) -> tuple[float, float]:
        """Memory of the page's process: its own, and with what it shares (USS, RSS)."""
        found = [psutil.Process(pid).memory_full_info() for pid in self._renderers()]
        largest = max(found, key=lambda one: int(one.rss))
        return largest.uss / 1e6, largest.rss / 1e6

    def _renderers(self) -> Iterator[int]:
        profile = str(self._profile)
        main = [
            one for one in psutil.process_iter(["cmdline"])
            if any(profile in word for word in one.info["cmdline"] or ())
            and not any(word.startswith("--type=") for word in one.info["cmdline"])
        ]  # fmt: skip
        for browser in main:
            for child in browser.children(recursive=True):
                if "--type=renderer" in " ".join(child.cmdline()):
                    yield child.pid


@contextmanager
def slowed(playing: Playwright, path: str, profile: Path, address: str) -> Iterator[Slowed]:
    """A handheld of its own; what the browser complained of ends the measure."""
    handheld = Slowed(playing, path, profile, address)
    try:
        yield handheld
    finally:
        handheld.close()
    assert handheld.complaints == [], handheld.complaints
    assert handheld.foreign == [], handheld.foreign


def timed_to(page: Page, kind: str, selector: str) -> None:
    """The next event of this kind is timed until the screen shows what `selector` finds."""
    page.evaluate("([kind, selector]) => { clockTo(kind, selector); }", [kind, selector])


def timed_still(page: Page, kind: str) -> None:
    """The next event of this kind is timed until the screen changes no more."""
    page.evaluate("([kind, quiet]) => { clockStill(kind, quiet); }", [kind, QUIET_MS])


def took_ms(page: Page) -> float:
    """How long that was."""
    return float(page.evaluate(TOOK))
