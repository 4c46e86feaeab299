"""Stock of the day in: a snapshot of what a warehouse holds, as of one moment.

Quantities reserved by our own promises are not the file's to say and stay. A product missing from
the file stays as it is, unless the file is said to be full: then there is none of it. The age of
the snapshot is kept on the warehouse, where handhelds see it; a row keeps the moment it changed.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from schemas.ids import uuid7
from server.feeds import queries
from server.feeds.plan import Plan, Refused, Run, differing
from server.feeds.validate import Line
from sync.delivery.settle import settle_reservations

BIRTH = {"allocated": 0, "blocked": 0, "safety": 0, "due_quantity": None, "due_on": None,
         "source": None}  # fmt: skip
SAID = ("on_hand", "allocated", "blocked", "safety", "due_quantity", "due_on", "source")
COLUMNS = ("id", "warehouse", "product", *SAID, "published", "as_of")
NOTHING_LEFT = {"on_hand": 0, "allocated": 0, "blocked": 0, "due_quantity": None, "due_on": None}


def plan_stock(conn: Connection, run: Run, lines: Sequence[Line]) -> Plan:
    """Compare stock by warehouse and product; locks the rows it compares with."""
    plan = Plan()
    warehouses = queries.warehouses(conn, run.field_cells())
    products = queries.product_codes(conn, run.company.own_cell)
    good = [line for line in lines if _belongs(run, line, warehouses, products)]
    ages = _ages(run, good, warehouses, conn)
    settle_reservations(conn, {(warehouses[code], code): at for code, at in ages.items()})
    stored = queries.stock(conn, run.field_cells(), list(ages))
    known = {(row["warehouse"], row["product"]): row for row in stored}
    only = _only(run, warehouses)
    listed = {(code or only, product) for code, product in run.unread}
    for line in good:
        code, product = line.row["warehouse"], line.row["product"]
        listed.add((code, product))
        row = {name: line.row[name] for name in SAID if name in line.row}
        _put(plan, warehouses[code], (code, product), known.get((code, product)), row, ages[code])
    if run.full:
        for key in sorted(known.keys() - listed):
            _put(plan, warehouses[key[0]], key, known[key], NOTHING_LEFT, ages[key[0]])
    for code, as_of in ages.items():
        row = queries.warehouse(conn, warehouses[code], code)
        if row["stock_as_of"] != as_of:
            plan.rows_for(warehouses[code], "warehouse").rows.append(row | {"stock_as_of": as_of})
    return plan


def _only(run: Run, warehouses: dict[str, int]) -> str | None:
    """The warehouse a line means that names none: there is no other."""
    mine = [code for code, cell in warehouses.items() if run.cell in (None, cell)]
    return mine[0] if len(mine) == 1 else None


def _belongs(run: Run, line: Line, warehouses: dict[str, int], products: set[str]) -> bool:
    """Find the warehouse if there is only one; reject what names no product or warehouse."""
    only = _only(run, warehouses)
    if "warehouse" not in line.row and only is not None:
        line.row["warehouse"] = only
    if line.row.get("warehouse") not in warehouses:
        known = ", ".join(sorted(warehouses)) or "none yet"
        run.reject(line, "warehouse", f"Name a warehouse of the company: {known}.")
        return False
    if line.row["product"] not in products:
        run.reject(line, "product", "Load the product first, or correct its code.")
        return False
    return True


def _ages(
    run: Run, lines: Sequence[Line], warehouses: dict[str, int], conn: Connection
) -> dict[str, datetime]:
    """The moment each warehouse's snapshot is of. Raises Refused if a newer one is loaded."""
    found: dict[str, datetime] = defaultdict(lambda: run.as_of)
    for line in lines:
        code, told = line.row["warehouse"], line.row.get("as_of")
        known = found.get(code)
        found[code] = told if told and (known is None or told > known) else known or run.as_of
    for code, as_of in found.items():
        loaded = queries.warehouse(conn, warehouses[code], code)["stock_as_of"]
        if loaded is not None and as_of < loaded:
            raise Refused(
                f"This stock of {code} is as of {as_of:%Y-%m-%d %H:%M} UTC, and a newer one, of "
                f"{loaded:%Y-%m-%d %H:%M} UTC, is loaded already. Pass --as-of if it is newer."
            )
    return dict(found)


def _put(
    plan: Plan, cell: int, key: tuple[str, str], old: Any, row: dict[str, Any], as_of: datetime
) -> None:
    fields = None if old is None else differing(old, row)
    if not plan.tell(" ".join(key), fields):
        return
    kept = {name: old[name] for name in SAID} if old is not None else BIRTH
    full = {**kept, **row, "warehouse": key[0], "product": key[1], "as_of": as_of}
    full["id"] = old["id"] if old is not None else uuid7()
    taken = full["allocated"] + full["blocked"] + full["safety"]
    full["published"] = full["on_hand"] - taken - (old["reserved"] if old is not None else 0)
    plan.rows_for(cell, "stock").rows.append({name: full[name] for name in COLUMNS})
