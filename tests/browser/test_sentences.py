"""Every sentence the office is told is seen by a person on a phone: on its order, in the inbox.

The orders are pushed, and what is told of them is written by the push's own code. A sentence
counts when all of it lies within 360 px, nothing moved sideways; also about stores whose names
are written from right to left, or are one word longer than the screen.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from schemas.ids import uuid7
from sync.delivery.acknowledge import REFUSED, UNKNOWN, LineAnswer, acknowledge, ask_office
from sync.effects import Effects, announce, write_rows
from sync.sentences.english.change import KEPT as TELL
from sync.sentences.words import kept as said_of
from sync.sentences.words import words
from tests import spoken
from tests.browser.conftest import OpenPage
from tests.world import CELL, World, change, order_body

pytestmark = [pytest.mark.browser]
WIDTH = 360
PHONE = {"viewport": {"width": WIDTH, "height": 740}}
WITHOUT_ORDER = "order_known/hold_for_office"
"""Of what was sent twice a push tells apart from the order that is there already."""
NAMES = {"plain": None, "right to left": spoken.RIGHT_TO_LEFT, "very long": spoken.VERY_LONG}


SEEN = """(place, [says, width]) => {
    const plain = (text) => text.replace(/\\s+/g, ' ').trim();
    const found = new Map(says.map((one) => [plain(one), []]));
    for (const element of place.querySelectorAll('*')) {
        const same = found.get(plain(element.textContent));
        const within = (child) => plain(child.textContent) === plain(element.textContent);
        if (same && ![...element.children].some(within)) same.push(element);
    }
    const seen = (element) => {
        const box = element.getBoundingClientRect();
        return element.checkVisibility({visibilityProperty: true, opacityProperty: true})
            && box.width > 0 && box.height > 0 && box.left >= 0 && box.right <= width;
    };
    return says.map((one) => found.get(plain(one)))
        .map((those) => those.length === 1 && seen(those[0]));
}"""
"""Of each sentence, whether it is all the text of one element there, visible, within the width.
All in one question: they are hundreds, and each would be four."""


def not_seen(page: Page, place: Locator, sentences: dict[str, str]) -> list[str]:
    """Names of the sentences that do not stand in `place` once, visible, within the screen."""
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= WIDTH
    # where they lie with nothing scrolled sideways
    seen = place.evaluate(SEEN, [list(sentences.values()), WIDTH])
    return [name for name, is_seen in zip(sentences, seen, strict=True) if not is_seen]


def read_through(page: Page, sentences: dict[str, str]) -> list[str]:
    """Names of the sentences that stand on none of the inbox's pages."""
    left = sentences
    while True:
        names = not_seen(page, page.get_by_label("Items", exact=True), left)
        left = {name: left[name] for name in names}
        more = page.get_by_role("link", name="Next items")
        if not more.count():
            return names
        with page.expect_event("load"):  # or half of the next page is read, as far as it has come
            more.click()


def turned(page: Page) -> list[str]:
    """Sentences that would be laid out from right to left because of a name they begin with."""
    found: list[str] = page.locator("bdi").evaluate_all(
        "all => all.filter(e => e.textContent.trim().endsWith('.')"
        " && getComputedStyle(e).direction !== 'ltr').map(e => e.textContent)"
    )
    return found


def pushed(world: World, n: int, product: str, quantity: int, store: int = 0) -> dict[str, Any]:
    """An order as its push left it; the order's id, number and verdict."""
    body = order_body(world.stores[store], [(product, quantity)], number=f"D1-{n:06d}")
    verdicts, _ = world.push(world.carrier(), [change(n, "order", "submit", body)])
    return {"id": body["id"], "number": body["number"]} | {"verdict": verdicts[0]}


def tell(world: World, order: dict[str, Any] | None, told: Iterable[spoken.Spoken]) -> None:
    """Write what is told of an order, and what holds it, at the time it arrived."""
    at = datetime.now(UTC)
    if order:
        at = world.one("SELECT received_at FROM orders WHERE id = %s", order["id"])
    effects, holds = spoken.effects(world.carrier(), at), []
    for one in told:
        spoken.tell(effects, one, order["id"] if order else None)
        holds += [one.conflict.rule] * (one.conflict.needs == "office")
    write(world, effects)
    if order and holds:
        world.run("UPDATE orders SET holds = %s WHERE id = %s", holds, order["id"])


def write(world: World, effects: Effects) -> None:
    with world.begin() as conn:
        write_rows(conn, effects)
        announce(conn, effects)


def opened(open_page: OpenPage, order: dict[str, Any]) -> Page:
    page = open_page(f"/office/orders/{CELL}/{order['id']}", **PHONE)
    expect(page.get_by_role("heading", name=order["number"])).to_be_visible()
    return page


