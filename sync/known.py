"""What a web process remembers of a company between two pushes: its price lists, its policies, its
products and their prices. Nothing that an order changes is among it.

All of it lies in the company's cell, and whoever writes it raises that cell's feed in the same
transaction (sync/feed.py). So a batch reads the feed's head first: while it has not moved, what was
read before is what would be read again. When it has moved, everything is forgotten.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync.facts import Policy, PriceFact, ProductFacts
from sync.terms.price import ListFor

Prices = tuple[PriceFact, ...]
Key = tuple[str, int]

KEPT_FOR = timedelta(hours=1)
"""Replaced versions of a price count for some months (gather.PRICES_SINCE): an hour of them more
makes no difference."""
MOST_PRICES = 200_000


@dataclass(slots=True)
class OfCompany:
    """What is known of one company at one position of its feed; None = nobody has asked yet.

    A product that is known not to be there stands as None, a product without a price as ().
    """

    head: tuple[str, int]
    read_at: datetime
    lists: tuple[tuple[ListFor, str], ...] | None = None  # with their currencies
    policies: tuple[Policy, ...] | None = None
    products: dict[str, ProductFacts | None] = field(default_factory=dict)
    prices: dict[tuple[str, str], Prices] = field(default_factory=dict)

    def unknown_products(self, codes: Iterable[str]) -> list[str]:
        """Of these products and what may go in their place, those nobody has asked for.

        One that came in as another's substitute is known, and its own substitute perhaps not."""
        wanted = set(codes)
        for one in [self.products.get(code) for code in wanted]:
            if one is not None and one.substitute is not None:
                wanted.add(one.substitute)
        return sorted(code for code in wanted if code not in self.products)

    def remember(self, asked: Iterable[str], found: Iterable[ProductFacts]) -> None:
        """Keep products asked for, found with what goes in their place, and what is not there."""
        self.products |= {one.code: one for one in found}
        for code in asked:
            one = self.products.setdefault(code, None)
            if one is not None and one.substitute is not None:
                self.products.setdefault(one.substitute, None)

    def unpriced(self, lists: Iterable[str], codes: Iterable[str]) -> list[str]:
        """The products of which some list's price has not been read."""
        names = list(lists)
        return sorted(
            code for code in codes if any((name, code) not in self.prices for name in names)
        )


class Known:
    """What is known of every company, by its cell. One for a process; its threads share it."""

    def __init__(self) -> None:
        self._companies: dict[int, OfCompany] = {}

    def of(self, company_cell: int, epoch: str, head: int, now: datetime) -> OfCompany:
        """What is known of a company whose feed stands at `head`."""
        found = self._companies.get(company_cell)
        stale = found is None or found.head != (epoch, head) or now - found.read_at > KEPT_FOR
        if found is None or stale or len(found.prices) > MOST_PRICES:
            found = self._companies[company_cell] = OfCompany((epoch, head), now)
        return found
