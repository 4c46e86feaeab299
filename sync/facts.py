"""All a rule may look at: the order as taken, and what the server knows while deciding it.

Shapes only, no behaviour beyond small sums. Whoever builds `Facts` reads them after taking the
locks (credit accounts, promotion caps, stock rows), a few queries for a whole batch; rules then
run in memory. Stock, credit, twins and promotion caps are the facts that one order changes for
the next one of the same batch; `fold` (asking/conclude.py) is the only code that changes them.

Units: `quantity` in each (the smallest unit a product is sold in), `_minor` in minor units of
the order's currency, unit prices in major units per each, times with an offset, dates local to
the store. A product is named by its code, a store by its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from sync.terms.promotion import Tier

OrderType = Literal["sale", "free", "return", "van"]
GOING_OUT: tuple[OrderType, ...] = ("sale", "free", "van")
"""Types of orders whose goods go to the store."""
COMING_BACK: tuple[OrderType, ...] = ("return",)
"""Types whose goods the store has, and gives back."""
OWED: tuple[OrderType, ...] = ("sale", "van")
"""Types that the store pays for."""
FROM_STOCK: tuple[OrderType, ...] = ("sale", "free")
"""Types that are promised out of a warehouse's stock of the day; a van has its own."""
StoreStatus = Literal["prospect", "pending", "active", "on_hold", "closed", "merged"]
ProductStatus = Literal["planned", "active", "sell_out", "blocked"]


@dataclass(frozen=True, slots=True)
class Line:
    """One order line as taken. `n` is unique in its order; `typed` x `uom` is what was keyed in.

    `promotions`: (promotion, what it took off, minor units); what they leave of `discount_minor`
    the rep gave."""

    n: int
    product: str
    uom: str
    typed: str
    quantity: int
    unit_price: Decimal
    discount_minor: int
    promotions: tuple[tuple[str, int], ...]
    net_minor: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order as taken. `captured_at` is corrected by the measured clock offset where it could
    be (`captured_uncertain` says it could not). The `_as_of` times are the age of the copies the
    rep was looking at; None when the handheld did not say. `about`: the id of the order that
    this one supplements or returns."""

    id: str
    number: str
    store: str
    rep: str
    device: str
    type: OrderType
    captured_at: datetime
    captured_uncertain: bool
    deliver_on: date | None
    currency: str
    net_minor: int
    lines: tuple[Line, ...]
    stock_as_of: datetime | None = None
    credit_as_of: datetime | None = None
    price_as_of: datetime | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """A store today. `price_lists` are its lists, strongest first (see terms/price.py), all in
    its `currency` (None = not checked); `zone` is an IANA name. A merged store names its
    survivor, which must be among the facts too, with its prices, stock, credit and cut-offs."""

    id: str
    code: str
    name: str
    status: StoreStatus
    zone: str
    price_lists: tuple[str, ...] = ()
    warehouse: str | None = None
    banner: str | None = None
    channel: str | None = None
    class_: str | None = None
    currency: str | None = None
    merged_into: str | None = None
    blocked_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """From when until when a rep carries a store; `valid_to` None = still."""

    valid_from: datetime
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product today. `uoms` maps the name of a unit it is ordered by to (num, den): one of it is
    num/den each. `uoms_back`: units it is counted in besides, which it may come back by."""

    code: str
    name: str
    status: ProductStatus
    uoms: Mapping[str, tuple[int, int]]
    min_quantity: int = 1
    multiple: int = 1
    substitute: str | None = None
    uoms_back: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PriceFact:
    """One version of a price, per each, valid from `valid_from` until just before `valid_to`;
    the office put another version in its place at `superseded_at` (None = current)."""

    list: str
    product: str
    price: Decimal
    valid_from: datetime
    valid_to: datetime | None = None
    superseded_at: datetime | None = None
    min_quantity: int = 1


