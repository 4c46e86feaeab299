"""Asking about edits of orders: what becomes of one, and what people are told of it."""

from dataclasses import dataclass, field, replace

from sync.asking.edits import conflict_of
from sync.decisions.order_edit import ask_delivery_system, ask_office, hold_for_office
from sync.decisions.shapes import Conflict
from sync.facts import Facts
from sync.rules.all import ANSWERS, PARAMS
from sync.rules.order_edits import ORDER_EDIT
from sync.subjects.order_edit import OrderAtRest, OrderEdit, WorkingOrderEdit


@dataclass(slots=True)
class OrderEditDecision:
    """What becomes of an edit of an order.

    way: `done` (the order is decided again, or cancelled, here and now), `asked` (the delivery
    system is asked), `asked before` (it is asked already: nothing new), `office` (a person decides
    whether it is), `held` or `refused`.
    """

    way: str = "done"
    conflicts: list[Conflict] = field(default_factory=list)


def decide_order_edit(edit: OrderEdit, rest: OrderAtRest | None, facts: Facts) -> OrderEditDecision:
    """Ask every question about an edit of an order; changes nothing."""
    w = WorkingOrderEdit(edit, rest, facts, PARAMS)
    decision = OrderEditDecision()
    for rows in ORDER_EDIT.values():
        for row in rows:
            if not row.when(w):
                continue
            answers, told = ANSWERS[row.name], row.tell(w)
            name = w.choices.get(row.name, "")
            name = name if name in answers else row.then.__name__
            if name == ask_delivery_system.__name__ and rest is not None and rest.is_doubtful:
                name = ask_office.__name__  # a person looks at it first
            answer = answers[name](w)
            if answer.effect == "held":
                name = hold_for_office.__name__
            figures = {**told.more, **answer.figures}
            conflict = conflict_of(row, name, answer.effect, told, figures)
            if name == ask_delivery_system.__name__:  # nobody here has anything to decide
                conflict = replace(conflict, needs=None, owner=None, answers=(), item="request")
            decision.conflicts.append(conflict)
            if answer.effect in ("held", "rejected", "requested"):
                asked = "asked" if name == ask_delivery_system.__name__ else "office"
                decision.way = {"held": "held", "rejected": "refused"}.get(answer.effect, asked)
                return decision
            break
    return decision
