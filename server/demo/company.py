"""Turns a loaded company into a demo: people with passwords anyone may read, and trouble to meet.

Stores, products, prices and receivables come from the loaded record. Added here, and nowhere stated
otherwise: two reps with a target each, an order desk and an administrator; who visits whom today;
one product that is nearly sold out; one store whose credit is blocked and one that is close to its
limit; two promotions, one of them with a budget.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from routes.queries import working_by_rep, year_of
from routes.year import period_of
from schemas.ids import uuid7
from server.access import people
from server.access.devices import make_enrolment_code
from server.database import transaction
from server.demo import queries
from server.queries_targets import targets
from server.targets import target_row
from sync.scope import assign
from sync.write import write

Row = dict[str, Any]
Fill = Callable[[Engine], None]

PEOPLE = (
    ("ana", "Ana Reyes", ("rep",), ""),
    ("ben", "Ben Ortiz", ("rep",), ""),
    ("desk", "Dee Park (order desk)", ("order_desk",), "orders land here"),
    ("admin", "Ada Moss (administrator)", ("admin",), "run the whole show"),
)
"""Code, name, roles, password. Public on purpose: this company exists only on this machine."""

STORES_EACH = 12
ROOM_MINOR = 5_000
"""What the store close to its limit may still order."""
BUDGET_MINOR = 100_000
"""What the promotion with a budget may give, of all orders together."""
TARGETS_MINOR = {"ana": 480_000, "ben": 420_000}
"""What each is to sell this period."""
BY = "user:admin"


@dataclass
class Cast:
    """Who and what the day is about."""

    company: str
    name: str
    code: str
    zone: str
    own_cell: int
    cell: int
    currency: str
    stores: dict[str, list[Row]] = field(default_factory=dict)
    goods: list[Row] = field(default_factory=list)

    @property
    def short(self) -> Row:
        """The product that runs short; nothing else is ordered of it."""
        return self.goods[-1]

    @property
    def short_left(self) -> int:
        """Bottles left of it: a case and a half, for two stores that want a case each."""
        return int(self.short["case_each"]) * 3 // 2


def found(engine: Engine, fill: Fill | None, url: str, secret: str) -> Cast:
    """The company with its cast; its delivery system is at `url`.

    `fill` loads the record; None when that was done. What is there already stays as it is, so a
    start that was interrupted is simply begun again.
    """
    if fill is not None:
        fill(engine)
    with transaction(engine) as conn:
        row = queries.company(conn)
    if row is None:
        raise RuntimeError("the record that was loaded describes no company")
    cast = Cast(
        row["id"], row["name"], row["code"], row["zone"], row["own_cell"], row["cell"],
        row["currency"],
    )  # fmt: skip
    with transaction(engine) as conn:
        queries.set_target(conn, cast.own_cell, url, secret)
    _people(engine, cast)
    _assign(engine, cast)
    with transaction(engine) as conn:
        cast.stores = {rep: queries.assigned(conn, rep) for rep in ("ana", "ben")}
        cast.goods = queries.products(conn, cast.cell, cast.own_cell)[:8]
    _plan(engine, cast)
    _targets(engine, cast)
    _promotions(engine, cast)
    return cast


def _people(engine: Engine, cast: Cast) -> None:
    now = datetime.now(UTC)
    for code, name, roles, password in PEOPLE:
        with transaction(engine) as conn:
            home = cast.cell if "rep" in roles else cast.own_cell
            new = people.invite(conn, cast.company, code, name, roles, home, now)
            if new and password:
                people.set_password(conn, cast.company, code, password)


def _assign(engine: Engine, cast: Cast) -> None:
    """The busiest stores, one to Ana and one to Ben by turns; one store is visited by both."""
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        if queries.assigned(conn, "ana"):
            return
        found = [row["id"] for row in queries.stores(conn, cast.cell)[: STORES_EACH * 2]]
    for rep, mine in (("ana", found[0::2]), ("ben", found[1::2])):
        with transaction(engine) as conn:
            assign(conn, cast.cell, rep, mine, BY, now)
    with transaction(engine) as conn:
        queries.age_grants(conn)


def _plan(engine: Engine, cast: Cast) -> None:
    today = datetime.now(ZoneInfo(cast.zone)).date()
    with transaction(engine) as conn:
        if queries.has_stops(conn, cast.cell, today):
            return
        write(
            conn, cast.cell, "plan_stop",
            [
                {"id": uuid7(), "rep": rep, "store": store["id"], "day": today, "sequence": n,
                 "state": "planned", "pinned": False, "reason": None, "visit": None}
                for rep, stores in cast.stores.items() for n, store in enumerate(stores[:6], 1)
            ],
            BY,
        )  # fmt: skip


def _targets(engine: Engine, cast: Cast) -> None:
    """For the period that runs now, by the company's calendar."""
    today = datetime.now(ZoneInfo(cast.zone)).date()
    with transaction(engine) as conn:
        period = period_of(year_of(conn, cast.company)["calendar"], today)
        if any(row["first_day"] == period.first_day for row in targets(conn, cast.company)):
            return
        span = (period.first_day, period.last_day)
        works = working_by_rep(conn, cast.company, TARGETS_MINOR, *span)
        write(
            conn, cast.cell, "target",
            [target_row(rep, *span, minor, works[rep].days)
             for rep, minor in TARGETS_MINOR.items()],
            BY,
        )  # fmt: skip


