"""The order pad: what a rep sees before ordering, worked out from the copy with sync.terms.

Price, promotion, stock and credit here are what this handheld believes; the server decides again
with what it knows. Each figure therefore comes with the age of the copy it was made from.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from handhelds.reference.clock import Clock
from handhelds.reference.local import Local
from handhelds.reference.pricing import Part, Pricing
from handhelds.reference.queries import Queries, Row, parts
from handhelds.reference.till import Till, counts_at_once
from schemas.fields import QUANTITY_LIMIT
from sync.terms import credit, cutoff, price, quantity
from sync.terms.collection import exposure_counting
from sync.terms.promotion import Bought

_ZEROS = re.compile(r"\A0+(?=[0-9])")
"""Zeros in front, which keys let through and the wire does not."""

NOT_INVOICED = frozenset(
    (
        "received accepted sent acknowledged allocated short picking dispatched delivered submitted"
    ).split()
)
ON_THE_WAY = NOT_INVOICED - {"delivered"} | {"held"}
"""States of an order whose goods may still arrive."""


class Refused(Exception):
    """The rep typed something that cannot be: says what, and what would do."""


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
    price_list: str
    gross_minor: int
    discount_minor: int
    promotions: tuple[Part, ...]
    net_minor: int
    tax_class: str | None
    case: int
    available: int | None
    warnings: tuple[str, ...]

    @property
    def promotion_name(self) -> str | None:
        """The promotions by name, for the line's note."""
        return ", ".join(one.name for one in self.promotions) or None

    @property
    def free(self) -> int:
        """How many of its pieces cost nothing."""
        return sum(one.free for one in self.promotions)


