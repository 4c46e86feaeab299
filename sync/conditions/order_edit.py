"""The `when` of rules about an edit of an order that is here already."""

from sync import life
from sync.subjects.order_edit import WorkingOrderEdit

ENDED = frozenset(("rejected", "cancelled"))


def order_is_not_here(w: WorkingOrderEdit) -> bool:
    return w.rest is None


def order_is_another_reps(w: WorkingOrderEdit) -> bool:
    return w.rest is not None and w.rest.rep != w.edit.rep


def order_was_ended(w: WorkingOrderEdit) -> bool:
    """Somebody cancelled or rejected it while the rep was writing."""
    return w.state in ENDED and w.edit.act == "revise"


def order_is_under_way(w: WorkingOrderEdit) -> bool:
    """It is being picked, or further: the warehouse outranks the screen."""
    return w.rest is not None and w.state not in ENDED and w.editable == "never"


def order_was_revised_meanwhile(w: WorkingOrderEdit) -> bool:
    base, rest = w.edit.base_revision, w.rest
    return rest is not None and base is not None and base < rest.revision


def order_is_out(w: WorkingOrderEdit) -> bool:
    """A delivery system has it, or may have it, and it is not being picked."""
    return w.editable == "by request" and life.rank(w.state) < life.rank("picking")
