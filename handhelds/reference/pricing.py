"""Prices, promotions and tax as this handheld's copy has them, worked out with sync.terms.

The very functions that the server asks; what differs is only how old the copy is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from handhelds.reference.clock import moment
from handhelds.reference.queries import Queries, Row
from sync.terms import price, promotion, tax
from sync.terms.evaluate import Given, evaluate
from sync.terms.hint import Hint, hints
from sync.terms.promotion import Bought

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class PriceVersion:
    price: Decimal
    valid_from: datetime
    valid_to: datetime | None
    superseded_at: datetime | None = None
    min_quantity: int = 1


@dataclass(frozen=True, slots=True)
class Where:
    """The store as promotions see it."""

    id: str
    banner: str | None
    channel: str | None
    class_: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion as the copy has it; see terms/promotion.py."""

    id: str
    name: str
    kind: str
    valid_from: datetime
    valid_to: datetime | None
    percent: Decimal | None
    amount_minor: int | None
    products: frozenset[str] | None
    store: str | None
    banner: str | None
    channel: str | None
    class_: str | None
    tier_by: str
    tiers: tuple[promotion.Tier, ...]
    buy: int | None
    get: int | None
    get_product: str | None
    priority: int
    stacks: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What one promotion takes off a line; `free`: so many of its pieces cost nothing."""

    promotion: str
    name: str
    minor: int
    free: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate; see terms/tax.py."""

    tax_class: str
    percent: Decimal
    valid_from: date
    valid_to: date | None


class Pricing:
    """What things cost in a store."""

    def __init__(self, queries: Queries) -> None:
        self.queries = queries

    def lists_of(self, store: Row) -> tuple[str, ...]:
        """The store's price lists on this handheld, strongest first."""
        known = [
            price.ListFor(
                *(row["id"], row["level"], row["banner"], row["channel"], row["store_class"])
            )
            for row in self.queries.pulled("price_list", "level <> 'store'")
        ]
        keys = (store.get("banner"), store.get("channel"), store.get("store_class"))
        return price.lists_of(store.get("price_list") or None, *keys, known)

    def priced(
        self, store: Row, product: str, when: datetime, quantity: int = 1
    ) -> tuple[str, Decimal] | None:
        """The list that prices so many pieces of a product, and the price of each."""
        versions: dict[tuple[str, str], list[PriceVersion]] = {}
        for row in self.queries.prices(product):
            versions.setdefault((row["list"], product), []).append(
                PriceVersion(
                    Decimal(str(row["price"])),
                    moment(row["valid_from"]),
                    moment(row["valid_to"]) if row["valid_to"] else None,
                    min_quantity=row["min_quantity"] or 1,
                )
            )
        return price.priced_by(self.lists_of(store), product, versions, when, quantity)

    def offers(self, store: Row, when: datetime) -> list[Offer]:
        """Promotions that run at a moment in this store."""
        at = where(store)
        found = [_offer(row) for row in self.queries.pulled("promotion", "state = 'live'")]
        return [
            one for one in found if promotion.is_live(one, when) and promotion.is_for_store(one, at)
        ]

    def given(self, store: Row, bought: Sequence[Bought], when: datetime) -> dict[int, list[Part]]:
        """Line -> what promotions take off it."""
        offers = {one.id: one for one in self.offers(store, when)}
        found: Given = evaluate(bought, offers.values(), where(store), when)
        free = {one.id: _free(one, bought) for one in offers.values() if one.kind == "buy_get"}
        return {
            n: [
                Part(
                    *(one.promotion, offers[one.promotion].name, one.minor),
                    free.get(one.promotion, {}).get(n, 0),
                )
                for one in granted
            ]
            for n, granted in found.items()
        }

    def hints(
        self, store: Row, bought: Sequence[Bought], when: datetime
    ) -> list[tuple[Hint, Offer]]:
        """What a little more would bring, with the promotion that would bring it."""
        offers = {one.id: one for one in self.offers(store, when)}
        return [(one, offers[one.promotion]) for one in hints(bought, offers.values())]

    def taxes(self, lines: Sequence[tuple[str | None, int]], day: date) -> list[tax.Tax]:
        """Tax by class on (tax class, net in minor units) for a day."""
        rates = [
            Rate(
                *(row["tax_class"], Decimal(str(row["percent"]))),
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            )
            for row in self.queries.pulled("tax_rate")
        ]
        return tax.taxes(lines, rates, day)


def where(store: Row) -> Where:
    return Where(store["id"], store.get("banner"), store.get("channel"), store.get("store_class"))


def _offer(row: Row) -> Offer:
    return Offer(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        valid_from=moment(row["valid_from"]),
        valid_to=moment(row["valid_to"]) if row["valid_to"] else None,
        percent=None if row["percent"] is None else Decimal(str(row["percent"])),
        amount_minor=row["amount_minor"],
        products=None if row["products"] is None else frozenset(row["products"]),
        store=row["store"],
        banner=row["banner"],
        channel=row["channel"],
        class_=row["store_class"],
        tier_by=row["tier_by"] or "quantity",
        tiers=promotion.tiers_of(row["tiers"] or ()),
        buy=row["buy"],
        get=row["get"],
        get_product=row["get_product"],
        priority=row["priority"] or 0,
        stacks=bool(row["stacks"]),
    )


def _free(one: Offer, bought: Sequence[Bought]) -> dict[int, int]:
    """Line -> pieces that cost nothing by it; none where they only cost less."""
    if one.percent is not None and one.percent < WHOLE:
        return {}
    return promotion.free_of(one, promotion.lines_of(one, bought))
