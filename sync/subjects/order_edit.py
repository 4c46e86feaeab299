"""The working copy of what a rep or the office wants of an order that is here already. Pure.

Two acts: `revise` (a whole new text) and `cancel`. How far the order has gone decides whether it is
done, asked of the delivery system, or refused with a way out (rules/order_edits.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sync import life
from sync.facts import Facts, StoreFacts
from sync.subjects.order import Params, chosen

Act = Literal["revise", "cancel"]


@dataclass(frozen=True, slots=True)
class OrderEdit:
    """What is wanted. mine: product -> quantity it should have; base_revision: the text it was made
    from."""

    order: str
    store: str
    rep: str
    act: Act
    captured_at: datetime
    base_revision: int | None = None
    mine: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OrderAtRest:
    """The order as it stands. is_out: a delivery system has it, or may have it, whatever its state
    says. theirs: product -> quantity ordered. is_doubtful: decided today, the new text would be
    held or refused."""

    number: str
    rep: str
    state: str
    revision: int
    is_out: bool = False
    external_no: str | None = None
    theirs: Mapping[str, int] = field(default_factory=dict)
    is_doubtful: bool = False


class WorkingOrderEdit:
    """The edit, the order it is about, and what the office chose for the store."""

    def __init__(
        self, edit: OrderEdit, rest: OrderAtRest | None, facts: Facts, params: Mapping[str, Params]
    ) -> None:
        self.edit, self.rest, self.facts = edit, rest, facts
        self.store: StoreFacts | None = facts.stores.get(edit.store)
        self.choices, self.params = chosen(facts, self.store, params)
        self.shown: dict[datetime, str] = {}

    @property
    def state(self) -> str:
        return "" if self.rest is None else self.rest.state

    @property
    def editable(self) -> life.Editable:
        """How it may be edited: as its state says, but not freely once somebody may have it."""
        if self.rest is None:
            return "never"
        said = life.editable(self.rest.state)
        return "by request" if said == "freely" and self.rest.is_out else said

    def difference(self) -> tuple[int, int]:
        """(each more, each less) than the order at rest."""
        theirs = {} if self.rest is None else self.rest.theirs
        mine = {} if self.edit.act == "cancel" else self.edit.mine
        products = {*mine, *theirs}
        steps = [mine.get(one, 0) - theirs.get(one, 0) for one in products]
        return sum(x for x in steps if x > 0), -sum(x for x in steps if x < 0)
