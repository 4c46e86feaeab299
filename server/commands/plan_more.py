"""`talaria plan learn`, `talaria plan calendar` and `talaria plan balance`."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection

from routes import queries_travel
from server import balancing, ical, learning
from server.commands import told
from server.commands.whose import company_of, show
from server.database import transaction
from server.drawing import KNOWN


def run_learn(reps: Sequence[str], company: str) -> None:
    """Learn now, and say how well."""
    now = datetime.now(UTC)
    with told.opened() as engine:

        def begin() -> AbstractContextManager[Connection]:
            return transaction(engine)

        with begin() as conn:
            firm = company_of(conn, company)["id"]
            known = queries_travel.reps(conn, firm)
        strange = sorted(set(reps) - set(known))
        if strange:
            raise told.fail(f"There is no rep {strange[0]!r}.")
        found = {"(company)": learning.learn_company(begin, firm, now)}
        for rep in reps or known:
            found[rep] = learning.learn_rep(begin, firm, rep, now)
    show(
        [
            {
                "of": area, "trips": one.trips,
                "minutes": f"{one.line.fixed_min:.1f} + {one.line.per_km_min:.2f} a km",
                "half within": f"{100 * one.error:.0f} %",
                "before": f"{100 * one.error_before:.0f} %",
                "used": "yes" if one.kept else "no, it is no better",
            }
            for area, one in found.items() if one is not None
        ],
        "",
    )  # fmt: skip
    few = [area for area, one in found.items() if one is None]
    if few:
        typer.echo(f"Fewer than {learning.LEAST_TRIPS} trips so far: {', '.join(few)}.")


def run_calendar(rep: str, file: Path, weeks: int, company: str) -> None:
    """Write the file."""
    now = datetime.now(UTC)
    with told.opened() as engine, engine.connect() as conn:
        firm = company_of(conn, company)
        first = ical.monday_of(now.astimezone(ZoneInfo(firm["zone"])).date())
        text = ical.plan_of(conn, firm["id"], rep, firm["zone"], first, weeks, now)
    if text is None:
        raise told.fail(f"There is no rep {rep!r}.")
    try:
        file.write_bytes(text)
    except OSError as no:
        raise told.fail(f"{file} cannot be written: {no.strerror}.") from None
    typer.echo(f"{file} holds {text.count(b'BEGIN:VEVENT')} visits from {first} on.")


def run_balance(reps: Sequence[str], weeks: int, company: str) -> None:
    """Show who would give which store to whom, and how full everybody's days are."""
    if len(reps) < 2:
        raise told.fail("Name two reps or more: work is balanced between them.")
    with told.opened() as engine:
        with engine.connect() as conn:
            firm = company_of(conn, company)
        today = datetime.now(ZoneInfo(firm["zone"])).date()
        monday = ical.monday_of(today) + timedelta(weeks=1)
        try:
            done, names = balancing.balance(engine, firm["id"], reps, monday, weeks)
        except KNOWN as no:
            raise told.fail(str(no)) from None
    show(
        [
            {"store": names[one.store], "from": one.giver, "to": one.taker,
             "work": f"{one.work_min:.0f} min", "driving": f"{one.extra_driving_min:+.0f} min"}
            for one in done.moves
        ],
        "Nothing would be gained by handing stores over.",
    )  # fmt: skip
    show(
        [
            {"rep": rep, "days filled": f"{100 * done.before[rep].share:.0f} %",
             "after": f"{100 * done.after[rep].share:.0f} %"}
            for rep in reps
        ],
        "",
    )  # fmt: skip
    typer.echo("Nothing was moved: hand stores over on the console, under Routes.")
