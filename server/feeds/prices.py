"""Prices in. A price is never edited: a new one is a new row, and the old one ends.

Each line of a file says "from this day this product costs this much in this list". If the row
that holds on that day says so already, nothing happens. Else the row gives way: from the new
one's first day, or from now if that day has begun (what a rep quoted this morning was right then,
so it must not look as if it had never been). A line that starts later leaves the present price
in force until its day.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from schemas.ids import uuid7
from server.feeds import queries
from server.feeds.plan import Plan, Run
from server.feeds.validate import Line

COLUMNS = ("id", "list", "product", "price", "min_quantity", "valid_from", "valid_to",
           "superseded_at")  # fmt: skip


@dataclass(slots=True)
class Version:
    """A row of the price table while a plan is made; `id` None = not yet written."""

    id: str | None
    price: Decimal
    valid_from: datetime
    valid_to: datetime | None
    superseded_at: datetime | None = None
    min_quantity: int = 1

    def holds_at(self, when: datetime) -> bool:
        return self.valid_from <= when and (self.valid_to is None or when < self.valid_to)


def plan_prices(conn: Connection, run: Run, lines: Sequence[Line]) -> Plan:
    """Compare prices by list, product and least quantity, over their days."""
    plan, cell = Plan(), run.company.own_cell
    products = queries.product_codes(conn, cell)
    lists = queries.price_list_codes(conn, cell)
    versions: dict[tuple[str, str, int], list[Version]] = defaultdict(list)
    for one in queries.prices(conn, cell):
        versions[one["list"], one["product"], one["min_quantity"]].append(
            Version(
                *(one["id"], one["price"], one["valid_from"], one["valid_to"]),
                min_quantity=one["min_quantity"],
            )
        )
    touched: dict[str, dict[str, Any]] = {}
    for line in sorted(lines, key=lambda one: (_from(run, one), one.line)):
        row = line.row
        if row["product"] not in products:
            run.reject(line, "product", "Load the product first, or correct its code.")
            continue
        valid_to = row.get("valid_to")
        until = run.company.midnight(valid_to + timedelta(days=1)) if valid_to else None
        since = _from(run, line)
        if until is not None and until <= since:
            run.reject(line, "valid_to", "It ends before it begins: correct one of the two days.")
            continue
        key = (row["list"], row["product"], row.get("min_quantity", 1))
        if key[0] not in lists:
            lists.add(key[0])
            plan.rows_for(cell, "price_list").rows.append(_list(run, key[0]))
        asked = Version(None, Decimal(row["price"]), since, until, min_quantity=key[2])
        had = bool(versions[key])
        fields, rows = replace(versions[key], asked, run.now)
        for version in rows:
            version.id = version.id or uuid7()
            touched[version.id] = _row(key, version)
        plan.tell(f"{key[0]} {key[1]}", fields if had else None)
    plan.rows_for(cell, "price").rows.extend(touched.values())
    return plan


def replace(
    versions: list[Version], asked: Version, now: datetime
) -> tuple[dict[str, tuple[Any, Any]], list[Version]]:
    """Fit a price among the current versions of its product, which is changed in place.

    Returns what differs as field -> (old, new), and the versions to write; ({}, []) = nothing.
    """
    holds = [one for one in versions if one.holds_at(asked.valid_from)]
    current = max(holds, key=lambda one: one.valid_from, default=None)
    if current is not None and current.price == asked.price:
        if asked.valid_to is None or asked.valid_to == current.valid_to:
            return {}, []
        before, current.valid_to = current.valid_to, asked.valid_to
        return {"valid_to": (before, asked.valid_to)}, [current]
    later = [one.valid_from for one in versions if one.valid_from > asked.valid_from]
    if asked.valid_to is None:
        asked.valid_to = current.valid_to if current else min(later, default=None)
    written = [asked]
    if current is not None:
        begun = asked.valid_from <= now
        current.valid_to = max(asked.valid_from, now) if begun else asked.valid_from
        if begun:
            current.superseded_at = now
            versions.remove(current)
        written.insert(0, current)
    versions.append(asked)
    old = current.price if current else None
    return {"price": (old, asked.price)}, written


def _from(run: Run, line: Line) -> datetime:
    day = line.row.get("valid_from")
    return run.company.midnight(day or run.as_of.astimezone(run.company.zone).date())


def _list(run: Run, code: str) -> Mapping[str, Any]:
    """A price list first heard of in a file of prices. One called base is for every store; any
    other only for stores that name it, until a file of price lists says whose it is."""
    level = "base" if code == "base" else "store"
    return {"code": code, "name": code, "currency": run.company.currency, "level": level}


def _row(key: tuple[str, str, int], one: Version) -> dict[str, Any]:
    values = (one.id, key[0], key[1], one.price, key[2], one.valid_from, one.valid_to,
              one.superseded_at)  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))
