"""The figures shown about money taken: the receipt, another one like it, the items it pays.

A rep reads of another receipt only if it is of the same store: what lies in other stores is not
for every rep's eyes.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sync.decisions.shapes import Plain
from sync.subjects.money import Earlier, WorkingCollection, WorkingUse
from sync.tell.shown import Told


def _when(w: WorkingCollection, moment: datetime | None) -> str | None:
    """A moment as the store's wall shows it, to the second."""
    if moment is None:
        return None
    return moment.astimezone(ZoneInfo(w.zone)).replace(microsecond=0).isoformat()


def _figures(w: WorkingCollection, **more: Plain) -> dict[str, Plain]:
    return {
        "number": w.taken.number,
        "store": None if w.store is None else w.store.name,
        "captured": _when(w, w.at),
        "amount_minor": w.taken.amount_minor,
        "currency": w.taken.currency,
        "method": w.taken.method,
        **more,
    }


def receipt(w: WorkingCollection) -> Told:
    return Told(w.taken.amount_minor, None, None, _figures(w))


def right(w: WorkingCollection) -> Told:
    """Says nothing about the store but that it was not the rep's."""
    figures = _figures(w)
    figures.pop("store")
    return Told(w.taken.store, None, w.taken.store, figures)


def currency(w: WorkingCollection) -> Told:
    now = None if w.store is None else w.store.currency
    return Told(w.taken.currency, now, None, _figures(w))


def maximum(w: WorkingCollection) -> Told:
    most = w.params["collection_absurd"]["maximum_minor"]
    return Told(w.taken.amount_minor, most, None, _figures(w, most_minor=most))


def cheque_day(w: WorkingCollection) -> Told:
    on = None if w.taken.cheque_on is None else w.taken.cheque_on.isoformat()
    return Told(on, w.day.isoformat(), None, _figures(w, cheque_on=on))


def number(w: WorkingCollection) -> Told:
    return _beside(w, w.same_number)


def cheque(w: WorkingCollection) -> Told:
    return _beside(w, w.same_cheque)


def twin(w: WorkingCollection) -> Told:
    return _beside(w, w.same_money)


def _beside(w: WorkingCollection, other: Earlier | None) -> Told:
    here = other if other is not None and other.store == w.taken.store else None
    figures = _figures(
        w,
        other=None if here is None else here.number,
        other_rep=None if here is None else here.rep,
        other_captured=None if here is None else _when(w, here.captured_at),
        cheque=w.taken.cheque_no,
        bank=w.taken.cheque_bank,
    )
    return Told(w.taken.number, figures["other"], None, figures)


def item(w: WorkingCollection, x: WorkingUse) -> Told:
    there = w.open_for(x)
    more = _figures(w, item=x.number, yours_minor=x.minor, now_minor=there)
    return Told(x.minor, None if x.item is None else there, None, more)


def total(w: WorkingCollection) -> Told:
    wished = sum(x.minor for x in w.uses)
    figures = _figures(w, yours_minor=wished, now_minor=w.taken.amount_minor)
    return Told(wished, w.taken.amount_minor, None, figures)
