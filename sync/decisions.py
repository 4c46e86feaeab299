"""What becomes of an order: the shapes of a decision, and the `then` of every rule.

`decide` in rules.py asks the questions; what it hands back, `Decision`, is all that effects.py
writes. The functions below are the answers a rule may give: each changes the working copy of
the order and says what kind of answer that was. Their names are what policies choose by.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from sync.terms.cutoff import next_delivery_day
from sync.terms.quantity import each_of, raise_to_allowed
from sync.working import Working, WorkingLine

Outcome = Literal["applied", "adjusted", "held", "rejected"]
OrderState = Literal["accepted", "held", "rejected"]
LineState = Literal["confirmed", "partial", "backordered", "cut", "rejected"]
Who = Literal["rep", "office"]
Plain = str | int | None


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason the order waits for a person. `lines` empty = the whole order. `due` is when the
    reservation ends if nobody answered (the cut-off of its delivery day, else a day)."""

    rule: str
    lines: tuple[int, ...]
    due: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing a person should know. `yours` is what was sent, `now` what the server knows,
    `decision` the name of the answer chosen, `proposed` what releasing it lets stand.
    (`message`, `decision`) key a sentence (sentences.py) whose places `arguments` fill.
    `private` conflicts are for the office only: the rep has shown no right to the store."""

    rule: str
    line: int | None
    yours: Plain
    now: Plain
    decision: str
    needs: Who | None
    message: str
    arguments: Mapping[str, Plain]
    proposed: Plain = None
    private: bool = False


@dataclass(slots=True)
class LineDecision:
    """A line as it stands. Always confirmed + backordered + cut == ordered, where `ordered` is
    the quantity that stands after adjusting; a rejected line is all cut. `net_minor` is the value
    of confirmed + backordered. A line the server added for a substitute has `replaces`."""

    n: int
    product: str
    ordered: int
    confirmed: int
    backordered: int
    cut: int
    cut_reason: str | None
    unit_price: Decimal
    discount_minor: int
    net_minor: int
    state: LineState
    substitute: str | None = None
    replaces: int | None = None


@dataclass(slots=True)
class Decision:
    """What became of one order.

    `reserve`: (warehouse, product, quantity) to add to reserved stock, also for a held order.
    `exposure_minor`: to add to the store's uninvoiced orders now; 0 while held or rejected.
    `caps`: (promotion, minor units) to take off promotion budgets, also for a held order.
    `store` differs from the order's when a merged store's order went to its survivor.
    """

    order: str
    outcome: Outcome
    state: OrderState
    store: str
    deliver_on: date | None
    net_minor: int
    exposure_minor: int
    lines: list[LineDecision] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    reserve: list[tuple[str, str, int]] = field(default_factory=list)
    caps: list[tuple[str, int]] = field(default_factory=list)


Effect = Literal["noted", "adjusted", "held", "rejected"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What kind of answer a rule gave, and figures only the answer knows. `goes_on`: the body
    that stands now must meet the rest of the same question too."""

    effect: Effect
    figures: Mapping[str, Plain] = field(default_factory=dict)
    goes_on: bool = False


_NOTED, _NOTED_GO_ON = Answer("noted"), Answer("noted", goes_on=True)
_ADJUSTED, _ADJUSTED_GO_ON = Answer("adjusted"), Answer("adjusted", goes_on=True)
_HELD, _REJECTED = Answer("held"), Answer("rejected")

# --- the order, or any line -----------------------------------------------------------------------


def hold_for_office(w: Working, x: WorkingLine | None = None) -> Answer:
    """Change nothing; a person decides. What is proposed stands if the person lets it go."""
    return _HELD


def let_pass(w: Working, x: WorkingLine | None = None) -> Answer:
    """Change nothing and say so."""
    return _NOTED


def reject_order(w: Working) -> Answer:
    return _REJECTED


def reject_line(w: Working, x: WorkingLine) -> Answer:
    """Refuse this line; the rest of the order goes on."""
    return _REJECTED


def redirect_to_survivor(w: Working) -> Answer:
    """The order of a merged store goes to the store it was merged into, however many times."""
    store, hops = w.store, 0
    while store is not None and store.status == "merged" and hops < 5:
        store, hops = w.facts.stores.get(store.merged_into or ""), hops + 1
    w.stand_at(None if store is None or store.status == "merged" else store)
    return Answer("adjusted", {"survivor": None if w.store is None else w.store.name}, goes_on=True)


# --- price and promotion --------------------------------------------------------------------------


def honour_quoted_price(w: Working, x: WorkingLine) -> Answer:
    return _NOTED


