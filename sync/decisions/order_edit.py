"""The `then` of rules about edits of orders; policies choose them by name."""

from sync.decisions.shapes import HELD, NOTED, REJECTED, Answer
from sync.subjects.order_edit import WorkingOrderEdit


def hold_for_office(w: WorkingOrderEdit) -> Answer:
    """Nothing is done; a person looks at it."""
    return HELD


def let_pass(w: WorkingOrderEdit) -> Answer:
    """Go on and say so."""
    return NOTED


def keep_ended(w: WorkingOrderEdit) -> Answer:
    """It stays ended; what the rep wrote becomes a new draft on the handheld."""
    return REJECTED


def offer_supplement_or_return(w: WorkingOrderEdit) -> Answer:
    """It stays as it is; more can be ordered about it, and what came can go back."""
    more, less = w.difference()
    return Answer("rejected", {"more": more, "less": less})


def take_newest(w: WorkingOrderEdit) -> Answer:
    """The newer text of the same rep takes the place of the one in between."""
    return NOTED


def ask_delivery_system(w: WorkingOrderEdit) -> Answer:
    """It is asked of the delivery system at once; its answer settles it."""
    return Answer("requested")


def ask_office(w: WorkingOrderEdit) -> Answer:
    """A person decides whether the delivery system is asked."""
    return Answer("requested")


def refuse_edit(w: WorkingOrderEdit) -> Answer:
    """What was sent stays as it is."""
    return REJECTED
