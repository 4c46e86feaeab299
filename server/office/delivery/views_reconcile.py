"""Reconciliation: what delivery systems have in their books, beside what we believe they have.

Nothing here is repaired without a person: each difference shows what it means and what is proposed,
and one click does that. What needs the delivery system to be asked is done by the worker, within
seconds; the day is then compared again by itself.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

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
from server import asking
from server.access import queries as access
from server.auth import needs
from server.database import in_transaction
from server.office.delivery import queries_reconcile as queries
from sync import audit
from sync.delivery import resend
from sync.delivery.anew import send_anew
from sync.delivery.doubt import figures_of, tell_differs
from sync.queries.doubts import ask_day
from sync.sentences.words import words

blueprint = Blueprint("reconcile", __name__)

CAN_BE_SENT_AGAIN = frozenset({"sent", "acknowledged", "allocated", "short"})
DONE = {
    "send_again": "It is looked up and sent again if it is not there; the day is compared again "
    "in a few minutes.",
    "read_again": "It is read again and followed; the day is compared again in a few minutes.",
    "enter_number": "Acknowledged under their number. The rep's handheld learns it at its next "
    "sync.",
    "send_anew": "Our text goes out as a new revision; the day is compared again at night.",
    "to_inbox": "It is in the inbox.",
}
BUTTONS = {
    "send_again": ("Look up, send again", "Looked up by its reference; sent only if it is not "
                   "there, under the same id"),
    "put_again": ("Send again", "Put into the folder again: make sure that it is not there"),
    "read_again": ("Read again", "Its present number and quantities are read and followed here"),
    "enter_number": ("It is there", "Acknowledge it here under the number it has there"),
    "send_anew": ("Send ours anew", "Our present text goes there as a new revision, in the place "
                  "of what they have"),
    "to_inbox": ("To the inbox", "For whoever has to talk to the delivery system"),
}  # fmt: skip
WORDS = {
    "missing_there": "Missing there",
    "unknown_here": "Unknown here",
    "stuck_here": "There, stuck here",
    "twice_there": "There twice",
    "number_differs": "Another number",
    "lines_differ": "Other goods",
    "value_differs": "Another value",
}


def repairs(line: Any) -> list[str]:
    """What may be done about a difference, the proposed repair first."""
    proposed: list[str] = []
    asks_them = line.can_look_up and line.target_kind != "files"
    if line.kind == "missing_there" and line.order_state in CAN_BE_SENT_AGAIN:
        proposed = ["send_again"]
    elif line.kind == "stuck_here" and line.theirs:
        proposed = ["enter_number"]
    elif line.kind in ("lines_differ", "value_differs", "number_differs") and asks_them:
        proposed = ["read_again"]
    if line.kind in ("lines_differ", "value_differs") and line.order_state in CAN_BE_SENT_AGAIN:
        proposed.append("send_anew")
    return [*proposed, "to_inbox"]


def button(act: str, line: Any) -> tuple[str, str]:
    """What stands on a repair's button, and what it tells on hovering."""
    return BUTTONS["put_again" if (act, line.target_kind) == ("send_again", "files") else act]


def says(line: Any) -> str:
    """What a difference means, in words."""
    figures = figures_of(line.kind, line.subject, line.ours, line.theirs)
    return words("delivery_differs", line.kind,
                 {**figures, "target": line.target, "day": line.day.isoformat()})  # fmt: skip


@blueprint.get("/reconciliation")
@needs("admin", "order_desk", "supervisor", to="compare with delivery systems and repair")
def days() -> str:
    person, now = asking.person(), asking.now()
    with asking.engine().begin() as conn:
        cell = access.company_cell(conn, person.company)
        whole = cell in person.cells  # the sums are the company's; a depot sees its orders
        return render_template(
            "reconciliation.html",
            targets=queries.targets(conn, cell),
            nights=queries.nights(conn, cell) if whole else [],
            whole=whole,
            lines=queries.lines(conn, cell, person.cells),
            today=queries.today(conn, cell, now),
            kind_words=WORDS, says=says, repairs=repairs, button=button,
        )  # fmt: skip


