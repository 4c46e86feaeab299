"""A rep's whole day without a server, by the screens' own buttons, and the evening it is sent.

The server is a process that is killed once the rep has started. Ten stores are visited: ten cards,
ten orders, two payments and a photo. The browser dies twice on the way. At noon a later release of
the app is handed out by a server whose database is not there: it can be changed over to, and takes
nothing. In the evening the server is back, with the delivery system behind it: whatever a screen
said is saved is in the database once, its verdict on the screen, and each order is delivered once.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from server.handheld import views_pwa
from tests.browser.conftest import NewHandheld
from tests.browser.handheld import Handheld, Server, code_for, enrolled, plan_today
from tests.browser.test_pwa import chip, update
from tests.server.delivery.conftest import Depot, Process, process
from tests.server.demo.standin.conftest import Caller
from tests.server.running import ports
from tests.world import World, build

__all__ = ["process"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

STORES = 10
CHANGES = 4 * STORES + 2
"""A visit's start and end, a card and an order in each store, and two payments."""
ON_HAND = 130
"""Pieces of each product: enough for a case of twelve in nine stores, not for eleven cases."""
PICTURE = Path(__file__).resolve().parents[2] / "docs" / "board.png"
LATER = '  async (_db, tx) => { tx.objectStore("change").createIndex("kind", "kind"); },\n'
VERSION = """() => indexedDB.databases().then((found) =>
  found.find((one) => one.name === "talaria").version)"""


