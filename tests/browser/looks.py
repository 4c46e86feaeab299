"""What is looked at on every screen of the app: it fits, it can be read, it can be hit.

A screen is a name and the way to it. `faults` says what is wrong with the one that is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "handhelds" / "pwa-build" / "node_modules" / "axe-core" / "axe.min.js"

OVERFLOW = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll("button, a[href], input, [role=button]")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen"))
  .map((one) => {
    const { width, height } = (one.closest("label, .search") ?? one).getBoundingClientRect();
    const reach = parseFloat(getComputedStyle(one, "::after").insetBlockStart) || 0;
    return [one.textContent.trim() || one.ariaLabel || one.className, width,
      height - 2 * Math.min(0, reach)];
  })
  .filter(([, width, height]) => width > 0 && height < 47.5 && width < 400 || height === 0)
  .filter(([, width]) => width > 0)
  .map(([name, width, height]) => `${name}: ${Math.round(width)} x ${Math.round(height)}`)"""
RULES = """() => axe.run(document, {resultTypes: ["violations"]}).then(({violations}) =>
  violations.flatMap((one) => one.nodes.map((node) => {
    const why = node.any[0] ?? node.all[0] ?? node.none[0];
    return `${one.id}: ${node.target.join(" ")}: ${why?.message}`;
  })))"""


GO = """(route) => {
  if (location.hash === route) return false;
  document.querySelector(".screen")?.classList.add("is-left");
  location.hash = route;
  return true;
}"""
ELSEWHERE = "/more"
"""A screen that is there at once."""


@dataclass(frozen=True)
class Screen:
    """A screen by its route, or by what is done on a route to see it. `{store}` stands for the
    store that is shown, other names in braces for what was made ready (screens.py)."""

    name: str
    route: str
    act: Callable[[Page], None] | None = None


@cache
def axe() -> str:
    assert AXE.exists(), "axe-core is missing: `make test` fetches it"
    return AXE.read_text()


def faults(page: Page, *, rules: bool = True) -> list[str]:
    """Sideways overflow, what axe-core finds (unless not asked), and what is too small for a
    thumb."""
    found = []
    wide = page.evaluate(OVERFLOW)
    if wide > 0:
        found.append(f"{wide} px too wide")
    if rules:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(axe())
        found += page.evaluate(RULES)
    found += [f"too small to hit: {one}" for one in page.evaluate(SMALL)]
    return found


def calm(page: Page) -> None:
    """Wait until the screen shows what it has: nothing is being read any more."""
    page.wait_for_function(
        "() => document.querySelector('h1') && !document.querySelector('.waiting')", timeout=30_000
    )


def _order_of_stops(page: Page) -> None:
    page.locator(".head .mark-button").last.click()


SCREENS = (
    Screen("day", "/day"),
    Screen("day_order", "/day", _order_of_stops),
    Screen("stores", "/stores"),
    Screen("store_new", "/stores/new"),
    Screen("store", "/store/{store}"),
    Screen("store_edit", "/store/{store}/edit"),
    Screen("order", "/store/{store}/order"),
    Screen("card", "/store/{store}/card"),
    Screen("money", "/store/{store}/money"),
    Screen("stock", "/stock"),
    Screen("plan", "/plan"),
    Screen("numbers", "/numbers"),
    Screen("more", "/more"),
    Screen("sync", "/sync"),
    Screen("needs", "/needs"),
    Screen("drafts", "/drafts"),
    Screen("settings", "/settings"),
)


def show(page: Page, screen: Screen, store: str, **others: str) -> None:
    """Go to a screen and wait until it is there; from elsewhere, for what is open stays open on the
    same one."""
    for route in dict.fromkeys((ELSEWHERE, screen.route.format(store=store, **others))):
        if page.evaluate(GO, f"#{route}"):
            page.locator(".screen:not(.is-left) h1").wait_for()
        calm(page)
    if screen.act is not None:
        screen.act(page)
        calm(page)


def speak(page: Page, language: str) -> None:
    """The language and the look, as the settings keep them."""
    page.evaluate("(chosen) => localStorage.setItem('language', chosen)", language)
    page.reload()
    calm(page)
