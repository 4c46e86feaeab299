"""What delivery systems' own words for statuses mean: the office gives each its meaning, once.

An event in a word that nobody explained waits (parked); as soon as the word has a meaning, all that
wait for it are taken.
"""

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

from server import asking
from server.access import queries as access
from server.auth import needs
from server.database import in_transaction, transaction
from sync.audit import note
from sync.delivery import meanings
from sync.queries import meanings as queries

blueprint = Blueprint("meanings", __name__)


@blueprint.get("/deliveries/words")
@needs("admin", "order_desk", to="say what delivery systems' own words for statuses mean")
def words() -> str:
    with asking.engine().begin() as conn:
        found = queries.meanings(conn, access.company_cell(conn, asking.person().company))
    return render_template("meanings.html", rows=found, ours=meanings.OURS)


@blueprint.post("/deliveries/words")
@needs("admin", "order_desk")
def give() -> Response:
    """Give one word a meaning, or take it away ("")."""
    person, now, engine = asking.person(), asking.now(), asking.engine()
    target, word = request.form.get("target", "")[:64], request.form.get("word", "")[:64]
    means = request.form.get("means", "")
    with engine.begin() as conn:
        cell = access.company_cell(conn, person.company)
        known = {(row[0], row[1]) for row in queries.meanings(conn, cell)}
    if (target, word) not in known:
        flash("Nobody said that word, or somebody has just taken it off the list.", "fault")
        return _back()
    try:
        if means:
            taken = meanings.give(
                lambda: transaction(engine), cell, target, word, means, person.who, now
            )
            flash(f"{word} means {means} from now on; {taken} that had waited were taken.", "note")
        else:
            meanings.forget(lambda: transaction(engine), cell, target, word)
            flash(f"{word} has no meaning any more.", "note")
    except ValueError as why:
        flash(f"{str(why)[:1].upper()}{str(why)[1:]}.", "fault")
        return _back()

    def noted(conn: Connection) -> list[int]:
        after = {"note": f"{word}: {means or 'no meaning'}"}
        note(conn, cell, person.who, "delivery.word_explained", f"target/{target}", now,
             after=after, address=asking.address())  # fmt: skip
        return queries.field_cells(conn, cell)

    for one in in_transaction(engine, noted):
        current_app.extensions["hint"](f"orders {one}")
    return _back()


def _back() -> Response:
    return redirect(url_for("office.meanings.words"))  # type: ignore[return-value]
