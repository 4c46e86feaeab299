"""Nights to compare: orders the stand-in took an hour ago, its books to be tampered with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.database import transaction
from server.delivery.reconcile import Run, run_due
from sync.queries import doubts
from tests.server.delivery.conftest import Caller, Depot, dispatch_once, later, now
from tests.world import COMPANY_CELL

Start = Callable[..., Caller]


def zone_of_ten(hour: int) -> str:
    """A zone in which it is ten in the morning at this hour of UTC, so that midnight is far."""
    hours = (hour - 10) % 24
    return f"Etc/GMT+{hours}" if hours <= 12 else f"Etc/GMT-{24 - hours}"


ZONE = ZoneInfo(zone_of_ten(now().hour))
"""The company's; its day began about ten hours ago, whatever the hour at which the tests run."""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """The stand-in's own database, to be tampered with."""
    return tmp_path / "standin.sqlite"


def tamper(books: Path, sql: str, *args: Any) -> None:
    with closing(sqlite3.connect(books)) as db, db:
        assert db.execute(sql, args).rowcount > 0


def today() -> date:
    return now().astimezone(ZONE).date()


def acknowledged(depot: Depot, caller: Caller, *orders: tuple[int, int]) -> list[str]:
    """Orders that the stand-in has taken, one after the other, an hour ago: DS-000001 ..."""
    depot.point_at(caller.url)
    ids = []
    for order in orders:
        ids += depot.accept(order)
        dispatch_once(depot.engine, later(1))
    assert depot.states() == {"acknowledged": depot.states()["acknowledged"]}
    settle(depot)
    return ids


def settle(depot: Depot, minutes: int = 60) -> None:
    """So much time goes by, as the rows see it (they stay on the same day)."""
    depot.run("UPDATE delivery SET changed_at = changed_at - %s", timedelta(minutes=minutes))
    depot.run("UPDATE status_update SET received_at = received_at - %s", timedelta(minutes=minutes))


def compare(depot: Depot, day: date | None = None, at: datetime | None = None) -> dict[str, Any]:
    """Have a day compared; returns its row, its lines that are not gone under `lines`."""
    day = day or today()
    run = Run(lambda: transaction(depot.engine), at or now())
    with run.begin() as conn:
        doubts.ask_day(conn, COMPANY_CELL, "main", day, "user:admin", run.now)
    assert run_due(run) >= 1
    (row,) = depot.rows("SELECT * FROM reconciliation WHERE day = %s", day)
    row["lines"] = depot.rows(
        "SELECT * FROM reconciliation_line WHERE day = %s AND state <> 'gone' ORDER BY kind", day
    )
    return row


def kinds(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(line["kind"], line["subject"]) for line in row["lines"]]


@pytest.fixture(autouse=True)
def not_at_midnight(depot: Depot) -> None:
    depot.run("UPDATE company SET zone = %s", ZONE.key)


def documents(books: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(books)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute("SELECT * FROM document")]