@dataclass(slots=True)
class PromotionFact:
    """A promotion (terms/promotion.py says what its fields mean). `cap_left_minor` is what is left
    of its budget, None = no cap; `store_cap_minor` what one store may get of it, and `used_minor`
    what stores have got of it so far, by store id. All three are of all its `versions` together:
    their ids, its own too; empty = it is the only one."""

    id: str
    name: str
    kind: str
    valid_from: datetime
    valid_to: datetime | None = None
    percent: Decimal | None = None
    amount_minor: int | None = None
    products: frozenset[str] | None = None
    banner: str | None = None
    channel: str | None = None
    cap_left_minor: int | None = None
    class_: str | None = None
    store: str | None = None
    tier_by: str = "quantity"
    tiers: tuple[Tier, ...] = ()
    buy: int | None = None
    get: int | None = None
    get_product: str | None = None
    priority: int = 0
    stacks: bool = False
    store_cap_minor: int | None = None
    used_minor: dict[str, int] = field(default_factory=dict)
    versions: frozenset[str] = frozenset()

    def shares_with(self, promotion: str) -> bool:
        """Whether what that one gives comes out of this one's budget."""
        return promotion == self.id or promotion in self.versions

    def left_minor(self, store: str | None) -> int | None:
        """What a store may still get of it; None = as much as it gives."""
        caps = [] if self.cap_left_minor is None else [self.cap_left_minor]
        if self.store_cap_minor is not None and store is not None:
            caps.append(self.store_cap_minor - self.used_minor.get(store, 0))
        return min(caps) if caps else None


@dataclass(slots=True)
class StockFacts:
    """Stock of the day of one product in one warehouse, less what orders have reserved since."""

    warehouse: str
    product: str
    on_hand: int
    allocated: int = 0
    blocked: int = 0
    safety: int = 0
    reserved: int = 0
    as_of: datetime | None = None

    @property
    def of_the_day(self) -> int:
        """Each that could be promised before any order of ours."""
        return self.on_hand - self.allocated - self.blocked - self.safety

    @property
    def available(self) -> int:
        """Each that may still be promised; below zero when the warehouse is over-promised."""
        return self.on_hand - self.allocated - self.blocked - self.safety - self.reserved


@dataclass(slots=True)
class CreditFacts:
    """What a store owes. Two stores under one payer share one object, so that they share the
    limit. `ordered_minor` = accepted orders not invoiced yet; `collected_minor` = cash and
    transfers that reps took and nobody posted yet; `limit_minor` None = no limit."""

    store: str
    limit_minor: int | None
    open_minor: int = 0
    on_account_minor: int = 0
    ordered_minor: int = 0
    blocked_reason: str | None = None
    as_of: datetime | None = None
    collected_minor: int = 0

    @property
    def exposure_minor(self) -> int:
        return self.open_minor + self.ordered_minor - self.on_account_minor


@dataclass(frozen=True, slots=True)
class TwinFacts:
    """A recent order of the same store whose goods go to it, and that was not rejected or
    cancelled."""

    order: str
    number: str
    rep: str
    captured_at: datetime
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CutOff:
    """When orders for a delivery day close: at `at`, store time, `lead_days` calendar days
    before it. `weekdays` are the store's delivery days (ISO, Monday 1); empty = every day."""

    at: time
    lead_days: int = 1
    weekdays: frozenset[int] = frozenset()
    closed_on: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """The office's choice for a rule: for one store, else for one banner, else for the company
    (neither named). `choice` None keeps the default and sets only `params`."""

    rule: str
    choice: str | None = None
    params: Mapping[str, int] = field(default_factory=dict)
    banner: str | None = None
    store: str | None = None


@dataclass(slots=True)
class Facts:
    """Everything the rules may see for a batch, keyed for lookup.

    stores by id, grants by (rep, store id), products by code, prices by (list, product) with
    superseded versions of the last weeks among them, promotions by id, stock by (warehouse,
    product), credit and twins by store id, cut_offs by store id, known orders (id -> state), the
    numbers of orders that are here (number -> id of the order that had it first).
    `returnable`: order id -> product -> each delivered and not given back yet, of orders that
    returns are about.
    `released`: order id -> rules a person cleared for it; when an order is decided again its own
    reservation, exposure and twin must be left out of the facts.
    """

    now: datetime
    stores: dict[str, StoreFacts] = field(default_factory=dict)
    grants: dict[tuple[str, str], tuple[Grant, ...]] = field(default_factory=dict)
    products: dict[str, ProductFacts] = field(default_factory=dict)
    prices: dict[tuple[str, str], tuple[PriceFact, ...]] = field(default_factory=dict)
    promotions: dict[str, PromotionFact] = field(default_factory=dict)
    stock: dict[tuple[str, str], StockFacts] = field(default_factory=dict)
    credit: dict[str, CreditFacts] = field(default_factory=dict)
    twins: dict[str, list[TwinFacts]] = field(default_factory=dict)
    cut_offs: dict[str, CutOff] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    returnable: dict[str, dict[str, int]] = field(default_factory=dict)
    released: Mapping[str, frozenset[str]] = field(default_factory=dict)
    answered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
