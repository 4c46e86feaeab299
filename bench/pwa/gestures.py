"""Taps and keys, counted while the acts of a day are done on the screens."""

from playwright.sync_api import Page, expect

from bench.pwa.budget import Figure, counted
from tests.browser import gestures as acts

VISIT, REPEAT, CARD = 1, 4, 40
NAME = """async (store) => {
  const { opened } = await import("/app/ctx.js");
  return (await opened.value.local.row("store", store, store)).name;
}"""


def measure(page: Page, stores: list[str]) -> list[Figure]:
    """In the first store a visit with its card, in the second the last order once more."""
    visited, repeated = stores[:2]
    acts.show_day(page)
    acts.begin_counting(page)
    name = page.evaluate(NAME, visited)
    page.get_by_role("button", name=f"Start the visit at {name}", exact=True).click()
    expect(page.get_by_role("button", name="Card", exact=True).last).to_be_visible()
    visit = acts.gestures(page)
    acts.begin_counting(page)
    acts.open_card(page)
    acts.fill_card(page)
    card = acts.gestures(page)
    acts.show_day(page)
    acts.begin_counting(page)
    acts.repeat_the_last(page, page.evaluate(NAME, repeated))
    repeat = acts.gestures(page)
    return [
        counted("taps: a visit started", visit, VISIT),
        counted("taps: the last order repeated and saved", repeat, REPEAT),
        counted("taps and keys: a card of 30 lines with 6 changes", card, CARD),
    ]
