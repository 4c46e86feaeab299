"""Stores, and who carries which."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from schemas.ids import is_id
from schemas.problem import Problem
from server import asking
from server.access import queries as access
from server.access.people import Person
from server.auth import needs
from server.office.field import queries
from server.office.field.queries_moves import warehouses
from sync import scope
from sync.audit import note

blueprint = Blueprint("stores", __name__)

STATUSES = ("active", "pending", "prospect", "on_hold", "closed", "merged")
PAGE = 100


@blueprint.get("/stores")
@needs("office", to="look up stores")
def stores() -> str:
    page = "stores_part.html" if request.headers.get("HX-Request") else "stores.html"
    return render_template(page, **_found(asking.person(), request.args))


@blueprint.get("/assignments")
@needs("admin", "supervisor", to="say which rep carries which store")
def assignments() -> str:
    page = "assignments_part.html" if request.headers.get("HX-Request") else "assignments.html"
    return render_template(page, **_found(asking.person(), request.args))


def _found(person: Person, asked: Mapping[str, str]) -> dict[str, Any]:
    typed = asked.get("q", "").replace("\x00", "").strip()[:80]
    status = asked.get("status", "") if asked.get("status") in STATUSES else ""
    rep = asked.get("rep", "").replace("\x00", "")[:64]
    after = asked.get("after", "").replace("\x00", "")
    today = asking.day_of_assignments()
    with asking.engine().begin() as conn:
        found = queries.stores(
            conn, person.company, person.cells, today,
            typed=typed, status=status, rep=rep, at_most=PAGE + 1,
            after=after if is_id(after.rpartition("~")[2]) else "",
        )  # fmt: skip
        reps = queries.carried(conn, person.company, person.cells, today)
        totals = queries.store_tally(conn, person.cells, today)
        depots = warehouses(conn, person.cells)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return {
        "stores": found[:PAGE],
        "next": f"{last.name}~{last.id}" if last else "",
        "reps": reps,
        "totals": totals,
        "depots": depots,
        "today": today,
        "statuses": STATUSES,
        "chosen": {"q": typed, "status": status, "rep": rep},
    }


@blueprint.post("/assignments")
@needs("admin", "supervisor")
def assign() -> Response:
    """Give the ticked stores to a rep, or take them away; handhelds learn it at their next pull."""
    person, now = asking.person(), asking.now()
    rep, ids = request.form.get("to", "")[:64], request.form.getlist("store")[:5_000]
    give = request.form.get("act") != "take"
    if not rep or not ids:
        flash("Tick at least one store and choose a rep.", "fault")
        return _back_to_list()
    done = 0
    with asking.engine().begin() as conn:
        row = access.person(conn, person.company, rep) if rep.isprintable() else None
        if row is None or row.cell not in person.cells or "rep" not in row.roles:
            raise Problem("not_found", "There is no such rep.")
        for cell, stores_ in _by_cell(conn, person, ids).items():
            if give:
                done += scope.assign(conn, cell, rep, stores_, person.who, now)
            else:
                done += scope.unassign(conn, cell, rep, stores_, now)
            note(
                conn, cell, person.who, "stores.assigned" if give else "stores.unassigned",
                f"user/{rep}", now, after={"stores": stores_[:500], "count": len(stores_)},
                address=asking.address(),
            )  # fmt: skip
    many = "1 store" if done == 1 else f"{done} stores"
    if give:
        flash(f"{row.name} now carries {many} more.", "note")
    else:
        flash(
            f"{many} taken from {row.name}; what the rep captured there before stays valid.", "note"
        )
    return _back_to_list()


def _by_cell(conn: Any, person: Person, ids: list[str]) -> dict[int, list[str]]:
    """The ticked stores by cell, in order; a store that is not there to see is left out."""
    wanted = [one for one in ids if is_id(one)]
    known = queries.cells_of_stores(conn, person.cells, wanted)
    split: dict[int, list[str]] = {}
    for store in wanted:
        if store in known:
            split.setdefault(known[store], []).append(store)
    return dict(sorted(split.items()))


def _back_to_list() -> Response:
    kept: dict[str, Any] = {
        k: v for k, v in request.form.items() if k in ("q", "status", "rep") and v
    }
    return redirect(url_for("office.stores.assignments", **kept))  # type: ignore[return-value]
