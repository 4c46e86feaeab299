"""A held order as a whole, from its own page: released of several reasons, overridden, rejected.

Item by item it is answered in the inbox (views_answers.py).
"""

from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    request,
    url_for,
)
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.auth import needs
from server.database import in_transaction
from server.office.moved import place_now
from server.office.owners import owner_word
from sync.desk import release
from sync.desk.answers import who_else
from sync.queries.inbox import owners_of_order

blueprint = Blueprint("held", __name__)


@blueprint.post("/orders/<int:cell>/<uuid:order_id>/decide")
@needs("order_desk", "supervisor", "admin", "finance", to="release or reject what is held")
def decide(cell: int, order_id: Any) -> Response:
    """Release a held order (the ticked reasons, or all there may be), or reject it."""
    person, now, address = asking.person(), asking.now(), asking.address()
    cell = place_now(person, "orders", cell, str(order_id))
    answer, rules = request.form.get("answer", ""), request.form.getlist("rule")[:50]
    note = " ".join(request.form.get("note", "").replace("\x00", "").split())[:500]
    if answer not in ("release", "override", "reject"):
        return _back("Release it, override or reject.", "fault")
    if answer == "release" and not rules:
        return _back("Tick the reasons you clear.", "fault")
    if answer in ("reject", "override") and not note:
        return _back(f"To {answer}, say why in the note: the rep reads it.", "fault")
    try:
        done = in_transaction(
            asking.engine(),
            lambda conn: _decide(
                conn, person, cell, str(order_id), answer, rules, note, now, address
            ),
        )
    except release.NotHeld:
        return _back("Somebody was quicker: this order is not held any more.", "fault")
    current_app.extensions["hint"](f"orders {cell}")
    return _back(done, "note")


def _decide(
    conn: Connection, person: Person, cell: int, order_id: str, answer: str, rules: list[str],
    note: str, now: datetime, address: str,
) -> str:  # fmt: skip
    cleared, who = (rules if answer == "release" else None), person.who
    waits = owners_of_order(conn, cell, order_id)
    other = who_else(person.roles, person.code, waits, answer, cleared)
    if other is not None:
        raise Problem("forbidden", f"This lies with {owner_word(other).lower()}.")
    if answer == "reject":
        release.reject(conn, cell, order_id, who, now, note, address=address)
        return "Rejected. The rep is told at the next sync."
    state = release.release(
        conn, cell, order_id, cleared, who, now, note, override=cleared is None, address=address
    )
    if state == "held":
        return "Those reasons are cleared, but the order is still held: see why below."
    return f"Released: the order is {state} now."


def _back(words: str, kind: str) -> Response:
    """To the page the form stood on: the inbox, or the order."""
    flash(words, kind)
    asked = request.form.get("back", "")
    inside = asked.startswith("/office/orders/") and asked.isprintable() and "\\" not in asked
    return redirect(asked if inside else url_for("office.inbox.inbox"))  # type: ignore[return-value]
