"""The company of the recorded day: every kind of row, and nothing left to chance or the calendar.

Rows are written in today's names; when a column is renamed, it is renamed here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from sqlalchemy import Connection, Engine

from sync import segments
from sync.write import write
from tests.world import CELL, COMPANY_CELL, World, build

BEGIN = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday morning in Chicago
_TARGET = (
    "019aa000-0000-7000-8009-000000000001"  # of a family of its own: it came later than others
)


class Clock:
    """The server's clock, moved on by hand."""

    def __init__(self) -> None:
        self.at = BEGIN

    def now(self) -> datetime:
        return self.at

    def advance(self, minutes: int = 1) -> None:
        self.at += timedelta(minutes=minutes)


def ids(family: int) -> Callable[[], str]:
    """Ids of one family, in order, the same every time."""
    taken = iter(range(1, 1_000_000))
    return lambda: f"019aa000-0000-7000-{0x8000 + family:04x}-{next(taken):012d}"


@contextmanager
def pinned(clock: Clock) -> Iterator[None]:
    """The server reads this clock; what the day changes of its settings is put back."""
    with (
        patch("server.asking.now", clock.now),
        patch("sync.segments.INSIDE_BYTES", segments.INSIDE_BYTES),
    ):
        yield


def recorded_world(engine: Engine) -> World:
    """Two reps, four stores, six products, and a row or two of every kind."""
    new_id = ids(1)
    with patch("tests.world.uuid7", new_id):
        world = build(engine, stores=5, on_hand=100, limit_minor=500_000, now=BEGIN)
    with world.begin() as conn:
        _terms(conn, new_id)
    with world.begin() as conn:
        _field(conn, world, new_id)
    return world


def _terms(conn: Connection, new_id: Callable[[], str]) -> None:
    by, begun = "load:terms", BEGIN - timedelta(days=60)
    write(
        conn, COMPANY_CELL, "period",
        [{"code": "2026-P11", "year": 2026, "no": 11, "first_day": date(2026, 11, 1),
          "last_day": date(2026, 11, 30), "state": "open"}],
        by,
    )  # fmt: skip
    write(
        conn, COMPANY_CELL, "policy",
        [{"id": new_id(), "banner": None, "store": None, "rule": "cut_off_passed",
          "choice": "let_pass", "params": "{}"}],
        by,
    )  # fmt: skip
    write(
        conn, COMPANY_CELL, "promotion",
        [{"id": new_id(), "code": "AUTUMN", "name": "Autumn", "kind": "percent",
          "products": ["p003"], "percent": Decimal("10"), "priority": 1, "valid_from": begun,
          "state": "live"}],
        by,
    )  # fmt: skip
    write(
        conn, COMPANY_CELL, "tax_rate",
        [{"id": new_id(), "tax_class": "standard", "name": "Sales tax",
          "percent": Decimal("6.25"), "valid_from": date(2026, 1, 1), "valid_to": None}],
        by,
    )  # fmt: skip
    write(
        conn, COMPANY_CELL, "must_stock",
        [{"id": new_id(), "product": "p002", "min_facings": 2, "channel": None,
          "valid_from": date(2026, 1, 1), "valid_to": None}],
        by,
    )  # fmt: skip


def _field(conn: Connection, world: World, new_id: Callable[[], str]) -> None:
    first, second = world.stores[:2]
    write(
        conn, CELL, "store",
        [
            {"id": store, "code": f"s{n:03d}", "name": f"Store {n}", "status": "active",
             "warehouse": "w1", "price_list": "base", "city": "Ames", "region": "IA",
             "address": f"{n} Main St", "postcode": "50010", "phone": f"555-010{n}",
             "opening_hours": "Mo-Fr 8-18", "lat_deg": 42.03, "lon_deg": -93.62,
             "geo_accuracy_m": 9, "geo_source": "given", "channel": "grocery",
             "store_class": "B", "tax_id": "12-3", "terms_days": 30, "visits_per_4w": 4}
            for n, store in enumerate((first, second), 1)
        ],
        "load:stores",
    )  # fmt: skip
    write(
        conn, CELL, "contact",
        [
            {"id": new_id(), "store": store, "name": name, "role": "buyer", "phone": "555-0199",
             "preferred_time": "mornings", "state": "active"}
            for store, name in ((first, "Kim"), (first, "Lee"), (second, "Mo"))
        ],
        "user:admin",
    )  # fmt: skip
    account = {"store": first, "limit_minor": 500_000, "open_minor": 12_000}
    write(
        conn, CELL, "receivable", [account | {"on_account_minor": 0, "as_of": BEGIN}],
        "load:receivables",
        parts={"open_item": [
            {"store": first, "number": f"I-{n}", "kind": "invoice",
             "issued_on": date(2026, 10, n), "due_on": date(2026, 11, n),
             "amount_minor": 6_000, "open_minor": 6_000, "paid_on": None, "disputed": False}
            for n in (5, 20)
        ]},
    )  # fmt: skip
    write(
        conn, CELL, "plan_stop",
        [
            {"id": new_id(), "rep": "r01", "store": store, "day": date(2026, 11, 23),
             "sequence": n, "state": "planned", "pinned": n == 2, "reason": None, "visit": None}
            for n, store in enumerate((first, second), 1)
        ],
        "user:admin",
    )  # fmt: skip
    write(
        conn, CELL, "target",
        [
            {"id": _TARGET, "rep": "r01", "first_day": date(2026, 11, 1),
             "last_day": date(2026, 11, 30), "net_minor": 1_250_000, "state": "set",
             "working_days": [date(2026, 11, day) for day in (23, 24, 25, 27, 30)]}
        ],
        "load:targets",
    )  # fmt: skip
