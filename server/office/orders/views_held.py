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
from server.auth import needs
from server.database import in_transaction
from sync.desk import release

blueprint = Blueprint("held", __name__)


FINANCE = frozenset({"credit_exceeded"})
"""What a person of finance, who has no other role, may clear."""


@blueprint.post("/orders/<int:cell>/<uuid:order_id>/decide")
@needs("order_desk", "supervisor", "admin", "finance", to="release or reject what is held")
def decide(cell: int, order_id: Any) -> Response:
    """Release a held order (the ticked reasons, or all there may be), or reject it."""
    person, now, address = asking.person(), asking.now(), asking.address()
    if cell not in person.cells:
        raise Problem("not_found")
    answer, rules = request.form.get("answer", ""), request.form.getlist("rule")[:50]
    note = " ".join(request.form.get("note", "").replace("\x00", "").split())[:500]
    if person.roles.isdisjoint({"order_desk", "supervisor", "admin"}) and (
        answer != "release" or not FINANCE.issuperset(rules)
    ):
        raise Problem("forbidden", "Finance releases what is held for credit, and nothing else.")
    if answer == "release" and not rules:
        return _back("Tick the reasons you clear.", "fault")
    if answer in ("reject", "override") and not note:
        return _back(f"To {answer}, say why in the note: the rep reads it.", "fault")
    try:
        done = in_transaction(
            asking.engine(),
            lambda conn: _decide(
                conn, cell, str(order_id), answer, rules, note, person.who, now, address
            ),
        )
    except release.NotHeld:
        return _back("Somebody was quicker: this order is not held any more.", "fault")
    current_app.extensions["hint"](f"orders {cell}")
    return _back(done, "note")


def _decide(
    conn: Connection,
    cell: int,
    order_id: str,
    answer: str,
    rules: list[str],
    note: str,
    who: str,
    now: datetime,
    address: str,
) -> str:
    if answer == "reject":
        release.reject(conn, cell, order_id, who, now, note, address=address)
        return "Rejected. The rep is told at the next sync."
    override = answer == "override"
    cleared = None if override else rules
    state = release.release(
        conn, cell, order_id, cleared, who, now, note, override=override, address=address
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
