"""Asking: takes an order through every question of rules/orders.py and says what becomes of it."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sync.asking.conclude import conclude, fold
from sync.conditions.order import rep_had_no_right
from sync.decisions.either import hold_for_office
from sync.decisions.shapes import Answer, Conflict, Decision, Effect, Item, Who
from sync.desk.answers import of_item, offered
from sync.facts import Facts, Order, OrderType
from sync.rules.all import ANSWERS, PARAMS
from sync.rules.orders import ORDER, ORDER_LINE, QUESTIONS, QUIET, LineRules, OrderRules
from sync.rules.rule import Rule
from sync.subjects.order import Working, WorkingLine
from sync.tell.shown import Told

__all__ = ["decide", "fold"]

_NEEDS: Mapping[Effect, Who | None] = {
    "noted": None,
    "adjusted": "rep",
    "held": "office",
    "rejected": "rep",
}
_OPEN = frozenset(("authority", "product"))
"""Questions whose answers say nothing about a store: a rep without a right to it may read them."""


def decide(order: Order, facts: Facts) -> Decision:
    """Ask every question about an order and say what becomes of it.

    Changes neither: `fold` the decision to go on to the next order of the batch. Lines are asked
    in order of `n`, so how they are listed makes no difference.
    """
    asking = _Asking(Working(order, facts, PARAMS))
    w = asking.w
    for question in QUESTIONS:
        if question in ORDER_LINE:
            asking.ask_lines(question)
        if question in ORDER:
            asking.ask(question, asking.of_order[question], None)
            if w.refused_by is not None:
                break
        if w.lines and not w.live:  # nothing is left to ask about
            break
    return conclude(w, asking.held, asking.conflicts, asking.effects)


@cache
def _asked_of(order_type: OrderType) -> tuple[OrderRules, LineRules]:
    """The tables without the rows that are not asked of orders of this type."""
    return (
        {name: tuple(x for x in rows if x.is_asked_of(order_type)) for name, rows in ORDER.items()},
        {
            name: tuple(x for x in rows if x.is_asked_of(order_type))
            for name, rows in ORDER_LINE.items()
        },
    )


class _Asking:
    """One order being asked about, and the answers so far."""

    def __init__(self, w: Working) -> None:
        self.w = w
        self.of_order, self.of_line = _asked_of(w.order.type)
        self.held: dict[str, list[int]] = {}
        self.conflicts: list[Conflict] = []
        self.effects: set[Effect] = set()
        self.is_foreign = rep_had_no_right(w)

    def ask_lines(self, question: str) -> None:
        """Ask one question of every line that is not refused, each before the next."""
        w, rows, is_quiet = self.w, self.of_line[question], QUIET[question]
        for x in w.lines:
            if x.refused_by is not None:
                continue
            if question == "stock":
                if w.doubtful or x.doubtful:
                    w.take(x, 0, x.quantity)
                    continue
                x.most_net = x.net()
            elif question == "promotion" and x.parts and rows:
                self._ask_parts(rows, question, x)
            if rows and not is_quiet(w, x):
                self.ask(question, rows, x)
            if question == "stock" and not x.settled and x.refused_by is None:
                fits = x.quantity if not w.promises_stock else w.available(x.line.product)
                w.take(x, min(x.quantity, fits), max(0, x.quantity - fits))

    def _ask_parts(self, rows: Iterable[Rule[...]], question: str, x: WorkingLine) -> None:
        """Ask about a line's promotions one by one, and note what they take of their budgets."""
        w = self.w
        for part in x.parts:
            x.asked = part
            if self.ask(question, rows, x) != "held" and part.fact is not None:
                part.budgeted = True
                w.caps[part.promotion] = w.caps.get(part.promotion, 0) + part.minor
        x.asked = None

    def ask(self, question: str, rows: Iterable[Rule[...]], x: WorkingLine | None) -> Effect | None:
        """The first row that is true answers; None = no row had anything to say."""
        w = self.w
        about = (w,) if x is None else (w, x)
        effect: Effect | None = None
        for row in rows:
            if not row.when(*about):
                continue
            if row.name in w.released and row.releasable:
                if row.release is not None:
                    row.release(*about)
                continue
            told = row.tell(*about)
            answers = ANSWERS[row.name]
            name = w.answered.get(f"{question}/{'' if x is None else x.line.n}", "")
            name = name if name in answers else w.choices.get(row.name, "")
            name = name if name in answers else row.then.__name__
            answer = answers[name](*about)
            effect = answer.effect
            private = self.is_foreign and question not in _OPEN
            self._note(row, x, name, answer, told, private)
            if not answer.goes_on:
                break
        return effect

    def _note(
        self,
        row: Rule[...],
        x: WorkingLine | None,
        name: str,
        answer: Answer,
        told: Told,
        private: bool,
    ) -> None:
        """Keep an answer: what it does to the order or line, and what people are told."""
        effect = answer.effect
        where: Working | WorkingLine = self.w if x is None else x
        if effect == "held":
            name = hold_for_office.__name__
            named = self.held.setdefault(row.name, [])
            named += [] if x is None or x.line.n in named else [x.line.n]
            where.doubtful = where.doubtful or not row.promises
        elif effect == "rejected":
            where.refused_by = row.name
        self.effects.add(effect)
        self.conflicts.append(
            Conflict(
                rule=row.name,
                line=None if x is None else x.line.n,
                yours=told.yours,
                now=told.now,
                decision=name,
                needs=_NEEDS[effect],
                message=row.name,
                arguments={**told.more, **answer.figures},
                proposed=told.proposed,
                private=private,
                about=None if x is None or x.asked is None else x.asked.promotion,
                **_item(row, effect, name, private),
            )
        )


def _item(row: Rule[...], effect: Effect, decision: str, private: bool) -> dict[str, Any]:
    """What an answer is in the inbox: of which kind, whose, and what may be answered to it."""
    rep = () if private else offered(row.rep_answers, "rep", effect, decision)
    if effect == "held":
        item: Item = row.item or "hold"
        names = (*(row.office_answers or of_item(item, is_order=True)), *row.rep_answers)
        office = offered(dict.fromkeys(names), "office", effect, decision)
        return {"item": item, "owner": row.owner, "answers": office, "rep_answers": rep}
    item = "notice" if effect == "noted" else "adjusted"
    office = offered(row.rep_answers, "office", effect, decision) if rep else ()
    return {"item": item, "owner": None, "answers": office, "rep_answers": rep}
