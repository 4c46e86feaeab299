"""The verbs that save something: order, card, visit, plan."""

from typing import Annotated, Any

import typer

from handhelds.reference import frequency, screens_work, stops, tables, tables_plan
from handhelds.reference.ages import too_old
from handhelds.reference.pad import Refused
from handhelds.reference.scan import by_barcode
from handhelds.reference.told import StoreArgument, Verb, day_of, opened
from handhelds.reference.typed import ask_lines, order_line, repeated
from handhelds.reference.visit import Rep, Wanted

work = typer.Typer()
plan_app = typer.Typer(help="Look at the plan and change it.", invoke_without_command=True)
visit_app = typer.Typer(help="Begin, end or skip a visit.", no_args_is_help=True)
work.add_typer(plan_app, name="plan")
work.add_typer(visit_app, name="visit")


@work.command()
def order(
    verb: Verb,
    store: StoreArgument,
    line: Annotated[
        list[str] | None,
        typer.Option(help="PRODUCT (or its barcode):QUANTITY[UNIT], such as 20041:2case."),
    ] = None,
    suggested: Annotated[bool, typer.Option(help="Take every suggestion.")] = False,
    repeat_last: Annotated[bool, typer.Option(help="The same as last time.")] = False,
    show_only: Annotated[bool, typer.Option("--show", help="Show it, save nothing.")] = False,
    deliver_on: Annotated[str | None, typer.Option(help="YYYY-MM-DD.")] = None,
    po_no: Annotated[str | None, typer.Option(help="The store's own number.")] = None,
    note: Annotated[str | None, typer.Option(help="A word to the warehouse.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Save without asking.")] = False,
) -> None:
    """Take an order. Without lines: shows what to order here, and asks if a person is there."""
    with opened(verb) as (told, rep):
        wanted = [by_barcode(rep.queries, order_line(text)) for text in line or ()]
        if repeat_last:
            wanted += repeated(rep, store)
        if suggested or not (wanted or repeat_last):
            screen = screens_work.suggestions(rep, store)
            if suggested:
                wanted += _accepted(screen)
            if not told.json or not wanted:
                told.show(screen, tables.suggestions(screen))
        if not wanted and told.asks():
            wanted = ask_lines(told.console, rep, store)
        if not wanted:
            return
        _, lines = rep.price(store, wanted)
        pad = screens_work.order_pad(rep, store, lines)
        if show_only:
            told.show(pad, tables.order_pad(pad))
            return
        if told.asks() and not yes:
            told.show(pad, tables.order_pad(pad))
            old = "; ".join(too_old(rep.pad))
            question = f"Save this order, though {old}?" if old else "Save this order?"
            if not typer.confirm(question, default=True):
                return
        day = day_of(rep, deliver_on) if deliver_on else None
        saved = rep.order(store, wanted, deliver_on=day, po_no=po_no, note=note)
        pad = pad | {"number": saved["number"], "id": saved["id"], "change": saved["change"]}
        pad["deliver_on"] = saved["deliver_on"]
        if told.asks() and not yes:
            told.console.print(f"Order {saved['number']} is saved and goes out by itself.")
        else:
            told.show(pad, tables.order_pad(pad, saved["number"]))


def _accepted(screen: dict[str, Any]) -> list[Wanted]:
    return [
        Wanted(one["product"], str(one["quantity"]))
        for one in screen["suggestions"]
        if one["quantity"]
    ]


@visit_app.command("start")
def visit_start(verb: Verb, store: StoreArgument) -> None:
    """Begin a visit."""
    with opened(verb) as (told, rep):
        visit = rep.start_visit(store)
        told.show({"id": visit["id"], "state": visit["state"]}, f"Visit begun at {store}.")


