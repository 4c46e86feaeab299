"""What we believe a delivery system has of a day, beside what it says it has. Pure.

An order is compared by its id, never by its day: at midnight the two clocks may put it on either
side. So an order is only missing when it is neither in the list of its day nor in those beside it,
and only when we knew of its acknowledgement well before the list was made: what was answered, sent
or told while they were writing is left to the next night.

    kind              what it means
    ----------------  ---------------------------------------------------------------------------
    missing_there     acknowledged to us, and not in their books any more
    unknown_here      in their books with a reference we never sent to them
    stuck_here        in their books, while it lies here as failed or parked
    twice_there       in their books more than once: two deliveries of one order
    number_differs    there under another number than the one we were given
    lines_differ      there at another revision, with other lines or other quantities
    value_differs     the same goods for another value, beyond rounding
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Kind = Literal[
    "missing_there", "unknown_here", "stuck_here", "twice_there", "number_differs", "lines_differ",
    "value_differs",
]  # fmt: skip
SLACK = timedelta(minutes=5)
"""How far apart the two clocks may be, and how long something may have been on its way."""
ENDED = frozenset({"cancelled", "rejected", "returned"})
UNDER_WAY = frozenset({"queued", "sending", "handed", "unknown"})


@dataclass(frozen=True, slots=True)
class Theirs:
    """One order as they list it. lines and quantity (eaches): what of it stands, cut lines and
    cut quantities left out; value: of that, in minor units. None: they do not say."""

    order: str
    revision: int
    external_no: str
    lines: int
    quantity: int | None = None
    value_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Ours:
    """One delivery of an order as it stands here. `settled_at`: when anything of it last changed
    by the delivery system's word; figures as in `Theirs`."""

    cell: int
    order: str
    revision: int
    delivery: str
    state: str  # of the delivery
    order_state: str
    number: str
    store: str
    external_no: str | None
    currency: str
    lines: int
    quantity: int
    value_minor: int
    acknowledged_at: datetime | None
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree. `subject` (the order's id, or their number) and `kind` name
    it, whenever it is seen again."""

    kind: Kind
    subject: str
    ours: Ours | None
    theirs: tuple[Theirs, ...] = ()
    note: str = ""


@dataclass(slots=True)
class Sums:
    """How many orders and lines, and their value by currency in minor units."""

    orders: int = 0
    lines: int = 0
    value_minor: dict[str, int] = field(default_factory=dict)

    def add(self, one: Ours | Theirs, currency: str) -> None:
        self.orders += 1
        self.lines += one.lines
        if one.value_minor is not None:
            self.value_minor[currency] = self.value_minor.get(currency, 0) + one.value_minor

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Compared:
    """What came of a day: the differences, the sums of both sides, and what was left out.

    moved: ours of the day that they count on the day before or after. waiting: orders that are
    still being sent, or changed too lately to be compared.
    """

    differences: list[Difference] = field(default_factory=list)
    ours: Sums = field(default_factory=Sums)
    theirs: Sums = field(default_factory=Sums)
    moved: int = 0
    waiting: set[str] = field(default_factory=set)


def compare(
    day: Iterable[Ours],
    known: Mapping[str, Sequence[Ours]],
    listed: Iterable[Theirs],
    beside: Iterable[Theirs],
    as_of: datetime,
    currency: str,
) -> tuple[Compared, list[Ours]]:
    """Compare one day; returns it and the orders of ours that are nowhere in their lists.

    day: ours that were acknowledged on the day. known: everything ours of the orders they list, by
    order id, as read after their list. beside: their lists of the days before and after. as_of:
    when their list was made. The caller looks up what is nowhere before it calls it missing.
    """
    found = Compared()
    here: dict[str, list[Theirs]] = {}
    for one in listed:
        here.setdefault(one.order, []).append(one)
        newest = _newest(known.get(one.order, ()))
        found.theirs.add(one, newest.currency if newest else currency)
    aside: dict[str, list[Theirs]] = {}
    for one in beside:
        aside.setdefault(one.order, []).append(one)
    for order, theirs in here.items():
        _listed(found, theirs + aside.get(order, []), known.get(order, ()), as_of)
    nowhere = []
    for ours in day:
        if ours.order_state in ENDED:
            continue
        if ours.order in here:
            found.ours.add(ours, ours.currency)
        elif ours.order in aside:
            found.ours.add(ours, ours.currency)
            found.moved += 1
        elif ours.acknowledged_at is not None and ours.acknowledged_at <= as_of - SLACK:
            found.ours.add(ours, ours.currency)
            nowhere.append(ours)
        else:
            found.waiting.add(ours.order)
    return found, nowhere


def missing(ours: Ours, note: str = "") -> Difference:
    """An order that was looked for in vain."""
    return Difference("missing_there", ours.order, ours, (), note)


def _newest(known: Sequence[Ours]) -> Ours | None:
    """The delivery that says how an order stands: the acknowledged one of the highest revision,
    else the newest of all."""
    return max(known, key=lambda one: (one.state == "acknowledged", one.revision), default=None)


def _listed(
    found: Compared, theirs: Sequence[Theirs], known: Sequence[Ours], as_of: datetime
) -> None:
    """What there is to say of an order they list."""
    ours = _newest(known)
    numbers = {one.external_no for one in theirs}
    last = max(theirs, key=lambda one: one.revision)
    if ours is None:
        found.differences.append(Difference("unknown_here", last.order, None, tuple(theirs)))
    elif any(one.state in UNDER_WAY for one in known) or ours.settled_at > as_of - SLACK:
        found.waiting.add(last.order)
    elif ours.state != "acknowledged":
        found.differences.append(Difference("stuck_here", ours.order, ours, (last,)))
    elif ours.order_state in ENDED:
        return
    elif len(numbers) > 1:
        found.differences.append(Difference("twice_there", ours.order, ours, tuple(theirs)))
    else:
        difference = _differs(ours, last)
        if difference is not None:
            found.differences.append(difference)


def _differs(ours: Ours, theirs: Theirs) -> Difference | None:
    """How an order that both know differs, the gravest first; None when it agrees."""

    def one(kind: Kind, note: str) -> Difference:
        return Difference(kind, ours.order, ours, (theirs,), note)

    if theirs.revision != ours.revision:
        return one("lines_differ", f"there at revision {theirs.revision}, here {ours.revision}")
    if theirs.lines != ours.lines:
        return one("lines_differ", f"{theirs.lines} lines there, {ours.lines} here")
    if theirs.quantity is not None and theirs.quantity != ours.quantity:
        return one("lines_differ", f"{theirs.quantity} each there, {ours.quantity} here")
    if theirs.external_no != ours.external_no:
        return one("number_differs", f"there {theirs.external_no}, here {ours.external_no}")
    rounding_minor = max(1, ours.lines)  # each line may have been rounded once
    if theirs.value_minor is not None and abs(theirs.value_minor - ours.value_minor) > (
        rounding_minor
    ):
        return one("value_differs", "")
    return None