class Office(Server):
    """The web process and the worker, killed together; of this release or a later one."""

    def install(self, package: Path) -> None:
        """From now on the app is served from another installation's folder."""
        self._said |= {"PYTHONSAFEPATH": "1", "PYTHONPATH": f"{package}:{ports.ROOT}"}

    def start_without_database(self) -> None:
        """Only the web process: it hands out the app, and can take nothing."""
        said = dict(self._said)
        self._said["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
        self.start()
        self._said = said

    def start_all(self) -> None:
        self._held.enter_context(ports.process("server.cli", "worker", environ=self._said))
        self.start()


@dataclass
class Day:
    """The handheld, and the numbers of what its screens said is saved."""

    rep: Handheld
    page: Page
    orders: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    def browser_dies(self) -> None:
        self.rep.kill()
        self.page = self.rep.open()


@pytest.fixture
def world(engine: Engine) -> World:
    world = build(engine, stores=STORES + 1, products=4, on_hand=ON_HAND, limit_minor=900_000)
    plan_today(world, world.stores[:STORES])
    return world


@pytest.fixture
def office(world: World, database_url: str, tmp_path: Path) -> Iterator[Office]:
    office = Office(database_url, tmp_path)
    office.start()
    yield office
    office.kill()


@pytest.fixture
def standin(world: World, process: Process) -> Caller:
    """The delivery system; it counts what arrives, repeats too."""
    standin = process()
    Depot(world).point_at(standin.url)
    return standin


def test_a_whole_day_without_a_server_is_received_and_delivered_once(
    world: World, office: Office, standin: Caller, handheld: NewHandheld, tmp_path: Path
) -> None:
    rep = handheld(office.address)
    day = Day(rep, enrolled(rep, code_for(world)))
    expect(day.page.get_by_text("10 to go")).to_be_visible()
    chip(day.page, "Everything is sent")
    office.kill()

    for n in (1, 2, 3):
        visit(day, n)
    begin(day.page, 4)
    card(day.page)
    day.browser_dies()
    go_on(day.page, 4)
    end(day, 4, order(day))
    visit(day, 5)
    begin(day.page, 6)
    card(day.page)
    changed_over_at_an_order(day, office, later_release(tmp_path))
    end(day, 6, order(day, begun=True))
    visit(day, 7)
    begin(day.page, 8)
    card(day.page)
    number = order(day)
    day.browser_dies()
    go_on(day.page, 8)
    end(day, 8, number)
    visit(day, 9)
    visit(day, 10, product="p002", cases=11)
    expect(day.page.get_by_text("All stops are done")).to_be_visible()
    assert world.one("SELECT count(*) FROM receipt") == 0

    office.start_all()
    day.page.get_by_role("button", name=f"{CHANGES} wait").click()
    sync_now(day.page)
    verdicts_shown(day)
    once(world, standin, day)
    day.page.reload()
    sync_now(day.page)
    once(world, standin, day)


def visit(day: Day, n: int, product: str = "p001", cases: int = 1) -> None:
    """All of a visit. A photo is taken in the second store, money in the third and the ninth."""
    begin(day.page, n)
    card(day.page, photo=n == 2)
    if n in (3, 9):
        day.receipts.append(take_money(day.page))
    end(day, n, order(day, product, cases))


def press(page: Page, name: str, within: str = "body") -> None:
    page.locator(within).get_by_role("button", name=name, exact=True).click()


def begin(page: Page, n: int, words: str = "Start the visit") -> None:
    press(page, f"{words} at Store {n}")
    expect(page.get_by_text("Visit is open")).to_be_visible()


def go_on(page: Page, n: int) -> None:
    begin(page, n, "Go on with the visit")


def card(page: Page, photo: bool = False) -> None:
    """A card of one product, three facings of it."""
    press(page, "Card", ".foot")
    if photo:
        page.locator("input[type=file]").set_input_files(PICTURE)
        expect(page.get_by_text("Photo kept")).to_be_visible()
    press(page, "Add a product")
    page.get_by_role("dialog").get_by_role("button", name="Product p003").click()
    page.locator(".matrix-row .cell").first.click()
    press(page, "3", ".keys")
    press(page, "Done", ".keys")
    press(page, "Save card (1)")
    expect(page.get_by_text("Card saved: 1 product")).to_be_visible()
    expect(page.get_by_text("Visit is open")).to_be_visible()


def put(page: Page, product: str, cases: int) -> None:
    """Onto the order pad."""
    page.get_by_role("searchbox").fill(product)
    line = page.locator(".pad-line", has_text=f"Product {product}")
    line.get_by_role("button", name="One more").click(click_count=cases)
    expect(line).to_contain_text(f"{cases} case")


def order(day: Day, product: str = "p001", cases: int = 1, begun: bool = False) -> str:
    """An order of one line, unless it was begun before; its number, as the screen says it."""
    page = day.page
    press(page, "Order", ".foot")
    if begun:
        expect(page.get_by_text("Kept from before: 1 line")).to_be_visible()
    else:
        put(page, product, cases)
    press(page, "Review (1)")
    press(page, "Save order")
    expect(page.get_by_role("heading", name="Order saved")).to_be_visible()
    return page.locator(".saved-head .figure").inner_text()


def end(day: Day, n: int, number: str) -> None:
    """Back from the order to the store, and from there to the day."""
    day.orders.append(number)
    if day.page.get_by_role("heading", name="Order saved").is_visible():
        press(day.page, "Done")
    press(day.page, "End visit", ".foot")
    press(day.page, "End visit", ".over-foot")
    expect(day.page.get_by_text(f"{STORES - n} to go")).to_be_visible()


def take_money(page: Page) -> str:
    """The number of the receipt."""
    press(page, "Money", ".acts")
    press(page, "Take payment")
    for digit in ("1", "2", "00"):
        press(page, digit, ".pad")
    press(page, "Save $12.00")
    expect(page.locator(".slip")).to_contain_text("$12.00 in cash")
    number = page.get_by_role("heading", level=1).inner_text()
    press(page, "Back")
    expect(page.get_by_role("button", name="Take payment")).to_be_visible()
    press(page, "Back")
    expect(page.get_by_text("Visit is open")).to_be_visible()
    return number


def later_release(folder: Path) -> Path:
    """A later release of the app, installed in a folder of its own: its day has another name, and
    it keeps its store otherwise."""
    package = folder / "later" / "handhelds"
    shutil.copytree(views_pwa.FOLDER, package / "pwa")
    (package / "__init__.py").touch()
    words = package / "pwa" / "words" / "en.js"
    words.write_text(words.read_text().replace('"Today"', '"This day"'))
    schema = package / "pwa" / "stored" / "schema.js"
    before, _, after = schema.read_text().partition("\n];\n")
    schema.write_text(f"{before}\n{LATER}];\n{after}")
    return package.parent


def changed_over_at_an_order(day: Day, office: Office, release: Path) -> None:
    """A new version comes while an order is written. It waits until the rep leaves the pad and asks
    for it; the store is brought along with all that is in it."""
    page = day.page
    press(page, "Order", ".foot")
    put(page, "p001", 1)
    office.install(release)
    office.start_without_database()
    update(page)
    press(page, "Back")
    press(page, "Back")
    press(page, "Change over")
    expect(page.get_by_role("heading", name="This day")).to_be_visible(timeout=30_000)
    assert page.evaluate(VERSION) == 2
    office.kill()
    go_on(page, 6)


def sync_now(page: Page) -> None:
    press(page, "Sync now")
    done = page.get_by_text("Everything is sent and your copy is up to date.")
    expect(done).to_be_visible(timeout=60_000)


def verdicts_shown(day: Day) -> None:
    """Each thing done stands once on the sync screen, with what became of it."""
    page = day.page
    page.get_by_text(f"Received · {CHANGES}").click()
    press(page, "Show more")
    rows = page.locator(".sheet.flush .list .row")
    expect(rows).to_have_count(CHANGES)
    titles = {"Visit started": STORES, "Visit ended": STORES, "Visit card, 1 product": STORES}
    titles |= {f"Order {number}, 1 line": 1 for number in day.orders}
    titles |= {f"Receipt {number}": 1 for number in day.receipts}
    assert Counter(rows.locator(".row-title").all_inner_texts()) == titles
    assert rows.locator(".row-end").all_inner_texts() == ["Received"] * CHANGES
    told = rows.locator(".said").all_inner_texts()
    assert len(told) == 1
    assert "only 130 left. 130 confirmed, 2 on backorder" in told[0]
    expect(rows.filter(has_text=day.orders[-1])).to_contain_text(told[0])


def once(world: World, standin: Caller, day: Day) -> None:
    """All of it is in the database, once, and each order in the books of the delivery system."""
    assert len(set(day.orders)) == STORES
    assert len(set(day.receipts)) == 2
    ports.until(lambda: world.rows("SELECT state FROM photo") == [("whole",)])
    counted = "SELECT count(*), count(DISTINCT (device, n)) FROM receipt"
    assert world.rows(counted) == [(CHANGES, CHANGES)]
    assert world.rows("SELECT state, count(*) FROM visit GROUP BY state") == [("done", STORES)]
    for table in ("visit_card", "orders"):
        counted = f"SELECT count(*), count(DISTINCT visit), count(DISTINCT store) FROM {table}"
        assert world.rows(counted) == [(STORES, STORES, STORES)], table
    in_order = "SELECT number FROM {} ORDER BY number"
    assert world.rows(in_order.format("orders")) == [(one,) for one in sorted(day.orders)]
    assert world.rows(in_order.format("collection")) == [(one,) for one in sorted(day.receipts)]
    done = "SELECT count(*) FROM delivery WHERE state = 'acknowledged'"
    ports.until(lambda: world.one(done) == STORES, 60)
    assert sorted(one["order_no"] for one in standin.documents()) == sorted(day.orders)
    assert standin.counts()["attempts"] == STORES
