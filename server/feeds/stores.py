"""Stores in: master data of the company's own system, and a credit account for every store.

A store keeps its id for life and is known by its code. What people know better than a nightly
file stays: a position a rep took on the spot, a hold the office set, a merger.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from schemas.ids import uuid7
from schemas.tables.trade import store as STORE
from server.feeds import queries
from server.feeds.placing import Towns
from server.feeds.plan import Plan, Run, by, depot_of, differing
from server.feeds.validate import Line

AT_REST = ("cell", "scope", "version", "changed_by")
COLUMNS = [column.name for column in STORE.columns if column.name not in AT_REST]
KEPT_STATUS = frozenset({"on_hold", "merged"})
ACCOUNT = ("limit_minor", "blocked_reason")


def plan_stores(conn: Connection, run: Run, lines: Sequence[Line]) -> Plan:
    """Compare stores by code with those of all depots of the company."""
    plan = Plan()
    said = any(name in ACCOUNT for name, _ in run.bound.takes)
    known = by(queries.stores(conn, run.field_cells()), "code")
    accounts = by(queries.accounts(conn, run.field_cells(), lock=said), "store")
    warehouses = queries.warehouses(conn, run.field_cells())
    good: list[tuple[Line, int, dict[str, Any]]] = []
    for line in lines:
        old = known.get(line.row["code"])
        cell = depot_of(run, line, old["cell"] if old else None)
        if cell is None:
            continue
        row = _stated(run, line, cell, warehouses)
        if row is not None:
            good.append((line, cell, row))
    told = {line.row["code"]: row for line, _, row in good}
    others = (
        row for code, row in known.items() if code not in told and row["geo_source"] != "town"
    )
    towns = Towns([*others, *told.values()])
    placed = 0
    for line, cell, row in good:
        old = known.get(line.row["code"])
        placed += _settle(row, old, towns)
        store = str(old["id"]) if old else uuid7()
        full = dict.fromkeys(COLUMNS) | dict(old or {"status": "active"}) | row
        full = {name: full[name] for name in COLUMNS} | {"id": store}
        fields = None if old is None else differing(old, row)
        account = _account(line.row, store, accounts.get(store))
        if fields is not None and account is not None:
            fields |= account.pop("differing")
        if plan.tell(line.row["code"], fields):
            plan.rows_for(cell, "store").rows.append(full)
        if account is not None:
            account.pop("differing", None)
            plan.rows_for(cell, "receivable").rows.append(account)
    if placed:
        run.notes.append(f"{placed} stores came without coordinates and were placed by their town.")
    return plan


def _stated(run: Run, line: Line, cell: int, warehouses: dict[str, int]) -> dict[str, Any] | None:
    """What the file says of the store, as columns; None after rejecting it."""
    row = {name: value for name, value in line.row.items() if name in COLUMNS}
    for name, most in (("lat_deg", 90), ("lon_deg", 180)):
        if row.get(name) is not None:
            row[name] = float(row[name])
            if not -most <= row[name] <= most:
                run.reject(line, name, f"Write degrees between -{most} and {most}.")
                return None
    if (row.get("lat_deg") is None) != (row.get("lon_deg") is None):
        run.reject(line, "lat_deg", "Give both latitude and longitude, or neither.")
        return None
    own = sorted(code for code, at in warehouses.items() if at == cell)
    if "warehouse" not in row and len(own) == 1:
        row["warehouse"] = own[0]
    if row.get("warehouse") not in own:
        known = ", ".join(own) or "none yet"
        run.reject(line, "warehouse", f"Name the warehouse that serves it: {known}.")
        return None
    return row


def _settle(row: dict[str, Any], old: Any, towns: Towns) -> bool:
    """Keep what people know better, and place what has no place. True if placed by its town."""
    if old is not None:
        if row.get("status") == "active" and old["status"] in KEPT_STATUS:
            del row["status"]
        if old["geo_source"] == "rep":
            row.pop("lat_deg", None), row.pop("lon_deg", None)
            return False
    if "lat_deg" not in row and old is not None:
        return False
    if row.get("lat_deg") is not None:
        row |= {"geo_source": "given", "geo_accuracy_m": None}
        return False
    place = towns.place(row)
    if place is None:
        row |= {"lat_deg": None, "lon_deg": None, "geo_source": None, "geo_accuracy_m": None}
        return False
    row |= {
        "lat_deg": place.lat_deg,
        "lon_deg": place.lon_deg,
        "geo_source": "town",
        "geo_accuracy_m": place.accuracy_m,
    }
    return True


def _account(row: dict[str, Any], store: str, old: Any) -> dict[str, Any] | None:
    """The store's credit account if it is new or its terms changed; None = leave it."""
    said = {name: row[name] for name in ACCOUNT if name in row}
    if old is None:
        fresh = {"open_minor": 0, "on_account_minor": 0, "as_of": None}
        empty = dict.fromkeys(ACCOUNT)
        return {"store": store, **fresh, **empty, **said, "differing": {}}
    fields = differing(old, said)
    if not fields:
        return None
    kept = {name: old[name] for name in ("open_minor", "on_account_minor", "as_of", *ACCOUNT)}
    return {"store": store, **kept, **said, "differing": fields}
