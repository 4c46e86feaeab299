"""Targets in: what each rep is to sell in a period of the company's calendar.

A period is named by its first day; the last follows from the calendar and may be left out. A target
is never deleted: `state` withdrawn ends it, and a file that is said to be full withdraws what it
does not name of periods that are not over. Set again, it stands again.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from routes.queries import Working, working_by_rep, year_of
from routes.queries_travel import reps as reps_of
from routes.year import Period, period_after, period_of
from server.feeds.plan import Plan, Run, by, differing
from server.feeds.validate import Line
from server.queries_targets import targets
from server.targets import COLUMNS, target_row

SHOWN = 8
EARLIEST_YEAR = 2000
YEARS_AHEAD = 2

Known = dict[tuple[str, date], Mapping[str, Any]]


def plan_targets(conn: Connection, run: Run, lines: Sequence[Line]) -> Plan:
    """Compare targets by rep and first day; locks the rows it compares with."""
    plan, company = Plan(), run.company
    calendar = year_of(conn, company.id)["calendar"]
    known: Known = by(targets(conn, company.id), "rep", "first_day")
    good = [line for line in lines if _is_plausible(run, line)]
    spans = {line.line: _span(line, calendar, known) for line in good}
    days = [day for span in spans.values() for day in span]
    codes = reps_of(conn, company.id)
    reps = working_by_rep(conn, company.id, codes, min(days), max(days)) if days else {}
    if run.full:
        named = {(one.row["rep"], one.row["first_day"]) for one in lines}
        _withdraw(plan, run, known, named | run.unread)
    # What is withdrawn makes room for what is set, wherever it stands in the file.
    for line in sorted(good, key=lambda one: (one.row.get("state") != "withdrawn", one.line)):
        rep, (first, last) = line.row["rep"], spans[line.line]
        if _fits(run, line, last, calendar, known, reps):
            row = target_row(rep, first, last, line.row["net_minor"], reps[rep].days)
            row["state"] = line.row.get("state", "set")
            _put(plan, known, (rep, first), row, reps[rep].cell)
    return plan


def _is_plausible(run: Run, line: Line) -> bool:
    """Whether the day can be meant. The year is where people mistype, and working days are kept
    of every day up to the last target's."""
    latest = run.now.year + YEARS_AHEAD
    year, state = line.row["first_day"].year, line.row.get("state")
    if EARLIEST_YEAR <= year <= latest or state == "withdrawn":
        return True
    run.reject(line, "first_day", f"Correct the year: targets are set up to {latest}.")
    return False


def _span(line: Line, calendar: str, known: Known) -> tuple[date, date]:
    """The days of the target: a known one keeps its own, also when the calendar is another now."""
    old = known.get((line.row["rep"], line.row["first_day"]))
    first = line.row["first_day"]
    return first, old["last_day"] if old is not None else period_of(calendar, first).last_day


def _fits(
    run: Run, line: Line, last: date, calendar: str, known: Known, reps: Mapping[str, Working]
) -> bool:  # fmt: skip
    """Whether the line can be taken; what to do is told if not."""
    row, first = line.row, line.row["first_day"]
    if row["rep"] not in reps:
        there = ", ".join(sorted(reps)[:SHOWN]) or "none yet"
        more = " ..." if len(reps) > SHOWN else ""
        run.reject(line, "rep", f"There is no rep of this code; there is: {there}{more}.")
        return False
    old = known.get((row["rep"], first))
    if old is None and row.get("state") == "withdrawn":
        run.reject(line, "state", "Nothing is set for this rep from this day: take the row out.")
        return False
    period = period_of(calendar, first)
    if old is None and first != period.first_day:
        run.reject(line, "first_day", _begins(calendar, period))
        return False
    if row.get("last_day") not in (None, last):
        run.reject(line, "last_day", f"This period ends on {last}: write that, or leave it out.")
        return False
    other = _overlapped(known, row["rep"], first, last)
    if other is not None and row.get("state") != "withdrawn":
        says = f"{other['first_day']} to {other['last_day']} has a target already: withdraw it."
        run.reject(line, "first_day", says)
        return False
    return True


def _begins(calendar: str, period: Period) -> str:
    after = period_after(calendar, period).first_day
    return f"Periods of your calendar ({calendar}) begin on {period.first_day} and on {after}."


def _overlapped(known: Known, rep: str, first: date, last: date) -> Mapping[str, Any] | None:
    """A target of the rep that is set for some of these days, from another day on."""
    mine = (row for (whose, since), row in known.items() if whose == rep and since != first)
    days = (row for row in mine if row["first_day"] <= last and first <= row["last_day"])
    return next((row for row in days if row["state"] == "set"), None)


def _put(
    plan: Plan, known: Known, key: tuple[str, date], row: dict[str, Any], home: int
) -> None:  # fmt: skip
    old = known.get(key)
    told, cell = None, home
    if old is not None:
        row, cell = {**row, "id": old["id"]}, old["cell"]
        told = differing({**old, "working_days": [*old["working_days"]]}, row)
    known[key] = {**row, "cell": cell}
    if plan.tell(f"{key[0]} {key[1]}", told):
        plan.rows_for(cell, "target").rows.append({name: row[name] for name in COLUMNS})


def _withdraw(plan: Plan, run: Run, known: Known, named: set[tuple[str, date]]) -> None:
    """End what a full file does not name, of periods that are not over."""
    today = run.now.astimezone(run.company.zone).date()
    for key, row in sorted(known.items()):
        if key not in named and row["state"] == "set" and row["last_day"] >= today:
            _put(plan, known, key, {**row, "state": "withdrawn"}, row["cell"])
