"""One store: what is known of it, its people and cards, and what the office changes of it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.auth import needs
from server.database import in_transaction
from server.office.field import queries_edits as queries
from server.office.field.forms import known_id, shown, typed
from server.office.field.saving import saving
from server.photos.queries import of_store
from sync.desk import edits, stores
from sync.desk.edits import Hand, Saved
from sync.feed import publish
from sync.lookalikes import compare
from sync.owners import OWNERS, as_fields
from sync.taking.stores import door_of, doors_like

blueprint = Blueprint("store", __name__, url_prefix="/stores")

EDITORS = ("order_desk", "key_account", "supervisor", "admin")
GROUPS = (
    ("Shared by rep and office", ("name", "address", "city", "region", "postcode")),
    ("The rep's: seen in the store", ("phone", "opening_hours", "position")),
    (
        "The office's: reps ask for a change",
        ("tax_id", "terms_days", "store_class", "channel", "banner", "price_list", "visits_per_4w"),
    ),
)
PHOTOS = 24
CONTACT = ("name", "role", "phone", "email", "preferred_time")


def hand() -> Hand:
    return Hand(asking.person().who, asking.now(), asking.address())


def placed(conn: Connection, person: Person, kind: str, key: str) -> int:
    """The cell of a row this person may see; raises not_found."""
    cell = queries.cell_of(conn, person.cells, kind, known_id(key))
    if cell is None:
        raise Problem("not_found", f"There is no such {kind.replace('_', ' ')}.")
    return cell


@blueprint.get("/<key>")
@needs("office")
def one(key: str) -> str:
    return _page(key, None, {})


def _page(key: str, saved: Saved | None, mine: dict[str, Any]) -> str:
    """The store as it stands; with `saved`, what was typed and what somebody else made of it."""
    person = asking.person()
    today = asking.day_of_assignments()
    with asking.engine().begin() as conn:
        cell = placed(conn, person, "store", key)
        row = queries.store(conn, person.company, cell, key, today)
        if row is None:
            raise Problem("not_found", "There is no such store.")
        rest = as_fields("store", row._mapping)
        page = {
            "row": row,
            "rest": {name: shown(value) for name, value in rest.items()},
            "mine": {name: shown(value) for name, value in (rest | mine).items()},
            "meanwhile": {} if saved is None else saved.meanwhile,
            "groups": GROUPS,
            "contacts": queries.contacts(conn, cell, key),
            "cards": queries.cards(conn, person.company, cell, key),
            "visits": queries.visits(conn, person.company, cell, key),
            "photos": of_store(conn, person.cells, key, PHOTOS),
            "waiting": queries.waiting_about(conn, cell, key),
            "history": queries.history(conn, cell, f"store/{key}"),
            "edits": bool(person.roles & set(EDITORS)),
        }
    return render_template("store.html", **page)


@blueprint.post("/<key>")
@needs(*EDITORS, to="edit stores, contacts and visit cards, and approve new stores")
def save(key: str) -> Response | str:
    """Write what was changed; what somebody else changed meanwhile is shown beside it first."""
    person = asking.person()
    mine = typed("store", OWNERS["store"], request.form)
    base = typed("store", OWNERS["store"], request.form, "was_")

    def work(conn: Connection) -> Saved:
        cell = placed(conn, person, "store", key)
        saved = edits.save(conn, cell, "store", key, mine, base, hand())
        publish(conn, cell, saved.entries)
        return saved

    return saving(work, lambda saved: _page(key, saved, mine), "Saved.") or _to(key)


def _to(key: str) -> Response:
    return redirect(url_for("office.store.one", key=key))  # type: ignore[return-value]


@blueprint.post("/<key>/contacts")
@needs(*EDITORS)
def contact(key: str) -> Response:
    """Add, change or delete a person of the store."""
    person, act = asking.person(), request.form.get("act", "")
    mine = typed("contact", CONTACT, request.form)
    base = typed("contact", CONTACT, request.form, "was_")

    def work(conn: Connection) -> Saved:
        cell = placed(conn, person, "store", key)
        if act == "add":
            saved = Saved(edits.add_contact(conn, cell, key, mine, hand()), dict(mine))
        else:
            of = known_id(request.form.get("contact", ""))
            placed(conn, person, "contact", of)
            if act == "remove":
                saved = Saved(edits.remove_row(conn, cell, "contact", of, hand()))
            else:
                saved = edits.save(conn, cell, "contact", of, mine, base, hand())
        publish(conn, cell, saved.entries)
        return saved

    try:
        saved = in_transaction(asking.engine(), work)
    except (edits.Refused, LookupError) as no:
        flash(f"Not saved: {no}.", "fault")
        return _to(key)
    if saved.meanwhile:
        told = "; ".join(f"{name}: {shown(value) or 'nothing'}" for name, value in
                         saved.meanwhile.items())  # fmt: skip
        flash(f"Not saved: somebody set meanwhile {told}. Look again and decide.", "fault")
    else:
        flash("Saved." if act != "remove" else "Removed; edits of it become requests.", "note")
    return _to(key)


@blueprint.get("/<key>/merge")
@needs(*EDITORS)
def merge_form(key: str) -> str:
    """The stores that may be the same as this one, side by side with it."""
    person = asking.person()
    today = asking.day_of_assignments()
    with asking.engine().begin() as conn:
        cell = placed(conn, person, "store", key)
        row = queries.store(conn, person.company, cell, key, today)
        if row is None:
            raise Problem("not_found", "There is no such store.")
        door = door_of(row)
        near = sorted(
            (twin for twin in (compare(door, other) for other in doors_like(conn, cell, door))
             if twin.score), key=lambda twin: (-twin.score, twin.id),
        )[:6]  # fmt: skip
        typed_code = request.args.get("code", "").strip()[:64]
        found = queries.store_by_code(conn, cell, typed_code) if typed_code else None
        ids = [twin.id for twin in near] + ([str(found.id)] if found else [])
        rows = {str(one.id): one for one in queries.others_like(conn, cell, ids)}
    why = {twin.id: (twin.score, twin.why) for twin in near}
    others = [(rows[one], *why.get(one, (0, "chosen by its code"))) for one in dict.fromkeys(ids)]
    return render_template(
        "merge.html", row=row, others=[one for one in others if str(one[0].id) != key],
        code=typed_code, missing=bool(typed_code) and found is None,
        fields=("code", *OWNERS["store"]), values=lambda one: _values(one),
    )  # fmt: skip


def _values(row: Any) -> dict[str, str]:
    return {"code": row.code} | {
        name: shown(value) for name, value in as_fields("store", row._mapping).items()
    }


@blueprint.post("/<key>/decide")
@needs(*EDITORS)
def decide(key: str) -> Response:
    """Approve a new store, turn it down, or merge it into another one."""
    person, act = asking.person(), request.form.get("act", "")
    into = request.form.get("into", "")
    why = " ".join(request.form.get("why", "").split())[:200]

    def work(conn: Connection) -> None:
        cell = placed(conn, person, "store", key)
        said = (person.who, asking.now(), asking.address())
        if act == "merge":
            entries = stores.merge(conn, cell, key, known_id(into), *said)
        elif act == "decline":
            entries = stores.decline(conn, cell, key, why, *said)
        else:
            entries = stores.approve(conn, cell, key, *said)
        publish(conn, cell, entries)

    try:
        in_transaction(asking.engine(), work)
    except stores.NotSo as no:
        flash(f"Not done: {no}.", "fault")
        return _to(key)
    said = {"merge": "Merged: what comes for the old store follows.", "decline": "Turned down."}
    flash(said.get(act, "Approved; orders that waited are decided again."), "note")
    return _to(into if act == "merge" else key)
