"""Mass changes: somebody, or a handheld, who changes more in a few minutes than people do.

The clock counts (desk/alarm.py); this decides whether a count is an alarm, by the policy of the
row `mass_change`. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync.decisions.shapes import Conflict
from sync.facts import Facts
from sync.rule import Rule
from sync.rules_watch import WATCH
from sync.working import Params, chosen


@dataclass(frozen=True, slots=True)
class Mass:
    """How much of a kind somebody changed within the minutes of the policy.

    who: user:CODE, device:ID or load:FEED. is_load: a file brought it. is_led: the doer is a
    supervisor or administrator, so that the alarm is for the administrator.
    """

    who: str
    name: str
    kind: str
    rows: int
    until: datetime
    is_load: bool = False
    is_led: bool = False


@dataclass(slots=True)
class WorkingMass:
    """A count, and the thresholds that hold for it."""

    mass: Mass
    params: Mapping[str, Params]
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def most(self) -> int:
        """Rows beyond which it is an alarm; 0 = never."""
        return self.params["mass_change"]["load_rows" if self.mass.is_load else "rows"]

    @property
    def minutes(self) -> int:
        return self.params["mass_change"]["minutes"]


def thresholds(facts: Facts, defaults: Mapping[str, Params]) -> Params:
    """Rows and minutes of a company's policy."""
    return chosen(facts, None, defaults)[1]["mass_change"]


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
