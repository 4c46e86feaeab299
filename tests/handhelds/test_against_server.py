"""The reference handheld against the real server on the real database, in one process."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from handhelds.reference import link
from handhelds.reference.answers import Call, Ending, Reply
from handhelds.reference.clock import MachineClock
from handhelds.reference.local import Local
from handhelds.reference.queries import parts
from handhelds.reference.till import Money
from handhelds.reference.visit import Rep, Wanted
from schemas.ids import uuid7
from server.access.devices import make_enrolment_code
from server.app import create_app
from server.settings import load
from sync.scope import unassign
from tests.sync.owing import owe, step
from tests.world import CELL, World, build

Spoil = Callable[[Call, Reply | None], Reply | None]


class Handheld:
    """A real handheld on a line that a test may spoil."""

    def __init__(self, home: Path, wire: link.Wire, world: World) -> None:
        self.home, self.wire, self.world = home, wire, world
        self.spoil: Spoil = lambda call, reply: reply
        self.open()

    def open(self) -> None:
        self.clock = MachineClock()
        self.local = Local(self.home, self.clock)
        self.rep = Rep(self.local, self.clock, uuid7)
        self.queries = self.rep.queries

    def send(self, call: Call) -> Reply | None:
        return self.spoil(call, self.wire.send(call))

    def enrol(self, rep: str = "r01") -> Ending:
        with self.world.begin() as conn:
            code = make_enrolment_code(
                conn, self.world.company, rep, "user:admin", datetime.now(UTC)
            )
        return link.enrol(self.local, self.send, code, "test", "reference")

    def sync(self) -> Ending:
        return link.sync(self.local, self.send, self.clock, uuid7)

    def order(self, store: str = "s001", product: str = "p001", typed: str = "5") -> dict[str, Any]:
        return self.rep.order(store, [Wanted(product, typed)])

    def numbers(self) -> list[str]:
        """Numbers of the orders the server holds."""
        return [row[0] for row in self.world.rows("SELECT number FROM orders ORDER BY number")]


@contextmanager
def synced(world: World, database_url: str, folder: Path) -> Iterator[Handheld]:
    """A handheld of r01 with all it carries, and the server it talks to, below `folder`."""
    settings = load({"TALARIA_DATA_DIR": str(folder / "data"), "DATABASE_URL": database_url})
    app = create_app(settings, world.engine)
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        made = Handheld(folder / "home", link.Wire("http://server", client), world)
        assert made.enrol().state == "done"
        assert made.sync().state == "done"
        yield made
        made.local.close()


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine)


@pytest.fixture
def handheld(world: World, database_url: str, tmp_path: Path) -> Iterator[Handheld]:
    """Enrolled as r01 and synced."""
    with synced(world, database_url, tmp_path) as made:
        yield made


def test_the_first_sync_brings_the_territory_and_the_second_nothing(handheld: Handheld) -> None:
    assert handheld.queries.counts() | {"store": 3, "product": 6, "stock": 6, "price": 6} == (
        handheld.queries.counts()
    )
    assert {row["code"] for row in handheld.queries.pulled("store")} == {"s001", "s002", "s003"}
    again = handheld.sync()
    assert (again.state, again.rows, again.pages) == ("done", 0, 1)


def test_an_order_taken_offline_is_accepted_and_comes_back_as_the_server_has_it(
    handheld: Handheld,
) -> None:
    taken = handheld.order()
    assert handheld.numbers() == []
    ending = handheld.sync()
    assert (ending.state, ending.answered) == ("done", 1)
    assert handheld.local.queue().pending == 0
    assert handheld.numbers() == [taken["number"]]
    back = handheld.queries.row("order", taken["id"])
    assert back is not None
    assert (back["state"], back["unsent"], back["version"]) == ("accepted", False, 1)
    assert back["net_minor"] == taken["net_minor"] == 5 * 250
    (change,) = handheld.queries.changes("outcome IS NOT NULL")
    assert change["outcome"] == "applied", change["verdict"]


@pytest.mark.rule(11)
def test_money_taken_offline_is_received_posted_and_seen_as_paid_on_the_handheld(
    handheld: Handheld,
) -> None:
    world, store = handheld.world, handheld.rep.store
    owe(world, world.stores[0], ("R-1", 10_000), ("R-2", 5_000), limit_minor=20_000)
    handheld.sync()
    cash = handheld.rep.collect("s001", Money("cash", 12_000))
    cheque = handheld.rep.collect("s001", Money("cheque", 3_000, "4711", "First Bank"))
    assert cash["allocation"] == [["R-1", 10_000], ["R-2", 2_000]]
    assert cheque["allocation"] == [["R-2", 3_000]]
    assert handheld.sync().state == "done"
    for change in handheld.queries.changes("outcome IS NOT NULL"):
        assert change["outcome"] == "applied", change["verdict"]
    waiting = handheld.rep.pad.credit(store("s001"))
    assert (waiting.open_minor, waiting.paid_minor, waiting.cheques_minor) == (
        15_000,
        12_000,
        3_000,
    )
    step(world, "hand_in", cash["id"], cheque["id"])
    step(world, "post", cash["id"], cheque["id"])
    handheld.sync()
    paid = handheld.rep.pad.credit(store("s001"))
    assert (paid.open_minor, paid.paid_minor, paid.cheques_minor) == (0, 0, 0)
    assert paid.room_minor == 20_000
    step(world, "bounce", cheque["id"], reason="no funds")
    handheld.sync()
    assert handheld.rep.pad.credit(store("s001")).open_minor == 3_000
    back = handheld.queries.row("collection", cheque["id"])
    assert back is not None
    assert (back["state"], back["reason"]) == ("bounced", "no funds")
    (notice,) = handheld.queries.notices()
    assert "was not paid: no funds" in notice["says"]


@pytest.mark.rule(11)
def test_a_receipt_whose_answer_is_lost_is_money_once(handheld: Handheld) -> None:
    taken = handheld.rep.collect("s001", Money("cash", 500))
    handheld.spoil = lambda call, reply: None if call.path.endswith("/push") else reply
    assert handheld.sync().state != "done"
    handheld.spoil = lambda call, reply: reply
    assert handheld.sync().state == "done"
    rows = handheld.world.rows("SELECT number, amount_minor FROM collection")
    assert rows == [(taken["number"], 500)]
    assert handheld.local.queue().pending == 0


def test_everything_a_rep_captures_comes_back_as_it_was_captured(handheld: Handheld) -> None:
    rep = handheld.rep
    rep.start_visit("s001")
    made = {
        "order": handheld.order(),
        "collection": rep.collect("s001", Money("cash", 700)),
        "card": rep.card("s001", [{"product": "p001", "on_shelf": True, "shelf_stock": 7}]),
        "visit": rep.end_visit("s001", note="all well"),
        "plan_stop": rep.plan("s002", rep.pad.today() + timedelta(days=3)),
    }
    assert handheld.sync().state == "done"
    for change in handheld.queries.changes("outcome IS NOT NULL"):
        assert change["outcome"] == "applied", change["verdict"]
    loose = {"version", "unsent", "outcome", "change", "received_at", "lines", "state", "rep"}
    for kind, captured in made.items():
        back = handheld.queries.row(kind, captured["id"])
        assert back is not None, kind
        assert not back["unsent"]
        assert back["version"] >= 1, f"{kind} did not come back with the pull"
        for name in captured.keys() - loose:
            if captured[name] is not None:
                assert same(back[name], captured[name]), (kind, name, back[name], captured[name])
    card = handheld.queries.row("card", made["card"]["id"])
    assert card is not None
    assert card["lines"] == made["card"]["lines"]


def same(back: Any, captured: Any) -> bool:
    """Equal, or the same instant written another way (the server corrects by milliseconds)."""
    if isinstance(captured, str) and captured.endswith("Z"):
        apart = datetime.fromisoformat(back) - datetime.fromisoformat(captured)
        return abs(apart) < timedelta(seconds=2)
    return bool(back == captured)


@pytest.mark.rule(8)
def test_a_lost_answer_makes_no_second_order(handheld: Handheld) -> None:
    taken = handheld.order()
    handheld.spoil = lambda call, reply: None if call.path.endswith("/push") else reply
    assert handheld.sync().state == "cut"
    assert handheld.local.queue().pending == 1
    handheld.spoil = lambda call, reply: reply
    assert handheld.sync().state == "done"
    assert handheld.local.queue().pending == 0
    assert handheld.numbers() == [taken["number"]]


@pytest.mark.rule(1)
def test_short_stock_is_told_in_a_sentence_and_the_pulled_order_shows_what_stands(
    handheld: Handheld,
) -> None:
    taken = handheld.order(typed="1200")
    assert handheld.sync().state == "done"
    (told,) = handheld.queries.unread()
    assert told["outcome"] == "adjusted"
    assert "only 1,000 left" in told["verdict"]["conflicts"][0]["says"]
    back = handheld.queries.row("order", taken["id"])
    assert back is not None
    (line,) = parts("order", "lines", back["lines"])
    assert (line["ordered"], line["confirmed"], line["backordered"]) == (1200, 1000, 200)


@pytest.mark.rule(16)
def test_a_store_that_went_to_another_rep_stays_grey_until_its_order_was_answered(
    handheld: Handheld, world: World
) -> None:
    handheld.order("s001")
    with world.begin() as conn:
        assert unassign(conn, CELL, "r01", [world.stores[0]], datetime.now(UTC)) == 1
    handheld.spoil = lambda call, reply: None if call.path.endswith("/push") else reply
    handheld.sync()
    pulled = link.play(link.device.pull(handheld.local, handheld.clock), handheld.send)
    assert pulled.state == "done"
    store = handheld.queries.store("s001")
    assert store is not None
    assert store["grey"]
    handheld.spoil = lambda call, reply: reply
    assert handheld.sync().state == "done"
    assert handheld.queries.store("s001") is None
    assert len(handheld.numbers()) == 1


def test_a_cursor_the_server_does_not_know_leads_to_a_fresh_copy(
    handheld: Handheld, world: World
) -> None:
    handheld.order()
    with world.begin() as conn:
        conn.connection.driver_connection.execute("DELETE FROM cursor")  # type: ignore[union-attr]
    assert handheld.sync().state == "done"
    assert handheld.queries.counts()["store"] == 3
    assert handheld.local.queue().pending == 0


@pytest.mark.rule(20)
def test_a_revoked_handheld_hands_over_its_work_and_forgets_the_rest(
    handheld: Handheld, world: World
) -> None:
    handheld.order()
    with world.begin() as conn:
        conn.connection.driver_connection.execute(  # type: ignore[union-attr]
            "UPDATE device SET state = 'revoked' WHERE install = %s", (handheld.local.install(),)
        )
    assert handheld.sync().state == "wipe"
    assert handheld.local.queue().pending == 0
    assert handheld.queries.counts() == dict.fromkeys(handheld.queries.counts(), 0)
    assert world.one("SELECT count(*) FROM receipt WHERE outcome = 'held'") == 1


@pytest.mark.rule(23)
def test_a_handheld_restored_from_an_older_copy_loses_nothing_and_doubles_nothing(
    handheld: Handheld, tmp_path: Path
) -> None:
    handheld.order("s001")
    handheld.sync()
    handheld.local.close()
    shutil.copytree(handheld.home, tmp_path / "older")
    handheld.open()
    handheld.order("s002")  # sent by the handheld, unknown to its older copy
    handheld.sync()
    handheld.local.close()
    shutil.rmtree(handheld.home)
    shutil.copytree(tmp_path / "older", handheld.home)
    handheld.open()
    handheld.order("s003")
    assert handheld.sync().state == "set_back"
    assert handheld.local.queue().pending == 1
    assert handheld.enrol().state == "done"
    assert handheld.sync().state == "done"
    assert handheld.local.queue().pending == 0
    stores = handheld.world.rows("SELECT s.code FROM orders o JOIN store s ON s.id = o.store")
    assert sorted(row[0] for row in stores) == ["s001", "s002", "s003"]


def test_a_cut_between_pages_goes_on_where_it_was(handheld: Handheld, monkeypatch: Any) -> None:
    monkeypatch.setattr("handhelds.reference.device.PAGE_ROWS", 5)
    handheld.local.copy.wipe()  # nothing is left to compare
    calls: list[str] = []

    def every_other(call: Call, reply: Reply | None) -> Reply | None:
        calls.append(call.path)
        return None if len(calls) % 2 else reply

    handheld.spoil = every_other
    for _ in range(40):
        if handheld.sync().state == "done":
            break
    assert len(calls) > 6
    assert handheld.queries.counts()["product"] == 6
    assert handheld.queries.counts()["store"] == 3
