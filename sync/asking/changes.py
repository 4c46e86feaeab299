"""The first questions, asked of any change before what it is about is looked at.

Who sent it, whether it can be read, what it builds on, and when it was captured. The first three
may keep the change whole for a person; the clock and the period only have something to say, unless
the office chose otherwise.
"""

from sync.asking.edits import conflict_of
from sync.decisions.shapes import Conflict
from sync.rules.all import ANSWERS, PARAMS
from sync.rules.field import CHANGE
from sync.subjects.change import WorkingChange

FIRST = ("identity", "sender", "reading")
LATER = ("dependency", "clock", "period")
PARKING = frozenset(
    ("id_reused", "unreadable", "version_unknown", "row_known", "server_fault", "dependency_parked")
)
"""What was kept for one of these reasons holds back what builds on it."""


def decide_change(w: WorkingChange, questions: tuple[str, ...] = FIRST) -> list[Conflict]:
    """What there is to say about a change as such; the last conflict holds or rejects it if its
    `needs` is not None, and then nothing more is asked."""
    told: list[Conflict] = []
    w.params = w.params or PARAMS
    for question in questions:
        for row in CHANGE[question]:
            if row.name in w.released or not row.when(w):
                continue
            answers, figures = ANSWERS[row.name], row.tell(w)
            name = w.choices.get(row.name, "")
            name = name if name in answers else row.then.__name__
            effect = answers[name](w).effect
            told.append(conflict_of(row, name, effect, figures, figures.more))
            if effect in ("held", "rejected"):
                return told
            break
    return told


def keeps(told: list[Conflict]) -> Conflict | None:
    """The one of these that keeps the change whole; None = it goes on."""
    return told[-1] if told and told[-1].needs is not None else None
