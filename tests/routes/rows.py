"""A made-up territory as its tables tell it, for tests of reading and planning it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from routes.territory import StopRow, StoreRow, Territory

MONDAY = date(2026, 11, 30)


def day(n: int) -> date:
    """The n-th day of the cycle."""
    return MONDAY + timedelta(days=n)


def row(n: int, luck: Random | None = None, **more: Any) -> StoreRow:
    """Store n, strewn around Des Moines; one of class B unless told otherwise."""
    luck = luck or Random(n)
    told: dict[str, Any] = {
        "lat_deg": 41.6 + luck.uniform(-0.15, 0.15), "lon_deg": -93.6 + luck.uniform(-0.2, 0.2),
        "city": "Des Moines", "store_class": "B",
    }  # fmt: skip
    return StoreRow(f"id{n}", f"s{n:03d}", f"Store {n}", 2, **{**told, **more})


def stop(n: int, store: int, on: date, **more: Any) -> StopRow:
    """A stop on the published plan; the number is its place in the day too."""
    told = {"sequence": n, "state": "planned", "pinned": False, "version": 1}
    return StopRow(f"stop{n}", f"id{store}", on, **{**told, **more})


def territory(stores: int | tuple[StoreRow, ...] = 12, weeks: int = 2, **more: Any) -> Territory:
    """A rep with these stores, or so many, a third of each class."""
    if isinstance(stores, int):
        stores = tuple(row(n, store_class="ABC"[n % 3]) for n in range(stores))
    return Territory("r01", 2, MONDAY, weeks, stores, **more)
