"""One visit card: corrected field by field, locked when it is checked, its history beside it."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.auth import needs
from server.database import in_transaction
from server.office.field import queries_edits as queries
from server.office.field.forms import shown, value_of
from server.office.field.saving import saving
from server.office.field.views_store import EDITORS, hand, placed
from sync.desk import edits
from sync.desk.edits import Saved
from sync.feed import publish
from sync.owners import Value
from sync.taking.amend import fields_of
from sync.taking.cards import COMPETITOR

blueprint = Blueprint("cards", __name__, url_prefix="/cards")

COLUMNS = ("on_shelf", "facings", "shelf_stock", "back_stock", "price_minor", "out_of_stock")


@blueprint.get("/<key>")
@needs("office")
def one(key: str) -> str:
    return _page(key, None, {})


def _page(key: str, saved: Saved | None, mine: dict[str, Value]) -> str:
    person = asking.person()
    with asking.engine().begin() as conn:
        cell = placed(conn, person, "card", key)
        row = queries.card(conn, person.company, cell, key)
        if row is None:
            raise Problem("not_found", "There is no such card.")
        closed = queries.closed_through(conn, person.company)
        codes = [line[0] for line in row.lines]
        codes += [one[2] for one in row.amendments]
        names = queries.product_names(conn, person.company, codes)
    day = row.captured_at.astimezone(ZoneInfo(person.zone)).date()
    rest = fields_of(row.lines)
    return render_template(
        "card.html", row=row, names=names, columns=COLUMNS, codes=[line[0] for line in row.lines],
        rest={name: shown(value) for name, value in rest.items()},
        mine={name: shown(value) for name, value in (rest | mine).items()},
        beside=[dict(zip(COMPETITOR, line, strict=True)) for line in row.competitors or ()],
        meanwhile={} if saved is None else saved.meanwhile, day=day, shown=shown,
        closed=closed is not None and day <= closed, edits=bool(person.roles & set(EDITORS)),
    )  # fmt: skip


@blueprint.post("/<key>")
@needs(*EDITORS)
def save(key: str) -> Response | str:
    """Correct the card; what the rep changed meanwhile is shown beside it first."""
    person = asking.person()
    mine, base = _typed(""), _typed("was_")
    why = " ".join(request.form.get("why", "").split())[:200]

    def work(conn: Connection) -> Saved:
        cell = placed(conn, person, "card", key)
        saved = edits.correct_card(conn, cell, key, mine, base, why, hand())
        publish(conn, cell, saved.entries)
        return saved

    done = "Corrected; the rep reads it at the next sync."
    return saving(work, lambda saved: _page(key, saved, mine), done) or _to(key)


def _typed(prefix: str) -> dict[str, Any]:
    """Fields of a card as typed: `f:20041.facings`, and `was_f:...` as the page showed them."""
    mark = f"{prefix}f:"
    return {
        name.removeprefix(mark): value_of("card", name.removeprefix(mark), text)
        for name, text in request.form.items()
        if name.startswith(mark) and name.rpartition(".")[2] in COLUMNS
    }


@blueprint.post("/<key>/lock")
@needs(*EDITORS)
def lock(key: str) -> Response:
    """Lock a card that was checked, or open it again."""
    person, locked = asking.person(), request.form.get("act") != "open"

    def work(conn: Connection) -> None:
        cell = placed(conn, person, "card", key)
        publish(conn, cell, edits.lock_card(conn, cell, key, locked=locked, hand=hand()))

    in_transaction(asking.engine(), work)
    flash("Locked: from now on reps ask for corrections." if locked else "Open again.", "note")
    return _to(key)


def _to(key: str) -> Response:
    return redirect(url_for("office.cards.one", key=key))  # type: ignore[return-value]
