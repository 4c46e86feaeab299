"""The `when` of rules about a receipt for money, and about each item it was meant for."""

from datetime import date

from sync.subjects.money import WorkingCollection, WorkingUse
from sync.subjects.order import had_right

# --- the receipt ----------------------------------------------------------------------------------


def store_is_unknown(w: WorkingCollection) -> bool:
    return w.store is None


def rep_had_no_right(w: WorkingCollection) -> bool:
    """The rep carried the store neither at capture (or within the grace after) nor does now."""
    if w.store is None:
        return False
    return not had_right(w.grants, w.at, w.now, w.params["collection_not_mine"]["grace_days"])


def number_is_another_receipts(w: WorkingCollection) -> bool:
    return w.same_number is not None


def currency_is_not_the_stores(w: WorkingCollection) -> bool:
    return w.store is not None and w.store.currency not in (None, w.taken.currency)


def amount_is_not_positive(w: WorkingCollection) -> bool:
    return w.taken.amount_minor <= 0


def amount_is_absurd(w: WorkingCollection) -> bool:
    return w.taken.amount_minor > w.params["collection_absurd"]["maximum_minor"]


# --- cheques and twins ----------------------------------------------------------------------------


def cheque_has_no_number(w: WorkingCollection) -> bool:
    return w.taken.method == "cheque" and w.taken.cheque_key is None


def cheque_was_taken_before(w: WorkingCollection) -> bool:
    return w.same_cheque is not None


def cheque_is_dated_ahead(w: WorkingCollection) -> bool:
    on: date | None = w.taken.cheque_on
    return w.taken.method == "cheque" and on is not None and on > w.day


def money_looks_the_same(w: WorkingCollection) -> bool:
    return w.same_money is not None


# --- what it was meant for ------------------------------------------------------------------------


def uses_exceed_the_amount(w: WorkingCollection) -> bool:
    return w.pays and sum(x.minor for x in w.uses) > w.taken.amount_minor


def item_is_unknown(w: WorkingCollection, x: WorkingUse) -> bool:
    return w.pays and x.minor > 0 and (x.item is None or x.item.kind != "invoice")


def item_is_cleared(w: WorkingCollection, x: WorkingUse) -> bool:
    return w.pays and x.minor > 0 and w.open_for(x) == 0


def item_has_less_open(w: WorkingCollection, x: WorkingUse) -> bool:
    return w.pays and w.open_for(x) < x.minor
