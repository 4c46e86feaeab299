"""The figures a rule shows to people: what was sent, what is so now, what is proposed, and why.

One function a rule, called before its decision changes anything. Figures are plain values for
the wire: prices as decimal text, money in minor units under names ending in `_minor`, times as
ISO 8601 in the store's own zone, days as ISO dates. sentences.py makes words of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sync.conditions import twin_of
from sync.decisions import Plain
from sync.terms.promotion import discount_minor
from sync.terms.quantity import each_of, raise_to_allowed
from sync.working import Working, WorkingLine


@dataclass(frozen=True, slots=True)
class Told:
    """Figures of one conflict; `proposed` is what stands if a person lets it go."""

    yours: Plain
    now: Plain
    proposed: Plain
    more: Mapping[str, Plain]


def _when(w: Working, moment: datetime | None) -> str | None:
    """A moment as the store's wall shows it, to the second."""
    if moment is None:
        return None
    shown = w.shown.get(moment)
    if shown is None:
        zone = "UTC" if w.store is None else w.store.zone
        shown = moment.astimezone(ZoneInfo(zone)).replace(microsecond=0).isoformat()
        w.shown[moment] = shown
    return shown


def _price(price: Decimal | None) -> str | None:
    """A price as decimal text, without zeros that say nothing beyond the second digit."""
    if price is None:
        return None
    whole, _, part = f"{price:f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def _order(w: Working, **more: Plain) -> dict[str, Plain]:
    name = None if w.store is None else w.store.name
    return {"number": w.order.number, "captured": _when(w, w.at), "store": name, **more}


def _line(w: Working, x: WorkingLine, **more: Plain) -> dict[str, Plain]:
    name = x.line.product if x.product is None else x.product.name
    return {"code": x.line.product, "product": name, "captured": _when(w, w.at), **more}


# --- the order and its store ----------------------------------------------------------------------


def right(w: Working) -> Told:
    """Says nothing about the store but that it was not the rep's."""
    ended = [one.valid_to for one in w.grants if one.valid_to is not None]
    ended_at = _when(w, max(ended)) if ended else None
    more = {"number": w.order.number, "captured": _when(w, w.at), "until": ended_at}
    return Told(w.order.store, ended_at, w.order.store, more)


def known(w: Working) -> Told:
    return Told(w.order.number, w.facts.known.get(w.order.id), None, _order(w))


def order(w: Working) -> Told:
    return Told(w.order.number, None, None, _order(w))


def order_type(w: Working) -> Told:
    return Told(w.order.type, None, w.order.type, _order(w))


def currency(w: Working) -> Told:
    now = None if w.store is None else w.store.currency
    return Told(w.order.currency, now, w.order.currency, _order(w))


def store(w: Working) -> Told:
    now = None if w.store is None else w.store.status
    return Told(w.order.store, now, w.order.store, _order(w))


def survivor(w: Working) -> Told:
    into = None if w.store is None else w.store.merged_into
    found = w.facts.stores.get(into or "")
    return Told(w.order.store, into, into, _order(w, survivor=found.name if found else into))


def block(w: Working) -> Told:
    credit = None if w.store is None else w.facts.credit.get(w.store.id)
    reason = (credit.blocked_reason if credit else None) or (
        w.store.blocked_reason if w.store else None
    )
    return Told(w.order.number, reason, None, _order(w, reason=reason))


# --- product, price, promotion --------------------------------------------------------------------


def product(w: Working, x: WorkingLine) -> Told:
    other = x.product.substitute if x.product else None
    found = w.facts.products.get(other or "")
    more = _line(w, x, substitute=found.name if found else other)
    return Told(x.line.product, x.product.status if x.product else None, other, more)


def price(w: Working, x: WorkingLine) -> Told:
    days = (w.at - min(w.order.price_as_of or w.at, w.at)).days
    more = _line(w, x, price_as_of=_when(w, w.order.price_as_of), copy_age_days=days)
    more["currency"] = w.order.currency
    return Told(_price(x.price), _price(x.price_now), _price(x.price), more)


def lower_price(w: Working, x: WorkingLine) -> Told:
    told = price(w, x)
    return Told(told.yours, told.now, told.now, told.more)