def _promotions(engine: Engine, cast: Cast) -> None:
    """What runs these weeks: more off the product bought most the more one takes of it, and a
    tenth off another until its budget is given."""
    most, other = cast.goods[0], cast.goods[6]
    case, now = int(most["case_each"]), datetime.now(UTC)
    both = {
        "valid_from": now - timedelta(days=14), "valid_to": now + timedelta(days=28),
        "tier_by": "quantity", "priority": 0, "state": "live",
    }  # fmt: skip
    rows = [
        {"id": uuid7(), "code": "by-the-case", "name": f"By the case: {most['name']}",
         "kind": "tiers", "products": [most["code"]], "percent": None, "cap_minor": None,
         "tiers": f'[[{case * 2},"5",null],[{case * 5},"8",null]]', **both},
        {"id": uuid7(), "code": "this-month", "name": f"This month: {other['name']}",
         "kind": "percent", "products": [other["code"]], "percent": Decimal(10),
         "cap_minor": BUDGET_MINOR, "tiers": "[]", **both},
    ]  # fmt: skip
    with transaction(engine) as conn:
        if not queries.has_promotions(conn, cast.own_cell):
            write(conn, cast.own_cell, "promotion", rows, BY)


def trouble(engine: Engine, cast: Cast) -> None:
    """What the day runs into: little stock of one product, a blocked store, a small limit."""
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        rows = queries.stock_rows(conn, cast.cell, [cast.short["stock"]])
        for row in rows:
            row["on_hand"] = row["allocated"] + row["blocked"] + row["safety"] + cast.short_left
            row["as_of"] = now
        write(conn, cast.cell, "stock", rows, "load:stock")
    blocked, limited = cast.stores["ana"][2]["id"], cast.stores["ben"][1]["id"]
    with transaction(engine) as conn:
        accounts = queries.account_rows(conn, cast.cell, [blocked, limited])
        for row in accounts:
            if row["store"] == blocked:
                row["blocked_reason"] = "two invoices unpaid for 60 days"
            else:
                row["limit_minor"] = row["open_minor"] + ROOM_MINOR
        write(conn, cast.cell, "receivable", accounts, BY)


def enrolment_code(engine: Engine, cast: Cast, rep: str) -> str:
    """A fresh code for one handheld of a rep."""
    with transaction(engine) as conn:
        return make_enrolment_code(conn, cast.company, rep, BY, datetime.now(UTC))
