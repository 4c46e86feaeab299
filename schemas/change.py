"""Change and Batch: what a handheld pushes."""

from marshmallow import fields

from schemas.fields import AsSent, Code, Instant, Listed, Mapped, Uuid, Whole, Wire

MOST_CHANGES = 500


class Clock(Wire):
    """A handheld's clock at one moment. The monotonic counter cannot be set, the wall can."""

    wall = Instant(required=True)
    monotonic_ms = Whole(required=True)
    boot = Code(required=True)


class Seen(Wire):
    """What the rep knew: the cursor, versions of rows edited, and how old the copies were."""

    cursor = Code(allow_none=True, load_default=None)
    versions = Mapped(Whole(), at_most=200, load_default=dict)
    stock_as_of = Instant(allow_none=True, load_default=None)
    credit_as_of = Instant(allow_none=True, load_default=None)
    price_as_of = Instant(allow_none=True, load_default=None)
    promotion_as_of = Instant(allow_none=True, load_default=None)


class Change(Wire):
    """One thing a rep did. `n` counts a device's changes from 1; the body's shape hangs on kind."""

    n = Whole(low=1, required=True)
    id = Uuid(required=True)
    kind = Code(at_most=32, required=True)
    act = Code(at_most=32, required=True)
    v = Whole(low=1, high=1_000, required=True)
    depends_on = Listed(Uuid(), at_most=100, load_default=list)
    captured = fields.Nested(Clock, required=True)
    seen = fields.Nested(Seen, allow_none=True, load_default=None)
    body = AsSent(required=True)


class Batch(Wire):
    """The envelope of a push; `changes` are split off and read one by one."""

    device = Code(required=True)
    install = Code(required=True)
    epoch = Code(allow_none=True, load_default=None)
    batch = Uuid(required=True)
    acknowledged_through = Whole(allow_none=True, load_default=None)  # as the handheld was told
    clock = fields.Nested(Clock, required=True)
    changes = Listed(AsSent(), at_most=MOST_CHANGES, required=True)
