"""A small company for tests: two reps, a depot, stores, products, prices, stock, credit.

`build` writes it the way the office does (sync.write, sync.scope), so entries are there too; the
one most tests ask for is written once a process and then copied (kept_world.py).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, insert

from schemas.change import Clock
from schemas.compiled import compiled
from schemas.ids import uuid7
from schemas.strict import split_changes
from schemas.tables import company as who
from schemas.tables import exchange
from schemas.versions import NEWEST
from server.database import transaction
from server.targets import target_row
from sync.carrier import Carrier
from sync.desk.let_stand import stand
from sync.feed import ensure_epoch, publish
from sync.push import PushAnswer, push
from sync.queries import feed as feed_queries
from sync.scope import assign
from sync.write import write
from tests.kept_world import Rows, kept

COMPANY_CELL, CELL, OTHER_CELL = 1, 2, 3
_clock = compiled(Clock)
_NUMBERS = count(900_001)  # beyond those that tests write themselves
_OFTEN = ((4, 6, 1_000, None), (4, 4, 100, 50_000), (6, 6, 1_000, None), (4, 6, 10, None))
"""(stores, products, on_hand, limit_minor) of the worlds that most tests build."""
_KEPT: dict[tuple[int, int, int, int | None], tuple["World", Rows]] = {}


@dataclass
class World:
    """What was built, by name."""

    engine: Engine
    company: str = ""
    stores: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def begin(self) -> AbstractContextManager[Connection]:
        return transaction(self.engine)

    def carrier(self, rep: str = "r01", device: str = "d-1") -> Carrier:
        return Carrier(
            device, CELL, (CELL, OTHER_CELL), self.company, COMPANY_CELL, "America/Chicago",
            rep, f"i-{device}", "active",
        )  # fmt: skip

    def add_device(self, device: str, rep: str = "r01", no: int = 1) -> Carrier:
        with self.begin() as conn:
            conn.execute(
                insert(who.device).values(
                    cell=CELL, id=device, company=self.company, rep=rep, install=f"i-{device}",
                    no=no, secret_hash=device.encode(), state="active", schema=NEWEST,
                    enrolled_at=self.now, enrolled_by="user:admin", acknowledged_n=0,
                )
            )  # fmt: skip
        return self.carrier(rep, device)

    def add_absence(self, rep: str | None, first: date, last: date, kind: str) -> None:
        """Days that a rep (None: everybody) does not work or, of kind "works", does."""
        self.run(
            "INSERT INTO absence (company, id, rep, first_day, last_day, kind, made_by, made_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, 'x', now())",
            self.company, uuid7(), rep, first, last, kind,
        )  # fmt: skip

    def add_target(
        self, rep: str, first: date, last: date, days: Sequence[date] = (), *, net_minor: int = 9
    ) -> str:
        """What a rep is to sell in a period, as a file sets it; its id. days: the working days."""
        row = target_row(rep, first, last, net_minor, days)
        with self.begin() as conn:
            write(conn, CELL, "target", [row], "load:targets")
        return str(row["id"])

    def push(
        self, carrier: Carrier, changes: Sequence[dict[str, Any]], **more: Any
    ) -> tuple[list[dict[str, Any]], PushAnswer]:
        """Push changes as the view does; returns (verdicts, answer)."""
        raw = msgspec.json.encode({"device": carrier.device, "changes": list(changes)})
        received = more.pop("received_at", datetime.now(UTC))
        clock, _ = _clock.accept(msgspec.json.encode(clock_at(received)))
        answer = push(self.begin, carrier, clock, split_changes(raw).changes, received, **more)
        return [msgspec.json.decode(text) for text in answer.verdicts], answer

    def rows(self, sql: str, *args: Any) -> list[Any]:
        """Rows of a query, as the application's role sees them."""
        with self.begin() as conn:
            return conn.connection.driver_connection.execute(sql, args).fetchall()  # type: ignore[union-attr]

    def run(self, sql: str, *args: Any) -> None:
        """Carry out a statement."""
        with self.begin() as conn:
            conn.connection.driver_connection.execute(sql, args)  # type: ignore[union-attr]

    def one(self, sql: str, *args: Any) -> Any:
        """The single value of a query."""
        return self.rows(sql, *args)[0][0]


