"""Promotions: what each gives and to whom, what is left of its budget, and ending one."""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from schemas.ids import is_id
from schemas.problem import Problem
from server import asking
from server.auth import needs
from server.office.company import queries_terms as queries
from sync.desk.promotions import NotLive, end_promotion

blueprint = Blueprint("terms", __name__, url_prefix="/promotions")


@blueprint.get("/")
@needs("office", to="look at promotions and their budgets")
def promotions() -> str:
    person, ended = asking.person(), request.args.get("ended") == "yes"
    with asking.engine().begin() as conn:
        found = queries.promotions(conn, person.company, person.cells, ended=ended)
    return render_template("promotions.html", promotions=found, ended=ended, now=datetime.now(UTC))


@blueprint.post("/<promotion>/end")
@needs("admin", "key_account", to="end a promotion")
def end(promotion: str) -> Response:
    """End a promotion now. Orders captured before keep it, whenever they arrive."""
    person = asking.person()
    if not is_id(promotion):
        raise Problem("not_found", "There is no such promotion.")
    note = request.form.get("note", "").replace("\x00", "").strip()[:200]
    with asking.engine().begin() as conn:
        cell = queries.company_cell(conn, person.company)
        try:
            name = end_promotion(
                conn, cell, promotion, person.who, asking.now(), note, asking.address()
            )
        except NotLive as no:
            raise Problem("changed_meanwhile", str(no).capitalize() + ".") from None
    flash(f"{name} has ended. Orders taken before this moment keep it.", "note")
    return redirect(url_for("office.terms.promotions"))  # type: ignore[return-value]
