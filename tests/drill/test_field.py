"""Years in the field, all at once: one sync, nothing lost or doubled, the copy as it should be.

Real handhelds against the real application: 90 and 200 days off, two versions behind, a wrong
clock, revoked and enrolled anew, a territory lost meanwhile, an outbox of more than one batch.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from sqlalchemy import Engine

from handhelds.reference import device, link, verify, visit
from handhelds.reference.answers import Call, Ending, Reply
from handhelds.reference.clock import reading
from handhelds.reference.local import Local
from handhelds.reference.visit import Wanted
from schemas.ids import uuid7
from schemas.versions import NEWEST, OLDEST, name_at
from server.app import create_app
from server.running import queries as running
from server.settings import load
from sync.feed import Entry, publish
from sync.scope import assign, unassign
from sync.write import write
from tests.drill.fleet import Phone, code_for
from tests.world import CELL, COMPANY_CELL, World, build

DAY_S = 86_400.0
OUTBOX = 510  # more than one batch may hold


@dataclass
class Near(Phone):
    """A handheld that reaches the application without a network between them."""

    app: Any = None
    world: Any = None

    @contextmanager
    def line(self, url: str) -> Iterator[Any]:
        with httpx.Client(transport=httpx.WSGITransport(app=self.app)) as client:
            wire = link.Wire("http://server", client)

            def send(call: Call) -> Reply | None:
                reply = wire.send(call)
                return None if self.cut(call) else reply

            yield send

    def enrolled(self) -> Ending:
        """With a code of the office; `app` is no version here."""
        with self.open() as rep, self.line("") as send:
            code = code_for(self.world, self.rep_code)
            return link.enrol(rep.local, send, code, "drill", "reference")

    def compared(self) -> Ending:
        """A sync that verifies the whole copy at its end."""
        with self.open() as rep, self.line("") as send:
            return link.sync(rep.local, send, self.clock, uuid7, why="asked")

    def order(self, store: str, days_ago: float = 0.0) -> str:
        with self.open() as rep:
            self.clock.ago_s = days_ago * DAY_S
            taken = rep.order(store, [Wanted("p002", "3")])
            self.clock.ago_s = 0.0
            return str(taken["id"])

    def outcomes(self) -> dict[str, str]:
        with self.open() as rep:
            found = rep.local.db.execute("SELECT id, coalesce(outcome, 'unsent') FROM main.change")
            return {row[0]: row[1] for row in found}

    def has(self, kind: str, id: str) -> bool:
        with self.open() as rep:
            return bool(rep.queries.pulled(kind, "id = ?", id))


@pytest.fixture
def world(engine: Engine) -> World:
    made = build(engine)
    made.run("UPDATE scope_grant SET valid_from = valid_from - interval '300 days'")
    made.run("UPDATE price SET valid_from = valid_from - interval '300 days'")
    return made


@pytest.fixture
def app(world: World, database_url: str, tmp_path: Path) -> Flask:
    settings = load({"TALARIA_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": database_url})
    return create_app(settings, world.engine)


@pytest.fixture
def phone(world: World, app: Flask, tmp_path: Path) -> Near:
    """Enrolled as r01 and synced: s001, s002 and s003 are its stores."""
    made = Near(tmp_path / "home", 1, "r01", ("s001", "s002", "s003"), app=app, world=world)
    assert made.enrolled().state == "done"
    assert made.sync("").state == "done"
    return made


def away(world: World, days: int) -> None:
    """So many days go by at the server, with the clean-up of each night."""
    by = timedelta(days=days)
    for table, column in (("cursor", "made_at"), ("entry", "at"), ("device", "last_pull_at")):
        world.run(f"UPDATE {table} SET {column} = {column} - %s::interval", by)
    with world.begin() as conn:
        for _, statement, age in running.OLD:
            running.forget(conn, statement, datetime.now(UTC) - timedelta(days=age))


def change_everything(world: World) -> str:
    """What the office does meanwhile: a price gone, a name changed, news in a store. Returns the
    id of the price that is gone."""
    price = str(world.one("SELECT id FROM price WHERE product = 'p001'"))
    with world.begin() as conn:
        write(
            conn, COMPANY_CELL, "price",
            [{"id": uuid7(), "list": "base", "product": "p001", "price": Decimal("3.10"),
              "min_quantity": 1, "valid_from": world.now}],
            "load:prices",
        )  # fmt: skip
    world.run("DELETE FROM price WHERE id = %s", price)
    with world.begin() as conn:
        publish(conn, COMPANY_CELL, [Entry("pl:base", "price", price, "gone")])
    return price


def lose_store(world: World, store: int) -> None:
    with world.begin() as conn:
        assert unassign(conn, CELL, "r01", [world.stores[store]], datetime.now(UTC)) == 1


def settled(phone: Near, orders: list[str]) -> None:
    """Nothing is lost, nothing doubled, and the copy is the server's, row for row."""
    world = phone.world
    assert phone.pending() == 0
    assert "rejected" not in phone.outcomes().values()
    there = [row[0] for row in world.rows("SELECT id::text FROM orders")]
    assert sorted(there) == sorted(orders)
    numbers = [row[0] for row in world.rows("SELECT number FROM orders")]
    assert len(set(numbers)) == len(numbers)
    reserved = "SELECT (SELECT sum(reserved) FROM stock) - (SELECT sum(reserved) FROM order_line)"
    assert world.one(reserved) in (0, None)
    assert world.one("SELECT count(*) FROM repair") == 0
    ending = phone.compared()
    assert (ending.state, ending.repaired) == ("done", 0)
    with phone.open() as rep:
        assert {row["code"] for row in rep.queries.pulled("store")} == {
            row[0]
            for row in world.rows(
                "SELECT s.code FROM store s JOIN scope_grant g ON g.scope = 'st:' || s.id"
                " WHERE g.rep = 'r01' AND g.valid_to IS NULL"
            )
        }