@visit_app.command("end")
def visit_end(
    verb: Verb,
    store: StoreArgument,
    note: Annotated[str | None, typer.Option(help="What to remember.")] = None,
    no_order: Annotated[str | None, typer.Option(help="Why there was no order.")] = None,
) -> None:
    """End a visit."""
    with opened(verb) as (told, rep):
        visit = rep.end_visit(store, note, no_order)
        told.show({"id": visit["id"], "state": visit["state"]}, f"Visit ended at {store}.")


@visit_app.command("skip")
def visit_skip(
    verb: Verb,
    store: StoreArgument,
    reason: Annotated[str, typer.Option(help="Why there was no visit.")] = "closed",
) -> None:
    """Say why a store was not visited."""
    with opened(verb) as (told, rep):
        visit = rep.skip_visit(store, reason)
        told.show({"id": visit["id"], "state": visit["state"]}, f"{store} is skipped: {reason}.")


@plan_app.callback()
def plan_show(
    verb: Verb, days: Annotated[int, typer.Option(help="How many days from today.")] = 14
) -> None:
    if verb.invoked_subcommand is None:
        with opened(verb) as (told, rep):
            screen = screens_work.plan(rep, rep.pad.today(), days)
            told.show(screen, tables.plan(screen))


@plan_app.command("add")
def plan_add(verb: Verb, store: StoreArgument, day: str, place: int | None = None) -> None:
    """Plan a stop: DAY is YYYY-MM-DD, today, tomorrow or +3."""
    with opened(verb) as (told, rep):
        stop = rep.plan(store, day_of(rep, day), place)
        told.show(
            {"id": stop["id"], "day": stop["day"], "sequence": stop["sequence"]},
            f"{store} is planned on {stop['day']}, stop {stop['sequence']}.",
        )


@plan_app.command("move")
def plan_move(verb: Verb, store: StoreArgument, day: str, to: str) -> None:
    """Move a stop from DAY to another day."""
    with opened(verb) as (told, rep):
        stop = rep.move_stop(store, day_of(rep, day), day_of(rep, to))
        told.show({"id": stop["id"], "day": stop["day"]}, f"{store} moved to {stop['day']}.")


@plan_app.command("swap")
def plan_swap(verb: Verb, store: StoreArgument, day: str, other: str, other_day: str) -> None:
    """Two stops change places: STORE on DAY with OTHER on its day."""
    with opened(verb) as (told, rep):
        ids = [_stop(rep, *of) for of in ((store, day), (other, other_day))]
        rows = stops.swap_stops(rep, *ids)
        told.show({"stops": [row["id"] for row in rows]}, f"{store} and {other} are swapped.")


@plan_app.command("skip")
def plan_skip(verb: Verb, store: StoreArgument, day: str, reason: str) -> None:
    """Say why a planned stop will not be made."""
    with opened(verb) as (told, rep):
        row = stops.skip_stop(rep, _stop(rep, store, day), reason)
        told.show({"id": row["id"], "state": row["state"]}, f"{store} is skipped: {reason}.")


@plan_app.command("shorten")
def plan_shorten(verb: Verb, day: str) -> None:
    """Bring a day's stops into the shortest order, as the crow flies."""
    with opened(verb) as (told, rep):
        rows, km = frequency.shorten(rep, day_of(rep, day).isoformat())
        told.show(
            {"stops": [row["id"] for row in rows], "saved_km": round(km, 1)},
            f"{len(rows)} stops have a new place: {km:.1f} km less.",
        )


@plan_app.command("owed")
def plan_owed(verb: Verb) -> None:
    """Which stores are owed a visit by what was agreed, those owed most first."""
    with opened(verb) as (told, rep):
        screen = frequency.owed(rep)
        told.show(screen, tables_plan.owed(screen))


def _stop(rep: Rep, named: str, day: str) -> str:
    """The id of a store's stop of a day."""
    on, store = day_of(rep, day).isoformat(), rep.store(named)
    for row in rep.queries.rows("plan_stop", store["id"]):
        if row["day"] == on:
            return str(row["id"])
    raise Refused(f"{store['name']} is not planned on {on}")
