"""What goes out and comes in: deliveries that need a person, and files that were loaded."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for

from schemas.problem import Problem
from server import asking
from server.access import queries as access
from server.auth import needs
from server.office import queries_system as queries

blueprint = Blueprint("exchange", __name__)


@blueprint.get("/deliveries")
@needs("admin", "order_desk", "supervisor", to="see deliveries that are stuck, and try them again")
def deliveries() -> str:
    person = asking.person()
    with asking.engine().connect() as conn:
        stuck = queries.deliveries(conn, person.cells, queries.STUCK)
        under_way = queries.deliveries(conn, person.cells, queries.UNDER_WAY)
        targets = queries.targets(conn, [access.company_cell(conn, person.company)])
    return render_template("deliveries.html", stuck=stuck, under_way=under_way, targets=targets)


@blueprint.post("/deliveries/<int:cell>/<uuid:delivery>/replay")
@needs("admin", "order_desk", "supervisor")
def replay(cell: int, delivery: Any) -> Response:
    """Let a stuck delivery be tried again."""
    person, now = asking.person(), asking.now()
    with asking.engine().begin() as conn:
        company_cell = access.company_cell(conn, person.company)
        row = queries.replay_delivery(conn, company_cell, person.cells, cell, str(delivery), now)
        if row is None:
            raise Problem("changed_meanwhile", "This delivery is not stuck any more.")
        access.note(
            conn, cell, person.who, "order.delivery_replayed", f"order/{row.order_id}", now,
            after={"target": row.target, "attempts": row.attempt},
        )  # fmt: skip
    current_app.extensions["hint"](f"orders {cell}")
    flash("It is being tried again.", "note")
    return redirect(url_for("office.exchange.deliveries"))  # type: ignore[return-value]


@blueprint.get("/loads")
@needs("office", to="see what was loaded")
def loads() -> str:
    person = asking.person()
    with asking.engine().connect() as conn:
        found = queries.loads(conn, person.cells)
    return render_template("loads.html", loads=found)
