"""What a promotion takes off a line, worked out the same by whoever takes and whoever checks it.

Two kinds so far: a percentage off the line, and an amount off each. A promotion counts at the
moment the order was captured: it may have ended since.
"""

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sync.terms.quantity import EXACT, round_half_up


class Promotion(Protocol):
    """A promotion: from `valid_from` until just before `valid_to`; None in a scope = for all."""

    @property
    def kind(self) -> str: ...
    @property
    def percent(self) -> Decimal | None: ...
    @property
    def amount_minor(self) -> int | None: ...
    @property
    def valid_from(self) -> datetime: ...
    @property
    def valid_to(self) -> datetime | None: ...
    @property
    def products(self) -> frozenset[str] | None: ...
    @property
    def banner(self) -> str | None: ...
    @property
    def channel(self) -> str | None: ...


def is_live(promotion: Promotion, when: datetime) -> bool:
    """Whether the promotion ran at `when`."""
    ends = promotion.valid_to
    return promotion.valid_from <= when and (ends is None or when < ends)


def is_for(promotion: Promotion, product: str, banner: str | None, channel: str | None) -> bool:
    """Whether the promotion speaks of this product in a store of this banner and channel."""
    return (
        (promotion.products is None or product in promotion.products)
        and (promotion.banner is None or promotion.banner == banner)
        and (promotion.channel is None or promotion.channel == channel)
    )


def discount_minor(promotion: Promotion, quantity: int, gross_minor: int) -> int:
    """Minor units off a line of `quantity` eaches worth `gross_minor`; never above the line.

    percent: gross x percent / 100, rounded half up. amount: amount x quantity.
    """
    if promotion.kind == "percent" and promotion.percent is not None:
        off = round_half_up(EXACT.multiply(promotion.percent, gross_minor).scaleb(-2, EXACT))
    elif promotion.kind == "amount" and promotion.amount_minor is not None:
        off = promotion.amount_minor * quantity
    else:
        off = 0
    return max(0, min(off, gross_minor))
