"""Plans: the list, asking for a new one, ending it early, throwing it away, publishing, undo."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking, planning
from server.access.people import Person
from server.auth import needs
from server.database import in_transaction
from server.office.planning import queries
from server.office.planning.forms import SECONDS, STEADY, Form, blank, taken
from server.office.planning.reading import at_work, visible
from sync.audit import note
from sync.desk.edits import Hand, Refused
from sync.desk.plans import Published

blueprint = Blueprint("planning", __name__, url_prefix="/routes")

PLANNERS = ("supervisor", "key_account", "admin")
"""Who may plan: those who may change a published plan (field/views_plans.py)."""
SHOWN = 60


class Looked(Exception):
    """What publishing would do is known: nothing of it is kept."""

    def __init__(self, done: dict[str, Published]) -> None:
        self.done = done


def hand() -> Hand:
    return Hand(asking.person().who, asking.now(), asking.address())


def today() -> date:
    """Today where the company is."""
    return datetime.now(ZoneInfo(asking.person().zone)).date()


def channel() -> str:
    """Where planners and open pages listen."""
    return asking.settings().hint_channel


def plan_or_404(conn: Connection, person: Person, key: str) -> Any:
    """A plan this person may see; raises not_found."""
    codes = [one.code for one in visible(conn, person)]
    found = queries.plan(conn, person.company, codes, key)
    if found is None:
        raise Problem("not_found", "There is no such plan, or it has reps who are not yours.")
    return found


# --- the list -------------------------------------------------------------------------------------


@blueprint.get("/")
@needs(*PLANNERS, to="plan cycles of visits, publish them and take them back")
def plans() -> str:
    """Every plan, and the form that asks for one."""
    with asking.engine().begin() as conn:
        known = at_work(conn, asking.person())
        page = _page(conn, asking.person())
    ticked = [one.code for one in known if one.code in request.args.getlist("rep")]
    form = blank(today(), ticked or ([one.code for one in known] if len(known) <= 12 else []))
    return render_template("routes.html", form=form, reps=known, **page, **_choices())


@blueprint.get("/rows")
@needs(*PLANNERS)
def rows() -> str:
    """The list alone, fetched again when a plan has changed."""
    person = asking.person()
    with asking.engine().begin() as conn:
        page = _page(conn, person)
    return render_template("routes_rows.html", **page)


def _choices() -> dict[str, Any]:
    return {"steady": STEADY, "seconds": SECONDS, "most_weeks": planning.MOST_WEEKS}


def _page(conn: Connection, person: Person) -> dict[str, Any]:
    discarded = "discarded" in request.args
    names = {one.code: one.name for one in visible(conn, person)}
    found = queries.plans(conn, person.company, [*names], discarded=discarded, at_most=SHOWN)
    return {
        "plans": [(one, summary(one)) for one in found],
        "missed": queries.missed(conn, [one.id for one in found]),
        "names": names,
        "discarded": discarded,
    }


def summary(plan: Any) -> dict[str, Any]:
    """What a plan comes to, over its reps; `part`: how far planning is, 0 to 1."""
    sums = list(plan.result.values())
    was = [one.get("published_driving_min") for one in sums]
    going = plan.progress.get("reps", {})
    best = [one["driving_min"] for one in going.values() if "driving_min" in one]
    return {
        "driving_min": sum(one["driving_min"] for one in sums) if sums else None,
        "published_min": sum(was) if sums and None not in was else None,
        "due": sum(one["due"] for one in sums),
        "placed": sum(one["placed"] for one in sums),
        "part": sum(one.get("part", 0.0) for one in going.values()) / max(1, len(plan.reps)),
        "best_min": sum(best) if len(best) == len(plan.reps) else None,
        "by_hand": plan.edits,
    }


@blueprint.post("/")
@needs(*PLANNERS)
def ask() -> Response | tuple[str, int]:
    """Have a plan drawn up; the worker does it."""
    person = asking.person()
    with asking.engine().begin() as conn:
        known = at_work(conn, person)
    wanted, form = taken(
        person.company, request.form, request.form.getlist("rep")[:500],
        [one.code for one in known], today(),
    )  # fmt: skip
    if wanted is None:
        return _again(form, known)
    asked = wanted

    try:
        in_transaction(asking.engine(), lambda conn: _request(conn, person, asked))
    except Refused as no:
        form.faults["all"] = str(no)
        return _again(form, known)
    flash(BEGINS, "note")
    return redirect(url_for("office.planning.plans"))  # type: ignore[return-value]


BEGINS = "Planning begins by itself as soon as a planner is free. This list shows how far it is."


def _request(conn: Connection, person: Person, asked: planning.Ask) -> str:
    key = planning.request(conn, asked, person.who, asking.now(), channel())
    cell = queries.workdays(conn, person.company, asked.reps)[0].cell
    said = {"reps": list(asked.reps), "first_day": asked.first_day.isoformat(),
            "weeks": asked.weeks} | ({"from": asked.base} if asked.base else {})  # fmt: skip
    note(conn, cell, person.who, "plan.requested", f"plan/{key}", asking.now(), after=said,
         address=asking.address())  # fmt: skip
    return key


@blueprint.post("/<uuid:key>/again")
@needs(*PLANNERS)
def again(key: Any) -> Response:
    """Have a plan drawn up from a draft: its days are where planning starts, its locks stay."""
    person = asking.person()

    def work(conn: Connection) -> None:
        found = plan_or_404(conn, person, str(key))
        if found.state != "ready":
            raise Refused(f"this plan is {found.state}: only a draft can be planned again")
        here = [one.code for one in at_work(conn, person) if one.code in found.reps]
        seconds, _, steady = (found.settings.get(name) for name in planning.SAID)
        _request(conn, person, planning.Ask(
            person.company, tuple(here), found.first_day, found.weeks, seconds=seconds,
            stability_min=steady, base=found.id,
        ))  # fmt: skip

    try:
        in_transaction(asking.engine(), work)
        flash(BEGINS, "note")
    except Refused as no:
        flash(f"Not done: {str(no).rstrip('.')}.", "fault")
    return redirect(url_for("office.planning.plans"))  # type: ignore[return-value]


def _again(form: Form, known: Any) -> tuple[str, int]:
    person = asking.person()
    with asking.engine().begin() as conn:
        page = _page(conn, person)
    return render_template("routes.html", form=form, reps=known, **page, **_choices()), 422


# --- ended early, thrown away ---------------------------------------------------------------------


@blueprint.post("/<uuid:key>/<any(stop, discard, restore):act>")
@needs(*PLANNERS)
def end(key: Any, act: str) -> Response:
    """End planning and keep the best so far; throw a plan away; take it out again."""
    person, plan = asking.person(), str(key)

    def work(conn: Connection) -> str:
        found = plan_or_404(conn, person, plan)
        cell = queries.workdays(conn, person.company, found.reps)[0].cell
        if act == "stop":
            planning.stop(conn, person.company, plan, channel())
            told = "Planning ends; the best plan so far is kept."
        elif act == "restore":
            if not queries.set_state(conn, plan, "cancelled", "ready"):
                raise Refused("nothing of this plan was kept")
            told = "Taken out again."
        elif found.state == "ready":  # its visits stay, so that it can be taken out again
            queries.set_state(conn, plan, "ready", "cancelled")
            told = "Thrown away. It can be taken out again."
        else:
            planning.cancel(conn, person.company, plan, asking.now(), channel())
            told = "Thrown away."
        note(conn, cell, person.who, f"plan.{DONE[act]}", f"plan/{plan}", asking.now(),
             address=asking.address())  # fmt: skip
        return told

    try:
        flash(in_transaction(asking.engine(), work), "note")
        _hint()
    except (Refused, LookupError) as no:
        flash(f"Not done: {no}.", "fault")
    return redirect(url_for("office.planning.plans"))  # type: ignore[return-value]


DONE = {"stop": "stopped", "discard": "discarded", "restore": "restored"}


def _hint() -> None:
    """Tell open pages, after the commit."""
    current_app.extensions["hint"](planning.changed(asking.person().company))


# --- published, taken back ------------------------------------------------------------------------


@blueprint.get("/<uuid:key>/publish")
@needs(*PLANNERS)
def preview(key: Any) -> Response | str:
    """What publishing, or taking back, would do: it is done, counted and not kept."""
    person, plan = asking.person(), str(key)
    with asking.engine().begin() as conn:
        found = plan_or_404(conn, person, plan)
        names = {one.code: one.name for one in visible(conn, person)}

    def work(conn: Connection) -> None:
        raise Looked(_carry_out(conn, person, plan, found.state))

    try:
        in_transaction(asking.engine(), work)
    except Looked as seen:
        return render_template("publish.html", plan=found, done=seen.done, names=names,
                               place="office.planning.plans")  # fmt: skip
    except (Refused, LookupError) as no:
        flash(f"Not possible: {no}.", "fault")
    return redirect(url_for("office.planning.plans"))  # type: ignore[return-value]


def _carry_out(conn: Connection, person: Person, plan: str, state: str) -> dict[str, Published]:
    if state == "published":
        return planning.undo_published(conn, person.company, plan, hand())
    return planning.publish_kept(conn, person.company, plan, hand())


@blueprint.post("/<uuid:key>/publish")
@needs(*PLANNERS)
def publish(key: Any) -> Response:
    """Make a plan the reps' own, or (`undo`) take it back; handhelds learn it when they sync."""
    person, plan = asking.person(), str(key)
    state = "published" if request.form.get("act") == "undo" else "ready"

    def work(conn: Connection) -> dict[str, Published]:
        plan_or_404(conn, person, plan)
        return _carry_out(conn, person, plan, state)

    try:
        done = in_transaction(asking.engine(), work)
        flash(_told(done, state), "note")
        _hint()
    except (Refused, LookupError) as no:
        flash(f"Not done: {no}.", "fault")
    return redirect(url_for("office.planning.plans"))  # type: ignore[return-value]


def _told(done: dict[str, Published], state: str) -> str:
    many = {name: sum(getattr(one, name) for one in done.values())
            for name in ("new", "moved", "removed", "gave_way")}  # fmt: skip
    begun = "Taken back" if state == "published" else "Published"
    said = (f"{begun}: {many['new']} {'stops came back' if state == 'published' else 'new stops'},"
            f" {many['moved']} moved, {many['removed']} removed")  # fmt: skip
    if many["gave_way"]:
        said += f"; {many['gave_way']} gave way to what people changed meanwhile"
    reps = "1 rep learns" if len(done) == 1 else f"{len(done)} reps learn"
    return f"{said}. {reps} it at the next sync."
