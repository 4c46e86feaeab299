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
    """Make what is missing of a described company; returns its code."""
    with engine.begin() as conn:
        ensure_epoch(conn)
        row = told["company"]
        code = str(row["code"])
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
    known = queries.warehouses(conn, list(cells.values()))
    for one in told:
        if one["cell"] not in cells:
            raise MappingProblem([f"company.toml: there is no cell {one['cell']!r}."])
        if one["code"] not in known:
            row = {"code": one["code"], "name": one["name"], "zone": one["zone"],
                   "cut_off": one.get("cut_off"), "stock_as_of": None}  # fmt: skip
            write(conn, cells[one["cell"]], "warehouse", [row], "load:company")