def let_stand(conn: Connection, cell: int, change_id: str, by: str = "user:desk") -> str:
    """A person lets a kept change stand, now; its kind."""
    entries, kind = stand(conn, cell, change_id, by, datetime.now(UTC))
    publish(conn, cell, entries)
    return kind


def clock_at(moment: datetime, ago_ms: int = 0) -> dict[str, Any]:
    """A handheld's clock that agrees with the server's, `ago_ms` ago."""
    return {
        "wall": (moment - timedelta(milliseconds=ago_ms)).isoformat(),
        "monotonic_ms": 10_000_000 - ago_ms,
        "boot": "b-1",
    }


def change(
    n: int, kind: str, act: str, body: dict[str, Any], *, depends_on: Sequence[str] = (),
    id: str | None = None, captured: dict[str, Any] | None = None, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """One change as a handheld sends it, captured a minute ago."""
    return {
        "n": n, "id": id or uuid7(), "kind": kind, "act": act, "v": NEWEST,
        "depends_on": list(depends_on),
        "captured": captured or clock_at(datetime.now(UTC), 60_000), "body": body, **more,
    }  # fmt: skip


def order_body(
    store: str, lines: Sequence[tuple[str, int]], *, price: str = "2.50", number: str = "",
    **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """An order of (product, quantity each) at one price, its totals right; its number is its own
    unless `number` gives it one."""
    number = number or f"D1-{next(_NUMBERS):06d}"
    minor = int(Decimal(price) * 100)
    body = {
        "id": uuid7(), "number": number, "store": store, "currency": "USD",
        "lines": [
            {
                "n": i, "product": product, "uom": "each", "typed": str(quantity),
                "quantity": quantity, "unit_price": price, "net_minor": quantity * minor,
            }
            for i, (product, quantity) in enumerate(lines, 1)
        ],
    }  # fmt: skip
    body["net_minor"] = sum(line["net_minor"] for line in body["lines"])
    return body | more


def build(
    engine: Engine, *, stores: int = 4, products: int = 6, on_hand: int = 1_000,
    limit_minor: int | None = None, now: datetime | None = None,
) -> World:  # fmt: skip
    """Write the company. r01 carries all stores but the last; r02 the last two."""
    often = _KEPT.get((stores, products, on_hand, limit_minor)) if now is None else None
    if often and (again := _copied(engine, *often)):
        return again
    world = World(engine) if now is None else World(engine, now=now)
    world.company = uuid7()
    with world.begin() as conn:
        _people(conn, world)
    with world.begin() as conn:
        _goods(conn, world, products, on_hand)
    with world.begin() as conn:
        _stores(conn, world, stores, limit_minor)
    with world.begin() as conn:
        assign(conn, CELL, "r01", world.stores[:-1], "user:admin", world.now)
    with world.begin() as conn:
        assign(conn, CELL, "r02", world.stores[-2:], "user:admin", world.now)
    with world.begin() as conn:  # the stores have been theirs for a while
        conn.connection.driver_connection.execute(  # type: ignore[union-attr]
            "UPDATE scope_grant SET valid_from = valid_from - interval '30 days'"
        )
    world.add_device("d-1")
    return world


def keep(fresh: Callable[[], AbstractContextManager[Engine]]) -> None:
    """Write the companies built most often, once for all tests of this process, each into an empty
    database, while none can disturb it."""
    for stores, products, on_hand, limit_minor in _OFTEN:
        with fresh() as engine:
            world = build(
                engine, stores=stores, products=products, on_hand=on_hand, limit_minor=limit_minor
            )
            with world.begin() as conn:
                rows = kept(conn, world.now)
        _KEPT[stores, products, on_hand, limit_minor] = (world, rows)


def _copied(engine: Engine, origin: World, rows: Rows) -> World | None:
    world = World(engine, products=list(origin.products))
    with world.begin() as conn:
        instead = rows.copied(conn, world.now)
    if instead is None:
        return None
    world.company = instead[origin.company]
    world.stores = [instead[one] for one in origin.stores]
    return world


def _people(conn: Connection, world: World) -> None:
    ensure_epoch(conn)
    conn.execute(
        insert(who.company).values(
            id=world.company, code="acme", name="Acme", currency="USD", zone="America/Chicago",
            last_device_no=1,
        )
    )  # fmt: skip
    for cell, kind, code in (
        (COMPANY_CELL, "company", "acme"), (CELL, "field", "depot"), (OTHER_CELL, "field", "east"),
    ):  # fmt: skip
        conn.execute(
            insert(who.cell).values(
                cell=cell, company=world.company, kind=kind, code=code, name=code
            )
        )
        feed_queries.open_feed(conn, cell)
    for code, name, roles in (
        ("r01", "Ana", ["rep"]), ("r02", "Ben", ["rep"]), ("admin", "Ada", ["admin"]),
        ("desk", "Dee", ["order_desk"]),
    ):  # fmt: skip
        conn.execute(
            insert(who.app_user).values(
                company=world.company, code=code, cell=CELL, name=name, roles=roles,
                language="en", state="active", session_no=1, created_at=world.now,
            )
        )  # fmt: skip
    conn.execute(
        insert(exchange.delivery_target).values(
            cell=COMPANY_CELL, code="main", kind="http", url="http://127.0.0.1:1/", secret="x",
            deadline_s=5, can_look_up=True, dedupes=True, allow_private=True, enabled=True,
        )
    )  # fmt: skip


def _goods(conn: Connection, world: World, products: int, on_hand: int) -> None:
    world.products = [f"p{n:03d}" for n in range(1, products + 1)]
    write(
        conn, COMPANY_CELL, "product",
        [
            {"code": code, "name": f"Product {code}", "status": "active", "min_quantity": 1,
             "multiple": 1, "substitute": None}
            for code in world.products
        ],
        "load:products",
        parts={"product_uom": [
            {"product": code, "uom": uom, "num": num, "den": 1, "gtin": None, "orderable": True}
            for code in world.products for uom, num in (("each", 1), ("case", 12))
        ]},
    )  # fmt: skip
    write(
        conn, COMPANY_CELL, "price_list",
        [{"code": "base", "name": "Base", "currency": "USD", "level": "base"}], "load:prices",
    )  # fmt: skip
    write(
        conn, COMPANY_CELL, "price",
        [
            {"id": uuid7(), "list": "base", "product": code, "price": Decimal("2.50"),
             "min_quantity": 1, "valid_from": world.now - timedelta(days=60)}
            for code in world.products
        ],
        "load:prices",
    )  # fmt: skip
    write(
        conn, CELL, "warehouse",
        [{"code": "w1", "name": "Main", "zone": "America/Chicago", "stock_as_of": world.now}],
        "load:stock",
    )  # fmt: skip
    write(
        conn, CELL, "stock",
        [
            {"id": uuid7(), "warehouse": "w1", "product": code, "on_hand": on_hand, "allocated": 0,
             "blocked": 0, "safety": 0, "published": on_hand, "as_of": world.now}
            for code in world.products
        ],
        "load:stock",
    )  # fmt: skip


def _stores(conn: Connection, world: World, stores: int, limit_minor: int | None) -> None:
    world.stores = [uuid7() for _ in range(stores)]
    write(
        conn, CELL, "store",
        [
            {"id": store, "code": f"s{n:03d}", "name": f"Store {n}", "status": "active",
             "price_list": "base", "warehouse": "w1"}
            for n, store in enumerate(world.stores, 1)
        ],
        "load:stores",
    )  # fmt: skip
    write(
        conn, CELL, "receivable",
        [
            {"store": store, "limit_minor": limit_minor, "open_minor": 0, "on_account_minor": 0,
             "as_of": world.now}
            for store in world.stores
        ],
        "load:receivables",
    )  # fmt: skip


def add_east(world: World) -> str:
    """A store of r01 in the other depot, which has a warehouse of its own but no stock."""
    store = uuid7()
    depot = {"code": "w2", "name": "East", "zone": "America/Chicago", "stock_as_of": world.now}
    place = {"id": store, "code": "s-east", "name": "East", "status": "active"}
    account = {"store": store, "limit_minor": None, "open_minor": 0, "on_account_minor": 0}
    with world.begin() as conn:
        write(conn, OTHER_CELL, "warehouse", [depot], "load:stock")
        write(
            conn, OTHER_CELL, "store", [place | {"price_list": "base", "warehouse": "w2"}],
            "load:stores",
        )  # fmt: skip
        write(conn, OTHER_CELL, "receivable", [account | {"as_of": world.now}], "load:receivables")
    with world.begin() as conn:
        assign(conn, OTHER_CELL, "r01", [store], "user:admin", world.now)
    world.run("UPDATE scope_grant SET valid_from = valid_from - interval '30 days'")
    return store
