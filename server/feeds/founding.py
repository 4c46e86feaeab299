"""Makes the company a mapping describes, with its depots and warehouses, if it is not there yet.

A mapping folder may hold a `company.toml`; then one command takes an empty database to a loaded
one. What is there already is left as it is: from then on the office edits it.
"""

import tomllib
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Engine

from schemas.ids import uuid7
from server.feeds import queries
from server.feeds.mapping import MappingProblem, mapping_text
from sync.feed import ensure_epoch
from sync.queries.feed import open_feed
from sync.write import write

NEEDED = {
    "company": ("code", "name", "currency", "zone"),
    "cells": ("code", "name"),
    "warehouses": ("cell", "code", "name", "zone"),
}


def described(where: str) -> dict[str, Any] | None:
    """The company.toml of a mapping, checked; None if it has none. Errors: MappingProblem."""
    text = mapping_text(where, "company")
    if not text:
        return None
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise MappingProblem([f"company.toml is not TOML: {why}."]) from None
    problems = [
        f"company.toml: [{table}] needs {name}."
        for table, names in NEEDED.items()
        for row in ([told.get(table, {})] if table == "company" else told.get(table, []))
        for name in names
        if not isinstance(row.get(name), str)
    ]
    for row in (told.get("company", {}), *told.get("warehouses", [])):
        try:
            ZoneInfo(row.get("zone", "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            problems.append(f"company.toml: there is no time zone {row['zone']!r}.")
    if problems:
        raise MappingProblem(problems)
    return told


def ensure_company(engine: Engine, told: dict[str, Any]) -> str:
    """Make what is missing of a described company; returns its code. Errors: MappingProblem, and
    nothing of it is made."""
    row = told["company"]
    code = str(row["code"])
    with engine.begin() as conn:
        queries.one_at_a_time(conn, "company", code)
        ensure_epoch(conn)
        known = {one["code"]: one["id"] for one in queries.companies(conn)}
        if code not in known:
            known[code] = uuid7()
            queries.add_company(
                conn,
                {**{name: row[name] for name in NEEDED["company"]}, "id": known[code],
                 "source": row.get("source"), "last_device_no": 0},
            )  # fmt: skip
        cells = {one["code"]: one["cell"] for one in queries.cells(conn, known[code])}
        wanted = [(code, row["name"], "company")]
        wanted += [(one["code"], one["name"], "field") for one in told.get("cells", [])]
        for cell_code, name, kind in wanted:
            if cell_code not in cells:
                cells[cell_code] = _add_cell(conn, known[code], cell_code, name, kind)
        _add_warehouses(conn, told.get("warehouses", []), cells)
    return code


def _add_cell(conn: Connection, company: str, code: str, name: str, kind: str) -> int:
    cell = queries.next_cell(conn)
    row = {"cell": cell, "company": company, "kind": kind, "code": code, "name": name}
    queries.add_cell(conn, row)
    open_feed(conn, cell)
    return cell


def _add_warehouses(conn: Connection, told: list[dict[str, Any]], cells: dict[str, int]) -> None:
    """Add those that are not there. A handheld knows a warehouse by its code alone, so a company
    has each code once; the lock of the company keeps two founders from making one each."""
    depots = {cell: code for code, cell in cells.items()}
    known = {code: depots[cell] for code, cell in queries.warehouses(conn, list(depots)).items()}
    problems = []
    for one in told:
        code, depot = one["code"], one["cell"]
        if depot not in cells:
            problems.append(f"company.toml: there is no cell {depot!r}.")
        elif code not in known:
            known[code] = depot
            row = {"code": code, "name": one["name"], "zone": one["zone"],
                   "cut_off": one.get("cut_off"), "stock_as_of": None}  # fmt: skip
            write(conn, cells[depot], "warehouse", [row], "load:company")
        elif known[code] != depot:
            problems.append(
                f"company.toml: the depot {depot!r} cannot have a warehouse {code!r}, for the depot"
                f" {known[code]!r} has one. Give one of the two another code."
            )
    if problems:
        raise MappingProblem(problems)
