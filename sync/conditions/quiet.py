"""When a question has no reason to ask of a line: one look where each of its rows would take one.

Of a line for which a function here says yes, no row of the question is true (a test holds the two
together on random orders); where it says no, the rows are asked. Nine lines of ten are such.
"""

from sync.facts import COMING_BACK
from sync.subjects.order import Working, WorkingLine
from sync.terms.quantity import each_of


def product_is_sold(w: Working, x: WorkingLine) -> bool:
    return x.product is not None and x.product.status in ("active", "sell_out")


def price_is_the_same(w: Working, x: WorkingLine) -> bool:
    return x.price_now is not None and x.price_now == x.price


def nothing_is_taken_off(w: Working, x: WorkingLine) -> bool:
    return x.asked is None and x.own <= 0


def quantity_is_plain(w: Working, x: WorkingLine) -> bool:
    line, product = x.line, x.product
    if product is None or w.order.type in COMING_BACK or line.quantity <= 0:
        return False
    ratio = product.uoms.get(line.uom)
    return (
        ratio is not None
        and each_of(line.typed, ratio) == line.quantity
        and max(1, product.min_quantity) <= x.quantity <= w.params["quantity_absurd"]["maximum"]
        and x.quantity % product.multiple == 0
        and line.net_minor == x.gross(line.quantity, line.unit_price) - line.discount_minor
    )


def stock_is_plenty(w: Working, x: WorkingLine) -> bool:
    if w.store is None:
        return True
    product = x.line.product
    return 0 < x.quantity <= w.available(product) and not w.kept(product)
