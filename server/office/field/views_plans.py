"""A rep's plan of a week: stops put on it, moved, fixed and taken off."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.auth import needs
from server.database import in_transaction
from server.office.field import queries_edits as queries
from server.office.field.forms import known_id
from server.office.field.views_store import hand, placed
from server.office.queries import reps
from sync.desk import edits
from sync.feed import Entry, publish

blueprint = Blueprint("plans", __name__, url_prefix="/plans")

PLANNERS = ("supervisor", "key_account", "admin")


@blueprint.get("/")
@needs(*PLANNERS, to="plan the visits of reps")
def week() -> str:
    """Seven days of one rep, Monday first."""
    person = asking.person()
    today = datetime.now(ZoneInfo(person.zone)).date()
    monday = _monday(request.args.get("week", ""), today)
    with asking.engine().begin() as conn:
        people = reps(conn, person.company, person.cells)
        rep = request.args.get("rep", "")[:64] or (people[0].code if people else "")
        whose = queries.home_of(conn, person.company, person.cells, rep)
        last = monday + timedelta(days=6)
        stops = queries.stops(conn, person.cells, rep, monday, last) if whose else []
        carried = queries.stores_of(conn, person.cells, rep, today) if whose else []
        met = queries.met(conn, person.cells, [str(one.id) for one in stops]) if stops else []
    told: dict[str, Any] = {}
    for one in met:
        told.setdefault(one.stop, one)  # the newest of each stop
    days = [monday + timedelta(days=n) for n in range(7)]
    return render_template(
        "plan.html", reps=people, whose=whose, monday=monday, today=today, stores=carried,
        days=[(day, [one for one in stops if one.day == day]) for day in days],
        before=monday - timedelta(days=7), after=monday + timedelta(days=7), told=told,
    )  # fmt: skip


def _monday(text: str, today: date) -> date:
    """The Monday of the week a day lies in; this week's for what is no day."""
    day = _day(text) or today
    return day - timedelta(days=day.weekday())


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


@blueprint.post("/")
@needs(*PLANNERS)
def change() -> Response:
    """Put a stop on the plan, move it, fix it or take it off."""
    person, form = asking.person(), request.form

    def work(conn: Connection) -> None:
        if form.get("act") == "add":
            cell, entries = _added(conn, person)
        else:
            key = known_id(form.get("stop", ""))
            cell = placed(conn, person, "plan_stop", key)
            entries = _changed(conn, cell, key)
        publish(conn, cell, entries)

    try:
        in_transaction(asking.engine(), work)
    except (edits.Refused, LookupError) as no:
        flash(f"Not done: {no}.", "fault")
    return redirect(  # type: ignore[return-value]
        url_for("office.plans.week", rep=form.get("rep", "")[:64], week=form.get("week", "")[:10])
    )


def _added(conn: Connection, person: Person) -> tuple[int, list[Entry]]:
    rep, day = request.form.get("rep", "")[:64], _day(request.form.get("day", ""))
    whose = queries.home_of(conn, person.company, person.cells, rep)
    if whose is None:
        raise Problem("not_found", "There is no such rep.")
    wanted = request.form.get("store", "").strip().split(" ")[0]
    carried = queries.stores_of(conn, person.cells, rep, asking.now().date())
    store = next((one for one in carried if one.code == wanted), None)
    if store is None or day is None:
        raise edits.Refused("choose one of the rep's stores and a day")
    pinned = "pinned" in request.form
    return whose.cell, edits.put_stop(
        conn, whose.cell, rep, str(store.id), day, hand(), pinned=pinned
    )


def _changed(conn: Connection, cell: int, key: str) -> list[Entry]:
    form = request.form
    version = form.get("version", 0, int) or None
    if form.get("act") == "remove":
        return edits.remove_row(conn, cell, "plan_stop", key, hand())
    if form.get("act") in ("pin", "unpin"):
        return edits.move_stop(
            conn, cell, key, hand(), pinned=form.get("act") == "pin", version=version
        )
    day = _day(form.get("day", ""))
    if day is None:
        raise edits.Refused("choose a day")
    return edits.move_stop(conn, cell, key, hand(), day=day, version=version)
