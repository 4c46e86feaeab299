"""A company with many reps, and their handhelds: the real ones, each in a folder of its own.

A handheld's clock can be moved, so that a day's work is captured hour by hour within a second.
"""

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import Engine, insert

from handhelds.reference import link
from handhelds.reference.answers import Call, Ending, Reply
from handhelds.reference.clock import MachineClock
from handhelds.reference.local import Local
from handhelds.reference.till import Money
from handhelds.reference.visit import Rep, Wanted
from schemas.ids import uuid7
from schemas.tables import company as tables
from server.access.devices import make_enrolment_code
from sync.scope import assign
from tests import world
from tests.world import CELL, World

STORES_EACH = 2
PRODUCTS = 12
AT_ONCE = 8
TRIES = 4
"""As `talaria-handheld sync` does: a busy server is asked again."""
UP_MS = 400 * 86_400_000
"""For so long the handhelds have been up: a counter is never below 0."""

Result = TypeVar("Result")


class MovedClock(MachineClock):
    """The machine's clock, some hours back: `ago_s` before now, by wall and counter alike."""

    ago_s = 0.0
    wrong_s = 0.0  # how wrong the wall is, as somebody set it

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=self.ago_s - self.wrong_s)

    def monotonic_ms(self) -> int:
        return UP_MS + super().monotonic_ms() - int(self.ago_s * 1000)


@dataclass
class Phone:
    """One handheld: its folder, its rep, and how the line behaves."""

    home: Path
    no: int
    rep_code: str
    stores: tuple[str, ...]
    clock: MovedClock = field(default_factory=MovedClock)
    cut: Callable[[Call], bool] = lambda call: False  # whether the answer to a call is lost
    app: str = "reference drill"

    @contextmanager
    def open(self) -> Any:
        """The handheld as after its program was started."""
        local = Local(self.home, self.clock)
        try:
            yield Rep(local, self.clock, uuid7)
        finally:
            local.close()

    def enrol(self, url: str, code: str) -> Ending:
        with self.open() as rep, self.line(url) as send:
            return link.enrol(rep.local, send, code, "drill", self.app)

    def sync(self, url: str) -> Ending:
        with self.open() as rep, self.line(url) as send:
            return link.sync(rep.local, send, self.clock, uuid7, tries=TRIES)

    @contextmanager
    def line(self, url: str) -> Any:
        """A connection from an address of its own; answers that `cut` names never arrive."""
        told = {"X-Forwarded-For": f"10.{self.no >> 8}.{self.no & 255}.7"}
        with httpx.Client(timeout=60, headers=told, trust_env=False) as client:
            wire = link.Wire(url, client)

            def send(call: Call) -> Reply | None:
                reply = wire.send(call)
                return None if self.cut(call) else reply

            yield send

    def work(self, chance: random.Random, orders: int, hours_ago: float, over_h: float) -> None:
        """Visits with orders, a card and money, from `hours_ago` on, spread over `over_h` hours."""
        with self.open() as rep:
            for i in range(orders):
                self.clock.ago_s = 3600 * (hours_ago - over_h * i / orders)
                store = self.stores[i % len(self.stores)]
                rep.start_visit(store)
                products = chance.sample(range(1, PRODUCTS + 1), 3)
                rep.order(store, [Wanted(f"p{n:03d}", str(chance.randint(1, 9))) for n in products])
                if i == 0:
                    rep.collect(store, Money("cash", chance.randint(1, 90) * 100))
                    rep.card(store, [{"product": "p001", "on_shelf": True, "facings": i + 1}])
                rep.end_visit(store)
            self.clock.ago_s = 0.0

    def captured(self) -> dict[str, list[str]]:
        """Kind -> ids of the rows this rep's changes made, as the handheld keeps them."""
        found: dict[str, list[str]] = {}
        with self.open() as rep:
            for one in rep.local.db.execute("SELECT DISTINCT kind, row_id FROM main.change"):
                found.setdefault(one["kind"], []).append(one["row_id"])
        return found

    def pending(self) -> int:
        with self.open() as rep:
            return int(rep.local.queue().pending)


@dataclass
class Fleet:
    """All handhelds of the company."""

    phones: list[Phone]
    world: World

    def each(self, act: Callable[[Phone], Result], of: Iterable[Phone] | None = None) -> list[Any]:
        """Do something with every handheld, some at once; results in their order."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(act, self.phones if of is None else of))

    def captured(self) -> dict[str, list[str]]:
        """Kind -> ids of everything all reps captured."""
        found: dict[str, list[str]] = {}
        for one in self.each(Phone.captured):
            for kind, ids in one.items():
                found.setdefault(kind, []).extend(ids)
        return found


def found_company(
    engine: Engine, reps: int, standin_url: str, secret: str, stores_each: int = STORES_EACH
) -> World:
    """A company with so many more reps, each with stores of its own, and one delivery system
    that takes every document it is sent as a new one: only looking up keeps it from doubles."""
    made = world.build(engine, stores=stores_each * reps + 2, products=PRODUCTS, on_hand=10_000_000)
    codes = [f"d{n:03d}" for n in range(1, reps + 1)]
    with made.begin() as conn:
        for code in codes:
            conn.execute(
                insert(tables.app_user).values(
                    company=made.company, code=code, cell=CELL, name=f"Rep {code}", roles=["rep"],
                    language="en", state="active", session_no=1, created_at=made.now,
                )
            )  # fmt: skip
    for i, code in enumerate(codes):
        with made.begin() as conn:
            own = made.stores[stores_each * i : stores_each * (i + 1)]
            assign(conn, CELL, code, own, "user:admin", made.now)
    made.run("UPDATE scope_grant SET valid_from = valid_from - interval '300 days'")
    made.run("UPDATE incarnation SET began_at = began_at - interval '300 days'")  # no loss lately
    made.run(
        "UPDATE delivery_target SET url = %s, secret = %s, dedupes = false, deadline_s = 2",
        standin_url, secret,
    )  # fmt: skip
    return made


def phones_of(made: World, home: Path, reps: int, stores_each: int = STORES_EACH) -> list[Phone]:
    """A handheld for each of the company's own reps, not enrolled yet."""
    return [
        Phone(
            home / f"h{n:03d}", n, f"d{n:03d}",
            tuple(f"s{stores_each * (n - 1) + 1 + i:03d}" for i in range(stores_each)),
        )
        for n in range(1, reps + 1)
    ]  # fmt: skip


def code_for(made: World, rep: str) -> str:
    with made.begin() as conn:
        return make_enrolment_code(conn, made.company, rep, "user:admin", datetime.now(UTC))
