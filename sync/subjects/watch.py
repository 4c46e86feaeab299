"""A count of what somebody changed within some minutes, and the thresholds that hold for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync.facts import Facts
from sync.subjects.order import Params, chosen


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
