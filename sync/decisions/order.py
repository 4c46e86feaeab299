"""The `then` of rules about an order as a whole; policies choose them by name."""

from sync.decisions.shapes import HELD, REJECTED, Answer
from sync.subjects.order import Working
from sync.terms.cutoff import next_delivery_day


def reject_order(w: Working) -> Answer:
    return REJECTED


def redirect_to_survivor(w: Working) -> Answer:
    """The order of a merged store goes to the store it was merged into, however many times."""
    store, hops = w.store, 0
    while store is not None and store.status == "merged" and hops < 5:
        store, hops = w.facts.stores.get(store.merged_into or ""), hops + 1
    w.stand_at(None if store is None or store.status == "merged" else store)
    return Answer("adjusted", {"survivor": None if w.store is None else w.store.name}, goes_on=True)


def move_to_next_delivery(w: Working) -> Answer:
    """The first later delivery day that is still open; with none in sight a person decides."""
    if w.store is None or w.cut_off is None or w.deliver_on is None:
        return HELD
    day = next_delivery_day(w.deliver_on, w.cut_off, w.store.zone, w.now)
    if day is None:
        return HELD
    w.deliver_on = day
    return Answer("adjusted", {"deliver_on": day.isoformat()})