@dataclass(frozen=True, slots=True)
class Credit:
    """What a store owes and may still order, in minor units. `own_minor`: orders known here that
    are not invoiced yet, unsent ones included. `paid_minor`: cash and transfers not posted yet,
    `cheques_minor`: cheques that may still bounce. `room_minor` None = no limit."""

    limit_minor: int | None
    open_minor: int
    on_account_minor: int
    own_minor: int
    paid_minor: int
    cheques_minor: int
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
        self.pricing = Pricing(self.queries)

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

    def price_of(
        self, store: Row, product: str, when: datetime, quantity: int = 1
    ) -> Decimal | None:
        """The price of each of so many pieces."""
        found = self.pricing.priced(store, product, when, quantity)
        return None if found is None else found[1]

    def line(self, store: Row, code: str, uom: str, typed: str) -> PricedLine:
        """Price one line by itself. Refused says what is wrong with it and what would do."""
        return self.lines(store, [(code, uom, typed)])[0]

    def lines(self, store: Row, wanted: Iterable[tuple[str, str, str]]) -> list[PricedLine]:
        """Price an order's lines of (product, unit, typed), with what promotions give on them
        together. Refused says what is wrong with a line and what would do."""
        priced = [self._line(store, *one) for one in wanted]
        given = self.pricing.given(store, bought(priced), self.now())
        return [_promoted(line, given.get(n, ())) for n, line in enumerate(priced, 1)]

    def going_back(
        self, code: str, uom: str, typed: str, sold_at: str, currency: str
    ) -> PricedLine:
        """A line of goods that go back, at the price of each they were sold at. What the product
        is now, how many are sold at once, what it costs today and what the warehouse has of it are
        all the same to them: the store has them. Refused says what is wrong with it."""
        product = self._product(code)
        typed, each = pieces(product, uom, typed, ratios_back(product))
        gross = price.gross_minor(each, Decimal(sold_at), price.minor_digits(currency))
        return _line_of(product, uom, typed, each, ("", sold_at, gross))

    def _product(self, code: str) -> Row:
        product = self.queries.product(code)
        if product is None:
            raise Refused(f"no product {code} on this handheld: search with `stock`")
        return product

    def _line(self, store: Row, code: str, uom: str, typed: str) -> PricedLine:
        """A line without promotions."""
        product = self._product(code)
        if product["status"] == "blocked":
            instead = product["substitute"]
            hint = f"; {instead} takes its place" if instead else ""
            raise Refused(f"{code} {product['name']} is not sold any more{hint}")
        typed, each = pieces(product, uom, typed, ratios_of(product))
        least, step = product["min_quantity"] or 1, product["multiple"] or 1
        if not quantity.is_allowed(each, least, step):
            right = quantity.raise_to_allowed(each, least, step)
            raise Refused(f"{code} is sold from {least} in steps of {step} pieces: order {right}")
        found = self.pricing.priced(store, code, self.now(), each)
        if found is None:
            raise Refused(f"{code} has no price for {store['name']}")
        gross = price.gross_minor(each, found[1], price.minor_digits(self.company()["currency"]))
        priced = (found[0], f"{found[1].normalize():f}", gross)
        noted = self._stock_notes(store, product, each)
        return _line_of(product, uom, typed, each, priced, noted)

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
            left = stock["available"]
            notes.append(f"{f'only {left}' if left > 0 else 'none'} left{due}")
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
        waiting = Till(self.queries).pending(store)
        exposure = exposure_counting(
            exposure, waiting.paid_minor, counts_at_once(self.queries, store)
        )
        ages = credit.ageing(
            (
                (date.fromisoformat(item["due_on"]), item["open_minor"])
                for item in items
                if item["open_minor"] and item["kind"] != "on_account"
            ),
            self.today(store),
        )
        limit = row.get("limit_minor")
        return Credit(
            limit_minor=limit,
            open_minor=row.get("open_minor") or 0,
            on_account_minor=row.get("on_account_minor") or 0,
            own_minor=own,
            paid_minor=waiting.paid_minor,
            cheques_minor=waiting.cheques_minor,
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


def ratios_back(product: Row) -> dict[str, tuple[int, int]]:
    """The units a product may come back by: all it is counted in, and always the piece, for a case
    is open by then."""
    units = parts("product", "uoms", product["uoms"])
    return {"each": (1, 1)} | {one["uom"]: (one["num"], one["den"]) for one in units}


def pieces(
    product: Row, uom: str, typed: str, ratios: dict[str, tuple[int, int]]
) -> tuple[str, int]:
    """What was typed, as it travels, and how many pieces it is; Refused where it is no number of
    whole pieces of a unit."""
    code, typed = product["id"], _ZEROS.sub("", typed)
    if uom not in ratios:
        raise Refused(f"{code} does not come by {uom}: use {' or '.join(sorted(ratios))}")
    each = quantity.each_of(typed, ratios[uom])
    if each is not None and each > QUANTITY_LIMIT:
        raise Refused(f"{code} is counted by {QUANTITY_LIMIT} pieces a line at most")
    if not each:
        raise Refused(f"{typed} {uom} of {code} is not a whole number of pieces above 0")
    return typed, each


def _line_of(
    product: Row,
    uom: str,
    typed: str,
    each: int,
    priced: tuple[str, str, int],
    noted: tuple[int | None, tuple[str, ...]] = (None, ()),
) -> PricedLine:
    """A line without promotions. priced: the list, the price of each, and what all come to;
    noted: what the warehouse has of it, and what is to be said of that."""
    price_list, unit_price, gross = priced
    num, den = ratios_of(product).get("case", (1, 1))
    return PricedLine(
        product=product["id"],
        name=product["name"],
        uom=uom,
        typed=typed,
        quantity=each,
        unit_price=unit_price,
        price_list=price_list,
        gross_minor=gross,
        discount_minor=0,
        promotions=(),
        net_minor=gross,
        tax_class=product["tax_class"],
        case=num // den,
        available=noted[0],
        warnings=noted[1],
    )


def bought(lines: Iterable[PricedLine]) -> list[Bought]:
    """An order's lines as promotions see them, numbered from 1."""
    return [
        Bought(n, line.product, line.quantity, line.gross_minor) for n, line in enumerate(lines, 1)
    ]


def _promoted(line: PricedLine, given: Iterable[Part]) -> PricedLine:
    parts = tuple(given)
    off = sum(one.minor for one in parts)
    return replace(line, promotions=parts, discount_minor=off, net_minor=line.gross_minor - off)


def total_minor(lines: Iterable[PricedLine]) -> int:
    return sum(line.net_minor for line in lines)
