"""The working copy of an order while the questions are asked.

Conditions read it, decisions change it, and the order as taken and the facts stay untouched. It
keeps what one line takes from the next within the same order: stock and promotion budget.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sync.facts import CutOff, Facts, Grant, Line, Order, ProductFacts, PromotionFact, StoreFacts
from sync.terms.cutoff import closes_at, local_day
from sync.terms.price import gross_minor, minor_digits, price_for
from sync.terms.promotion import discount_minor
from sync.terms.quantity import ratio_half_up

HELD_AT_LEAST = timedelta(days=1)
HELD_AT_MOST = timedelta(days=14)

Params = Mapping[str, int]


class WorkingLine:
    """One line as it stands so far. `price` per each, `discount` minor units off `quantity`."""

    __slots__ = (
        "backordered",
        "budgeted",
        "confirmed",
        "cut",
        "cut_reason",
        "digits",
        "discount",
        "doubtful",
        "gross_known",
        "line",
        "most_net",
        "price",
        "price_now",
        "product",
        "promotion",
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
        self.discount = line.discount_minor
        self.gross_known: tuple[int, Decimal, int] | None = None
        self.product: ProductFacts | None = None
        self.promotion: PromotionFact | None = None
        self.price_now: Decimal | None = None
        self.refused_by: str | None = None
        self.doubtful = False
        self.budgeted = False
        self.settled = False
        self.confirmed = self.backordered = self.cut = 0
        self.cut_reason: str | None = None
        self.swapped: tuple[str, int] | None = None
        self.most_net: int | None = None

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
        return self.gross(self.quantity) - self.discount

    def net_of(self, quantity: int) -> int:
        """Value of a part of it; never more than the whole was worth when credit was asked."""
        if quantity == self.quantity:
            net = self.net()
        else:
            net = self.gross(quantity) - self.discount_of(quantity)
        return net if self.most_net is None else min(net, self.most_net)

    def discount_of(self, quantity: int) -> int:
        """The part of the discount that goes with a part of the quantity."""
        if self.promotion is not None and self.discount == self.promised_discount():
            return discount_minor(self.promotion, quantity, self.gross(quantity))
        return ratio_half_up(self.discount * quantity, self.quantity) if self.quantity > 0 else 0

    def promised_discount(self) -> int:
        """What the line's promotion gives on the quantity and price that stand."""
        if self.promotion is None:
            return 0
        return discount_minor(self.promotion, self.quantity, self.gross(self.quantity))

    def restate(self, quantity: int, price: Decimal) -> None:
        """Let another quantity or price stand; the discount follows, but one that was checked
        against a promotion's budget does not grow any more."""
        before = self.discount
        by_promotion = self.promotion is not None and before == self.promised_discount()
        if not by_promotion and quantity != self.quantity:
            self.discount = self.discount_of(quantity)
        self.quantity, self.price = quantity, price
        if by_promotion:
            self.discount = self.promised_discount()
        if self.budgeted:
            self.discount = min(self.discount, before)


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
        self.charged = order.type in ("sale", "van")
        self.promises_stock = order.type in ("sale", "free")
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
        self.stand_at(facts.stores.get(order.store))

    def stand_at(self, store: StoreFacts | None) -> None:
        """Look everything up for this store: its policies, and each line's product and price."""
        self.store = store
        self._follow_policies(store)
        facts = self.facts
        for x in self.lines:
            x.product = facts.products.get(x.line.product)
            if x.line.promotion is not None:
                x.promotion = facts.promotions.get(x.line.promotion)
            if store is not None:
                x.price_now = price_for(store.price_lists, x.line.product, facts.prices, facts.now)

    def _follow_policies(self, store: StoreFacts | None) -> None:
        self.choices, self.params = chosen(self.facts, store, self._defaults)

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
        if self.store is None or self.store.warehouse is None:
            return 0
        stock = self.facts.stock.get((self.store.warehouse, product))
        if stock is None:
            return 0
        return max(0, stock.available - self.taken.get(product, 0))

    def kept(self, product: str) -> int:
        """Each of the day's stock that this store's orders must leave: the last `percent` of it,
        rounded up."""
        percent = self.params["stock_kept"]["percent"]
        if not percent or self.store is None:
            return 0
        stock = self.facts.stock.get((self.store.warehouse or "", product))
        return 0 if stock is None else max(0, -(-stock.of_the_day * percent // 100))

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
        """Each by product as the rep ordered them, refused lines left out."""
        sums: dict[str, int] = {}
        for x in self.live:
            sums[x.line.product] = sums.get(x.line.product, 0) + x.line.quantity
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
