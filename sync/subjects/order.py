"""The working copy of an order while the questions are asked.

Conditions read it, decisions change it, and the order as taken and the facts stay untouched. It
keeps what one line takes from the next within the same order: stock and promotion budget.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sync.facts import (
    FROM_STOCK,
    OWED,
    CutOff,
    Facts,
    Grant,
    Line,
    Order,
    ProductFacts,
    PromotionFact,
    StockFacts,
    StoreFacts,
)
from sync.terms.cutoff import closes_at, local_day
from sync.terms.evaluate import Granted, give
from sync.terms.price import gross_minor, minor_digits, price_for
from sync.terms.promotion import Bought, Rate
from sync.terms.quantity import ratio_half_up

HELD_AT_LEAST = timedelta(days=1)
HELD_AT_MOST = timedelta(days=14)

Params = Mapping[str, int]


class Part:
    """What one promotion takes off a line: `claimed` by the rep, `gives` by its own arithmetic on
    the order as taken, `minor` as it stands. `rate` keeps it for another quantity or price."""

    __slots__ = ("budgeted", "claimed", "fact", "gives", "minor", "promotion", "rate")

    def __init__(self, promotion: str, claimed: int) -> None:
        self.promotion = promotion
        self.fact: PromotionFact | None = None
        self.claimed = self.minor = claimed
        self.gives = 0
        self.rate: Rate | None = None
        self.budgeted = False

    def know(self, fact: PromotionFact | None, granted: Granted | None) -> None:
        """What the promotion is, and what it gives on this line."""
        self.fact = fact
        self.gives = 0 if granted is None else granted.minor
        if granted is not None and granted.minor == self.claimed:
            self.rate = granted.rate


NO_PARTS: list[Part] = []
"""Shared by all lines without promotions; nobody adds to it."""


class WorkingLine:
    """One line as it stands so far. `price` per each, `discount` minor units off `quantity`: what
    its promotions take off (`parts`), and what the rep gave beside them (`own`)."""

    __slots__ = (
        "asked",
        "backordered",
        "confirmed",
        "cut",
        "cut_reason",
        "digits",
        "doubtful",
        "gross_known",
        "line",
        "most_net",
        "offered",
        "own",
        "parts",
        "price",
        "price_now",
        "product",
        "quantity",
        "refused_by",
        "settled",
        "swapped",
    )

    def __init__(self, line: Line, digits: int) -> None:
        self.line = line
        self.digits = digits
        self.quantity = line.quantity
        self.price = line.unit_price
        self.parts, self.own = NO_PARTS, line.discount_minor
        if line.promotions:
            claimed: dict[str, int] = {}
            for promotion, minor in line.promotions:
                claimed[promotion] = claimed.get(promotion, 0) + minor
            self.parts = [Part(promotion, minor) for promotion, minor in claimed.items()]
            self.own -= sum(claimed.values())
        self.asked: Part | None = None
        self.offered: dict[str, Rate] = {}
        self.gross_known: tuple[int, Decimal, int] | None = None
        self.product: ProductFacts | None = None
        self.price_now: Decimal | None = None
        self.refused_by: str | None = None
        self.doubtful = False
        self.settled = False
        self.confirmed = self.backordered = self.cut = 0
        self.cut_reason: str | None = None
        self.swapped: tuple[str, int] | None = None
        self.most_net: int | None = None

    @property
    def discount(self) -> int:
        """Minor units off the quantity that stands."""
        return self.own + sum(part.minor for part in self.parts) if self.parts else self.own

    def gross(self, quantity: int, price: Decimal | None = None) -> int:
        """Value of a quantity before discount, at the price that stands unless one is given.

        The last answer is kept: most lines are asked about one quantity at one price, often."""
        price = self.price if price is None else price
        known = self.gross_known
        if known is None or known[0] != quantity or known[1] is not price:
            known = (quantity, price, gross_minor(quantity, price, self.digits))
            self.gross_known = known
        return known[2]

    def net(self) -> int:
        """Value of the whole quantity that stands, in minor units."""
        return self.gross(self.quantity) - (self.discount if self.parts else self.own)

    def net_of(self, quantity: int) -> int:
        """Value of a part of it; never more than the whole was worth when credit was asked."""
        if quantity == self.quantity:
            net = self.net()
        else:
            net = self.gross(quantity) - self.discount_of(quantity)
        return net if self.most_net is None else min(net, self.most_net)

    def discount_of(self, quantity: int) -> int:
        """The part of the discount that goes with a part of the quantity."""
        own = ratio_half_up(self.own * quantity, self.quantity) if self.quantity > 0 else 0
        return own + sum(self.parts_of(quantity, self.gross(quantity))) if self.parts else own

    def parts_of(self, quantity: int, gross: int) -> list[int]:
        """What each promotion takes off another quantity or value: by its rate, where what stands
        is what it gives, else in proportion; never more than those before it leave, nor more than
        was checked against its budget."""
        left, found = gross, []
        for part in self.parts:
            if part.rate is not None:
                off = part.rate.off_minor(quantity, left)
            else:
                off = ratio_half_up(part.minor * quantity, self.quantity) if self.quantity else 0
                off = min(off, max(0, left))
            off = min(off, part.minor) if part.budgeted else off
            found.append(off)
            left -= off
        return found

    def restate(self, quantity: int, price: Decimal) -> None:
        """Let another quantity or price stand; the discount follows, but what was checked against
        a promotion's budget does not grow any more."""
        offs = self.parts_of(quantity, self.gross(quantity, price)) if self.parts else []
        if quantity != self.quantity and self.quantity > 0:
            self.own = ratio_half_up(self.own * quantity, self.quantity)
        self.quantity, self.price = quantity, price
        for part, off in zip(self.parts, offs, strict=True):
            part.minor = off

    def promised(self, part: Part) -> int:
        """What a promotion gives on the quantity and price that stand, after those before it."""
        left = self.gross(self.quantity)
        for one in self.parts:
            if one is part:
                break
            left -= one.minor
        rate = self.offered.get(part.promotion)
        return 0 if rate is None else rate.off_minor(self.quantity, left)


