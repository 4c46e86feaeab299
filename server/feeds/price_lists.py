"""Price lists in: whom each is for. What a list costs is the feed of prices."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from server.feeds import queries
from server.feeds.plan import Plan, Run, by, differing
from server.feeds.validate import Line

COLUMNS = ("code", "name", "currency", "level", "banner", "channel", "store_class")
NEEDS: dict[str, tuple[str, ...]] = {
    "base": (),
    "store": (),
    "banner": ("banner",),
    "channel": ("channel",),
    "channel_class": ("channel", "store_class"),
}
"""Level -> the columns that say whose the list is; the others are emptied."""


def plan_price_lists(conn: Connection, run: Run, lines: Sequence[Line]) -> Plan:
    """Compare price lists by code."""
    plan, cell = Plan(), run.company.own_cell
    known = by(queries.price_lists(conn, cell), "code")
    for line in lines:
        row, level = line.row, line.row["level"]
        missing = next((name for name in NEEDS[level] if not row.get(name)), None)
        if missing is not None:
            run.reject(line, missing, f"A list of level {level} says whose {missing} it is.")
            continue
        old = known.get(row["code"])
        full: dict[str, Any] = {
            **{"name": row["code"], "currency": run.company.currency},
            **(old or {}),
            **row,
            **dict.fromkeys(("banner", "channel", "store_class")),
            **{name: row[name] for name in NEEDS[level]},
        }
        full = {name: full[name] for name in COLUMNS}
        if plan.tell(row["code"], None if old is None else differing(old, full)):
            plan.rows_for(cell, "price_list").rows.append(full)
    return plan
