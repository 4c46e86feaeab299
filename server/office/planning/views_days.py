"""Working days: where and when each rep begins, how long the day is, and the days without visits.

All of it is the planner's: a plan drawn up later keeps to it. What is published already stays, and
the page says how many visits lie on days that have become free.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection

from routes.queries import year_of
from routes.year import CALENDARS
from schemas.ids import uuid7
from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.auth import needs
from server.database import in_transaction
from server.office.planning import queries
from server.office.planning import queries_days as store
from server.office.planning.cards import workday_of
from server.office.planning.reading import visible
from server.office.planning.views import PLANNERS, today
from server.office.planning.words import OFF, weekday
from server.targets import refresh
from server.years import set_year
from sync.audit import note
from sync.desk.edits import Hand, Refused

blueprint = Blueprint("working_days", __name__, url_prefix="/routes/days")

KINDS = ("holiday", "leave", "sick", "other", "works")
SEEN_BACK, SEEN_AHEAD = timedelta(days=7), timedelta(days=400)
DEGREES = re.compile(r"\s*(-?\d{1,2}(?:\.\d{1,9})?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d{1,9})?)\s*")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Wrong(ValueError):
    """What was typed cannot be kept; the words say why."""


@blueprint.get("/")
@needs(*PLANNERS, to="say how reps work and when they are away")
def days() -> str:
    return _page({})


def _page(typed: Mapping[str, Any], fault: str = "") -> str:
    person, on = asking.person(), today()
    with asking.engine().begin() as conn:
        known = visible(conn, person)
        codes = [one.code for one in known]
        rows = queries.workdays(conn, person.company, codes)
        year = year_of(conn, person.company)
        away = queries.absences(conn, person.company, codes, on - SEEN_BACK, on + SEEN_AHEAD)
    rep = request.values.get("rep", "") or (codes[0] if codes else "")
    whose = next((row for row in rows if row.code == rep), None)
    return render_template(
        "working_days.html", reps=known, rows=[(row, workday_of(row)) for row in rows],
        whose=whose, work=None if whose is None else workday_of(whose), away=away, kinds=KINDS,
        today=on, typed=typed, year=year, calendars=CALENDARS, fault=fault,
        for_all=_may_for_all(person),
    )  # fmt: skip


def _may_for_all(person: Person) -> bool:
    """Holidays of the whole company are set by who sees all of it."""
    return "admin" in person.roles


# --- how a rep works ------------------------------------------------------------------------------


@blueprint.post("/")
@needs(*PLANNERS)
def save() -> Response | tuple[str, int]:
    """Keep how a rep works."""
    person, form = asking.person(), request.form

    def work(conn: Connection) -> str:
        row = _whose(conn, person, form.get("rep", ""))
        figures = _figures(conn, person, form)
        store.save_day(
            conn,
            {
                "company": person.company, "rep": row.code, "changed_by": person.who,
                "changed_at": asking.now(), **figures,
            },
        )  # fmt: skip
        note(conn, row.cell, person.who, "rep_day.changed", f"user/{row.code}", asking.now(),
             after={k: str(v) for k, v in figures.items()}, address=asking.address())  # fmt: skip
        refresh(conn, person.company, person.who, asking.now())
        return str(row.name)

    try:
        name = in_transaction(asking.engine(), work)
    except Wrong as no:
        return _page(form, str(no)), 422
    flash(f"Kept. The next plan of {name} is drawn up with it.", "note")
    return redirect(url_for("office.working_days.days", rep=form["rep"]))  # type: ignore[return-value]


def _whose(conn: Connection, person: Person, code: str) -> Any:
    if code not in [one.code for one in visible(conn, person)]:
        raise Problem("not_found", "There is no such rep, or not one of yours.")
    return queries.workdays(conn, person.company, [code])[0]


def _figures(conn: Connection, person: Person, form: Mapping[str, str]) -> dict[str, Any]:
    lat, lon = _home(conn, person, form.get("home", "").strip()[:100])
    starts = form.get("starts_at", "")
    if not CLOCK.fullmatch(starts):
        raise Wrong("Say when the rep leaves home, as 08:00.")
    length = round(60 * _number(form, "day_hours", 1, 16, "The day is from 1 to 16 hours long."))
    lunch = round(_number(form, "lunch_minutes", 0, 180, "Lunch is from 0 to 180 minutes long."))
    hour, minute = starts.split(":")
    if 60 * int(hour) + int(minute) + length > 24 * 60:
        raise Wrong("The day ends after midnight: begin earlier, or make it shorter.")
    ticked = sorted({int(day) for day in request.form.getlist("weekday") if day in "1234567"})
    if not ticked:
        raise Wrong("Tick at least one working day.")
    return {
        "home_lat_deg": lat, "home_lon_deg": lon, "starts_at": starts, "day_minutes": length,
        "lunch_minutes": lunch, "weekdays": ticked,
    }  # fmt: skip


def _number(form: Mapping[str, str], name: str, least: float, most: float, said: str) -> float:
    try:
        number = float(form.get(name, "").strip().replace(",", ".")[:10])
    except ValueError:
        raise Wrong(said) from None
    if not least <= number <= most:
        raise Wrong(said)
    return number


def _home(conn: Connection, person: Person, text: str) -> tuple[float | None, float | None]:
    """Degrees as a map gives them ("41.587, -93.625"), or the number of a store nearby."""
    if not text:
        return None, None
    match = DEGREES.fullmatch(text)
    if match:
        lat, lon = float(match[1]), float(match[2])
        if abs(lat) > 90 or abs(lon) > 180:
            raise Wrong("A latitude is at most 90 degrees, a longitude at most 180.")
        return lat, lon
    there = store.store_place(conn, person.cells, text.split(" ")[0])
    if there is None:
        raise Wrong("Home is given as 41.587, -93.625, or as the number of a store nearby.")
    if there.lat_deg is None:
        raise Wrong(f"Nobody knows where {there.name} is: choose another store, or give degrees.")
    return float(there.lat_deg), float(there.lon_deg)


# --- days off -------------------------------------------------------------------------------------


@blueprint.post("/absences")
@needs(*PLANNERS)
def absence() -> Response | tuple[str, int]:
    """Days without visits for a rep or for everybody; or, of kind "works", with visits."""
    person, form = asking.person(), request.form

    def work(conn: Connection) -> str:
        whom = form.get("whom", "")
        codes = [one.code for one in visible(conn, person)]
        if (whom and whom not in codes) or (not whom and not _may_for_all(person)):
            raise Wrong("Choose one of your reps.")
        first, last = _span(form)
        if form.get("kind", "") not in KINDS:
            raise Wrong("Choose what kind of days these are.")
        kind, note_ = form["kind"], " ".join(form.get("note", "").split())[:200] or None
        figures = {"rep": whom or None, "first_day": first, "last_day": last, "kind": kind,
                   "note": note_}  # fmt: skip
        new = store.add_absence(
            conn,
            {"company": person.company, "id": uuid7(), "made_by": person.who,
             "made_at": asking.now(), **figures},
        )  # fmt: skip
        if new:
            _note(conn, person, "absence.added", figures, whom)
        there = store.overlapping(conn, person.company, [whom] if whom else codes, first, last)
        said = f"{weekday(first)} to {weekday(last)}: {OFF[kind]}." if first != last else (
            f"{weekday(first)}: {OFF[kind]}.")  # fmt: skip
        if there and kind != "works":
            said += (f" {there} published {'visit lies' if there == 1 else 'visits lie'} on these"
                     " days: plan the cycle again, or move them under Published now.")  # fmt: skip
        refresh(conn, person.company, person.who, asking.now())
        return said

    try:
        flash(in_transaction(asking.engine(), work), "note")
    except Wrong as no:
        return _page(form, str(no)), 422
    return _back()


@blueprint.post("/year")
@needs("admin", to="say whose public holidays are free and how the year is cut")
def year() -> Response | tuple[str, int]:
    """Whose public holidays are days off, and the periods the company reckons by."""
    person, form = asking.person(), request.form
    country, calendar = form.get("country", "").strip()[:10], form.get("calendar", "")[:20]
    by = Hand(person.who, asking.now(), asking.address())
    try:
        in_transaction(
            asking.engine(),
            lambda conn: set_year(conn, person.company, country or None, calendar, by),
        )
    except Refused as no:
        return _page(form, str(no)), 422
    flash("Kept. Plans drawn up from now on leave its public holidays free.", "note")
    return _back()


def _span(form: Mapping[str, str]) -> tuple[date, date]:
    try:
        first = date.fromisoformat(form.get("first_day", ""))
        last = date.fromisoformat(form.get("last_day", "") or form.get("first_day", ""))
    except ValueError:
        raise Wrong("Choose the first day and the last.") from None
    if last < first:
        raise Wrong("The last day is before the first.")
    if not (2000 <= first.year <= 2100 and (last - first).days <= 400):
        raise Wrong("These are more days than can be meant.")
    return first, last


@blueprint.post("/absences/<uuid:key>")
@needs(*PLANNERS)
def remove(key: Any) -> Response:
    """Take days off away; who did it by mistake enters them again."""
    person = asking.person()

    def work(conn: Connection) -> bool:
        codes = [one.code for one in visible(conn, person)]
        gone = store.remove_absence(
            conn, person.company, str(UUID(str(key))), codes, _may_for_all(person)
        )
        if gone is not None:
            _note(conn, person, "absence.removed", dict(gone._mapping), gone.rep or "")
            refresh(conn, person.company, person.who, asking.now())
        return gone is not None

    done = in_transaction(asking.engine(), work)
    flash("Taken away." if done else "Not done: it is not there, or not yours to change.",
          "note" if done else "fault")  # fmt: skip
    return _back()


def _note(
    conn: Connection, person: Person, action: str, figures: Mapping[str, Any], whom: str
) -> None:
    """Where the rep is; of everybody in the company's own cell, whether it has reps yet or not."""
    if whom:
        cell = queries.workdays(conn, person.company, [whom])[0].cell
    else:
        cell = year_of(conn, person.company)["cell"]
    after = {name: None if value is None else str(value) for name, value in figures.items()}
    subject = f"user/{whom}" if whom else "company/absences"
    note(conn, cell, person.who, action, subject, asking.now(), after=after,
         address=asking.address())  # fmt: skip


def _back() -> Response:
    where = url_for("office.working_days.days", rep=request.form.get("rep", "")[:64] or None)
    return redirect(where)  # type: ignore[return-value]
