"""A person in a store: added, edited, gone."""

from sqlalchemy import Connection

from sync.asking.edits import decide_edit
from sync.batch import Pushed
from sync.effects import Effects
from sync.facts import Facts
from sync.owners import OWNERS, Value, as_fields
from sync.queries import edits as queries
from sync.subjects.edit import AtRest, Edit
from sync.taking.told import is_of_store, tell_edit

FIELDS = tuple(OWNERS["contact"])


def save_contact(conn: Connection, effects: Effects, facts: Facts, one: Pushed) -> None:
    """Write a new contact, or merge an edit of one field by field into what is at rest."""
    _take(conn, effects, facts, one, dict(one.body.set), dict(one.body.base))


def remove_contact(conn: Connection, effects: Effects, facts: Facts, one: Pushed) -> None:
    """The person has left: the contact stays readable and is not offered any more."""
    _take(conn, effects, facts, one, {"state": "left"}, {"state": "active"})


def _take(
    conn: Connection, effects: Effects, facts: Facts, one: Pushed, mine: dict[str, Value],
    base: dict[str, Value],
) -> None:  # fmt: skip
    body = one.body
    row = queries.lock_rows(conn, effects.cell, "contact", [body.id]).get(body.id)
    rest = None if row is None else as_fields("contact", row)
    is_gone = row is None and bool(queries.gone(conn, effects.cell, "contact", [body.id]))
    if rest is not None and rest["state"] == "left" and "state" not in mine:
        is_gone = True
    if row is None and not is_gone:
        if one.act == "save" and "name" not in mine:
            effects.hold(one, "unreadable", outcome="rejected", why="set.name: is missing")
            return
        mine.setdefault("state", "active")
    elif row is not None and not is_of_store(facts, row["store"], body.store):
        effects.hold(one, "row_known", kind="contact")
        return
    label = str((rest or mine).get("name") or "") or None
    edit = Edit(
        body.id, "contact", one.act, effects.carrier.rep, one.captured_at or facts.now, body.store,
        mine, base, label,
    )  # fmt: skip
    decision = decide_edit(edit, AtRest(None if is_gone else rest, gone=is_gone), facts)
    tell_edit(effects, one, decision, "contact")
    if row is not None:
        one.refs = {"contact": body.id}
    if decision.stands:
        written = dict.fromkeys(FIELDS) | (rest or {}) | decision.stands
        written |= {"id": body.id, "store": decision.store}
        effects.rows["contact"] = {body.id: written}
        one.refs = {"contact": body.id}
