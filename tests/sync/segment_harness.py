"""Writers, builders and handhelds that begin by segments: is every `complete` true?

What a page completes is compared with scoped SQL of the very snapshot the page was read from, so
the comparison is exact however wild the writers are. Rows of shared scopes are put, changed,
removed and moved: out of a scope the handheld carries, into it, between two it carries.
"""

import random
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import msgspec
from sqlalchemy import Connection

from schemas.versions import NEWEST, OLDEST
from server.database import snapshot, transaction
from sync import segments
from sync.carrier import Carrier
from sync.kinds import KINDS
from sync.pull import read_page
from sync.queries import pull as pull_queries
from sync.queries.driver import execute
from sync.queries.feed import keep_cursor
from sync.scope import regrant
from sync.write import remove, write
from tests.sync.copy import Copy, apply
from tests.world import CELL, COMPANY_CELL, World

LISTS = ("base", "extra", "foreign")
"""Price lists: the first two are carried by every rep, the last by none."""
PRODUCTS = [f"p{n:03d}" for n in range(1, 31)]
PRICES = [f"00000000-0000-7000-8000-{n:012d}" for n in range(40)]
STOCK = [f"00000000-0000-7000-9000-{n:012d}" for n in range(30)]
IN_USE = sorted({1, NEWEST} if OLDEST == 1 else {NEWEST})
"""Versions to be kept ready: the devices of tests enrolled in version 1."""
TABLES = {"receivable": "credit_account", "card": "visit_card", "order": "orders",
          "target": "sales_target"}  # fmt: skip


def furnish(world: World) -> None:
    """Lists, prices and stock for the writers to play with."""
    with world.begin() as conn:
        rows = [
            {"code": code, "name": code, "currency": "USD", "level": level}
            for code, level in zip(LISTS[1:], ("base", "store"), strict=True)
        ]
        write(conn, COMPANY_CELL, "price_list", rows, "load:prices")
    with world.begin() as conn:
        _put_prices(conn, world, random.Random(0), PRICES)
    for rep in ("r01", "r02"):
        with world.begin() as conn:
            regrant(conn, rep, CELL, world.now)


def _put_prices(conn: Connection, world: World, dice: random.Random, keys: list[str]) -> None:
    rows = [
        {"id": key, "list": dice.choice(LISTS), "product": dice.choice(PRODUCTS),
         "price": Decimal(dice.randint(1, 9_999)) / 100, "min_quantity": 1,
         "valid_from": world.now - timedelta(days=1)}
        for key in keys
    ]  # fmt: skip
    write(conn, COMPANY_CELL, "price", rows, "load:prices")


def churn(world: World, dice: random.Random) -> None:
    """One transaction of the office or of a load."""
    with world.begin() as conn:
        turn = dice.random()
        if turn < 0.4:
            _put_prices(conn, world, dice, dice.sample(PRICES, dice.randint(1, 6)))
        elif turn < 0.6:
            remove(conn, COMPANY_CELL, "price", dice.sample(PRICES, dice.randint(1, 4)))
        elif turn < 0.8:
            rows = [
                {"code": code, "name": f"{code} {dice.randint(1, 99)}", "status": "active",
                 "min_quantity": 1, "multiple": 1, "substitute": None}
                for code in dice.sample(PRODUCTS, dice.randint(1, 4))
            ]  # fmt: skip
            write(conn, COMPANY_CELL, "product", rows, "load:products")
        elif turn < 0.9:
            remove(conn, COMPANY_CELL, "product", dice.sample(PRODUCTS, 2))
        else:
            rows = [
                {"id": key, "warehouse": "w1", "product": f"x{key[-3:]}", "on_hand": amount,
                 "allocated": 0, "blocked": 0, "safety": 0, "published": amount,
                 "as_of": world.now}
                for key in dice.sample(STOCK, 3) for amount in (dice.randint(0, 999),)
            ]  # fmt: skip
            write(conn, CELL, "stock", rows, "load:stock")


def build_all(
    world: World, dice: random.Random | None = None, versions: Iterable[int] = (NEWEST,)
) -> int:
    """Build the segments of every shared scope, or of some of them by chance."""
    built = 0
    with world.begin() as conn:
        scopes = segments.queries.shared_scopes(conn)
    for cell, scope in scopes:
        if dice is None or dice.random() < 0.4:
            for version in versions:
                with world.begin() as conn:
                    built += segments.build(conn, cell, scope, version) > 0
    return built


def truth(conn: Connection, carrier: Carrier) -> dict[str, dict[str, list[Any]]]:
    """Every row in the scopes of a rep, straight from the tables."""
    scopes = [scope for _, scope in pull_queries.grants(conn, carrier.cell, carrier.rep)]
    scopes += ["company", f"rep:{carrier.rep}"]
    found: dict[str, dict[str, list[Any]]] = {}
    for kind in KINDS:
        table = TABLES.get(kind, kind)
        rows = execute(
            conn,
            f"SELECT {pull_queries.row_text(kind, NEWEST)} FROM {table} t WHERE scope = ANY(%s)",
            [scopes],
        ).fetchall()
        if rows:
            decoded = [msgspec.json.decode(row[0]) for row in rows]
            found[kind] = {row[0]: row for row in decoded}
    return found


class Watched(Copy):
    """A handheld whose pages are compared with their own snapshot when they complete a pull."""

    def __init__(self, world: World, carrier: Carrier, limit: int) -> None:
        super().__init__(world, carrier, limit, segments=True)
        self.named = self.inside = self.completes = self.untrue = 0
        self.staged: dict[str, dict[str, list[Any]]] = {}
        self.at: str | None = None

    def step(self) -> bool:
        """One page; True when it completed the pull."""
        asked = SimpleNamespace(
            schema=NEWEST, epoch=None, cursor=self.cursor, page=self.at, limit=self.limit,
            verify=False, segments=True, turned=True,
        )  # fmt: skip
        if self.at is None:
            self.staged = {kind: dict(rows) for kind, rows in self.rows.items()}
        with snapshot(self.world.engine) as conn:
            answer = read_page(conn, self.carrier, asked)
            wanted = truth(conn, self.carrier) if answer.complete or answer.usable else {}
        if answer.keep is not None:
            with transaction(self.world.engine) as conn:
                keep_cursor(conn, answer.keep)
        self.named += len(answer.named)
        self.inside += len(answer.inside)
        apply(self.staged, answer, self.fetch)
        self.at = answer.page
        if answer.complete:
            self.rows, self.cursor = self.staged, answer.cursor
            self.completes += 1
            self.untrue += self.differs(wanted)
        elif answer.usable:
            carried = {row[1] for rows in self.staged.values() for row in rows.values()}
            part = {
                kind: {key: row for key, row in rows.items() if row[1] in carried}
                for kind, rows in wanted.items()
            }
            self.untrue += self.differs({kind: rows for kind, rows in part.items() if rows})
        return bool(answer.complete)

    def differs(self, wanted: dict[str, dict[str, list[Any]]]) -> bool:
        return {kind: rows for kind, rows in self.staged.items() if rows} != wanted

    def begin_anew(self) -> None:
        self.cursor, self.at, self.rows = None, None, {}


def begun(world: World) -> Watched:
    """A handheld of r01 that began and came to its first complete."""
    one = Watched(world, world.carrier(), 5_000)
    while not one.step():
        continue
    return one


def begin_and_compare(world: World) -> tuple[int, int]:
    """How many segments a handheld began by, and how often what it held was untrue."""
    one = begun(world)
    return one.named + one.inside, one.untrue
