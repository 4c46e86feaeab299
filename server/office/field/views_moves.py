"""Moves of stores: asked for, looked at before they are done, and why a row is on a handheld."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.auth import needs
from server.database import in_transaction
from server.office.field import moving
from server.office.field import queries_moves as queries
from server.office.field.relocating import some_at_a_time
from server.office.queries import reps
from sync.kinds import KINDS
from sync.moving.hand_over import NotSo
from sync.moving.why import why as explain
from sync.queries.why import ids_named

blueprint = Blueprint("moves", __name__)


@blueprint.get("/moves")
@needs("admin", "supervisor", to="move territories, send stand-ins and let reps go")
def moves() -> str:
    person, today = asking.person(), asking.day_of_assignments()
    with asking.engine().begin() as conn:
        people = reps(conn, person.company, person.cells)
        lent = queries.stand_ins(conn, person.cells, today)
    return render_template("moves.html", reps=people, today=today, lent=lent)


def _form() -> dict[str, str]:
    return {
        name: value.replace("\x00", "")[:200]
        for name, value in request.form.items()
        if name not in ("store", "csrf_token")
    }


@blueprint.post("/moves/preview")
@needs("admin", "supervisor")
def look() -> Response | str:
    """What a move would bring and take; nothing of it is done yet."""
    person, now, today = asking.person(), asking.now(), asking.day_of_assignments()
    form, ids = _form(), request.form.getlist("store")[: moving.MOST_STORES]

    def work(conn: Connection) -> dict[str, Any]:
        plan = moving.read_plan(conn, person, form, ids)
        effects = moving.look_ahead(conn, person, plan, now, today)
        shown = {store for _, store in plan.stores}
        shown |= {s for one in effects for part in (*one.gains, *one.loses) for s in part.stores}
        return {
            "plan": plan, "effects": effects, "ids": [store for _, store in plan.stores],
            "people": {row.code: row.name for row in reps(conn, person.company, person.cells)},
            "names": queries.names(conn, person.cells, sorted(shown)),
        }  # fmt: skip

    try:
        page = in_transaction(asking.engine(), work)
    except NotSo as no:
        return _refused(no, form)
    return render_template("move_preview.html", form=form, today=today, **page)


@blueprint.post("/moves")
@needs("admin", "supervisor")
def do() -> Response | str:
    """Do what was looked at; handhelds learn it at their next pull, or when the day comes."""
    person, now, today = asking.person(), asking.now(), asking.day_of_assignments()
    form, ids = _form(), request.form.getlist("store")[: moving.MOST_STORES]

    def work(conn: Connection) -> str | moving.Plan:
        plan = moving.read_plan(conn, person, form, ids)
        if plan.kind == "relocate":
            return plan
        return moving.carry_out(conn, person, plan, now, today, asking.address())

    try:
        told = in_transaction(asking.engine(), work)
        if isinstance(told, moving.Plan):
            gone = some_at_a_time(
                asking.engine(), person, told.stores, told.depot, told.warehouse, now,
                asking.address(),
            )  # fmt: skip
            if gone.left:
                return render_template("move_rest.html", gone=gone, form=form)
            told = f"{gone.moved} moved to the other depot; {len(gone.reps)} reps are told."
        flash(told, "note")
    except NotSo as no:
        return _refused(no, form)
    return redirect(url_for(_from(form)))  # type: ignore[return-value]


def _from(form: Mapping[str, str]) -> str:
    ticked = form.get("kind") in ("hand_over", "relocate")
    return "office.stores.assignments" if ticked else "office.moves.moves"


def _refused(no: NotSo, form: Mapping[str, str]) -> Response:
    flash(f"Not done: {no}.", "fault")
    return redirect(url_for(_from(form)))  # type: ignore[return-value]


@blueprint.get("/why")
@needs("admin", "supervisor", to="see why a row is, or is not, on a handheld")
def why() -> str:
    """Why is this row on this handheld, or why not?"""
    person, asked = asking.person(), request.args
    kind, named = asked.get("kind", "store"), asked.get("key", "").replace("\x00", "").strip()[:80]
    home, _, device = asked.get("handheld", "").replace("\x00", "").partition(" ")
    page: dict[str, Any] = {"found": None, "choices": [], "missing": False}
    with asking.engine().begin() as conn:
        handhelds = queries.handhelds(conn, person.cells)
        known = {(str(row.cell), row.id) for row in handhelds}
        if named and kind in KINDS and (home, device) in known:
            page["choices"] = ids_named(conn, list(person.cells), kind, named) or [named]
            page["missing"] = page["choices"] == [named] and len(named) != 36
            page["found"] = explain(conn, int(home), device, kind, page["choices"][0], asking.now())
        elif named and device:
            raise Problem("not_found", "There is no such handheld, or kind of row.")
    return render_template(
        "why.html", handhelds=handhelds, kinds=list(KINDS), kind=kind, key=named,
        chosen=f"{home} {device}", **page,
    )  # fmt: skip
