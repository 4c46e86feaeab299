"""`talaria reconcile`: compare a day with the delivery systems, and print what differs."""

import sys
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from server.commands import told
from server.commands.whose import by

DIFFERS = 2
"""The exit code when something differs, as for rows that a load rejected."""
STATES = {
    "agrees": "agrees", "differs": "DIFFERS", "unanswered": "no list: not compared",
    "cannot_be_asked": "cannot be asked", "asked": "not compared yet",
}  # fmt: skip


def reconcile(day: date | None, company: str, only: str, run: bool) -> int:
    """Compare (unless `run` is off: then show the last comparison); returns the exit code.

    0: everything agrees. 2: something differs. 1: a system could not be compared.
    """
    from server.commands import queries
    from server.database import transaction
    from server.delivery import queries_reconcile
    from server.delivery.reconcile import Run, run_due
    from sync.queries.doubts import ask_day

    with told.opened() as engine:
        now = datetime.now(UTC)
        with engine.begin() as conn:
            found = [row for row in queries.companies(conn) if company in ("", row["code"])]
            if len(found) != 1:
                raise told.fail("Name the company with --company CODE (talaria company list).")
            whose = found[0]
            wanted = day or now.astimezone(ZoneInfo(whose["zone"])).date() - timedelta(days=1)
            if run:
                targets = [
                    row for row in queries_reconcile.targets(conn, whose["id"])
                    if row["enabled"] and only in ("", row["code"])
                ]  # fmt: skip
                if not targets:
                    raise told.fail("There is no such delivery system: talaria target list")
                for row in targets:
                    ask_day(conn, row["cell"], row["code"], wanted, by(), now)
        if run:
            with redirect_stdout(sys.stderr):  # its log is progress, not the report
                run_due(Run(lambda: transaction(engine), now))
        with engine.begin() as conn:
            rows = queries_reconcile.report(conn, whose["id"], wanted)
    rows = [row for row in rows if only in ("", row["target"])]
    if not rows:
        raise told.fail(f"{wanted} was not compared yet: leave --show out to compare it now.")
    for row in rows:
        show(row)
    states = {row["state"] for row in rows}
    return DIFFERS if "differs" in states else 0 if states == {"agrees"} else 1


def show(row: Any) -> None:
    """One system's day: a line of sums, a table of differences."""
    from sync.delivery.doubt import figures_of
    from sync.sentences.words import words

    screen = Console(highlight=False, soft_wrap=True)
    ours, theirs = row["ours"], row["theirs"]
    line = f"{row['target']}  {row['day']}  {STATES[row['state']]}"
    if ours and theirs:
        line += f"  here {sums(ours)}  there {sums(theirs)}"
    if row["moved"]:
        line += f"  {row['moved']} on the day beside"
    if row["under_way"]:
        line += f"  {row['under_way']} under way"
    screen.print(line, markup=False)
    if row["says"]:
        screen.print(f"  {row['says']}", markup=False)
    if row["lines"]:
        table = Table("kind", "what it means", "since", box=None, pad_edge=False)
        for one in row["lines"]:
            figures = figures_of(one["kind"], one["subject"], one["ours"], one["theirs"])
            said = {**figures, "target": one["target"], "day": one["day"].isoformat()}
            says = words("delivery_differs", one["kind"], said)
            since = f"{one['first_seen_at']:%Y-%m-%d %H:%M}"
            table.add_row(one["kind"], Text(says), since)
        screen.print(table)


def sums(said: dict[str, Any]) -> str:
    """Orders, lines and value in one piece of text."""
    value = " ".join(f"{minor} {currency}" for currency, minor in said["value_minor"].items())
    return f"{said['orders']} orders, {said['lines']} lines, {value or '0'} (minor units)"
