"""The order pad: what a rep sees before ordering, worked out from the copy with sync.terms.

Price, promotion, stock and credit here are what this handheld believes; the server decides again
with what it knows. Each figure therefore comes with the age of the copy it was made from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from handhelds.reference.clock import Clock, moment
from handhelds.reference.local import Local
from handhelds.reference.queries import Queries, Row, parts
from sync.terms import credit, cutoff, evaluate, price, promotion, quantity

NOT_INVOICED = frozenset(
    "received accepted sent acknowledged allocated picking dispatched delivered submitted".split()
)
ON_THE_WAY = NOT_INVOICED - {"delivered"} | {"held"}
"""States of an order whose goods may still arrive."""


class Refused(Exception):
    """The rep typed something that cannot be: says what, and what would do."""


@dataclass(frozen=True, slots=True)
class PriceVersion:
    price: Decimal
    valid_from: datetime
    valid_to: datetime | None
    superseded_at: datetime | None = None
    min_quantity: int = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion as the copy has it; see terms/promotion.py."""

    id: str
    name: str
    priority: int
    kind: str
    percent: Decimal | None
    amount_minor: int | None
    valid_from: datetime
    valid_to: datetime | None
    products: frozenset[str] | None
    banner: str | None
    channel: str | None
    class_: str | None = None
    store: str | None = None
    tier_by: str = "quantity"
    tiers: tuple[promotion.Tier, ...] = ()
    buy: int | None = None
    get: int | None = None
    get_product: str | None = None
    stacks: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What one promotion takes off a line."""

    promotion: str
    name: str
    minor: int


@dataclass(frozen=True, slots=True)
class Closing:
    """When a store's delivery days close; see terms/cutoff.py."""

    at: time
    lead_days: int
    weekdays: frozenset[int]
    closed_on: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line as it will be sent, with what the rep should know of it."""

    product: str
    name: str
    uom: str
    typed: str
    quantity: int
    unit_price: str
    discount_minor: int
    promotions: tuple[Part, ...]
    net_minor: int
    case: int
    available: int | None
    warnings: tuple[str, ...]

    @property
    def promotion_name(self) -> str | None:
        """The promotions by name, for the line's note."""
        return ", ".join(one.name for one in self.promotions) or None


@dataclass(frozen=True, slots=True)
class Credit:
    """What a store owes and may still order, in minor units. `own_minor`: orders known here that
    are not invoiced yet, unsent ones included. `room_minor` None = no limit."""

    limit_minor: int | None
    open_minor: int
    on_account_minor: int
    own_minor: int
    exposure_minor: int
    room_minor: int | None
    overdue_minor: int
    ageing: dict[str, int]
    blocked_reason: str | None
    as_of: str | None


