"""Asking about edits: takes one through every question of rules/field.py and says what stands.

The twin of orders.py for everything that is no order. Questions are asked of the edit as a whole,
then of each of its fields by name; the first true row of a question answers, as the office chose.
"""

from collections.abc import Iterable, Mapping

from sync.decisions.edit import hold_for_office
from sync.decisions.shapes import Answer, Conflict, Effect, Item, Plain, Who
from sync.desk.answers import of_item
from sync.facts import Facts
from sync.rules.all import ANSWERS, PARAMS
from sync.rules.field import EDITS, FACTS, FIELDS, EditRules, FieldRules
from sync.rules.rule import Rule
from sync.subjects.edit import (
    AtRest,
    Edit,
    EditDecision,
    EditOutcome,
    Request,
    WorkingEdit,
    WorkingField,
)
from sync.tell.shown import Told

_NEEDS: Mapping[Effect, Who | None] = {
    "noted": None,
    "adjusted": "rep",
    "held": "office",
    "rejected": "rep",
    "requested": "office",
    "offered": "rep",
}
_ITEM: Mapping[Effect, Item] = {
    "noted": "notice",
    "adjusted": "adjusted",
    "held": "hold",
    "rejected": "adjusted",
    "requested": "request",
    "offered": "request",
}


OFFERED = ("keep_mine", "take_theirs")
"""What the rep answers where the rep's value stands and the other one is offered."""


def decide_edit(edit: Edit, theirs: AtRest, facts: Facts) -> EditDecision:
    """Say what becomes of an edit of a row that may have been changed since the rep saw it.

    Changes nothing. How its fields are listed makes no difference.
    """
    kind = "new_store" if edit.act == "create" else edit.kind
    return _decided(edit, theirs, facts, EDITS[kind], FIELDS[kind])


def decide_fact(edit: Edit, theirs: AtRest, facts: Facts) -> EditDecision:
    """The same of a visit, a card or a receipt: what was seen and done is never refused."""
    return _decided(edit, theirs, facts, FACTS, {})


def _decided(
    edit: Edit, theirs: AtRest, facts: Facts, whole: EditRules, field: FieldRules
) -> EditDecision:
    asking = _Asking(WorkingEdit(edit, theirs, facts, PARAMS))
    w = asking.w
    for rows in whole.values():
        asking.ask(rows, None)
        if w.refused_by is not None:
            return _concluded(asking)
    for rows_of_field in field.values():
        for x in w.fields:
            if not x.is_kept:
                asking.ask(rows_of_field, x)
    return _concluded(asking)


class _Asking:
    """One edit being asked about, and the answers so far."""

    def __init__(self, w: WorkingEdit) -> None:
        self.w = w
        self.effects: set[Effect] = set()
        self.conflicts: list[tuple[Conflict, Request | None]] = []

    def ask(self, rows: Iterable[Rule[...]], x: WorkingField | None) -> None:
        w = self.w
        about = (w,) if x is None else (w, x)
        for row in rows:
            if not row.when(*about):
                continue
            if row.name in w.released:
                continue
            told = row.tell(*about)
            answers = ANSWERS[row.name]
            name = w.choices.get(row.name, "")
            name = name if name in answers else row.then.__name__
            answer = answers[name](*about)
            if answer.effect == "held":
                name = hold_for_office.__name__  # also where an answer could not be given
            self._note(row, x, name, answer, told)
            return

    def _note(
        self, row: Rule[...], x: WorkingField | None, name: str, answer: Answer, told: Told
    ) -> None:
        w, effect = self.w, answer.effect
        request = w.request if x is None else x.request
        w.request = None
        if effect in ("rejected", "held"):
            w.refused_by = row.name
        self.effects.add(effect)
        arguments = {**told.more, **answer.figures}
        conflict = conflict_of(row, name, effect, told, arguments, x)
        self.conflicts.append((conflict, request))


def conflict_of(
    row: Rule[...],
    name: str,
    effect: Effect,
    told: Told,
    arguments: Mapping[str, Plain],
    x: WorkingField | None = None,
) -> Conflict:
    """An answer as people are told of it, and as an item of the inbox."""
    needs: Who | None = _NEEDS[effect]
    if effect == "rejected" and row.item == "fault":
        needs = "office"  # what nobody could read is not the rep's to mend
    item = (row.item if needs == "office" else None) or _ITEM[effect]
    office = row.office_answers or of_item(item, is_order=False)
    rep = OFFERED if effect == "offered" else row.rep_answers
    return Conflict(
        rule=row.name,
        line=None,
        yours=told.yours,
        now=told.now,
        decision=name,
        needs=needs,
        message=row.name,
        arguments=arguments,
        proposed=told.proposed,
        item=item,
        owner=row.owner if needs == "office" else None,
        answers=office if needs == "office" else (),
        rep_answers=rep,
        field=None if x is None else x.name,
        base=None if x is None else _shown(x.base),
    )


def _shown(value: Plain) -> Plain:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _concluded(asking: _Asking) -> EditDecision:
    """What stands: every field edited and not kept, unless the whole was refused or held."""
    w, effects = asking.w, asking.effects
    decision = EditDecision(_outcome(w, effects), conflicts=asking.conflicts)
    decision.store = w.edit.store if w.store is None else w.store.id
    if w.refused_by is not None:
        decision.keep = True
        return decision
    for x in w.fields:
        if x.is_kept:
            continue
        decision.stands[x.name] = x.mine
        if x.changed_meanwhile and w.theirs.fields is not None:
            decision.gave_way[x.name] = x.theirs
    return decision


def _outcome(w: WorkingEdit, effects: set[Effect]) -> EditOutcome:
    if "rejected" in effects:
        return "rejected"
    if "held" in effects:
        return "held"
    if "requested" in effects and (w.edit.act == "create" or all(x.is_kept for x in w.fields)):
        return "held"
    if effects & {"adjusted", "requested"}:
        return "adjusted"
    is_joined = any(x.changed_meanwhile or x.is_kept for x in w.fields)
    return "merged" if is_joined and w.theirs.fields is not None else "applied"
