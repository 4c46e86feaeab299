"""What must be on the shelf of a store: the must-stock lists that speak of it, joined.

A row of a list speaks of a banner, of a channel, of a class, of channel and class, or of every
store, from a day until a day. A product may be named by several: the row of the banner wins (it
was agreed with the head office), then channel with class, channel, class, everybody; of equals
the one that began later, and then the one that asks for more.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol


class Row(Protocol):
    """One row of a list. None in a scope = whichever; `valid_to` is the last day, None = open."""

    @property
    def product(self) -> str: ...
    @property
    def min_facings(self) -> int | None: ...
    @property
    def banner(self) -> str | None: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def store_class(self) -> str | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


def speaks_of(
    row: Row, day: date, banner: str | None, channel: str | None, store_class: str | None
) -> bool:
    """Whether a row holds for such a store on this day."""
    return (
        row.valid_from <= day
        and (row.valid_to is None or day <= row.valid_to)
        and (row.banner is None or row.banner == banner)
        and (row.channel is None or row.channel == channel)
        and (row.store_class is None or row.store_class == store_class)
    )


def must_stock(
    rows: Iterable[Row],
    day: date,
    banner: str | None,
    channel: str | None,
    store_class: str | None,
) -> dict[str, int]:
    """Product -> facings it must have, at least 1, in such a store on this day."""
    strongest: dict[str, tuple[int, date, int]] = {}
    for row in rows:
        if speaks_of(row, day, banner, channel, store_class):
            rank = (_strength(row), row.valid_from, max(1, row.min_facings or 1))
            if row.product not in strongest or rank > strongest[row.product]:
                strongest[row.product] = rank
    return {product: facings for product, (_, _, facings) in strongest.items()}


def _strength(row: Row) -> int:
    """How narrowly a row speaks: banner above channel above class; together they add up."""
    narrow = (row.banner is not None, row.channel is not None, row.store_class is not None)
    return 4 * narrow[0] + 2 * narrow[1] + narrow[2]
