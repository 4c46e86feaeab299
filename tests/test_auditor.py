"""Random days: whatever is pushed, released, acknowledged, loaded and moved, all adds up."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import Engine

from schemas.ids import uuid7
from server.database import in_transaction
from sync.carrier import Carrier
from sync.delivery import acknowledge as answers
from sync.delivery.resend import enter_number, send_again
from sync.delivery.settle import settle_reservations
from sync.desk.let_stand import NotKept
from sync.desk.release import NotHeld, lapse, reject, release
from sync.moving.hand_over import NotSo
from sync.moving.relocate import relocate
from sync.queries.relocating import hold_stores
from sync.scope import assign, tell_due, unassign
from sync.write import publish_stock, write
from tests.auditor import Auditor, carried
from tests.sync.copy import Copy
from tests.world import CELL, COMPANY_CELL, World, add_east, build, change, let_stand, order_body

DESK = "user:desk"


class Day:
    """A company short of everything, and what may happen in it. One a thread."""

    def __init__(self, world: World, seed: int, carriers: list[Carrier], promotion: str) -> None:
        self.world, self.luck, self.promotion = world, Random(seed), promotion
        self.carriers, self.n = carriers, dict.fromkeys((one.device for one in carriers), 0)
        self.sent: list[dict[str, Any]] = []
        self.visits: list[tuple[str, str]] = []

    def happens(self) -> None:
        """One thing out of all that may."""
        acts: list[Callable[[], object]] = [
            *[self.push] * 8, *[self.office] * 4, *[self.delivery_system] * 4, self.stock,
            self.receivables, self.moves, self.relocates, self.jobs,
        ]  # fmt: skip
        self.luck.choice(acts)()

    def write(self, work: Callable[..., Any]) -> None:
        in_transaction(self.world.engine, work)

    def some(self, sql: str, *args: Any) -> Any:
        """A row of a query, or None."""
        rows = self.world.rows(sql, *args)
        return self.luck.choice(rows) if rows else None

    # -- a rep ------------------------------------------------------------------------------------

    def push(self) -> None:
        """A batch of one to five changes, now and then again, under another body, or too early."""
        carrier = self.luck.choice(self.carriers)
        batch = [self.change(carrier) for _ in range(self.luck.randint(1, 5))]
        if self.luck.random() < 0.2:
            batch[-1]["depends_on"] = [uuid7()]
        elif self.luck.random() < 0.2 and len(batch) > 1:
            batch[0]["depends_on"] = [batch[-1]["id"]]
        if self.sent and self.luck.random() < 0.3:
            batch.append(self.luck.choice(self.sent))
        if self.luck.random() < 0.1:
            batch.append(batch[0] | {"body": self.change(carrier)["body"]})
        verdicts, answer = self.world.push(carrier, batch)
        assert answer.faults == []
        assert {one["id"] for one in batch} <= {one["id"] for one in verdicts}
        self.sent += batch

    def change(self, carrier: Carrier) -> dict[str, Any]:
        kind = self.luck.choice(("order", "order", "order", "visit", "card", "plan_stop"))
        self.n[carrier.device] += 1
        n, store = self.n[carrier.device], self.luck.choice(self.world.stores)
        body: dict[str, Any] = {"id": uuid7(), "store": store}
        if kind == "order":
            return change(n, kind, "submit", self.order(store, f"{carrier.device}-{n}"))
        if kind == "card":
            line = {"product": "p001", "on_shelf": True}
            return change(n, kind, "submit", body | {"lines": [line]})
        if kind == "plan_stop":
            more = {"day": "2026-11-21", "sequence": n, "state": "planned"}
            return change(n, kind, "save", body | more)
        if self.visits and self.luck.random() < 0.5:
            body["id"], body["store"] = self.luck.choice(self.visits)
        self.visits.append((body["id"], body["store"]))
        return change(n, kind, "save", body | {"state": self.luck.choice(("started", "done"))})

    def order(self, store: str, number: str) -> dict[str, Any]:
        products = self.luck.sample([*self.world.products, "nope"], self.luck.randint(1, 4))
        lines = [(product, self.luck.randint(1, 12)) for product in products]
        kind = self.luck.choice(("sale",) * 8 + ("free", "return"))
        body = order_body(store, lines, number=number, type=kind)
        if self.luck.random() < 0.3:
            line = body["lines"][0]
            off = line["discount_minor"] = line["net_minor"] // 10
            line["promotions"] = [{"promotion": self.promotion, "discount_minor": off}]
            line["net_minor"] -= off
            body["net_minor"] -= line["discount_minor"]
        return body

    # -- the office -------------------------------------------------------------------------------

    def office(self) -> None:
        """Answer something held: release a reason or all, override, reject, lapse, let stand."""
        now = datetime.now(UTC)
        held = self.some("SELECT cell, id::text, holds FROM orders WHERE state = 'held'")
        act = self.luck.choice((release, release, reject, lapse, let_stand))
        try:
            if act is let_stand:
                found = self.some("SELECT cell, change::text FROM receipt WHERE outcome = 'held'")
                if found:
                    self.write(lambda conn: let_stand(conn, *found, DESK))
            elif held is not None:
                cell, order, holds = held
                some = self.luck.choice((None, holds[:1]))
                force = self.luck.random() < 0.3
                self.write({
                    release: lambda conn: release(conn, cell, order, some, DESK, now,
                                                  override=force),
                    reject: lambda conn: reject(conn, cell, order, DESK, now),
                    lapse: lambda conn: lapse(conn, cell, order, now + timedelta(days=9)),
                }[act])  # fmt: skip
        except (NotHeld, NotKept):
            pass

    def moves(self) -> None:
        """A store given to a rep, or taken away."""
        now, rep = datetime.now(UTC), self.luck.choice(("r01", "r02"))
        stores = [self.luck.choice(self.world.stores[:-1])]
        if self.luck.random() < 0.5:
            self.write(lambda conn: assign(conn, CELL, rep, stores, DESK, now))
        else:
            self.write(lambda conn: unassign(conn, CELL, rep, stores, now))

    def relocates(self) -> None:
        """A store goes to the other depot, or comes back."""
        store, now = self.luck.choice(self.world.stores), datetime.now(UTC)
        found = self.some("SELECT cell FROM store WHERE id = %s", store)
        old, new = found[0], 5 - found[0]
        warehouse = {2: "w1", 3: "w2"}[new]
        with suppress(NotSo):  # somebody else was quicker, or an order is being sent
            self.write(lambda conn: relocate(conn, old, new, store, warehouse, DESK, now))

    # -- other systems ----------------------------------------------------------------------------

    def delivery_system(self) -> None:
        """An order leaves, is answered in full or short, is refused, or is found by a person."""
        found = self.some(
            "SELECT cell, id::text, order_id::text, revision, state FROM delivery"
            " WHERE state <> 'acknowledged'"
        )
        if found is None:
            return
        cell, delivery, order, revision, state = found
        now, by, act = datetime.now(UTC), "delivery:main", self.luck.choice("leave full no".split())
        lines = self.world.rows(
            "SELECT n, confirmed + backordered FROM order_line WHERE order_id = %s", order
        )
        said = [self.answer(n, asked) for n, asked in lines if asked]

        def ends(conn: Any) -> None:
            raw = conn.connection.driver_connection
            locked = "SELECT state FROM delivery WHERE cell = %s AND id = %s FOR UPDATE"
            if raw.execute(locked, [cell, delivery]).fetchone() != (state,):
                return
            set_state = "UPDATE delivery SET state = %s WHERE cell = %s AND id = %s"
            if state == "failed":
                again = self.luck.random() < 0.5
                if again:
                    send_again(conn, cell, delivery, DESK, now)
                else:
                    enter_number(conn, cell, delivery, "X-9", DESK, now)
            elif act == "leave":
                answers.mark_sent(conn, cell, [order], by)
            elif act == "no":
                raw.execute(set_state, ["failed", cell, delivery])
                answers.ask_office(conn, cell, delivery, order, answers.REFUSED, "no", now, by)
            else:
                raw.execute(set_state, ["acknowledged", cell, delivery])
                answers.acknowledge(conn, cell, delivery, order, revision, "X-1", said, now, by)

        self.write(ends)

    def answer(self, n: int, asked: int) -> answers.LineAnswer:
        allocated = self.luck.choice((asked, asked, self.luck.randint(0, asked)))
        owed = self.luck.choice((0, asked - allocated))
        return answers.LineAnswer(n, allocated, owed, asked - allocated - owed, "short")

    def stock(self) -> None:
        """The warehouse is counted."""
        as_of = datetime.now(UTC)
        sql = "SELECT id::text, product FROM stock WHERE warehouse = 'w1' ORDER BY random()"
        rows = [
            {"id": key, "warehouse": "w1", "product": product, "allocated": 0, "blocked": 0,
             "on_hand": self.luck.randint(0, 60), "safety": 0, "published": 0, "as_of": as_of}
            for key, product in self.world.rows(sql)
        ]  # fmt: skip

        def counted(conn: Any) -> None:
            settle_reservations(conn, {(CELL, "w1"): as_of})
            write(conn, CELL, "stock", rows, "load:stock")

        self.write(counted)

    def receivables(self) -> None:
        """A store's invoices, and the sum of what it owes."""
        store, owed = self.luck.choice(self.world.stores[:-1]), self.luck.randint(0, 9_000)
        item = {"store": store, "number": "I-1", "kind": "invoice", "issued_on": "2026-11-01",
                "due_on": "2026-12-01", "amount_minor": 9_000, "open_minor": owed,
                "paid_on": None, "disputed": False}  # fmt: skip
        account = {"store": store, "limit_minor": 30_000, "open_minor": owed,
                   "on_account_minor": 0, "as_of": datetime.now(UTC)}  # fmt: skip

        def loaded(conn: Any) -> None:
            for cell in (2, 3):
                if hold_stores(conn, cell, [store]):
                    write(
                        conn, cell, "receivable", [account], "load:receivables",
                        parts={"open_item": [item]},
                    )  # fmt: skip
                    return

        self.write(loaded)

    def jobs(self) -> None:
        """What the scheduler does."""
        self.write(publish_stock)
        self.write(lambda conn: tell_due(conn, datetime.now(UTC)))


