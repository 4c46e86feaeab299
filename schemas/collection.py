"""Money taken at a store as a handheld pushes it."""

from schemas.fields import Choice, Code, Day, Many, Money, Text, Uuid, Wire

METHODS = ("cash", "cheque", "transfer")
MOST_ITEMS = 200


class AllocationLine(Wire):
    """One open item the money is meant for, by its number, and how much of it."""

    number = Code(required=True)
    amount_minor = Money(required=True)


class CollectionSubmit(Wire):
    """kind collection, act submit: a receipt. It is never refused, whatever stands in it."""

    id = Uuid(required=True)
    number = Code(required=True)
    store = Uuid(required=True)
    visit = Uuid(allow_none=True, load_default=None)
    method = Choice(*METHODS, required=True)
    amount_minor = Money(required=True)
    currency = Code(at_most=3, required=True)
    cheque_no = Code(allow_none=True, load_default=None)
    cheque_bank = Code(at_most=100, allow_none=True, load_default=None)
    cheque_on = Day(allow_none=True, load_default=None)
    allocation = Many(AllocationLine, at_most=MOST_ITEMS, load_default=list)
    note = Text(at_most=4_000, allow_none=True, load_default=None)
    photo = Code(at_most=128, allow_none=True, load_default=None)
    signature = Code(at_most=128, allow_none=True, load_default=None)
