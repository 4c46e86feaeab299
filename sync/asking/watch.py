"""Mass changes: somebody, or a handheld, who changes more in a few minutes than people do.

The clock counts (desk/alarm.py); this decides whether a count is an alarm, by the policy of the
row `mass_change`. Pure.
"""

from collections.abc import Mapping

from sync.decisions.shapes import Conflict
from sync.facts import Facts
from sync.rules.rule import Rule
from sync.rules.watch import WATCH
from sync.subjects.order import Params, chosen
from sync.subjects.watch import Mass, WorkingMass


def decide_mass(mass: Mass, facts: Facts, defaults: Mapping[str, Params]) -> Conflict | None:
    """The alarm that a count raises; None when it is nothing."""
    choices, params = chosen(facts, None, defaults)
    w = WorkingMass(mass, params, choices)
    row: Rule[...] = WATCH["mass"][0]
    if not row.when(w):
        return None
    name = choices.get(row.name, "")
    name = name if name in row.answers else row.then.__name__
    answer = row.answers[name](w)
    if answer.effect != "held":
        return None
    told = row.tell(w)
    return Conflict(
        rule=row.name,
        line=None,
        yours=told.yours,
        now=told.now,
        decision=name,
        needs="office",
        message=row.name,
        arguments=told.more,
        private=True,
        item="alarm",
        owner="admin" if mass.is_led else row.owner,
        answers=("seen",),
    )
