"""Which price counts for a store, and what a line comes to.

Precedence of price lists: store > banner > channel and class > channel > base. The list a store
names itself (`price_list`) is its list of level store, whatever else it is; a list of level store
is for the stores that name it and for no other. A list holds dated versions of a price; versions
are replaced, never edited, so that what a rep quoted yesterday can still be looked up.

Of a list, versions with the largest `min_quantity` that the line reaches count, of those the one
that began last. The line's own quantity decides, not what other lines have of the product. The
first list that has a price for that quantity gives it.
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
    """One version of a price, per each: valid from `valid_from` until just before `valid_to`,
    for lines of at least `min_quantity` eaches."""

    @property
    def price(self) -> Decimal: ...
    @property
    def min_quantity(self) -> int: ...
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
    own: str | None,
    banner: str | None,
    channel: str | None,
    class_: str | None,
    lists: Iterable[ListFor],
) -> tuple[str, ...]:
    """The price lists of a store, strongest first; equally strong ones by their code.

    own: the list the store names; it comes first, even if it is among the others too.
    """
    mine = [] if own is None else [(0, own)]
    for one in lists:
        keys: tuple[tuple[str | None, str | None], ...] = {
            "banner": ((one.banner, banner),),
            "channel_class": ((one.channel, channel), (one.class_, class_)),
            "channel": ((one.channel, channel),),
            "base": (),
        }.get(one.level, ((None, None),))
        if one.list != own and all(theirs is not None and theirs == ours for theirs, ours in keys):
            mine.append((LEVELS.index(one.level), one.list))
    return tuple(name for _, name in sorted(mine))


def price_at(versions: Sequence[PriceVersion], when: datetime, quantity: int = 1) -> Decimal | None:
    """The current price of one product in one list at `when`, for a line of `quantity` eaches."""
    best: PriceVersion | None = None
    for one in versions:
        if (
            one.superseded_at is None
            and one.valid_from <= when
            and (one.valid_to is None or when < one.valid_to)
            and (one.min_quantity <= 1 or one.min_quantity <= quantity)
            and (
                best is None
                or one.min_quantity > best.min_quantity
                or (one.min_quantity == best.min_quantity and one.valid_from > best.valid_from)
            )
        ):
            best = one
    return None if best is None else best.price


def price_for(
    lists: Sequence[str],
    product: str,
    prices: Mapping[tuple[str, str], Sequence[PriceVersion]],
    when: datetime,
    quantity: int = 1,
) -> Decimal | None:
    """The price of a product at `when`, from the first of the store's lists that has one."""
    found = priced_by(lists, product, prices, when, quantity)
    return None if found is None else found[1]


def priced_by(
    lists: Sequence[str],
    product: str,
    prices: Mapping[tuple[str, str], Sequence[PriceVersion]],
    when: datetime,
    quantity: int = 1,
) -> tuple[str, Decimal] | None:
    """The list that gives the price, and the price; None = no list has one."""
    for name in lists:
        versions = prices.get((name, product))
        if versions and (price := price_at(versions, when, quantity)) is not None:
            return name, price
    return None


def was_on_copy(
    versions: Iterable[PriceVersion],
    price: Decimal,
    captured_at: datetime,
    copied_at: datetime,
    quantity: int = 1,
) -> bool:
    """Whether a copy made at `copied_at` rightly showed `price` for a moment `captured_at`:
    a version of that price held then, and nothing had taken its place before the copy."""
    return any(
        one.price == price
        and (one.min_quantity <= 1 or one.min_quantity <= quantity)
        and one.valid_from <= captured_at
        and (one.valid_to is None or captured_at < one.valid_to)
        and (one.superseded_at is None or one.superseded_at >= copied_at)
        for one in versions
    )
