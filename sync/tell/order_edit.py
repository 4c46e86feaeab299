"""The figures of rules about edits of orders: the order, how far it is, and the difference."""

from sync.decisions.shapes import Plain
from sync.subjects.order_edit import WorkingOrderEdit
from sync.tell.shown import Told, when


def order(w: WorkingOrderEdit) -> Told:
    """`yours` is the quantity wanted in all, `now` the quantity that stands."""
    rest = w.rest
    more, less = w.difference()
    mine = sum(w.edit.mine.values()) if w.edit.act == "revise" else 0
    theirs = 0 if rest is None else sum(rest.theirs.values())
    figures: dict[str, Plain] = {
        "number": None if rest is None else rest.number,
        "store": None if w.store is None else w.store.name,
        "state": w.state or None,
        "captured": when(w, min(w.edit.captured_at, w.facts.now)),
        "external_no": None if rest is None else rest.external_no,
        "revision": None if rest is None else rest.revision,
        "base_revision": w.edit.base_revision,
        "more": more,
        "less": less,
    }
    return Told(mine, theirs, None, figures)


def foreign(w: WorkingOrderEdit) -> Told:
    """Says nothing of another rep's order but that it is one."""
    return Told(None, None, None, {"captured": when(w, min(w.edit.captured_at, w.facts.now))})