def promotion(w: Working, x: WorkingLine) -> Told:
    """Yours = the rep's discount; now = what the promotion gives on the rep's own figures."""
    line, name, begins, ends, gives = x.line, x.line.promotion, None, None, 0
    if x.promotion is not None:
        name, begins, ends = x.promotion.name, x.promotion.valid_from, x.promotion.valid_to
        gross = x.gross(line.quantity, line.unit_price)
        gives = discount_minor(x.promotion, line.quantity, gross)
    more = _line(w, x, promotion=name, currency=w.order.currency)
    more |= {"began": _when(w, begins), "ended": _when(w, ends)}
    more |= {"yours_minor": line.discount_minor, "now_minor": gives}
    return Told(line.discount_minor, gives, line.discount_minor, more)


def budget(w: Working, x: WorkingLine) -> Told:
    told, left = promotion(w, x), 0
    if x.promotion is not None and x.promotion.cap_left_minor is not None:
        left = max(0, x.promotion.cap_left_minor - w.caps.get(x.promotion.id, 0))
    return Told(x.discount, left, x.discount, {**told.more, "left_minor": left})


# --- quantity and totals --------------------------------------------------------------------------


def quantity(w: Working, x: WorkingLine) -> Told:
    return Told(x.quantity, None, None, _line(w, x))


def uom(w: Working, x: WorkingLine) -> Told:
    known = ", ".join(sorted(x.product.uoms)) if x.product else None
    more = _line(w, x, uom=x.line.uom, uoms=known)
    return Told(x.line.uom, known, x.line.quantity, more)


def typed(w: Working, x: WorkingLine) -> Told:
    ratio = x.product.uoms.get(x.line.uom) if x.product else None
    each = each_of(x.line.typed, ratio) if ratio else None
    more = _line(w, x, typed=x.line.typed, uom=x.line.uom, each=each)
    return Told(x.line.quantity, each, each, more)


def maximum(w: Working, x: WorkingLine) -> Told:
    most = w.params["quantity_absurd"]["maximum"]
    return Told(x.quantity, most, x.quantity, _line(w, x))


def allowed(w: Working, x: WorkingLine) -> Told:
    least, multiple = (x.product.min_quantity, x.product.multiple) if x.product else (1, 1)
    whole = raise_to_allowed(x.quantity, least, multiple)
    more = _line(w, x, minimum=least, multiple=multiple, whole=whole)
    return Told(x.quantity, whole, x.quantity, more)


def line_total(w: Working, x: WorkingLine) -> Told:
    net = x.gross(x.line.quantity, x.line.unit_price) - x.line.discount_minor
    more = _line(w, x, yours_minor=x.line.net_minor, now_minor=net, currency=w.order.currency)
    return Told(x.line.net_minor, net, net, more)


def order_total(w: Working) -> Told:
    total = sum(line.net_minor for line in w.order.lines)
    more = _order(w, yours_minor=w.order.net_minor, now_minor=total, currency=w.order.currency)
    return Told(w.order.net_minor, total, total, more)


# --- credit, twin, cut-off, stock -----------------------------------------------------------------


def credit(w: Working) -> Told:
    found = w.facts.credit.get(w.store.id) if w.store else None
    limit = found.limit_minor if found else None
    exposure = found.exposure_minor if found else 0
    net = w.net_minor()
    more = _order(w, order_minor=net, exposure_minor=exposure, limit_minor=limit)
    more |= {"over_minor": exposure + net - (limit or 0), "currency": w.order.currency}
    more["credit_as_of"] = _when(w, found.as_of if found else None)
    return Told(net, exposure, None, more)


def twin(w: Working) -> Told:
    index = twin_of(w)
    if index is None:
        return order(w)
    found = w.facts.twins[w.order.store if w.store is None else w.store.id][index]
    more = _order(w, other=found.number, other_rep=found.rep)
    more["other_captured"] = _when(w, found.captured_at)
    return Told(w.order.number, found.number, None, more)


def delivery_day(w: Working) -> Told:
    day = None if w.deliver_on is None else w.deliver_on.isoformat()
    decided = _when(w, w.now)
    return Told(day, None, None, _order(w, asked_for=day, decided=decided, deliver_on=None))


def stock(w: Working, x: WorkingLine) -> Told:
    as_of = _when(w, w.order.stock_as_of)
    name = x.product.substitute if x.product else None
    left = w.available(x.line.product)
    return Told(x.quantity, left, left, _line(w, x, stock_as_of=as_of, substitute=name))