def chosen(
    facts: Facts, store: StoreFacts | None, defaults: Mapping[str, Params]
) -> tuple[dict[str, str], Mapping[str, Params]]:
    """The office's choices and params for a store, by rule: store over banner over company."""
    choices: dict[str, str] = {}
    if not facts.policies:
        return choices, defaults
    store_id = None if store is None else store.id
    banner = None if store is None else store.banner
    params = dict(defaults)
    for strength in (0, 1, 2):
        for one in facts.policies:
            if (2 if one.store else 1 if one.banner else 0) != strength:
                continue
            if one.store not in (None, store_id) or one.banner not in (None, banner):
                continue
            if one.choice is not None:
                choices[one.rule] = one.choice
            if one.params:
                params[one.rule] = {**params.get(one.rule, {}), **one.params}
    return choices, params


def had_right(grants: Iterable[Grant], at: datetime, now: datetime, grace_days: int) -> bool:
    """Whether one of the grants held at capture, until shortly before it, or holds now."""
    return any(
        one.valid_from <= moment and (one.valid_to is None or moment <= one.valid_to + late)
        for one in grants
        for moment, late in ((at, timedelta(days=grace_days)), (now, timedelta()))
    )


class Working:
    """An order as it stands so far, where it stands, and what was said about it."""

    def __init__(self, order: Order, facts: Facts, params: Mapping[str, Params]) -> None:
        self.order = order
        self.facts = facts
        self.now: datetime = facts.now
        self.at: datetime = min(order.captured_at, facts.now)
        self.deliver_on = order.deliver_on
        self.released = facts.released.get(order.id, frozenset())
        self.answered = facts.answered.get(order.id, {})
        self.charged = order.type in OWED
        self.promises_stock = order.type in FROM_STOCK
        self.refused_by: str | None = None
        self.doubtful = False
        self.taken: dict[str, int] = {}
        self.caps: dict[str, int] = {}
        self.shown: dict[datetime, str] = {}
        self._defaults = params
        digits = minor_digits(order.currency)
        self.lines = [
            WorkingLine(line, digits) for line in sorted(order.lines, key=lambda line: line.n)
        ]
        if any(x.parts for x in self.lines):
            self._evaluate()
        self.stand_at(facts.stores.get(order.store))

    def stand_at(self, store: StoreFacts | None) -> None:
        """Look everything up for this store: its policies, and each line's product and price."""
        self.store = store
        facts = self.facts
        self.choices, self.params = chosen(facts, store, self._defaults)
        for x in self.lines:
            x.product = facts.products.get(x.line.product)
            if store is not None:
                x.price_now = price_for(
                    *(store.price_lists, x.line.product, facts.prices, facts.now),
                    max(1, x.line.quantity),
                )

    def _evaluate(self) -> None:
        """What the promotions that the order names give on it as taken, at the rep's prices.

        Whether each ran then and is for this store and product, the questions ask."""
        known = self.facts.promotions
        bought = [
            Bought(
                *(x.line.n, x.line.product, x.line.quantity),
                x.gross(x.line.quantity, x.line.unit_price),
                frozenset(part.promotion for part in x.parts),
            )
            for x in self.lines
        ]
        named = {part.promotion for x in self.lines for part in x.parts}
        given = give(bought, [known[one] for one in sorted(named) if one in known])
        for x in self.lines:
            granted = {one.promotion: one for one in given.get(x.line.n, ())}
            x.offered = {one.promotion: one.rate for one in granted.values()}
            place = {one: at for at, one in enumerate(granted)}
            x.parts.sort(key=lambda part: (place.get(part.promotion, len(place)), part.promotion))
            for part in x.parts:
                part.know(known.get(part.promotion), granted.get(part.promotion))

    @property
    def grants(self) -> tuple[Grant, ...]:
        return self.facts.grants.get((self.order.rep, self.order.store), ())

    @property
    def cut_off(self) -> CutOff | None:
        return None if self.store is None else self.facts.cut_offs.get(self.store.id)

    @property
    def live(self) -> list[WorkingLine]:
        """The lines not refused so far."""
        return [x for x in self.lines if x.refused_by is None]

    def available(self, product: str) -> int:
        """Each of a product this order may still be promised, after its own earlier lines."""
        stock = self._stock_of(product)
        left = 0 if stock is None else stock.available - self.taken.get(product, 0)
        return left if left > 0 else 0

    def _stock_of(self, product: str) -> StockFacts | None:
        """The stock of the store's warehouse."""
        if self.store is None or self.store.warehouse is None:
            return None
        return self.facts.stock.get((self.store.warehouse, product))

    def kept(self, product: str) -> int:
        """Each of the day's stock that this store's orders must leave: the last `percent` of it,
        rounded up."""
        percent = self.params["stock_kept"]["percent"]
        stock = self._stock_of(product) if percent else None
        return 0 if stock is None else max(0, -(-stock.of_the_day * percent // 100))

    def left_of(self, part: Part) -> int | None:
        """What a promotion may still give this store, after this order's own earlier lines; None
        = as much as it gives."""
        fact = part.fact
        if fact is None or (fact.cap_left_minor is None and fact.store_cap_minor is None):
            return None
        left = fact.left_minor(None if self.store is None else self.store.id)
        mine = sum(off for one, off in self.caps.items() if fact.shares_with(one))
        return None if left is None else max(0, left - mine)

    def take(self, x: WorkingLine, confirmed: int, backordered: int, cut: int = 0) -> None:
        """Settle a line: promise, owe or leave out its eaches; the three make its quantity."""
        x.confirmed, x.backordered, x.cut = confirmed, backordered, cut
        x.settled = True
        if self.promises_stock and confirmed:
            self.taken[x.line.product] = self.taken.get(x.line.product, 0) + confirmed

    def net_minor(self) -> int:
        """Value of the lines not refused so far."""
        return sum(x.net() for x in self.live)

    def products(self) -> dict[str, int]:
        """Each by product as ordered, refused lines too: what comes again is refused them again."""
        sums: dict[str, int] = {}
        for x in self.lines:
            sums[x.line.product] = sums.get(x.line.product, 0) + x.quantity
        return sums

    def due(self) -> datetime:
        """When a hold ends by itself: at the cut-off of its delivery day, else after a day."""
        store, cut_off, day = self.store, self.cut_off, self.deliver_on
        if store is None or cut_off is None or day is None:
            return self.now + HELD_AT_LEAST
        if day < local_day(self.now, store.zone):
            return self.now + HELD_AT_LEAST
        closes = closes_at(day, cut_off, store.zone)
        return min(
            closes if closes > self.now else self.now + HELD_AT_LEAST, self.now + HELD_AT_MOST
        )