@pytest.mark.parametrize("days", [90, 200])
def test_long_off(phone: Near, world: World, days: int) -> None:
    orders = [phone.order("s001", days - 1), phone.order("s002", days / 2), phone.order("s003", 1)]
    price = change_everything(world)
    away(world, days)
    assert world.one("SELECT count(*) FROM cursor") == (1 if days == 90 else 0)
    assert phone.has("price", price)
    assert phone.sync("").state == "done"
    assert not phone.has("price", price)
    settled(phone, orders)


def test_two_versions_behind(phone: Near, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enrolled, synced and worked with an old program; then the program is updated, and syncs."""
    with monkeypatch.context() as old:
        for module in (device, verify, visit):
            old.setattr(module, "NEWEST", NEWEST - 2)
        with phone.open() as rep:
            rep.local.forget_cursor()
            rep.local.copy.wipe()
        assert phone.sync("").state == "done"
        assert world.one("SELECT schema FROM device WHERE rep = 'r01' AND id <> 'd-1'") == OLDEST
        orders = [phone.order("s001", 30)]
        with phone.open() as rep, rep.local.writing():
            named = str(name_at("store", "opening_hours", OLDEST))
            edit = {"id": world.stores[1], "set": {named: "Mo-Fr 8-18"}, "base": {}}
            rep.local.save(
                {"id": uuid7(), "kind": "store", "act": "edit", "v": OLDEST, "depends_on": [],
                 "captured": reading(phone.clock), "seen": {}, "body": edit},
                {"id": world.stores[1]},
            )  # fmt: skip
    change_everything(world)
    assert phone.sync("").state == "done"
    assert world.one("SELECT opening_hours FROM store WHERE code = 's002'") == "Mo-Fr 8-18"
    assert world.one("SELECT schema FROM device WHERE rep = 'r01' AND id <> 'd-1'") == NEWEST
    settled(phone, orders)


@pytest.mark.parametrize("wrong_days", [-4 * 365, 5 * 365])
def test_a_wrong_clock(phone: Near, world: World, wrong_days: int) -> None:
    phone.clock.wrong_s = wrong_days * DAY_S
    phone.clock.boot = lambda: "b-after-a-restart"  # type: ignore[method-assign]
    orders = [phone.order("s001"), phone.order("s002")]
    assert phone.sync("").state == "done"
    captured = world.rows("SELECT captured_at FROM orders")
    assert all(abs(datetime.now(UTC) - row[0]) < timedelta(days=2) for row in captured), captured
    phone.clock.wrong_s = 0.0
    orders.append(phone.order("s003"))
    assert phone.sync("").state == "done"
    settled(phone, orders)


def test_revoked_it_hands_over_its_work_wipes_once_and_begins_again(
    phone: Near, world: World
) -> None:
    phone.order("s001", 3)
    world.run("UPDATE device SET state = 'revoked' WHERE id <> 'd-1'")
    assert phone.sync("").state == "wipe"
    assert world.one("SELECT state FROM device WHERE id <> 'd-1'") == "wiped"
    assert world.rows("SELECT outcome FROM receipt") == [("held",)]  # read, and a person decides
    assert phone.pending() == 0
    assert not phone.has("store", world.stores[0])
    wiped: list[int] = []
    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(Local, "wipe", lambda self: wiped.append(1))
        assert phone.sync("").state == "wipe"
    assert wiped == []  # obeyed once
    assert phone.enrolled().state == "done"
    assert phone.sync("").state == "done"
    assert phone.has("store", world.stores[0])
    orders = [phone.order("s002")]
    assert phone.sync("").state == "done"
    settled(phone, orders)
    assert world.one("SELECT count(*) FROM receipt WHERE outcome = 'held'") == 1


def test_revoked_while_the_line_is_cut_it_wipes_nothing_before_its_work_is_taken(
    phone: Near, world: World
) -> None:
    phone.order("s001", 3)
    world.run("UPDATE device SET state = 'revoked' WHERE id <> 'd-1'")
    phone.cut = lambda call: call.path.endswith("/push")
    assert phone.sync("").state == "cut"
    assert phone.pending() == 1
    assert phone.has("store", world.stores[0])
    phone.cut = lambda call: False
    assert phone.sync("").state == "wipe"
    assert phone.pending() == 0


def test_everything_at_once(phone: Near, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """200 days off, a full outbox, a store lost, a clock of another year, an older program's work,
    and the first answer is lost."""
    with monkeypatch.context() as old:
        old.setattr(visit, "NEWEST", NEWEST - 2)
        orders = [phone.order(f"s{1 + i % 3:03d}", 199 - i) for i in range(9)]
        with phone.open() as rep:
            for _ in range(OUTBOX):
                rep.start_visit("s001")
                rep.end_visit("s001")
                if rep.local.queue().pending >= OUTBOX:
                    break
    price = change_everything(world)
    lose_store(world, 1)
    with world.begin() as conn:  # and another rep has it now
        assign(conn, CELL, "r02", [world.stores[1]], "user:admin", world.now)
    away(world, 200)
    phone.clock.wrong_s = 700 * DAY_S
    lost: list[Call] = []

    def first_push(call: Call) -> bool:
        if call.path.endswith("/push") and not lost:
            lost.append(call)
            return True
        return False

    phone.cut = first_push
    assert phone.sync("").state == "done"
    assert lost
    assert not phone.has("store", world.stores[1])
    assert not phone.has("price", price)
    assert world.one("SELECT count(*) FROM receipt") == len(phone.outcomes()) >= OUTBOX
    settled(phone, orders)
