"""What a delivery system says of an order after it took it, in one shape for every way of saying.

Adapters read call-backs, files and documents into `StatusUpdate`s; the order's rows follow them.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LineStatus:
    """What became of line `n`, in eaches; None where the update says nothing about it."""

    n: int
    allocated: int | None = None
    shipped: int | None = None
    delivered: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """One event at the delivery system.

    id: its own id of the event, by which a repeat is known. order and revision, or external_no,
    say whose it is. status: a word of our own vocabulary, or theirs when no map of the target's
    codes knows it. at: when it happened there.
    """

    id: str
    target: str
    order: str | None
    revision: int | None
    external_no: str | None
    status: str
    at: datetime
    lines: tuple[LineStatus, ...] = ()
    invoice_no: str | None = None
    detail: str = ""
