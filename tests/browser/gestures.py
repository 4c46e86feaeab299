"""What a rep's thumb does on the app for the acts a day is made of, counted in taps and keys.

Tests hold them to their budgets; `make bench-pwa` prints what they come to with a large company.
"""

import re

from playwright.sync_api import Locator, Page, expect

COUNT = """() => {
  if (window.gestures === undefined) {
    for (const kind of ["click", "keydown"]) {
      addEventListener(kind, (event) => { if (event.isTrusted) window.gestures += 1; }, true);
    }
  }
  window.gestures = 0;
}"""
OUT_OF_STOCK = (2, 9)
FIGURES = ((12, 0, "4"), (15, 1, "18"), (20, 3, "429"), (28, 2, "24"))
"""What a card differs in from the last: the row, the cell of it, and what is typed there."""


def begin_counting(page: Page) -> None:
    """Count taps and keys from here."""
    page.evaluate(COUNT)


def gestures(page: Page) -> int:
    """How many taps and keys there were."""
    return int(page.evaluate("() => window.gestures"))


def show_day(page: Page) -> None:
    page.evaluate("() => { location.hash = '#/day'; }")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def save_order(page: Page, *, twice: bool = False) -> str:
    """From the look at the order to its number. `twice`: two taps so quick that nothing is drawn
    in between."""
    button = page.get_by_role("button", name="Save order")
    if twice:
        button.evaluate("button => { button.click(); button.click(); }")
    else:
        button.click()
    expect(page.get_by_role("heading", name="Order saved")).to_be_visible()
    return page.locator(".saved-head .figure").inner_text()


def repeat_the_last(page: Page, name: str) -> str:
    """From the day: open the store, repeat its last order, save it; the order's number."""
    page.get_by_text(name, exact=True).first.click()
    page.get_by_role("button", name="Order", exact=True).click()
    page.get_by_role("button", name="Repeat the last").click()
    expect(page.get_by_role("heading", name="Check the order")).to_be_visible()
    return save_order(page)


def open_card(page: Page) -> None:
    """From the store."""
    page.get_by_role("button", name="Card", exact=True).last.click()


def fill_card(page: Page) -> None:
    """A card of thirty lines that differs in six from the last one, up to where it is saved."""

    def row(n: int) -> Locator:
        return page.locator(".matrix-row").nth(n)

    for n in OUT_OF_STOCK:
        row(n).get_by_role("button", name="Out of stock").click()
    for n, cell, typed in FIGURES:
        row(n).locator(".cell").nth(cell).click()
        for digit in typed:
            page.locator(".pad").get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name=re.compile(r"^Rest as last time \(2[34]\)$")).click()
    page.get_by_role("button", name="Save card (30)").click()
    expect(page.get_by_text("Card saved: 30 products")).to_be_visible()
