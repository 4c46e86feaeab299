"""A visit and its card as a handheld pushes them."""

from schemas.fields import (
    Choice,
    Code,
    Day,
    DecimalText,
    Flag,
    Instant,
    Many,
    Money,
    Quantity,
    Text,
    Uuid,
    Whole,
    Wire,
)


class VisitSave(Wire):
    """kind visit, act save: begun, ended or skipped. A begun visit never goes back."""

    id = Uuid(required=True)
    store = Uuid(required=True)
    state = Choice("started", "done", "skipped", required=True)
    planned_on = Day(allow_none=True, load_default=None)
    started_at = Instant(allow_none=True, load_default=None)
    ended_at = Instant(allow_none=True, load_default=None)
    lat_deg = DecimalText(whole=3, signed=True, allow_none=True, load_default=None)
    lon_deg = DecimalText(whole=3, signed=True, allow_none=True, load_default=None)
    distance_m = Whole(high=40_000_000, allow_none=True, load_default=None)
    reason = Code(allow_none=True, load_default=None)
    note = Text(at_most=4_000, allow_none=True, load_default=None)


class CardLine(Wire):
    """What the rep saw of one product in the store."""

    product = Code(required=True)
    listed = Flag(allow_none=True, load_default=None)
    on_shelf = Flag(required=True)
    facings = Quantity(allow_none=True, load_default=None)
    shelf_stock = Quantity(allow_none=True, load_default=None)
    back_stock = Quantity(allow_none=True, load_default=None)
    price_minor = Money(low=0, allow_none=True, load_default=None)
    promotion_seen = Flag(allow_none=True, load_default=None)
    out_of_stock = Flag(load_default=False)
    nearest_expiry = Day(allow_none=True, load_default=None)


class CompetitorLine(Wire):
    """What the rep saw of somebody else's product: a name as typed, and what was noted of it.
    Money is in the currency of the company, as on the price tag for one piece."""

    name = Text(at_least=1, at_most=200, required=True)
    price_minor = Money(low=0, allow_none=True, load_default=None)
    facings = Quantity(allow_none=True, load_default=None)
    promotion_seen = Flag(allow_none=True, load_default=None)
    note = Text(at_most=500, allow_none=True, load_default=None)


class CardSubmit(Wire):
    """kind card, act submit: a whole visit card; `competitors` from version 4."""

    id = Uuid(required=True)
    store = Uuid(required=True)
    visit = Uuid(allow_none=True, load_default=None)
    lines = Many(CardLine, at_most=2_000, required=True)
    competitors = Many(CompetitorLine, at_most=50, load_default=list)
