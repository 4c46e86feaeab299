"""Asking about money: takes a receipt through every question of rules/money.py; it is received.

What comes out is the allocation as it stands, whatever stays on account, which other receipt it
may be the same as, and what people are told. Nothing here is ever held or refused: the money is
in somebody's pocket, whatever the rules find odd about it.
"""

from dataclasses import dataclass, field

from sync.conditions.collection import rep_had_no_right
from sync.decisions.shapes import Conflict, Item, Outcome
from sync.desk.answers import of_item
from sync.rules.all import ANSWERS, PARAMS
from sync.rules.money import COLLECTION, COLLECTION_ITEM, MONEY_QUESTIONS
from sync.rules.rule import Rule
from sync.subjects.money import Collection, MoneyFacts, WorkingCollection, WorkingUse
from sync.terms.allocation import Use

_OPEN = frozenset(("authority", "number", "amount"))
"""Questions whose answers say nothing about a store: a rep without a right to it may read them."""
_SEEN = frozenset({"let_pass"})
"""Answers that ask nothing of finance."""


@dataclass(slots=True)
class Received:
    """What became of a receipt: `uses` as they stand, the rest of the money on account."""

    outcome: Outcome
    uses: tuple[Use, ...]
    on_account_minor: int
    duplicate_of: str | None = None
    conflicts: list[Conflict] = field(default_factory=list)


def receive(taken: Collection, known: MoneyFacts) -> Received:
    """Ask every question about a receipt. Changes neither."""
    asking = _Asking(WorkingCollection(taken, known, PARAMS))
    w = asking.w
    for question in MONEY_QUESTIONS:
        for row in COLLECTION.get(question, ()):
            if asking.ask(question, row, None):
                break
        for x in w.uses if question in COLLECTION_ITEM else ():
            for item_row in COLLECTION_ITEM[question]:
                if asking.ask(question, item_row, x):
                    break
    uses = tuple((x.number, x.minor) for x in w.uses if x.minor > 0 and w.pays)
    rest = max(0, taken.amount_minor) - sum(minor for _, minor in uses)
    told = any(not one.private for one in asking.conflicts)
    outcome: Outcome = "adjusted" if told else "applied"
    return Received(outcome, uses, rest, w.duplicate_of, asking.conflicts)


class _Asking:
    """One receipt being asked about, and the answers so far."""

    def __init__(self, w: WorkingCollection) -> None:
        self.w = w
        self.conflicts: list[Conflict] = []
        self.is_foreign = rep_had_no_right(w)

    def ask(self, question: str, row: Rule[...], x: WorkingUse | None) -> bool:
        """Whether the row answers; then what it says is noted."""
        w = self.w
        about = (w,) if x is None else (w, x)
        if not row.when(*about):
            return False
        told = row.tell(*about)
        answers = ANSWERS[row.name]
        name = w.choices.get(row.name, "")
        name = name if name in answers else row.then.__name__
        answer = answers[name](*about)
        waits = name not in _SEEN
        item: Item = (row.item or "notice") if waits else "notice"
        self.conflicts.append(
            Conflict(
                rule=row.name,
                line=None if x is None else x.n,
                yours=told.yours,
                now=told.now,
                decision=name,
                needs="office" if waits else None,
                message=row.name,
                arguments={**told.more, **answer.figures},
                proposed=told.proposed,
                private=self.is_foreign and question not in _OPEN,
                item=item,
                owner=row.owner if waits else None,
                answers=row.office_answers or of_item(item, is_order=False) if waits else (),
            )
        )
        return True
