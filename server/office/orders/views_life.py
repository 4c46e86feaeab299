"""What the office does with an order that is no longer held: cancels it."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for

from server import asking
from server.auth import needs
from server.database import in_transaction
from server.office.moved import place_now
from sync.desk.cancel import TooLate
from sync.desk.cancel import cancel as cancel_order

blueprint = Blueprint("life", __name__)
SAID = {
    "cancelled": "Cancelled. The rep is told at the next sync.",
    "asked": "The delivery system is asked to cancel it. Until it answers, the order stands.",
}


@blueprint.post("/orders/<int:cell>/<uuid:order_id>/cancel")
@needs("order_desk", "supervisor", "admin", to="cancel an order")
def cancel(cell: int, order_id: Any) -> Response:
    """Cancel an order, or ask the delivery system to."""
    person, now, address = asking.person(), asking.now(), asking.address()
    cell = place_now(person, "orders", cell, str(order_id))
    reason = " ".join(request.form.get("reason", "").replace("\x00", "").split())[:200]
    page = url_for("office.orders.order", cell=cell, order_id=order_id)
    if not reason:
        flash("Say why: the rep reads it.", "fault")
        return redirect(page)  # type: ignore[return-value]
    try:
        done = in_transaction(
            asking.engine(),
            lambda conn: cancel_order(conn, cell, str(order_id), person.who, now, reason, address),
        )
        flash(SAID[done], "note")
    except TooLate as late:
        flash(f"Too late: the order is {late.state}.", "fault")
    current_app.extensions["hint"](f"orders {cell}")
    return redirect(page)  # type: ignore[return-value]