@blueprint.post("/reconciliation/ask")
@needs("admin", "order_desk", "supervisor")
def compare() -> Response:
    """Have a day compared now."""
    person, now = asking.person(), asking.now()
    target, day = request.form.get("target", "")[:64], _day(request.form.get("day", ""))

    def ask(conn: Connection) -> bool:
        cell = access.company_cell(conn, person.company)
        if cell not in person.cells:
            raise Problem("forbidden", "A day is compared for the whole company.")
        known = {row.code for row in queries.targets(conn, cell) if row.enabled}
        if target not in known or day is None or day > queries.today(conn, cell, now):
            return False
        ask_day(conn, cell, target, day, person.who, now)
        audit.note(conn, cell, person.who, "delivery.compare_asked", f"delivery/{target}/{day}",
                   now, address=asking.address())  # fmt: skip
        return True

    if in_transaction(asking.engine(), ask):
        flash("It is being compared: reload the page in half a minute.", "note")
    else:
        flash("Choose a delivery system that is on, and a day up to today.", "fault")
    return _back()


@blueprint.post("/reconciliation/repair")
@needs("admin", "order_desk", "supervisor")
def repair() -> Response:
    """Do the one thing that was clicked about a difference."""
    person = asking.person()
    act, day = request.form.get("act", ""), _day(request.form.get("day", ""))
    key = {name: request.form.get(name, "")[:200] for name in ("target", "kind", "subject")}
    if day is None:
        raise Problem("not_found")

    def both(conn: Connection) -> str | None:
        cell = access.company_cell(conn, person.company)
        line = queries.line(conn, cell, person.cells, {**key, "day": day})
        if line is None or line.state == "asked" or act not in repairs(line):
            return None
        return _repair(conn, cell, line, act, {**key, "day": day})

    done = in_transaction(asking.engine(), both)
    if done is None:
        flash("Somebody was quicker: this difference is gone, or being repaired.", "fault")
    else:
        flash(DONE[act], "note")
        current_app.extensions["hint"](done)
    return _back()


def _repair(conn: Connection, cell: int, line: Any, act: str, key: Mapping[str, Any]) -> str | None:
    """Carry out a repair, or leave it to the worker; with its line in the audit trail. Returns the
    hint for whoever is watching; None when it is too late for it."""
    person, now = asking.person(), asking.now()
    order_id = None if line.order_id is None else str(line.order_id)
    state, note = "asked", ""
    if act == "enter_number":
        state, note = "repairing", "acknowledged under their number"
        number = line.theirs[-1]["external_no"]
        resend.enter_number(conn, line.order_cell, str(line.delivery), number, person.who, now)
    elif act == "send_anew":
        why = f"{WORDS[line.kind]}, {line.target}, {line.day}"
        revision = send_anew(conn, line.order_cell, str(order_id), why, person.who, now)
        if revision is None:
            return None
        state, note = "repairing", f"sent as revision {revision}"
    elif act == "to_inbox":
        state, note = line.state, "in the inbox"
        where = line.order_cell or queries.first_depot(conn, cell)
        figures = figures_of(line.kind, line.subject, line.ours, line.theirs)
        tell_differs(
            conn, where, line.target, line.day, line.kind, order_id, figures, person.who, now
        )
    queries.note_repair(conn, cell, dict(key), state, act, note, person.who, now)
    subject = f"order/{order_id}" if order_id else f"delivery/{line.target}/{line.subject}"
    audit.note(
        conn, line.order_cell or cell, person.who, f"delivery.{act}", subject, now,
        after={"note": f"{WORDS[line.kind]}, {line.target}, {line.day}"}, address=asking.address(),
    )  # fmt: skip
    return f"orders {line.order_cell or cell}"


def silent() -> list[Any]:
    """Delivery systems that do not answer while orders wait, for the banner of every page."""
    with asking.engine().begin() as conn:
        return queries.silent(conn, asking.person().company)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _back() -> Response:
    return redirect(url_for("office.reconcile.days"))  # type: ignore[return-value]