@pytest.mark.parametrize("named", NAMES)
def test_the_office_reads_every_sentence_of_a_rule(
    open_page: OpenPage, world: World, named: str
) -> None:
    rules = {one.name: one for one in spoken.of_rules(NAMES[named])}
    assert set(rules) >= {one.name for one in spoken.of_rules()}
    twice = rules.pop(WITHOUT_ORDER)
    waiting = {name: one for name, one in rules.items() if one.conflict.needs == "office"}
    others = {name: one for name, one in rules.items() if name not in waiting}
    held, accepted = pushed(world, 1, "p001", 1), pushed(world, 2, "p002", 1)
    world.run("UPDATE orders SET state = 'held' WHERE id = %s", held["id"])
    tell(world, held, waiting.values())
    tell(world, accepted, others.values())
    tell(world, None, [twice])
    world.run("UPDATE store SET name = %s", NAMES[named] or "Corner Shop")

    page = opened(open_page, held)
    says = {name: one.says for name, one in waiting.items()}
    assert not_seen(page, page.get_by_label("Story"), says) == []
    assert not_seen(page, page.get_by_label("Waiting for a decision"), says) == []
    page.goto("/office/inbox")
    says[twice.name] = twice.says
    assert read_through(page, says) == []
    assert turned(page) == []
    page.goto(f"/office/orders/{CELL}/{accepted['id']}")
    says = {name: one.says for name, one in others.items()}
    assert not_seen(page, page.get_by_label("Story"), says) == []
    assert turned(page) == []


def test_the_office_reads_every_sentence_of_the_server_itself(
    open_page: OpenPage, world: World
) -> None:
    visit = {"id": uuid7(), "store": world.stores[-1], "state": "skipped", "reason": "closed"}
    world.push(world.carrier(), [change(1, "visit", "save", visit)])  # not a store of r01
    effects = spoken.effects(world.carrier(), datetime.now(UTC) - timedelta(days=400))
    for rule in TELL.keys() - {"store_not_mine"}:
        outcome = "rejected" if rule == "unreadable" else "held"
        effects.hold(spoken.pushed(), rule, outcome, **spoken.TOLD[rule])
    write(world, effects)
    page = open_page("/office/inbox", **PHONE)
    kept = page.get_by_label("Items", exact=True)
    says = {rule: said_of(rule, spoken.TOLD[rule]) for rule in TELL}
    assert not_seen(page, kept, says) == []
    expect(kept.get_by_role("button", name="Let it stand").first).to_be_visible()
    assert turned(page) == []


def test_the_office_reads_what_the_delivery_system_answered(
    open_page: OpenPage, world: World
) -> None:
    order = pushed(world, 1, "p001", 12)
    figures = {key[0]: {**told} for key, told in spoken.ANSWERED.items()}
    short = spoken.ANSWERED["delivery_short", "as_answered"]
    delivery = world.one("SELECT id::text FROM delivery WHERE order_id = %s", order["id"])
    for n, rule in enumerate((REFUSED, UNKNOWN, None)):
        at, by = datetime.now(UTC) + timedelta(seconds=n), "delivery:main"
        with world.begin() as conn:
            if rule is not None:
                reason = str(figures[rule]["reason"])
                ask_office(conn, CELL, delivery, order["id"], rule, reason, at, by)
                continue
            answer = LineAnswer(1, 5, 4, 3, str(short["reason"]))
            acknowledge(conn, CELL, delivery, order["id"], 1, "DS-1", [answer], at, by)
    names = {"number": order["number"], "store": "Store 1", "product": "Product p001"}
    answers = {key: {**told, **names} for key, told in spoken.ANSWERED.items()}
    come = {(REFUSED, "hold_for_office"), (UNKNOWN, "hold_for_office")}
    come |= {("delivery_short", "as_answered")}
    tell(world, order, [spoken.of_answer(*one) for one in answers.items() if one[0] not in come])
    says = {"/".join(key): words(*key, told) for key, told in answers.items()}
    page = opened(open_page, order)
    assert not_seen(page, page.get_by_label("Story"), says) == []


def test_what_is_the_offices_alone_is_read_there_and_not_told_to_the_rep(
    open_page: OpenPage, world: World
) -> None:
    """r01 never carried the last store, and must not learn what it owes."""
    order = pushed(world, 1, "p001", 300, store=-1)
    private = world.rows(
        "SELECT rule, says FROM conflict WHERE order_id = %s AND scope = 'office'", order["id"]
    )
    assert [rule for rule, _ in private] == ["credit_exceeded"]
    told = order["verdict"]["conflicts"]
    assert [one["rule"] for one in told] == ["store_not_mine"]
    page = opened(open_page, order)
    says = dict(private) | {one["rule"]: one["says"] for one in told}
    assert not_seen(page, page.get_by_label("Story"), says) == []
    assert not_seen(page, page.get_by_label("Waiting for a decision"), says) == []


def test_a_sentence_that_is_not_there_is_named(open_page: OpenPage, world: World) -> None:
    """The look itself: something hidden, cut off, or missing is not seen."""
    order = pushed(world, 1, "p001", 1)
    rules = spoken.of_rules()[:4]
    tell(world, order, rules)
    page = opened(open_page, order)
    story = page.get_by_label("Story")
    hide = "(e, style) => { e.style.cssText = style; }"
    styles = ("display: none", "visibility: hidden", "display: inline-block; white-space: pre", "")
    for one, style in zip(rules, styles, strict=True):
        story.get_by_text(one.says, exact=True).evaluate(hide, style)
    says = {one.name: one.says for one in rules} | {uuid7(): "Nobody said this."}
    story.evaluate("e => { e.style.cssText = 'position: relative; overflow: hidden'; }")
    assert not_seen(page, story, says) == [name for name in says if name != rules[3].name]
