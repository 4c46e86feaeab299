"""Where an order's lines stand, from all that its delivery system has said of them. Pure.

Worked out anew from everything said so far, never from the last word alone: whatever order the
words arrive in, and however often, the lines end up the same.

Quantities told are totals, not differences. Of several statements about one figure of a line the
one that is furthest along counts, then the newest, then the one whose id is greatest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync import life
from sync.decisions.shapes import LineState

DISPATCHED, DELIVERED = life.rank("dispatched"), life.rank("delivered")
INVOICED = life.rank("invoiced")
FIGURES = ("allocated", "backordered", "shipped", "delivered")


@dataclass(frozen=True, slots=True)
class Asked:
    """A line before the delivery system said anything of it; quantities in each.

    kept: what of `confirmed` is reserved with us (less once a stock count has taken it over).
    """

    ordered: int
    confirmed: int
    backordered: int
    kept: int
    net_minor: int
    discount_minor: int
    cut_reason: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """One thing the delivery system said: our word for it, when, and of which lines.

    lines: n -> figures told of it, out of allocated, backordered, shipped, delivered, reason.
    """

    status: str
    at: datetime
    id: str
    lines: Mapping[int, Mapping[str, Any]]

    @property
    def weight(self) -> tuple[int, datetime, str]:
        return (rank_of(self.status), self.at, self.id)


@dataclass(frozen=True, slots=True)
class Stand:
    """A line as it stands now."""

    confirmed: int
    backordered: int
    cut: int
    cut_reason: str | None
    reserved: int
    shipped: int
    delivered: int
    net_minor: int
    discount_minor: int
    state: LineState


def rank_of(status: str) -> int:
    """How far along a word of life.WORDS says an order is."""
    return life.rank(life.end_of(status))


def stand(base: Mapping[int, Asked], said: Iterable[Word]) -> dict[int, Stand]:
    """Where each line stands. `base` by n."""
    words = sorted(said, key=lambda word: word.weight)
    reached = max((rank_of(word.status) for word in words), default=0)
    at_the_door = [word.status for word in words if rank_of(word.status) == DELIVERED]
    refused = bool(at_the_door) and at_the_door[-1] == "refused"
    return {n: _line(n, one, words, reached, refused) for n, one in base.items()}


def _line(n: int, base: Asked, words: Sequence[Word], reached: int, refused: bool) -> Stand:
    said: dict[str, Any] = {}
    for word in words:
        told = word.lines.get(n, {})
        said |= {figure: told[figure] for figure in FIGURES if told.get(figure) is not None}
        if told.get("reason") and (told.get("allocated"), told.get("shipped")) != (None, None):
            said["reason"] = told["reason"]
    confirmed, backordered = _allocated(base, said)
    shipped = said.get("shipped", confirmed if reached >= DISPATCHED else 0)
    delivered = said.get("delivered", 0 if refused or reached < DELIVERED else shipped)
    delivered = min(delivered, base.ordered)
    shipped = min(max(shipped, delivered), base.ordered)
    if shipped > confirmed:  # what was on backorder, or cut, has come after all
        backordered = max(0, min(backordered, confirmed + backordered - shipped))
        confirmed = shipped
    if reached >= DELIVERED:  # nothing more of what was promised will come
        confirmed = shipped
    if reached >= INVOICED:
        backordered = 0
    cut = base.ordered - confirmed - backordered
    before = base.confirmed + base.backordered
    reason = base.cut_reason
    if cut > base.ordered - before:
        reason = said.get("reason") or "delivery_system"
    stands = (delivered if reached >= DELIVERED else confirmed) + backordered
    state: LineState = "partial"
    if confirmed == base.ordered:
        state = "confirmed"
    elif not confirmed:
        state = "backordered" if backordered else "cut"
    return Stand(
        confirmed, backordered, cut, reason, min(base.kept, confirmed), shipped, delivered,
        _part(base.net_minor, stands, before), _part(base.discount_minor, stands, before), state,
    )  # fmt: skip


def _allocated(base: Asked, said: Mapping[str, Any]) -> tuple[int, int]:
    """(confirmed, backordered): what is taken from what we asked is cut, unless it says otherwise,
    and what was on backorder stays there as far as it can."""
    if "allocated" not in said:
        return base.confirmed, base.backordered
    confirmed = min(said["allocated"], base.ordered)
    left = base.confirmed + base.backordered - confirmed
    backordered = said.get("backordered", min(base.backordered, max(0, left)))
    return confirmed, min(backordered, base.ordered - confirmed)


def _part(minor: int, of: int, whole: int) -> int:
    """The part of an amount that goes with a part of the quantity, halves rounded up."""
    return (2 * minor * of + whole) // (2 * whole) if whole else minor
