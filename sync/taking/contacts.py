"""A person in a store: added, edited, gone."""

from sync.asking.edits import decide_edit
from sync.batch import Pushed
from sync.effects import Effects
from sync.facts import Facts
from sync.owners import OWNERS, Value, as_fields
from sync.subjects.edit import AtRest, Edit
from sync.taking.at_hand import AtHand
from sync.taking.told import is_of_store, tell_edit

FIELDS = tuple(OWNERS["contact"])


def save_contact(effects: Effects, facts: Facts, one: Pushed, at_hand: AtHand) -> None:
    """Write a new contact, or merge an edit of one field by field into what is at rest."""
    _take(effects, facts, one, at_hand, dict(one.body.set), dict(one.body.base))


def remove_contact(effects: Effects, facts: Facts, one: Pushed, at_hand: AtHand) -> None:
    """The person has left: the contact stays readable and is not offered any more."""
    _take(effects, facts, one, at_hand, {"state": "left"}, {"state": "active"})


def _take(
    effects: Effects, facts: Facts, one: Pushed, at_hand: AtHand, mine: dict[str, Value],
    base: dict[str, Value],
) -> None:  # fmt: skip
    body = one.body
    row = at_hand.rows.get(body.id)
    rest = None if row is None else as_fields("contact", row)
    is_gone = body.id in at_hand.gone
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
        effects.rows.setdefault("contact", {})[body.id] = at_hand.rows[body.id] = written
        one.refs = {"contact": body.id}
