"""The `when` of rules about an order as a whole: its author, its store, its sums, its day.

A condition reads the working copy and changes nothing. Where a fact is missing (no store, no
product) the rule that says so answers; every other condition then says no. Of which types of
orders it is asked, the rule says.
"""

from datetime import timedelta

from sync.subjects.order import Working, had_right
from sync.terms.collection import exposure_counting
from sync.terms.credit import exceeds
from sync.terms.cutoff import has_closed, is_delivery_day

# --- authority and the order itself ---------------------------------------------------------------


def rep_had_no_right(w: Working) -> bool:
    """The rep carried the store neither at capture (or within the grace after) nor does now."""
    if w.store is None:
        return False
    return not had_right(w.grants, w.at, w.now, w.params["store_not_mine"]["grace_days"])


def order_is_here_already(w: Working) -> bool:
    return w.order.id in w.facts.known


def number_is_another_orders(w: Working) -> bool:
    """An older order has the number: a handheld restored from an old copy counts again."""
    return w.facts.numbers.get(w.order.number, w.order.id) != w.order.id


def order_has_no_lines(w: Working) -> bool:
    return not w.order.lines


def return_is_of_nothing(w: Working) -> bool:
    """It does not say which order comes back, or that order is not here."""
    return w.order.about not in w.facts.returnable


def order_is_no_sale(w: Working) -> bool:
    return w.order.type != "sale"


def currency_is_not_the_stores(w: Working) -> bool:
    store = w.store
    return store is not None and store.currency not in (None, w.order.currency)


# --- store ----------------------------------------------------------------------------------------


def store_is_unknown(w: Working) -> bool:
    return w.store is None


def store_was_merged(w: Working) -> bool:
    return w.store is not None and w.store.status == "merged"


def store_is_closed(w: Working) -> bool:
    return w.store is not None and w.store.status == "closed"


def store_is_not_approved(w: Working) -> bool:
    return w.store is not None and w.store.status in ("prospect", "pending")


def store_is_blocked(w: Working) -> bool:
    if w.store is None:
        return False
    credit = w.facts.credit.get(w.store.id)
    return w.store.status == "on_hold" or (credit is not None and credit.blocked_reason is not None)


def order_does_not_add_up(w: Working) -> bool:
    return sum(line.net_minor for line in w.order.lines) != w.order.net_minor


# --- credit, twin, cut-off ------------------------------------------------------------------------


def credit_limit_is_exceeded(w: Working) -> bool:
    """Exposure with this order goes over the limit; reaching it exactly does not."""
    if w.store is None:
        return False
    credit = w.facts.credit.get(w.store.id)
    return credit is not None and exceeds(credit.limit_minor, exposure_met(w), w.net_minor())


def exposure_met(w: Working) -> int:
    """What the order's store stands in for before it: cash not posted yet lowers it only where
    the firm says so."""
    credit = None if w.store is None else w.facts.credit.get(w.store.id)
    if credit is None:
        return 0
    at_once = w.params["credit_exceeded"]["count_unposted_cash"] == 1
    return exposure_counting(credit.exposure_minor, credit.collected_minor, at_once)


def another_order_looks_the_same(w: Working) -> bool:
    return twin_of(w) is not None


def twin_of(w: Working) -> int | None:
    """Index of the first recent order of the store with mostly the same lines.

    Same line = same product, same eaches; counted against the longer of the two orders.
    """
    twins = w.facts.twins.get(w.order.store if w.store is None else w.store.id)
    if not twins:
        return None
    params = w.params["probable_duplicate"]
    within, percent = timedelta(hours=params["hours"]), params["percent"]
    mine = w.products()
    for index, twin in enumerate(twins):
        if twin.order == w.order.id or abs(twin.captured_at - w.at) > within:
            continue
        same = sum(1 for product, each in mine.items() if twin.lines.get(product) == each)
        if same and same * 100 >= percent * max(len(mine), len(twin.lines)):
            return index
    return None


def delivery_day_has_closed(w: Working) -> bool:
    if w.store is None or w.cut_off is None or w.deliver_on is None:
        return False
    return has_closed(w.deliver_on, w.cut_off, w.store.zone, w.now)


def day_is_no_delivery_day(w: Working) -> bool:
    if w.cut_off is None or w.deliver_on is None:
        return False
    return not is_delivery_day(w.deliver_on, w.cut_off)


def day_is_far_ahead(w: Working) -> bool:
    """So far that it is more likely a slip than a wish."""
    if w.deliver_on is None:
        return False
    return w.deliver_on > w.now.date() + timedelta(days=w.params["delivery_far_ahead"]["days"])