def company(engine: Engine) -> tuple[World, list[Carrier], str]:
    """Two reps, three handhelds, two depots, little stock and credit, a promotion nearly used."""
    world = build(engine, on_hand=40, limit_minor=30_000)
    promotion = {
        "id": uuid7(), "name": "Ten off", "kind": "percent", "percent": Decimal(10), "priority": 1,
        "products": None, "valid_from": world.now - timedelta(days=60), "cap_minor": 1_500,
        "state": "live",
    }  # fmt: skip
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "promotion", [promotion], "user:admin")
    carriers = [world.carrier(), world.add_device("d-2", "r02", 2), world.add_device("d-3", no=3)]
    world.stores.append(add_east(world))
    return world, carriers, promotion["id"]


def copies_are_right(world: World, copies: list[Copy]) -> None:
    for copy in copies:
        assert copy.pull()
        held = {kind: rows for kind, rows in copy.rows.items() if rows}
        assert held == carried(world, copy.carrier.rep)


@pytest.mark.parametrize("seed", range(3))
def test_after_anything_that_may_happen_all_adds_up(engine: Engine, seed: int) -> None:
    world, carriers, promotion = company(engine)
    day, auditor = Day(world, seed, carriers, promotion), Auditor(world)
    copies = [Copy(world, one, limit=60) for one in carriers]
    for turn in range(60):
        day.happens()
        assert auditor.look() == [], turn
        if day.luck.random() < 0.2:
            day.luck.choice(copies).pull()
    copies_are_right(world, copies)


