"""An order as a handheld pushes it."""

from schemas.fields import (
    Choice,
    Code,
    Day,
    DecimalText,
    Many,
    Money,
    Quantity,
    Text,
    Uuid,
    Whole,
    Wire,
)

ORDER_TYPES = ("sale", "free", "return", "van")
MOST_LINES = 1_000
MOST_PROMOTIONS = 20


class LinePromotion(Wire):
    """What one promotion takes off a line."""

    promotion = Uuid(required=True)
    discount_minor = Money(low=0, required=True)


class OrderLine(Wire):
    """One line: what was typed and what it comes to in each.

    `discount_minor` is all that is taken off, by promotions and by the rep."""

    n = Whole(low=1, high=MOST_LINES, required=True)
    product = Code(required=True)
    uom = Code(at_most=16, required=True)
    typed = DecimalText(required=True)
    quantity = Quantity(required=True)
    unit_price = DecimalText(required=True, metadata={"description": "per each, major units"})
    discount_minor = Money(low=0, load_default=0)
    promotions = Many(LinePromotion, at_most=MOST_PROMOTIONS, load_default=list)
    net_minor = Money(required=True)


class OrderSubmit(Wire):
    """kind order, act submit."""

    id = Uuid(required=True)
    number = Code(required=True)
    store = Uuid(required=True)
    visit = Uuid(allow_none=True, load_default=None)
    type = Choice(*ORDER_TYPES, load_default="sale")
    about = Uuid(
        allow_none=True, load_default=None,
        metadata={"description": "the order it supplements, returns, or was written again from"},
    )  # fmt: skip
    deliver_on = Day(allow_none=True, load_default=None)
    po_no = Code(allow_none=True, load_default=None)
    note = Text(at_most=4_000, allow_none=True, load_default=None)
    currency = Code(at_most=3, required=True)
    net_minor = Money(required=True)
    lines = Many(OrderLine, at_most=MOST_LINES, required=True)


class OrderRevise(OrderSubmit):
    """kind order, act revise: the whole new text of an order that was submitted."""

    base_revision = Whole(low=1, required=True)


class OrderCancel(Wire):
    """kind order, act cancel."""

    id = Uuid(required=True)
    store = Uuid(required=True)
    base_revision = Whole(low=1, allow_none=True, load_default=None)
    reason = Text(at_most=200, load_default="")
