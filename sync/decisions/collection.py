"""The `then` of rules about money taken at a store: nothing here refuses it."""

from sync.decisions.shapes import NOTED, Answer
from sync.subjects.money import WorkingCollection, WorkingUse


def keep_for_finance(w: WorkingCollection, x: WorkingUse | None = None) -> Answer:
    """The money is received as it is; a person of finance looks at it."""
    return NOTED


def let_pass(w: WorkingCollection, x: WorkingUse | None = None) -> Answer:
    """Received, and what is odd about it is said."""
    return NOTED


def list_as_duplicate(w: WorkingCollection) -> Answer:
    """Received, and put on the list of possible duplicates beside the other receipt."""
    other = w.same_cheque or w.same_money
    w.duplicate_of = None if other is None else other.id
    return NOTED


def put_on_account(w: WorkingCollection, x: WorkingUse) -> Answer:
    """What this item cannot take stays on account; it goes to no other item by itself."""
    fits = min(x.minor, w.open_for(x)) if x.item is not None and x.item.kind == "invoice" else 0
    rest, x.minor = x.minor - max(0, fits), max(0, fits)
    return Answer("adjusted", {"rest_minor": max(0, rest)})


def limit_to_amount(w: WorkingCollection) -> Answer:
    """The items are paid in the order in which they stand, as far as the money goes."""
    left = max(0, w.taken.amount_minor)
    for x in w.uses:
        x.minor = min(max(0, x.minor), left)
        left -= x.minor
    return Answer("adjusted")
