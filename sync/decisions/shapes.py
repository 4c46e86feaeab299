"""What becomes of an order: the shapes of a decision.

`decide` in asking/orders.py asks the questions; what it hands back, `Decision`, is all that
effects.py writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Outcome = Literal["applied", "adjusted", "held", "rejected"]
OrderState = str  # accepted, held or rejected: where life.py leads from received
LineState = Literal["confirmed", "partial", "backordered", "cut", "rejected"]
Who = Literal["rep", "office"]
Item = Literal[
    "hold", "adjusted", "notice", "request", "duplicate", "delivery", "alarm", "fault"
]  # fmt: skip
Plain = str | int | None


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason the order waits for a person. `lines` empty = the whole order. `due` is when the
    reservation ends if nobody answered (the cut-off of its delivery day, else a day)."""

    rule: str
    lines: tuple[int, ...]
    due: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing a person should know. `yours` is what was sent, `now` what the server knows,
    `decision` the name of the answer chosen, `proposed` what releasing it lets stand.
    (`message`, `decision`) key a sentence (sentences/) whose places `arguments` fill.
    `private` conflicts are for the office only: the rep has shown no right to the store.

    As an item of the inbox: its kind, who owns it, what the office and the rep may answer (the
    proposed one first), and for an edit the field, and what both parties started from."""

    rule: str
    line: int | None
    yours: Plain
    now: Plain
    decision: str
    needs: Who | None
    message: str
    arguments: Mapping[str, Plain]
    proposed: Plain = None
    private: bool = False
    about: str | None = None  # what of a line it is about, where a rule may speak of several
    item: Item = "notice"
    owner: str | None = None
    answers: tuple[str, ...] = ()
    rep_answers: tuple[str, ...] = ()
    field: str | None = None
    base: Plain = None


@dataclass(slots=True)
class LineDecision:
    """A line as it stands. Always confirmed + backordered + cut == ordered, where `ordered` is
    the quantity that stands after adjusting; a rejected line is all cut. `net_minor` is the value
    of confirmed + backordered, after `promotions`: (promotion, what it takes off of it). A line
    the server added for a substitute has `replaces`."""

    n: int
    product: str
    ordered: int
    confirmed: int
    backordered: int
    cut: int
    cut_reason: str | None
    unit_price: Decimal
    discount_minor: int
    net_minor: int
    state: LineState
    substitute: str | None = None
    replaces: int | None = None
    promotions: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Decision:
    """What became of one order.

    `reserve`: (warehouse, product, quantity) to add to reserved stock, also for a held order.
    `exposure_minor`: to add to the store's uninvoiced orders now; 0 while held or rejected.
    `caps`: (promotion, minor units) to take off promotion budgets, also for a held order.
    `store` differs from the order's when a merged store's order went to its survivor.
    """

    order: str
    outcome: Outcome
    state: OrderState
    store: str
    deliver_on: date | None
    net_minor: int
    exposure_minor: int
    lines: list[LineDecision] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    reserve: list[tuple[str, str, int]] = field(default_factory=list)
    caps: list[tuple[str, int]] = field(default_factory=list)


Effect = Literal["noted", "adjusted", "held", "rejected", "requested", "offered"]
"""`requested`: the office is asked to write what was not taken; `offered`: the rep is asked whether
what gave way should stand after all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What kind of answer a rule gave, and figures only the answer knows. `goes_on`: the body
    that stands now must meet the rest of the same question too."""

    effect: Effect
    figures: Mapping[str, Plain] = field(default_factory=dict)
    goes_on: bool = False


NOTED, NOTED_GO_ON = Answer("noted"), Answer("noted", goes_on=True)
ADJUSTED, ADJUSTED_GO_ON = Answer("adjusted"), Answer("adjusted", goes_on=True)
HELD, REJECTED = Answer("held"), Answer("rejected")