def apply_price_now(w: Working, x: WorkingLine) -> Answer:
    """Today's price stands, dearer or cheaper; the discount follows it."""
    if x.price_now is None:
        return _HELD
    x.restate(x.quantity, x.price_now)
    return _ADJUSTED


def honour_discount(w: Working, x: WorkingLine) -> Answer:
    """The discount stands; its arithmetic and the budget are still asked about."""
    return _NOTED_GO_ON


def drop_discount(w: Working, x: WorkingLine) -> Answer:
    x.discount, x.promotion = 0, None
    return _ADJUSTED


def apply_promotion(w: Working, x: WorkingLine) -> Answer:
    """The discount the promotion gives on the quantity and price that stand, budget allowing."""
    x.discount = x.promised_discount()
    return _ADJUSTED_GO_ON


def limit_to_budget(w: Working, x: WorkingLine) -> Answer:
    """The discount is what is left of the promotion's budget."""
    if x.promotion is not None and x.promotion.cap_left_minor is not None:
        left = x.promotion.cap_left_minor - w.caps.get(x.promotion.id, 0)
        x.discount = max(0, min(x.discount, left))
    return _ADJUSTED


# --- quantity and totals --------------------------------------------------------------------------


def apply_typed(w: Working, x: WorkingLine) -> Answer:
    """What was typed stands, in eaches, where it is a whole number of them."""
    ratio = None if x.product is None else x.product.uoms.get(x.line.uom)
    each = None if ratio is None else each_of(x.line.typed, ratio)
    if each is None or each <= 0:
        return _HELD
    x.restate(each, x.price)
    return _ADJUSTED_GO_ON


def apply_arithmetic(w: Working, x: WorkingLine | None = None) -> Answer:
    """Quantity, price and discount stand; the total follows from them."""
    return _ADJUSTED_GO_ON


def raise_to_whole(w: Working, x: WorkingLine) -> Answer:
    """The next quantity the product may be ordered in."""
    if x.product is not None:
        least, multiple = x.product.min_quantity, x.product.multiple
        x.restate(raise_to_allowed(x.quantity, least, multiple), x.price)
    return _ADJUSTED


# --- delivery day ---------------------------------------------------------------------------------


def move_to_next_delivery(w: Working) -> Answer:
    """The first later delivery day that is still open; with none in sight a person decides."""
    if w.store is None or w.cut_off is None or w.deliver_on is None:
        return _HELD
    day = next_delivery_day(w.deliver_on, w.cut_off, w.store.zone, w.now)
    if day is None:
        return _HELD
    w.deliver_on = day
    return Answer("adjusted", {"deliver_on": day.isoformat()})


# --- stock ----------------------------------------------------------------------------------------


def confirm_available_backorder_rest(w: Working, x: WorkingLine) -> Answer:
    confirmed = min(x.quantity, w.available(x.line.product))
    w.take(x, confirmed, x.quantity - confirmed)
    return _taken(x)


def cut(w: Working, x: WorkingLine) -> Answer:
    """Confirm what there is and leave out the rest for good."""
    confirmed = min(x.quantity, w.available(x.line.product))
    w.take(x, confirmed, 0, x.quantity - confirmed)
    x.cut_reason = "no_stock"
    return _taken(x)


_SOLD = ("active", "sell_out")


def substitute(w: Working, x: WorkingLine) -> Answer:
    """Send another product for the rest, at this line's price; what that one lacks is on
    backorder, or cut where the product is being sold out."""
    confirmed = min(x.quantity, w.available(x.line.product))
    rest = x.quantity - confirmed
    other = None if x.product is None else w.facts.products.get(x.product.substitute or "")
    swapped = 0
    if other is not None and other.code != x.line.product and other.status in _SOLD:
        swapped = min(rest, w.available(other.code)) // other.multiple * other.multiple
        swapped = 0 if swapped < other.min_quantity else swapped
    owed = 0 if x.product is not None and x.product.status == "sell_out" else rest - swapped
    w.take(x, confirmed, owed, rest - owed)
    x.cut_reason = "no_stock" if x.cut else None
    if other is None or not swapped:
        return _taken(x)
    w.taken[other.code] = w.taken.get(other.code, 0) + swapped
    x.swapped, x.cut_reason = (other.code, swapped), "substituted"
    return _taken(x, substituted=swapped, substitute=other.name)


def confirm_all(w: Working, x: WorkingLine) -> Answer:
    """Promise without looking: for firms that keep no stock of the day here."""
    w.take(x, x.quantity, 0)
    return Answer("noted", {"confirmed": x.confirmed})


def _taken(x: WorkingLine, **figures: Plain) -> Answer:
    figures |= {"confirmed": x.confirmed, "backordered": x.backordered, "cut": x.cut}
    return Answer("adjusted", figures)
