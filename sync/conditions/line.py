"""The `when` of rules about one line: its product, price, promotion, quantity and stock.

A condition reads the working copy and changes nothing. Where a fact is missing the rule that says
so answers; every other condition then says no. Of which types of orders it is asked, the rule
says.
"""

from collections.abc import Mapping
from datetime import timedelta

from sync.facts import COMING_BACK
from sync.subjects.order import Working, WorkingLine
from sync.terms.price import was_on_copy
from sync.terms.promotion import is_for_product, is_for_store, is_live
from sync.terms.quantity import each_of, is_allowed

# --- product --------------------------------------------------------------------------------------


def product_is_unknown(w: Working, x: WorkingLine) -> bool:
    return x.product is None


def product_is_blocked(w: Working, x: WorkingLine) -> bool:
    return x.product is not None and x.product.status == "blocked"


def product_is_planned(w: Working, x: WorkingLine) -> bool:
    return x.product is not None and x.product.status == "planned"


# --- price and promotion --------------------------------------------------------------------------


def product_has_no_price(w: Working, x: WorkingLine) -> bool:
    return x.price_now is None and w.store is not None


def price_is_lower_now(w: Working, x: WorkingLine) -> bool:
    return x.price_now is not None and x.price_now < x.price


def price_rose_within_grace(w: Working, x: WorkingLine) -> bool:
    """Dearer now, but the quoted price was right on a copy that was not too old at capture."""
    if not price_rose(w, x) or w.store is None:
        return False
    copied_at = min(w.order.price_as_of or w.at, w.at)
    if w.at - copied_at > timedelta(days=w.params["price_kept"]["grace_days"]):
        return False
    for name in w.store.price_lists:
        versions = w.facts.prices.get((name, x.line.product), ())
        if was_on_copy(versions, x.price, w.at, copied_at, max(1, x.line.quantity)):
            return True
    return False


def price_rose(w: Working, x: WorkingLine) -> bool:
    return x.price_now is not None and x.price_now > x.price


# A line's promotions are asked about one by one (`x.asked`), then what the rep gave beside them.


def discount_has_no_promotion(w: Working, x: WorkingLine) -> bool:
    """A discount the rep gave, above the share of the line a rep may give."""
    if x.asked is not None or x.own <= 0:
        return False
    percent = w.params["discount_not_granted"]["percent"]
    return x.own * 100 > x.gross(x.quantity) * percent


def promotion_is_unknown(w: Working, x: WorkingLine) -> bool:
    return x.asked is not None and x.asked.fact is None


def promotion_is_for_others(w: Working, x: WorkingLine) -> bool:
    if x.asked is None or x.asked.fact is None or w.store is None:
        return False
    one = x.asked.fact
    return not (is_for_product(one, x.line.product) and is_for_store(one, w.store))


def promotion_was_not_on(w: Working, x: WorkingLine) -> bool:
    """Asked of the moment of capture: having ended since does no harm."""
    if x.asked is None or x.asked.fact is None:
        return False
    return not is_live(x.asked.fact, w.at)


def discount_is_not_the_promotions(w: Working, x: WorkingLine) -> bool:
    """Worked out on the whole order as taken, at the rep's own quantities and prices. A discount
    below what its promotions are said to take off is none that follows from them."""
    if x.asked is None or x.asked.fact is None:
        return False
    return x.asked.claimed != x.asked.gives or x.own < 0


def promotion_has_too_little_left(w: Working, x: WorkingLine) -> bool:
    """Of its whole budget, or of what this store may get of it."""
    left = None if x.asked is None else w.left_of(x.asked)
    return left is not None and x.asked is not None and x.asked.minor > left


# --- quantity and totals --------------------------------------------------------------------------


def quantity_is_not_positive(w: Working, x: WorkingLine) -> bool:
    return x.line.quantity <= 0


def units_of(w: Working, x: WorkingLine) -> Mapping[str, tuple[int, int]]:
    """The units a line may name, as (num, den) pieces: those the product is ordered by. What comes
    back may come by any unit it is counted in, and always by the piece: a case is open by then."""
    if x.product is None:
        return {}
    if w.order.type in COMING_BACK:
        return {"each": (1, 1), **x.product.uoms_back, **x.product.uoms}
    return x.product.uoms


def uom_is_unknown(w: Working, x: WorkingLine) -> bool:
    return x.product is not None and x.line.uom not in units_of(w, x)


def quantity_is_not_what_was_typed(w: Working, x: WorkingLine) -> bool:
    ratio = units_of(w, x).get(x.line.uom)
    return ratio is not None and each_of(x.line.typed, ratio) != x.line.quantity


def quantity_is_absurd(w: Working, x: WorkingLine) -> bool:
    return x.quantity > w.params["quantity_absurd"]["maximum"]


def may_come_back(w: Working, x: WorkingLine) -> int | None:
    """Each of the line's product that was delivered and is not given back yet, after the order's
    earlier lines; None when it is about no order that is known."""
    left = w.facts.returnable.get(w.order.about or "")
    if left is None:
        return None
    earlier = [one for one in w.live if one.line.n < x.line.n]
    gone = sum(one.quantity for one in earlier if one.line.product == x.line.product)
    return max(0, left.get(x.line.product, 0) - gone)


def more_comes_back_than_came(w: Working, x: WorkingLine) -> bool:
    left = may_come_back(w, x)
    return left is not None and x.quantity > left


def line_does_not_add_up(w: Working, x: WorkingLine) -> bool:
    line = x.line
    gross = x.gross(line.quantity, line.unit_price)
    return line.net_minor != gross - line.discount_minor


def quantity_is_below_minimum(w: Working, x: WorkingLine) -> bool:
    return x.product is not None and x.quantity < x.product.min_quantity


def quantity_is_no_multiple(w: Working, x: WorkingLine) -> bool:
    return x.product is not None and not is_allowed(x.quantity, 1, x.product.multiple)


# --- stock ----------------------------------------------------------------------------------------


def stock_is_unknown(w: Working, x: WorkingLine) -> bool:
    if w.store is None:
        return False
    return (w.store.warehouse or "", x.line.product) not in w.facts.stock


def only_what_is_kept_is_left(w: Working, x: WorkingLine) -> bool:
    """The line would take from the last part of the day's stock, which the office keeps for key
    accounts (their banners have a policy of 0 percent)."""
    kept = w.kept(x.line.product)
    if kept <= 0:
        return False
    left = w.available(x.line.product)
    return left > 0 and x.quantity > left - kept


def last_stock_is_short(w: Working, x: WorkingLine) -> bool:
    """A product being sold out has no more coming: what is not there cannot be owed."""
    if x.product is None or x.product.status != "sell_out":
        return False
    return ordered_exceeds_available(w, x)


def none_is_left(w: Working, x: WorkingLine) -> bool:
    return ordered_exceeds_available(w, x) and w.available(x.line.product) <= 0


def ordered_exceeds_available(w: Working, x: WorkingLine) -> bool:
    return w.store is not None and x.quantity > w.available(x.line.product)
