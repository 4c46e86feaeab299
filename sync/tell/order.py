"""The figures of rules about an order as a whole."""

from sync.conditions.order import exposure_met, twin_of
from sync.subjects.order import Working
from sync.tell.shown import Told, of_order, when

# --- the order and its store ----------------------------------------------------------------------


def right(w: Working) -> Told:
    """Says nothing about the store but that it was not the rep's."""
    ended = [one.valid_to for one in w.grants if one.valid_to is not None]
    ended_at = when(w, max(ended)) if ended else None
    more = {"number": w.order.number, "captured": when(w, w.at), "until": ended_at}
    return Told(w.order.store, ended_at, w.order.store, more)


def known(w: Working) -> Told:
    return Told(w.order.number, w.facts.known.get(w.order.id), None, of_order(w))


def order(w: Working) -> Told:
    return Told(w.order.number, None, None, of_order(w))


def order_type(w: Working) -> Told:
    return Told(w.order.type, None, w.order.type, of_order(w))


def currency(w: Working) -> Told:
    now = None if w.store is None else w.store.currency
    return Told(w.order.currency, now, w.order.currency, of_order(w))


def store(w: Working) -> Told:
    now = None if w.store is None else w.store.status
    return Told(w.order.store, now, w.order.store, of_order(w))


def survivor(w: Working) -> Told:
    into = None if w.store is None else w.store.merged_into
    found = w.facts.stores.get(into or "")
    return Told(w.order.store, into, into, of_order(w, survivor=found.name if found else into))


def block(w: Working) -> Told:
    credit = None if w.store is None else w.facts.credit.get(w.store.id)
    reason = (credit.blocked_reason if credit else None) or (
        w.store.blocked_reason if w.store else None
    )
    return Told(w.order.number, reason, None, of_order(w, reason=reason))


def order_total(w: Working) -> Told:
    total = sum(line.net_minor for line in w.order.lines)
    more = of_order(w, yours_minor=w.order.net_minor, now_minor=total, currency=w.order.currency)
    return Told(w.order.net_minor, total, total, more)


# --- credit, twin, cut-off -----------------------------------------------------------------


def credit(w: Working) -> Told:
    found = w.facts.credit.get(w.store.id) if w.store else None
    limit = found.limit_minor if found else None
    exposure = exposure_met(w)
    net = w.net_minor()
    more = of_order(w, order_minor=net, exposure_minor=exposure, limit_minor=limit)
    more |= {"over_minor": exposure + net - (limit or 0), "currency": w.order.currency}
    more["credit_as_of"] = when(w, found.as_of if found else None)
    return Told(net, exposure, None, more)


def twin(w: Working) -> Told:
    index = twin_of(w)
    if index is None:
        return order(w)
    found = w.facts.twins[w.order.store if w.store is None else w.store.id][index]
    more = of_order(w, other=found.number, other_rep=found.rep)
    more["other_captured"] = when(w, found.captured_at)
    return Told(w.order.number, found.number, None, more)


def delivery_day(w: Working) -> Told:
    day = None if w.deliver_on is None else w.deliver_on.isoformat()
    decided = when(w, w.now)
    return Told(day, None, None, of_order(w, asked_for=day, decided=decided, deliver_on=None))
