"""Tax rates in: by class and the day each begins. A row for the same day corrects the one there."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from schemas.ids import uuid7
from server.feeds import queries
from server.feeds.plan import Plan, Run, by, differing
from server.feeds.validate import Line

COLUMNS = ("id", "tax_class", "name", "percent", "valid_from", "valid_to")
MOST_PERCENT = 100


def plan_tax_rates(conn: Connection, run: Run, lines: Sequence[Line]) -> Plan:
    """Compare rates by class and first day."""
    plan, cell = Plan(), run.company.own_cell
    known = by(queries.tax_rates(conn, cell), "tax_class", "valid_from")
    for line in lines:
        row = {**line.row, "percent": Decimal(line.row["percent"])}
        if row["percent"] > MOST_PERCENT:
            run.reject(line, "percent", "Write a percentage from 0 to 100.")
            continue
        ends = row.get("valid_to")
        if ends is not None and ends < row["valid_from"]:
            run.reject(line, "valid_to", "It ends before it begins: correct one of the two days.")
            continue
        old = known.get((row["tax_class"], row["valid_from"]))
        full: dict[str, Any] = {**dict.fromkeys(COLUMNS), **(old or {"id": uuid7()}), **row}
        key = f"{row['tax_class']} {row['valid_from']}"
        if plan.tell(key, None if old is None else differing(old, row)):
            plan.rows_for(cell, "tax_rate").rows.append({name: full[name] for name in COLUMNS})
    return plan