def test_all_adds_up_when_everything_happens_at_once(engine: Engine) -> None:
    world, carriers, promotion = company(engine)
    auditor, errors, came_too_late = Auditor(world), [], []

    def busy(seed: int) -> None:
        day = Day(world, seed, [carriers[seed]], promotion)
        try:
            for _ in range(50):
                try:
                    day.happens()
                except LockNotAvailable as late:  # told to come again: nothing of it was written
                    came_too_late.append(late)
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=busy, args=[seed]) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(came_too_late) < 15, "of 150 things: somebody keeps what others need"
    assert [one for one in auditor.look() if "tells nothing" not in one] == []
    copies_are_right(world, [Copy(world, one) for one in carriers])


PLANTED = {
    "caps of an ended order": "UPDATE orders SET state = 'cancelled', caps = caps || %s",
    "a budget beyond its end": "UPDATE orders SET caps = caps || %s",
    "went from store": "UPDATE orders SET note = %s,"
    " store = (SELECT max(id::text)::uuid FROM store)",
    "deliveries that ask for a change": """INSERT INTO order_change (cell, id, order_id, revision,
        replaces, act, by, at, reason, state) SELECT cell, gen_random_uuid(), id, 2, 1, 'cancel',
        'x', now(), %s, 'asked' FROM orders""",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_noticed(engine: Engine, fault: str) -> None:
    world, carriers, promotion = company(engine)
    auditor = Auditor(world)
    world.run("UPDATE promotion SET cap_minor = 5")
    body = order_body(world.stores[0], [("p001", 1)])
    world.push(carriers[0], [change(1, "order", "submit", body)])
    assert auditor.look() == []
    world.run(PLANTED[fault], f'{{"{promotion}": 7}}')
    assert [one for one in auditor.look() if fault in one] != []
