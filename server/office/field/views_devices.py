"""Handhelds: how each is doing, codes that enrol new ones, and taking one out of use."""

import base64
import io
from typing import Any

import segno
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from schemas.problem import Problem
from server import asking
from server.access import queries as access
from server.access.devices import CODE_AGE, make_enrolment_code
from server.auth import needs
from server.office.field import queries
from server.office.field.health import OUT_OF_USE, Warning, warnings
from server.office.queries import reps
from sync.audit import note

blueprint = Blueprint("devices", __name__, url_prefix="/handhelds")
MOST_DAYS = 3650


FILTERS: dict[str, str] = {
    "all": "all",
    "look": "need a look",
    "unsent": "unsent work",
    "quiet": "not seen lately",
    "out": "out of use",
}


@blueprint.get("/")
@needs("admin", "supervisor", to="look after handhelds and enrol new ones")
def devices() -> str:
    person, now = asking.person(), asking.now()
    chosen = request.args.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    with asking.engine().begin() as conn:
        found = queries.devices(conn, person.company, person.cells)
        people = reps(conn, person.company, person.cells)
    told = [(row, warnings(row, now)) for row in found]
    counts = {name: sum(_shown(name, *one) for one in told) for name in FILTERS}
    return render_template(
        "devices.html",
        devices=[one for one in told if _shown(chosen, *one)],
        reps=people,
        now=now,
        chosen=request.args.get("rep", ""),
        filters=FILTERS,
        counts=counts,
        shown=chosen,
        lease_days=found[0].lease_days if found else None,
        may_set_lease="admin" in person.roles,
    )


def _shown(name: str, row: Any, told: list[Warning]) -> bool:
    """Whether a handheld is one of those that a filter shows."""
    out = row.state in OUT_OF_USE
    names = {one.name for one in told}
    return {
        "all": True,
        "look": bool(told) and not out,
        "unsent": bool(row.queue_depth),
        "quiet": "quiet" in names,
        "out": out,
    }[name]


@blueprint.post("/lease")
@needs("admin", to="say after how long without a sync handhelds lock")
def lease() -> Response:
    """The offline lease of the company, in days; 0: never."""
    person, typed = asking.person(), request.form.get("days", "").strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > 4 or int(typed) > MOST_DAYS:
        raise Problem("envelope_invalid", f"A whole number of days, 0 to {MOST_DAYS}.")
    days = int(typed)
    with asking.engine().begin() as conn:
        before = queries.set_lease(conn, person.company, days)
        note(
            conn, access.company_cell(conn, person.company), person.who, "lease.set",
            f"company/{person.company}", asking.now(), before={"days": before},
            after={"days": days}, address=asking.address(),
        )  # fmt: skip
    said = f"lock after {days} days without a sync" if days else "never lock"
    flash(f"Handhelds {said}, from their next sync on.", "note")
    return redirect(url_for("office.devices.devices"))  # type: ignore[return-value]


@blueprint.post("/code")
@needs("admin", "supervisor")
def code() -> Response:
    """Make a code and show it, once. The page is never kept by the browser."""
    person, now = asking.person(), asking.now()
    rep = request.form.get("rep", "")[:64]
    with asking.engine().begin() as conn:
        row = access.person(conn, person.company, rep) if rep.isprintable() else None
        if row is None or row.cell not in person.cells:
            raise Problem("not_found", "There is no such rep.")
        try:
            made = make_enrolment_code(conn, person.company, rep, person.who, now, asking.address())
        except LookupError:
            raise Problem("changed_meanwhile", "This rep is not active any more.") from None
    address = asking.settings().public_url
    page = render_template(
        "enrolment_code.html",
        code=made,
        rep=row.name,
        address=address,
        picture=_picture(f"{address}/app/#enrol={made}"),
        now=now,
        until=now + CODE_AGE,
    )
    told = Response(page)
    told.headers["Cache-Control"] = "no-store"
    return told


def _picture(text: str) -> str:
    """A QR code as a data: address (an SVG; pages allow images from data:)."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", scale=4, border=2)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


@blueprint.post("/<int:cell>/<device_id>/revoke")
@needs("admin", "supervisor", to="revoke a handheld")
def revoke(cell: int, device_id: str) -> Response:
    """Take a handheld out of use. What it captured is still taken, and held for the office."""
    return _set_state(cell, device_id, "revoked", "active")


@blueprint.post("/<int:cell>/<device_id>/restore")
@needs("admin", "supervisor")
def restore(cell: int, device_id: str) -> Response:
    """Undo a revocation, as long as the handheld has not wiped itself."""
    return _set_state(cell, device_id, "active", "revoked")


def _set_state(cell: int, device_id: str, state: str, undo: str) -> Response:
    person, now = asking.person(), asking.now()
    with asking.engine().begin() as conn:
        row = queries.device(conn, person.company, cell, device_id)
        if row is None or cell not in person.cells:
            raise Problem("not_found", "There is no such handheld.")
        if row.state in ("wiped", state):
            raise Problem("changed_meanwhile")
        access.change_device(conn, cell, device_id, {"state": state})
        note(
            conn, cell, person.who, f"device.{state}", f"device/{device_id}", now,
            before={"state": row.state}, after={"state": state}, address=asking.address(),
        )  # fmt: skip
    done = "revoked" if state == "revoked" else "in use again"
    flash(f"Handheld {row.no} of {row.rep_name} is {done}.", "note")
    return redirect(url_for("office.devices.devices"))  # type: ignore[return-value]
