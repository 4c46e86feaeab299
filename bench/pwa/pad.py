"""The order pad with 3,000 products: opened, searched on each key, an order saved."""

from playwright.sync_api import Page, expect

from bench.pwa.budget import Figure, measured
from bench.pwa.slowed import timed_still, timed_to, took_ms

OPEN_MS, KEY_MS, SAVE_MS = 150, 50, 50
WORDS = ("cola", "dor 330", "201", "isla iced", "no 77", "hacienda ging")
"""What is searched, a key at a time: names, brands with sizes, codes."""
COMMITS = """async (times) => {
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open("commits", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("one");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const took = [];
  for (let n = 0; n < times; n += 1) {
    const began = performance.now();
    await new Promise((done, failed) => {
      const all = db.transaction("one", "readwrite", { durability: "strict" });
      all.objectStore("one").put("x".repeat(1000), n);
      all.oncomplete = done;
      all.onabort = () => failed(all.error);
    });
    took.push(performance.now() - began);
  }
  db.close();
  indexedDB.deleteDatabase("commits");
  return took;
}"""
"""One row of 1,000 characters in a transaction that is on the disk when it ends: no save is
quicker."""


def measure(page: Page, stores: list[str]) -> list[Figure]:
    """In each store: open the pad, search, order what was found, save."""
    opened, keys, saved, looked = [], [], [], []
    for n, store in enumerate(stores):
        _show(page, f"/store/{store}")
        page.get_by_role("button", name="Order", exact=True).wait_for()
        timed_to(page, "click", ".pad-line")
        page.get_by_role("button", name="Order", exact=True).click()
        opened.append(took_ms(page))
        keys += _search(page, WORDS[n % len(WORDS)])
        page.locator(".pad-line").first.get_by_role("button", name="One more").click(click_count=2)
        timed_still(page, "click")
        page.get_by_role("button", name="Review (1)").click()
        looked.append(took_ms(page))
        expect(page.get_by_role("heading", name="Check the order")).to_be_visible()
        timed_to(page, "click", ".saved-head")
        page.get_by_role("button", name="Save order").click()
        saved.append(took_ms(page))
    commits = [float(one) for one in page.evaluate(COMMITS, 20)]
    return [
        measured("order pad: opened, the first time", opened[:1], "ms", below=OPEN_MS),
        measured("order pad: opened after that", opened[1:], "ms", below=OPEN_MS),
        measured("search: found on each key", keys, "ms", below=KEY_MS),
        measured("order: looked at again before it is saved", looked, "ms"),
        measured("order: saved, its number shown, the first time", saved[:1], "ms", below=SAVE_MS),
        measured("order: saved, its number shown, after that", saved[1:], "ms", below=SAVE_MS),
        measured("of that: one row made durable, which no save is without", commits, "ms"),
    ]


def _search(page: Page, words: str) -> list[float]:
    box = page.get_by_role("searchbox")
    box.click()
    samples = []
    for letter in words:
        timed_still(page, "input")
        page.keyboard.type(letter)
        samples.append(took_ms(page))
    assert page.locator(".pad-line").count() > 0, f"{words} finds nothing"
    return samples


def _show(page: Page, route: str) -> None:
    page.evaluate("(route) => { location.hash = route; }", f"#{route}")
