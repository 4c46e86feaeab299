"""What delivery systems say comes in here, whether they call, are asked, or put files down.

Every update is a transaction of its own: one that cannot be taken keeps no other from it, and a
repeat is known by its id, so a batch that was cut off is simply told again. What could not be read
becomes an item for the office, and an acknowledgement that came by another way than as the answer
to a sending brings its look-up forward, so that there is one way only in which an order is
acknowledged (claims.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, Engine

from schemas.ids import derived, is_id
from server.database import in_transaction
from server.delivery import queries_status as queries
from server.delivery.adapters import adapter_for
from server.delivery.contract import Adapter, News, Retry, SetAside
from sync.delivery.status import StatusUpdate, apply
from sync.delivery.told import tell
from sync.feed import publish

log = structlog.get_logger("talaria.delivery")
TAKEN = Counter("talaria_statuses", "Status updates of delivery systems", ["target", "outcome"])
SET_ASIDE = "delivery_set_aside"
LOOK_S = 1.0
SWEEP_S = 15.0
AGAIN_S = 30.0

Row = Mapping[str, Any]
Told = Callable[[int], None]


@dataclass(frozen=True)
class Taken:
    """What became of one update; the outcome is that of sync.delivery.status.apply."""

    id: str
    outcome: str


def take(
    engine: Engine, row: Row, news: News, now: datetime, told: Told = lambda cell: None
) -> list[Taken]:
    """Take in news of the delivery system of `row` (queries_status.targets); commits by itself.

    Returns what became of each update, in order. `told(cell)` is called after each commit.
    """
    by = f"delivery:{row['target']}"
    cells, whose = in_transaction(engine, lambda conn: _whose(conn, row, news))
    if not cells:
        return []  # a company without depots has no orders
    taken = []
    for update in news.updates:
        cell = whose.get(update.order or update.external_no or "", cells[0])
        outcome = in_transaction(engine, _applying(cell, update, by, now))
        taken.append(Taken(update.id, outcome))
        TAKEN.labels(row["target"], outcome).inc()
        told(cell)
    for aside in news.set_aside:
        in_transaction(engine, _telling(cells[0], row["target"], aside, by, now))
        TAKEN.labels(row["target"], "set_aside").inc()
        told(cells[0])
    answered = [one.rpartition("/")[0] for one in news.answered]
    answered += [one.order for one in news.updates if one.order is not None]
    orders = [one for one in answered if is_id(one)]
    if orders:
        target = row["target"]
        woken = in_transaction(
            engine, lambda conn: queries.bring_forward(conn, cells, target, orders, now)
        )
        for cell in woken:
            told(cell)
    return taken


def _whose(conn: Connection, row: Row, news: News) -> tuple[list[int], dict[str, int]]:
    """The company's cells, and of every order or number that is known, the one it lies in."""
    cells = queries.field_cells(conn, row["company_cell"])
    orders = [one.order for one in news.updates if one.order is not None and is_id(one.order)]
    numbers = [one.external_no for one in news.updates if one.order is None and one.external_no]
    found: dict[str, int] = {}
    if numbers:
        found |= queries.cells_of_numbers(conn, cells, row["target"], numbers)
    if orders:
        found |= queries.cells_of_orders(conn, cells, orders)
    return cells, found


def _applying(
    cell: int, update: StatusUpdate, by: str, now: datetime
) -> Callable[[Connection], str]:
    return lambda conn: apply(conn, cell, update, by, now)


def _telling(
    cell: int, target: str, aside: SetAside, by: str, now: datetime
) -> Callable[[Connection], None]:
    """An item for the office about something that cannot be read; told once."""

    def work(conn: Connection) -> None:
        item = derived("conflict", target, aside.key, SET_ASIDE)
        if queries.is_told(conn, cell, item):
            return
        figures = {"target": target, "name": aside.name, "reason": aside.why}
        entry = tell(
            conn, cell, item, None, SET_ASIDE, "hold_for_office", {**figures}, by, now,
            needs_office=True, private=True,
        )  # fmt: skip
        publish(conn, cell, [entry])

    return work


# --- asking them ---------------------------------------------------------------------------------


@dataclass
class _Ear:
    """One delivery system that is listened to: when it stirred last, when it is asked again."""

    adapter: Adapter
    row: Row
    stirred: int | None = None
    due_s: float = field(default=0.0)  # on time.monotonic()

    def is_due(self) -> bool:
        stirred = self.adapter.stirred()
        if stirred is not None and stirred != self.stirred:
            self.stirred = stirred
            return True
        return time.monotonic() >= self.due_s


def listen_once(engine: Engine, row: Row, adapter: Adapter, told: Told = lambda cell: None) -> int:
    """Read what one delivery system has to say until there is no more; return how much it was.

    Two processes may be at it at once: whatever one of them is told again changes nothing.
    """
    heard, since = 0, row["status_since"]
    for _ in range(1_000):
        news = adapter.read_status(since, row["deadline_s"])
        if isinstance(news, Retry):
            log.warning("delivery.no_statuses", target=row["target"], fault=news.reason)
        if not isinstance(news, News):
            break
        take(engine, row, news, datetime.now(UTC), told)
        heard += len(news.updates) + len(news.answered) + len(news.set_aside)
        if news.since != since:
            since = news.since
            in_transaction(engine, _reading_on(row, since))
        adapter.confirm(news)
        if not news.more:
            break
    return heard


def _reading_on(row: Row, since: str) -> Callable[[Connection], None]:
    return lambda conn: queries.read_until(conn, row["company_cell"], row["target"], since)


def run(
    stop: threading.Event,
    engine: Engine,
    *,
    look_s: float = LOOK_S,
    told: Told = lambda cell: None,
    adapters: Callable[[Row], Adapter] = adapter_for,
) -> None:
    """Listen to all delivery systems until `stop` is set. Survives a lost database."""
    ears: dict[tuple[int, str], _Ear] = {}
    rows_due_s = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() >= rows_due_s:
                ears = _ears(engine, ears, adapters)
                rows_due_s = time.monotonic() + SWEEP_S
            for ear in ears.values():
                if not stop.is_set() and ear.is_due():
                    ear.due_s = time.monotonic() + SWEEP_S
                    listen_once(engine, _fresh(engine, ear.row), ear.adapter, told)
        except Exception as error:
            log.error("delivery.listening_failed", error=repr(error)[:200])
            stop.wait(AGAIN_S / 10)
        stop.wait(look_s)


def _fresh(engine: Engine, row: Row) -> Row:
    """The row as it is now: another process may have read on."""
    rows: Sequence[Row] = in_transaction(engine, lambda conn: queries.targets(conn, row["target"]))
    return next((one for one in rows if one["company_cell"] == row["company_cell"]), row)


def _ears(
    engine: Engine, known: dict[tuple[int, str], _Ear], adapters: Callable[[Row], Adapter]
) -> dict[tuple[int, str], _Ear]:
    """An ear for each delivery system in use, the old one where nothing about it has changed."""
    ears = {}
    for row in in_transaction(engine, queries.targets):
        key = (row["company_cell"], row["target"])
        before = known.get(key)
        if before is not None and _same(before.row, row):
            ears[key] = before
            continue
        try:
            ears[key] = _Ear(adapters(row), row)
        except ValueError as error:
            log.error("delivery.target_unusable", target=row["target"], error=str(error))
    return ears


def _same(one: Row, other: Row) -> bool:
    return {**one, "status_since": ""} == {**other, "status_since": ""}
