"""Products in, each with its units: the each it is counted in, and the case it also sells by.

A barcode may stand on several products: a scan then offers a choice. One that fails its check
digit is refused with what it should be, unless the mapping keeps it as the source has it
(`transform = "text"`), for sources that print such barcodes on their packs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from schemas.tables.trade import product as PRODUCT
from server.feeds import queries
from server.feeds.plan import Plan, Run, by, differing
from server.feeds.stores import AT_REST
from server.feeds.validate import Line
from sync.terms.gtin import LENGTHS, as_14

COLUMNS = [column.name for column in PRODUCT.columns if column.name not in AT_REST]
BIRTH = {"status": "active", "min_quantity": 1, "multiple": 1}
UOM = ("num", "den", "gtin", "orderable")


def plan_products(conn: Connection, run: Run, lines: Sequence[Line]) -> Plan:
    """Compare products by code, and their units."""
    plan, cell = Plan(), run.company.own_cell
    known = by(queries.products(conn, cell), "code")
    uoms: dict[str, dict[str, Any]] = {}
    for one in queries.product_uoms(conn, cell):
        uoms.setdefault(one["product"], {})[one["uom"]] = one
    doubtful = 0
    for line in lines:
        bad = _bad_gtin(line.row)
        if bad:
            run.reject(line, bad, "Write a barcode of 8, 12, 13 or 14 digits, or leave it empty.")
            continue
        code = line.row["code"]
        old, stored = known.get(code), uoms.get(code, {})
        row = {name: value for name, value in line.row.items() if name in COLUMNS}
        full = dict.fromkeys(COLUMNS) | BIRTH | dict(old or {}) | row
        full = {name: full[name] for name in COLUMNS}
        units = _units(line.row, code, stored)
        doubtful += sum(
            one["gtin"] is not None and as_14(one["gtin"]) is None for one in units.values()
        )
        fields = None if old is None else differing(old, row) | _unit_fields(stored, units)
        if plan.tell(code, fields):
            rows = plan.rows_for(cell, "product", whole_parts=True)
            rows.rows.append(full)
            rows.parts.setdefault("product_uom", []).extend(units.values())
    if doubtful:
        run.notes.append(f"{doubtful} barcodes fail their check digit; they were kept as sent.")
    return plan


def _bad_gtin(row: Mapping[str, Any]) -> str | None:
    for name in ("each_gtin", "case_gtin"):
        text = row.get(name)
        if text is not None and not (text.isascii() and text.isdigit() and len(text) in LENGTHS):
            return name
    return None


def _units(
    row: Mapping[str, Any], code: str, stored: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """All units the product is to have; those the file does not speak of stay as stored."""
    units = {name: {"product": code, "uom": name, **_plain(one)} for name, one in stored.items()}
    each = units.setdefault("each", _unit(code, "each", 1))
    if "each_gtin" in row:
        each["gtin"] = row["each_gtin"]
    if "case_size" in row:
        if row["case_size"] is None:
            units.pop("case", None)
        else:
            case = units.setdefault("case", _unit(code, "case", row["case_size"]))
            case["num"], case["den"] = row["case_size"], 1
    if "case_gtin" in row and "case" in units:
        units["case"]["gtin"] = row["case_gtin"]
    return units


def _unit(code: str, name: str, num: int) -> dict[str, Any]:
    return {"product": code, "uom": name, "num": num, "den": 1, "gtin": None, "orderable": True}


def _plain(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in UOM}


def _unit_fields(
    stored: Mapping[str, Mapping[str, Any]], units: Mapping[str, Mapping[str, Any]]
) -> dict[str, tuple[Any, Any]]:
    """How the units differ, named like `case.num`."""
    fields: dict[str, tuple[Any, Any]] = {}
    for name in sorted(stored.keys() | units.keys()):
        old, new = stored.get(name), units.get(name)
        for column in UOM:
            before, after = old[column] if old else None, new[column] if new else None
            if before != after:
                fields[f"{name}.{column}"] = (before, after)
    return fields
