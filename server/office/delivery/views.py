"""What goes out and comes in: deliveries that need a person, and files that were loaded."""

from collections.abc import Callable
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
from server.office.delivery import queries
from server.office.moved import place_now
from sync.audit import note
from sync.delivery import resend

blueprint = Blueprint("exchange", __name__)


@blueprint.get("/deliveries")
@needs("admin", "order_desk", "supervisor", to="see deliveries that are stuck, and try them again")
def deliveries() -> str:
    person = asking.person()
    with asking.engine().begin() as conn:
        stuck = queries.deliveries(conn, person.cells, queries.STUCK)
        under_way = queries.deliveries(conn, person.cells, queries.UNDER_WAY)
        targets = queries.targets(conn, [access.company_cell(conn, person.company)])
    return render_template("deliveries.html", stuck=stuck, under_way=under_way, targets=targets)


@blueprint.post("/deliveries/<int:cell>/<uuid:delivery>/again")
@needs("admin", "order_desk", "supervisor")
def send_again(cell: int, delivery: Any) -> Response:
    """Have a stuck delivery tried again at once."""
    person, now = asking.person(), asking.now()
    cell = place_now(person, "delivery", cell, str(delivery))
    return _settle(
        cell, str(delivery), "order.delivery_replayed", {}, "It is being tried again.",
        lambda conn: resend.send_again(conn, cell, str(delivery), person.who, now),
    )  # fmt: skip


@blueprint.post("/deliveries/<int:cell>/<uuid:delivery>/number")
@needs("admin", "order_desk", "supervisor")
def enter_number(cell: int, delivery: Any) -> Response:
    """Acknowledge a stuck delivery by the number it was found under at the other end."""
    person, now = asking.person(), asking.now()
    cell = place_now(person, "delivery", cell, str(delivery))
    found = request.form.get("number", "")[:100]
    try:
        return _settle(
            cell, str(delivery), "order.number_entered", {"note": f"Found there as {found}"},
            "Entered. The rep's handheld learns the number at its next sync.",
            lambda conn: resend.enter_number(conn, cell, str(delivery), found, person.who, now),
        )  # fmt: skip
    except ValueError:
        flash(
            "Give the number the order has in the delivery system, at most 64 characters.", "fault"
        )
        return _back()


def _settle(
    cell: int,
    delivery: str,
    action: str,
    after: dict[str, str],
    words: str,
    work: Callable[[Connection], str | None],
) -> Response:
    """Do what a person said about a stuck delivery, with its line in the audit trail."""
    person = asking.person()

    def both(conn: Connection) -> str | None:
        if not queries.may_see_delivery(conn, person.cells, cell, delivery):
            raise Problem("not_found")
        order_id = work(conn)
        if order_id is not None:
            note(conn, cell, person.who, action, f"order/{order_id}", asking.now(),
                 after=after, address=asking.address())  # fmt: skip
        return order_id

    if in_transaction(asking.engine(), both) is None:
        flash("Somebody was quicker: this delivery is not stuck any more.", "fault")
    else:
        current_app.extensions["hint"](f"orders {cell}")
        flash(words, "note")
    return _back()


def _back() -> Response:
    return redirect(url_for("office.exchange.deliveries"))  # type: ignore[return-value]


@blueprint.get("/loads")
@needs("office", to="see what was loaded")
def loads() -> str:
    person = asking.person()
    with asking.engine().begin() as conn:
        found = queries.loads(conn, person.cells)
    return render_template("loads.html", loads=found)
