"""Mistakes in what becomes of a batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine

from server.handheld import views
from sync import repeats
from sync.asking import conclude
from sync.asking import orders as asking
from sync.conditions import order as conditions
from sync.desk import release
from sync.queries import facts
from sync.queries import push as queries
from sync.queries.driver import execute
from sync.subjects import order as subject
from sync.taking import orders as taking
from sync.taking import turns
from tests.simulation.planted.plant import Planting

OUTCOME = 6
"""Where a row of receipts says what became of the change."""


def no_receipts(p: Planting) -> None:
    p.once_begun(lambda sim: sim.app.config.update(PLANT_NO_RECEIPTS=True))


def answered_before_commit(p: Planting) -> None:
    numbers = count(1)

    @contextmanager
    def transaction(engine: Engine) -> Iterator[Connection]:
        with engine.connect() as conn, conn.begin() as work:
            yield conn
            if next(numbers) % 25 == 0:
                work.rollback()

    p.put(views, "transaction", transaction)


def repeat_answered_anew(p: Planting) -> None:
    def repeat(real: Any, one: Any, same: Any, device: str) -> None:
        real(one, same, device)
        one.stored = one.stored.replace('"outcome":"held"', '"outcome":"applied"')

    p.around(repeats, "_repeat", repeat)


def id_alone_is_a_repeat(p: Planting) -> None:
    def marked(real: Any, carrier: Any, pushed: Any, found: Any) -> Any:
        by_id = {row[0]: row for row in found}
        for one in pushed:
            if one.id in by_id:
                one.hash = by_id[one.id][3]
        return real(carrier, pushed, [(*row[:6], carrier.rep) for row in found])

    p.around(repeats, "_marked", marked)


def refused_without_receipt(p: Planting) -> None:
    def insert(real: Any, conn: Any, cell: int, rows: Sequence[Any]) -> None:
        real(conn, cell, [row for row in rows if row[OUTCOME] != "rejected"])

    p.around(queries, "insert_receipts", insert)


def dependent_never_wakes(p: Planting) -> None:
    p.put(queries, "waiting", lambda *_: [])


def dependence_ignored(p: Planting) -> None:
    def ready(real: Any, conn: Any, effects: Any, ready: Any, wanted: Any) -> Any:
        return sorted(ready, key=lambda one: (-(one.n or 0), one.id))

    p.around(turns, "_turns", ready)


def stock_read_without_a_lock(p: Planting) -> None:
    def unlocked(real: Any, conn: Any, cell: int, warehouses: Any, products: Any) -> Any:
        return execute(
            conn, "SELECT warehouse, product, on_hand, allocated, blocked, safety, reserved, as_of"
            " FROM stock WHERE cell = %s AND warehouse = ANY(%s) AND product = ANY(%s)",
            [cell, list(warehouses), list(products)],
        )  # fmt: skip

    p.around(facts, "lock_stock", unlocked)


def stock_not_folded(p: Planting) -> None:
    def fold(real: Any, known: Any, order: Any, decision: Any) -> None:
        before = {key: stock.reserved for key, stock in known.stock.items()}
        real(known, order, decision)
        for key, stock in known.stock.items():
            stock.reserved = before[key]

    p.around(taking, "fold", fold)


def credit_not_folded(p: Planting) -> None:
    def fold(real: Any, known: Any, order: Any, decision: Any) -> None:
        before = {key: one.ordered_minor for key, one in known.credit.items()}
        real(known, order, decision)
        for key, one in known.credit.items():
            one.ordered_minor = before[key]

    p.around(taking, "fold", fold)


def reserved_is_forgotten(p: Planting) -> None:
    p.put(queries, "reserve", lambda *_: None)


def reservation_kept_at_the_end(p: Planting) -> None:
    def reserve(real: Any, conn: Any, cell: int, rows: Sequence[Any]) -> None:
        real(conn, cell, [row for row in rows if row[2] > 0])

    p.around(queries, "reserve", reserve)


def credit_kept_at_the_end(p: Planting) -> None:
    def expose(real: Any, conn: Any, cell: int, rows: Sequence[Any]) -> None:
        real(conn, cell, [row for row in rows if row[1] > 0])

    p.around(queries, "expose", expose)


def budget_kept_at_the_end(p: Planting) -> None:
    def use_caps(real: Any, conn: Any, cell: int, rows: Sequence[Any]) -> None:
        real(conn, cell, [row for row in rows if row[1] > 0])

    p.around(queries, "use_caps", use_caps)


def price_of_today(p: Planting) -> None:
    """Every line is taken at the price of the hour it arrives, and nobody is told."""

    def stand_at(real: Any, self: Any, store: Any) -> None:
        real(self, store)
        for x in self.lines:
            if x.price_now is not None:
                x.price = x.price_now

    p.around(subject.Working, "stand_at", stand_at)


def net_as_claimed(p: Planting) -> None:
    """The totals a handheld sends are believed."""

    def conclude_line(real: Any, w: Any, x: Any) -> Any:
        found = real(w, x)
        found.net_minor = x.line.net_minor
        return found

    p.around(conclude, "_line", conclude_line)


def hold_forgets_its_lines(p: Planting) -> None:
    def done(real: Any, w: Any, held: Any, conflicts: Any, effects: Any) -> Any:
        return real(w, {}, conflicts, effects - {"held"})

    p.around(asking, "conclude", done)


def right_of_today(p: Planting) -> None:
    """Who has a store is asked of today, not of when the order was taken."""

    def had_right(real: Any, grants: Any, at: Any, now: Any, grace_days: int) -> bool:
        return bool(real(grants, now, now, 0))

    p.around(conditions, "had_right", had_right)


def stock_given_back_twice(p: Planting) -> None:
    def give_back(real: Any, conn: Any, cell: int, company: int, order: str, kept: Any) -> None:
        lines = execute(
            conn, "SELECT product, reserved FROM order_line WHERE cell = %s AND order_id = %s"
            " AND reserved > 0 ORDER BY product", [cell, order],
        ).fetchall()  # fmt: skip
        real(conn, cell, company, order, kept)
        queries.reserve(conn, cell, [(kept.stock_owner, code, -each) for code, each in lines])

    p.around(release, "give_back", give_back)