class Pad:
    """Reads for the order pad of one handheld."""

    def __init__(self, local: Local, clock: Clock) -> None:
        self.local, self.clock = local, clock
        self.queries = Queries(local.db)

    def now(self) -> datetime:
        """The time by the server's clock, as well as it can be known offline."""
        return self.local.now()

    def company(self) -> Row:
        enrolment = self.local.fact("enrolment")
        if enrolment is None:
            raise Refused("this handheld is not enrolled yet: ask the office for a code")
        found: Row = enrolment["company"]
        return found

    def zone_of(self, store: Row) -> str:
        return str(store.get("zone") or self.company().get("zone") or "UTC")

    def today(self, store: Row | None = None) -> date:
        """The date on the store's wall, or on the company's."""
        return cutoff.local_day(self.now(), self.zone_of(store or {}))

    def day_of(self, when: datetime, store: Row) -> date:
        """The date on the store's wall at a moment."""
        return cutoff.local_day(when, self.zone_of(store))

    # --- prices and lines ----------------------------------------------------------------------

    def lists_of(self, store: Row) -> list[str]:
        """The store's price lists on this handheld, strongest first."""
        base = [row["id"] for row in self.queries.pulled("price_list", "level = 'base'")]
        own = [store["price_list"]] if store.get("price_list") else []
        return own + [one for one in sorted(base) if one not in own]

    def price_of(self, store: Row, product: str, when: datetime) -> Decimal | None:
        versions: dict[tuple[str, str], list[PriceVersion]] = {}
        for row in self.queries.prices(product):
            versions.setdefault((row["list"], product), []).append(
                PriceVersion(
                    Decimal(str(row["price"])),
                    moment(row["valid_from"]),
                    moment(row["valid_to"]) if row["valid_to"] else None,
                )
            )
        return price.price_for(self.lists_of(store), product, versions, when)

    def offers(self, store: Row, product: str, when: datetime) -> list[Offer]:
        """Promotions that run now for this product in this store."""
        found = []
        for row in self.queries.pulled("promotion", "state = 'live'"):
            offer = Offer(
                row["id"],
                row["name"],
                row["priority"] or 0,
                row["kind"],
                None if row["percent"] is None else Decimal(str(row["percent"])),
                row["amount_minor"],
                moment(row["valid_from"]),
                moment(row["valid_to"]) if row["valid_to"] else None,
                None if row["products"] is None else frozenset(row["products"]),
                row["banner"],
                row["channel"],
            )
            if promotion.is_live(offer, when) and promotion.is_for(
                offer, product, store.get("banner"), store.get("channel")
            ):
                found.append(offer)
        return found

    def line(self, store: Row, code: str, uom: str, typed: str) -> PricedLine:
        """Price one line. Refused says what is wrong with it and what would do."""
        product = self.queries.product(code)
        if product is None:
            raise Refused(f"no product {code} on this handheld: search with `stock`")
        if product["status"] == "blocked":
            instead = product["substitute"]
            hint = f"; {instead} takes its place" if instead else ""
            raise Refused(f"{code} {product['name']} is not sold any more{hint}")
        ratios = ratios_of(product)
        if uom not in ratios:
            raise Refused(f"{code} is not ordered by {uom}: use {' or '.join(sorted(ratios))}")
        each = quantity.each_of(typed, ratios[uom])
        if not each:
            raise Refused(f"{typed} {uom} of {code} is not a whole number of pieces above 0")
        least, step = product["min_quantity"] or 1, product["multiple"] or 1
        if not quantity.is_allowed(each, least, step):
            right = quantity.raise_to_allowed(each, least, step)
            raise Refused(f"{code} is sold from {least} in steps of {step} pieces: order {right}")
        when = self.now()
        unit_price = self.price_of(store, code, when)
        if unit_price is None:
            raise Refused(f"{code} has no price for {store['name']}")
        gross = price.gross_minor(each, unit_price, price.minor_digits(self.company()["currency"]))
        offers = {offer.id: offer for offer in self.offers(store, code, when)}
        given = evaluate.give([promotion.Bought(1, code, each, gross)], offers.values())
        parts = tuple(
            Part(one.promotion, offers[one.promotion].name, one.minor) for one in given.get(1, ())
        )
        off = sum(one.minor for one in parts)
        case = ratios.get("case", (1, 1))
        available, warnings = self._stock_notes(store, product, each)
        return PricedLine(
            product=code,
            name=product["name"],
            uom=uom,
            typed=typed,
            quantity=each,
            unit_price=f"{unit_price.normalize():f}",
            discount_minor=off,
            promotions=parts,
            net_minor=gross - off,
            case=case[0] // case[1],
            available=available,
            warnings=warnings,
        )

    def _stock_notes(
        self, store: Row, product: Row, each: int
    ) -> tuple[int | None, tuple[str, ...]]:
        """What the warehouse has of it, and what the rep should say before promising."""
        stock = self.queries.stock(store["warehouse"], product["id"])
        if stock is None:
            return None, ("not in the warehouse's stock list",)
        notes = []
        if each > stock["available"]:
            due = f", {stock['due_quantity']} due {stock['due_on']}" if stock["due_on"] else ""
            notes.append(f"only {max(0, stock['available'])} left{due}")
        if product["status"] == "sell_out":
            notes.append("being sold out")
        return stock["available"], tuple(notes)

    # --- credit --------------------------------------------------------------------------------

    def credit(self, store: Row) -> Credit:
        """The store's position: open items, money on account, and own orders not invoiced yet."""
        row = self.queries.row("receivable", store["id"]) or {}
        items = parts("receivable", "items", row.get("items"))
        own = sum(
            order["net_minor"] or 0
            for order in self.queries.rows("order", store["id"])
            if order["state"] in NOT_INVOICED and order["type"] == "sale"
        )
        exposure = credit.exposure_minor(
            row.get("open_minor") or 0, own, row.get("on_account_minor") or 0
        )
        ages = credit.ageing(
            (
                (date.fromisoformat(item["due_on"]), item["open_minor"])
                for item in items
                if item["open_minor"]
            ),
            self.today(store),
        )
        limit = row.get("limit_minor")
        return Credit(
            limit_minor=limit,
            open_minor=row.get("open_minor") or 0,
            on_account_minor=row.get("on_account_minor") or 0,
            own_minor=own,
            exposure_minor=exposure,
            room_minor=credit.room_minor(limit, exposure),
            overdue_minor=credit.overdue_minor(ages),
            ageing=ages,
            blocked_reason=row.get("blocked_reason"),
            as_of=row.get("as_of") or self.as_of("receivable"),
        )

    def as_of(self, what: str) -> str | None:
        """How old the server's own copy of stock or receivable was at the last pull."""
        found = (self.local.copy.mark("as_of") or {}).get(what)
        return None if found is None else str(found)

    # --- delivery ------------------------------------------------------------------------------

    def next_delivery(self, store: Row) -> date | None:
        """The first delivery day of the store that is still open."""
        zone = self.zone_of(store)
        warehouse = self.queries.row("warehouse", store["warehouse"]) or {}
        at = time.fromisoformat(warehouse.get("cut_off") or "23:59")
        closing = Closing(at, 1, frozenset(store.get("delivery_days") or ()))
        first = self.today(store) + timedelta(days=store.get("lead_days") or 1)
        return cutoff.next_delivery_day(first, closing, zone, self.now())


def ratios_of(product: Row) -> dict[str, tuple[int, int]]:
    """The units a product is ordered by: name -> (num, den) each; "each" when it names none."""
    units = parts("product", "uoms", product["uoms"])
    found = {one["uom"]: (one["num"], one["den"]) for one in units if one.get("orderable", True)}
    return found or {"each": (1, 1)}


def total_minor(lines: Iterable[PricedLine]) -> int:
    return sum(line.net_minor for line in lines)
