"""`talaria plan`: a cycle of visits drawn up for reps, shown, published, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection, Engine

from routes import queries_plans as plans
from routes.cycle import Cycle
from server import planning
from server.commands import told
from server.commands.whose import by, company_of, show
from server.database import in_transaction
from server.drawing import KNOWN, Watch, draw_one, fault_of
from server.planning import Ask
from server.road_times import machine
from server.years import cycle_after
from sync.desk.edits import Hand, Refused
from sync.desk.plans import Published

HAS_NO_PLACE = 2
WORDS = {
    "no_frequency": "not planned, they have neither a class nor visits in four weeks",
    "not_due": "not due in this cycle",
    "placed_by_town": "have no coordinates of their own and stand in the middle of their town",
    "placed_in_the_middle": "have no coordinates, and no other store of their town has: they stand"
    " in the middle of the territory",
    "hours_not_read": "have opening hours that could not be read: planned as always open",
    "always_closed": "are never open long enough for a visit",
    "fixed_on_a_day_off": "have an appointment on a day off, which stays",
    "public_holidays": "is a public holiday: nobody is visited, unless an absence of the kind"
    " 'works' says so",
    "no_country": "has no public holidays, for the company has no country (talaria company year"
    " --country US-IA)",
    "home_is_the_middle": "starts from the middle of the stores: no home is known",
}
WHY = {
    "closed": "closed on every day that is left",
    "full": "no day has room, the nearest lacks {lacking_min} min",
    "hours": "the opening hours of the other stores of its days leave no time for it",
    "dear": "there is room, but it would cost too much driving",
}


def run_plan(
    ask: Ask, first_day: date | None, company: str, publish: bool, period: bool = False
) -> int:
    """Plan, show, keep and perhaps publish; the exit code."""
    with told.opened() as engine:
        with engine.connect() as conn:
            firm = company_of(conn, company)
        today = datetime.now(ZoneInfo(firm["zone"])).date()
        monday = today + timedelta(days=7 - today.weekday())
        ask = replace(ask, company=firm["id"], first_day=first_day or monday)
        if period:
            with engine.connect() as conn:
                begins, weeks = cycle_after(conn, firm["id"], datetime.now(UTC))
            ask = replace(ask, first_day=begins, weeks=weeks)
        no = planning.refusal(ask, today)
        if no:
            raise told.fail(no)
        began = datetime.now(UTC)
        cycles = _drawn(engine, ask)

        def kept(conn: Connection) -> tuple[str, Mapping[str, Published]]:
            now = datetime.now(UTC)
            key = planning.keep(conn, ask, cycles, by(), began, now)
            hand = Hand(by(), now)
            return key, planning.publish_kept(conn, firm["id"], key, hand) if publish else {}

        key, done = in_transaction(engine, kept)
    _show(cycles)
    if publish:
        _show_done(done, "published")
    typer.echo(f"Plan {key} is {'published' if publish else 'kept, nobody was told'}.")
    return HAS_NO_PLACE if any(cycle.missed for cycle in cycles) else 0


def run_undo(reps: Sequence[str], company: str) -> int:
    """Take back the plan published last."""
    with told.opened() as engine:
        with engine.connect() as conn:
            firm = company_of(conn, company)

        def undone(conn: Connection) -> tuple[str, Mapping[str, Published]] | None:
            key = plans.last_published(conn, firm["id"], reps)
            if key is None:
                return None
            hand = Hand(by(), datetime.now(UTC))
            return key, planning.undo_published(conn, firm["id"], key, hand)

        try:
            found = in_transaction(engine, undone)
        except (LookupError, Refused) as no:
            raise told.fail(str(no)) from None
    if found is None:
        raise told.fail("No published plan is left to take back.")
    _show_done(found[1], "taken back")
    typer.echo(f"Plan {found[0]} is taken back.")
    return 0


def _drawn(engine: Engine, ask: Ask) -> list[Cycle]:
    """Every rep's cycle, one after the other, with a bar and the best plan so far."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[best]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    cycles, roads = [], machine(told.settings().routing_url)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        rows = {rep: bar.add_task(rep, total=1.0, best="", start=False) for rep in ask.reps}
        for rep in ask.reps:
            bar.start_task(rows[rep])
            watch = Watch(
                lambda rep, part: bar.update(rows[rep], completed=part),
                lambda rep, minutes: bar.update(rows[rep], best=f"{minutes:,.0f} min of driving"),
            )
            try:
                cycles.append(draw_one(engine, ask, rep, watch, roads))
            except KNOWN as no:
                raise told.fail(fault_of(rep, no)) from None
            bar.update(rows[rep], completed=1.0)
    return cycles


def _show(cycles: Sequence[Cycle]) -> None:
    rows = []
    for cycle in cycles:
        sums = cycle.sums
        rows.append(
            {
                "rep": cycle.task.territory.rep,
                "driving": _hours(sums.driving_min),
                "visits": f"{sums.placed} of {sums.due} due",
                "longest day": _hours(sums.longest_day_min),
                "published now": None if sums.published_driving_min is None
                else f"{_hours(sums.published_driving_min)}, {sums.published_placed} visits",
                "stores that change days": len(cycle.moves),
            }
        )  # fmt: skip
    show(rows, "")
    for cycle in cycles:
        codes = {row.id: f"{row.code} {row.name}" for row in cycle.task.territory.stores}
        for one in cycle.missed:
            why = WHY[one.why].format(lacking_min=round(one.lacking_min))
            typer.echo(f"No place: {codes[one.store]}, {one.visits} visit(s): {why}")
        for kind, stores in cycle.task.told.items():
            some = ", ".join(stores[:8]) + (f" and {len(stores) - 8} more" if stores[8:] else "")
            typer.echo(f"{cycle.task.territory.rep}: {some} {WORDS[kind]}.")
    typer.echo(f"Distances: {cycles[0].task.territory.line_from}.")


def _show_done(done: Mapping[str, Published], what: str) -> None:
    rows = [
        {"rep": rep, what: len(one.entries), "new": one.new, "moved": one.moved,
         "removed": one.removed, "changed meanwhile and kept": one.gave_way}
        for rep, one in done.items()
    ]  # fmt: skip
    show(rows, "")


def _hours(minutes: float) -> str:
    whole = round(minutes)
    return f"{whole // 60}:{whole % 60:02d} h"
