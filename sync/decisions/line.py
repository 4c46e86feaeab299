"""The `then` of rules about one line; policies choose them by name."""

from sync.conditions.line import may_come_back, units_of
from sync.decisions.shapes import (
    ADJUSTED,
    ADJUSTED_GO_ON,
    HELD,
    NOTED,
    NOTED_GO_ON,
    REJECTED,
    Answer,
    Plain,
)
from sync.subjects.order import Working, WorkingLine
from sync.terms.quantity import each_of, raise_to_allowed


def reject_line(w: Working, x: WorkingLine) -> Answer:
    """Refuse this line; the rest of the order goes on."""
    return REJECTED


# --- price and promotion --------------------------------------------------------------------------


def honour_quoted_price(w: Working, x: WorkingLine) -> Answer:
    return NOTED


def apply_price_now(w: Working, x: WorkingLine) -> Answer:
    """Today's price stands, dearer or cheaper; the discount follows it."""
    if x.price_now is None:
        return HELD
    x.restate(x.quantity, x.price_now)
    return ADJUSTED


def honour_discount(w: Working, x: WorkingLine) -> Answer:
    """The discount stands; its arithmetic and the budget are still asked about."""
    return NOTED_GO_ON


def drop_discount(w: Working, x: WorkingLine) -> Answer:
    """The promotion asked about gives nothing; or the rep's own discount is not given."""
    if x.asked is None:
        x.own = 0
    else:
        x.asked.minor, x.asked.rate = 0, None
    return ADJUSTED


def apply_promotion(w: Working, x: WorkingLine) -> Answer:
    """The discount the promotion gives on the quantity and price that stand, budget allowing."""
    if x.asked is not None:
        x.asked.rate = x.offered.get(x.asked.promotion)
        x.asked.minor, x.own = x.promised(x.asked), max(0, x.own)
    return ADJUSTED_GO_ON


def limit_to_budget(w: Working, x: WorkingLine) -> Answer:
    """The discount is what is left of the promotion's budget."""
    left = None if x.asked is None else w.left_of(x.asked)
    if x.asked is not None and left is not None and left < x.asked.minor:
        x.asked.minor, x.asked.rate = left, None
    return ADJUSTED


# --- quantity and totals --------------------------------------------------------------------------


def apply_typed(w: Working, x: WorkingLine) -> Answer:
    """What was typed stands, in eaches, where it is a whole number of them."""
    ratio = units_of(w, x).get(x.line.uom)
    each = None if ratio is None else each_of(x.line.typed, ratio)
    if each is None or each <= 0:
        return HELD
    x.restate(each, x.price)
    return ADJUSTED_GO_ON


def limit_to_delivered(w: Working, x: WorkingLine) -> Answer:
    """What was delivered and has not come back yet may come back; a line of which nothing may is
    refused."""
    left = may_come_back(w, x) or 0
    if not left:
        return reject_line(w, x)
    x.restate(left, x.price)
    return Answer("adjusted", {"left": left})


def raise_to_whole(w: Working, x: WorkingLine) -> Answer:
    """The next quantity the product may be ordered in."""
    if x.product is not None:
        least, multiple = x.product.min_quantity, x.product.multiple
        x.restate(raise_to_allowed(x.quantity, least, multiple), x.price)
    return ADJUSTED


# --- stock ----------------------------------------------------------------------------------------


def confirm_available_backorder_rest(w: Working, x: WorkingLine) -> Answer:
    confirmed = min(x.quantity, w.available(x.line.product))
    w.take(x, confirmed, x.quantity - confirmed)
    return _taken(x)


def leave_what_is_kept(w: Working, x: WorkingLine) -> Answer:
    """Confirm what is not kept for key accounts; the rest is on backorder, or cut where the
    product is being sold out."""
    free = max(0, w.available(x.line.product) - w.kept(x.line.product))
    confirmed = min(x.quantity, free)
    rest = x.quantity - confirmed
    owed = 0 if x.product is not None and x.product.status == "sell_out" else rest
    w.take(x, confirmed, owed, rest - owed)
    x.cut_reason = "no_stock" if x.cut else None
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
