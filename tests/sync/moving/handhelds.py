"""Handhelds that take a page at a time, and the company of two depots they belong to."""

from random import Random
from typing import Any

from sqlalchemy import insert

from schemas.ids import uuid7
from schemas.tables import company as who
from sync.carrier import Carrier
from sync.scope import publish_all, regrant_all
from sync.write import write
from tests.sync.copy import Copy, apply
from tests.world import CELL, COMPANY_CELL, OTHER_CELL, World, build

BY = "user:admin"


class Handheld(Copy):
    """One that takes a page at a time, keeps what it staged, and looks for canaries."""

    def __init__(self, world: World, carrier: Carrier, limit: int, segments: bool) -> None:
        super().__init__(world, carrier, limit, segments=segments)
        self.staged: dict[str, dict[str, Any]] | None = None
        self.at: str | None = None
        self.n = self.completes = 0

    def step(self) -> Any:
        """The next page of a pull; True in `complete` when it was the last."""
        if self.staged is None:
            self.staged = {kind: dict(rows) for kind, rows in self.rows.items()}
        answer = self.page(self.cursor, self.at)
        apply(self.staged, answer, self.fetch)
        self.at = answer.page
        if answer.complete:
            self.rows, self.staged, self.cursor = self.staged, None, answer.cursor
            self.completes += 1
        return answer


def number(world: World, store: str) -> str:
    return str(world.stores.index(store))


def canary(world: World, store: str) -> str:
    return f"canary-st-{number(world, store)}"


def company(
    engine: Any, luck: Random, *, devices: int = 50, reps: int = 16, stores: int = 40
) -> tuple[World, list[str], list[Handheld]]:
    """A company of two depots, each rep at home in one of them, none with a store yet: the world,
    the reps' codes, their handhelds."""
    world = build(engine, stores=stores, products=4, on_hand=9)
    codes = [f"r{n:02d}" for n in range(1, reps + 1)]
    with world.begin() as conn:
        conn.execute(who.scope_grant.delete())
        conn.execute(who.assignment.delete())
        for n, code in enumerate(codes):
            if code not in ("r01", "r02"):
                conn.execute(
                    insert(who.app_user).values(
                        company=world.company, code=code, cell=(CELL, OTHER_CELL)[n % 2],
                        name=f"canary-rep-{code}", roles=["rep"], language="en", state="active",
                        session_no=1, created_at=world.now,
                    )
                )  # fmt: skip
    homes = dict(world.rows("SELECT code, cell FROM app_user"))
    depot = {"code": "w2", "name": "East", "zone": "America/Chicago", "stock_as_of": world.now}
    with world.begin() as conn:
        write(conn, OTHER_CELL, "warehouse", [depot], "load:stock")
        rows = [
            {"id": store, "code": f"s{n:03d}", "name": f"canary-st-{n}", "status": "active",
             "price_list": "base", "warehouse": "w1"}
            for n, store in enumerate(world.stores)
        ]  # fmt: skip
        write(conn, CELL, "store", rows, "load:stores")
        for code in codes:
            write(
                conn, homes[code], "plan_stop",
                [{"id": uuid7(), "rep": code, "store": store, "day": "2026-11-21", "sequence": n,
                  "state": "planned", "pinned": False, "reason": f"canary-rep-{code}"}
                 for n, store in enumerate(luck.sample(world.stores, 2))], BY,
            )  # fmt: skip
    handhelds = []
    for n in range(devices):
        rep, device = codes[n % reps], f"d-{n + 100}"
        handhelds.append(_handheld(world, rep, device, n + 100, homes[rep], luck))
    with world.begin() as conn:
        publish_all(conn, regrant_all(conn, [(homes[code], code) for code in codes], world.now))
    return world, codes, handhelds


def _handheld(world: World, rep: str, device: str, no: int, home: int, luck: Random) -> Handheld:
    world.add_device(device, rep, no)
    world.run("UPDATE device SET cell = %s WHERE id = %s", home, device)
    carrier = Carrier(
        device, home, (CELL, OTHER_CELL), world.company, COMPANY_CELL, "America/Chicago",
        rep, f"i-{device}", "active",
    )  # fmt: skip
    return Handheld(world, carrier, luck.choice((3, 7, 40)), luck.random() < 0.5)
