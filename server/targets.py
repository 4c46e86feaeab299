"""The working days of the reps' targets, kept in line with how reps work and when they are away.

A handheld shows how much of a period's target should be reached by now, by working days. It knows
neither leave nor public holidays, so each target carries the days: written by whoever sets it
(feeds/targets.py), and anew here when the office changes one of them. Another calendar leaves
targets as they are: their periods are theirs.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from routes.queries import working_by_rep, year_of
from schemas.ids import uuid7
from server.queries_targets import targets
from sync.write import write

COLUMNS = ("id", "rep", "first_day", "last_day", "net_minor", "working_days", "state")


def within(days: Collection[date], first: date, last: date) -> list[date]:
    """The days from `first` to `last`, in order."""
    return sorted(day for day in days if first <= day <= last)


def target_row(
    rep: str, first: date, last: date, net_minor: int, days: Collection[date]
) -> dict[str, Any]:
    """A new target, as `sync.write` takes it. days: working days, of any span."""
    return {
        "id": uuid7(), "rep": rep, "first_day": first, "last_day": last, "net_minor": net_minor,
        "working_days": within(days, first, last), "state": "set",
    }  # fmt: skip


def refresh(conn: Connection, company: str, by: str, now: datetime) -> int:
    """Write the working days anew of targets that are not over and have others now; how many.

    Call it last in a transaction: it takes feeds' counters, cell by cell.
    """
    today = now.astimezone(ZoneInfo(year_of(conn, company)["zone"])).date()
    known = [row for row in targets(conn, company, since=today) if row["state"] == "set"]
    if not known:
        return 0
    first = min(row["first_day"] for row in known)
    last = max(row["last_day"] for row in known)
    reps = working_by_rep(conn, company, {row["rep"] for row in known}, first, last)
    late: dict[int, list[Mapping[str, Any]]] = {}
    for row in known:
        if row["rep"] not in reps:
            continue  # no rep any more: nobody reads it
        days = within(reps[row["rep"]].days, row["first_day"], row["last_day"])
        if days != list(row["working_days"]):
            new = {**row, "working_days": days}
            late.setdefault(row["cell"], []).append({name: new[name] for name in COLUMNS})
    return sum(write(conn, cell, "target", late[cell], by).changed for cell in sorted(late))
