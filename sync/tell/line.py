"""The figures of rules about one line."""

from sync.conditions.line import may_come_back, units_of
from sync.subjects.order import Working, WorkingLine
from sync.tell.shown import Told, of_line, price_text, when
from sync.terms.quantity import each_of, raise_to_allowed

# --- product, price, promotion --------------------------------------------------------------------


def product(w: Working, x: WorkingLine) -> Told:
    other = x.product.substitute if x.product else None
    found = w.facts.products.get(other or "")
    more = of_line(w, x, substitute=found.name if found else other)
    return Told(x.line.product, x.product.status if x.product else None, other, more)


def price(w: Working, x: WorkingLine) -> Told:
    days = (w.at - min(w.order.price_as_of or w.at, w.at)).days
    more = of_line(w, x, price_as_of=when(w, w.order.price_as_of), copy_age_days=days)
    more["currency"] = w.order.currency
    return Told(price_text(x.price), price_text(x.price_now), price_text(x.price), more)


def lower_price(w: Working, x: WorkingLine) -> Told:
    told = price(w, x)
    return Told(told.yours, told.now, told.now, told.more)


def promotion(w: Working, x: WorkingLine) -> Told:
    """Yours = the rep's discount; now = what the promotion gives on the rep's own figures."""
    name, begins, ends, gives, claimed = None, None, None, 0, x.own
    if x.asked is not None:
        name, gives = x.asked.promotion, x.asked.gives
        claimed = x.asked.claimed + min(0, x.own)  # the line says it took off less than its parts
        if x.asked.fact is not None:
            fact = x.asked.fact
            name, begins, ends = fact.name, fact.valid_from, fact.valid_to
    more = of_line(w, x, promotion=name, currency=w.order.currency)
    more |= {"began": when(w, begins), "ended": when(w, ends)}
    more |= {"yours_minor": claimed, "now_minor": gives}
    return Told(claimed, gives, claimed, more)


def budget(w: Working, x: WorkingLine) -> Told:
    told, minor = promotion(w, x), 0 if x.asked is None else x.asked.minor
    left = 0 if x.asked is None else w.left_of(x.asked) or 0
    return Told(minor, left, minor, {**told.more, "left_minor": left})


# --- quantity and totals --------------------------------------------------------------------------


def quantity(w: Working, x: WorkingLine) -> Told:
    return Told(x.quantity, None, None, of_line(w, x))


def uom(w: Working, x: WorkingLine) -> Told:
    known = ", ".join(sorted(units_of(w, x))) if x.product else None
    more = of_line(w, x, uom=x.line.uom, uoms=known)
    return Told(x.line.uom, known, x.line.quantity, more)


def typed(w: Working, x: WorkingLine) -> Told:
    ratio = units_of(w, x).get(x.line.uom)
    each = each_of(x.line.typed, ratio) if ratio else None
    more = of_line(w, x, typed=x.line.typed, uom=x.line.uom, each=each)
    return Told(x.line.quantity, each, each, more)


def maximum(w: Working, x: WorkingLine) -> Told:
    most = w.params["quantity_absurd"]["maximum"]
    return Told(x.quantity, most, x.quantity, of_line(w, x))


def allowed(w: Working, x: WorkingLine) -> Told:
    least, multiple = (x.product.min_quantity, x.product.multiple) if x.product else (1, 1)
    whole = raise_to_allowed(x.quantity, least, multiple)
    more = of_line(w, x, minimum=least, multiple=multiple, whole=whole)
    return Told(x.quantity, whole, x.quantity, more)


def line_total(w: Working, x: WorkingLine) -> Told:
    net = x.gross(x.line.quantity, x.line.unit_price) - x.line.discount_minor
    more = of_line(w, x, yours_minor=x.line.net_minor, now_minor=net, currency=w.order.currency)
    return Told(x.line.net_minor, net, net, more)


# --- stock ----------------------------------------------------------------------------------------


def kept(w: Working, x: WorkingLine) -> Told:
    """Now = what orders of this store may still have."""
    told, kept_each = stock(w, x), w.kept(x.line.product)
    left = max(0, w.available(x.line.product) - kept_each)
    return Told(x.quantity, left, left, {**told.more, "kept": kept_each})


def stock(w: Working, x: WorkingLine) -> Told:
    as_of = when(w, w.order.stock_as_of)
    name = x.product.substitute if x.product else None
    left = w.available(x.line.product)
    return Told(x.quantity, left, left, of_line(w, x, stock_as_of=as_of, substitute=name))


def coming_back(w: Working, x: WorkingLine) -> Told:
    """`now` is what may come back of the order the return is about."""
    left = may_come_back(w, x) or 0
    name = x.line.product if x.product is None else x.product.name
    return Told(x.quantity, left, left, {"product": name, "number": w.order.number})
