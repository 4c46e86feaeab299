"""Which price counts for a store, and what a line comes to.

Precedence of price lists: store > banner > channel and class > channel > base. A list holds
dated versions of a price; versions are replaced, never edited, so that what a rep quoted
yesterday can still be looked up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sync.terms.quantity import EXACT, round_half_up

LEVELS = ("store", "banner", "channel_class", "channel", "base")
"""Levels of a price list, strongest first."""

_NO_DIGITS = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)
_THREE_DIGITS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


class PriceVersion(Protocol):
    """One version of a price, per each: valid from `valid_from` until just before `valid_to`."""

    @property
    def price(self) -> Decimal: ...
    @property
    def valid_from(self) -> datetime: ...
    @property
    def valid_to(self) -> datetime | None: ...
    @property
    def superseded_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class ListFor:
    """A price list and whom it is for: the keys its level speaks of, None for the others."""

    list: str
    level: str
    store: str | None = None
    banner: str | None = None
    channel: str | None = None
    class_: str | None = None


def minor_digits(currency: str) -> int:
    """Digits after the point in a currency (ISO 4217); 2 unless it is known to differ."""
    return 0 if currency in _NO_DIGITS else 3 if currency in _THREE_DIGITS else 2


def gross_minor(quantity: int, unit_price: Decimal, digits: int) -> int:
    """quantity x unit price in minor units, rounded half up once, for the whole line."""
    product = EXACT.multiply(unit_price, quantity)
    return round_half_up(product.scaleb(digits, EXACT))


def lists_of(
    store: str,
    banner: str | None,
    channel: str | None,
    class_: str | None,
    lists: Iterable[ListFor],
) -> tuple[str, ...]:
    """The price lists of a store, strongest first; equally strong ones by their code."""
    wanted = {
        "store": (store, None, None, None),
        "banner": (None, banner, None, None),
        "channel_class": (None, None, channel, class_),
        "channel": (None, None, channel, None),
        "base": (None, None, None, None),
    }
    mine = []
    for one in lists:
        keys = (one.store, one.banner, one.channel, one.class_)
        if keys == wanted.get(one.level) and (one.level == "base" or any(keys)):
            mine.append((LEVELS.index(one.level), one.list))
    return tuple(name for _, name in sorted(mine))


def price_at(versions: Sequence[PriceVersion], when: datetime) -> Decimal | None:
    """The current price of one product in one list at `when`; the latest start wins."""
    best: PriceVersion | None = None
    for one in versions:
        if (
            one.superseded_at is None
            and one.valid_from <= when
            and (one.valid_to is None or when < one.valid_to)
            and (best is None or one.valid_from > best.valid_from)
        ):
            best = one
    return None if best is None else best.price


def price_for(
    lists: Sequence[str],
    product: str,
    prices: Mapping[tuple[str, str], Sequence[PriceVersion]],
    when: datetime,
) -> Decimal | None:
    """The price of a product at `when`, from the first of the store's lists that has one."""
    for name in lists:
        versions = prices.get((name, product))
        if versions and (price := price_at(versions, when)) is not None:
            return price
    return None


def was_on_copy(
    versions: Iterable[PriceVersion], price: Decimal, captured_at: datetime, copied_at: datetime
) -> bool:
    """Whether a copy made at `copied_at` rightly showed `price` for a moment `captured_at`:
    a version of that price held then, and nothing had taken its place before the copy."""
    return any(
        one.price == price
        and one.valid_from <= captured_at
        and (one.valid_to is None or captured_at < one.valid_to)
        and (one.superseded_at is None or one.superseded_at >= copied_at)
        for one in versions
    )
