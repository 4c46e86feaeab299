"""What a handheld asks in a pull, and what the page it gets holds."""

from marshmallow import fields

from schemas.change import Clock
from schemas.fields import AnyJson, Code, Flag, Instant, Listed, Many, Mapped, Whole, Wire


class Outbox(Wire):
    """How the handheld's queue stands, for the office's view of its health."""

    pending = Whole(required=True)
    oldest = Instant(allow_none=True, load_default=None)
    acknowledged_through = Whole(load_default=0)


class PullRequest(Wire):
    """A pull: where the handheld stands."""

    device = Code(required=True)
    install = Code(required=True)
    epoch = Code(allow_none=True, load_default=None)
    cursor = Code(allow_none=True, load_default=None)
    page = Code(allow_none=True, load_default=None)
    schema = Whole(low=1, high=1_000, required=True)
    limit = Whole(low=1, high=20_000, load_default=5_000)
    segments = Flag(load_default=False)
    turned = Flag(load_default=False)
    verify = Flag(load_default=False)
    outbox = fields.Nested(Outbox, allow_none=True, load_default=None)
    clock = fields.Nested(Clock, allow_none=True, load_default=None)
    app = Code(allow_none=True, load_default=None)
    free_bytes = Whole(allow_none=True, load_default=None)
    wiped = Flag(load_default=False)


class Rows(Wire):
    """Rows of one kind: one array a row, or turned on their side (schemas/turned.py)."""

    columns = Listed(Code(), at_most=100, required=True)
    data = fields.List(fields.List(fields.Raw(allow_none=True)))
    turned = fields.List(fields.Raw())


class Segment(Wire):
    """Prepared rows of a scope, to be fetched: how many, and of which bytes."""

    id = Code(required=True)
    scope = Code(at_most=80, required=True)
    rows = Whole(required=True)
    bytes = Whole(required=True)
    sha256 = Code(required=True)


class Scopes(Wire):
    """Scopes that came and went since the cursor."""

    added = Listed(Code(at_most=80), at_most=10_000, required=True)
    dropped = Listed(Code(at_most=80), at_most=10_000, required=True)


class AsOf(Wire):
    """How old the server's own copies are."""

    stock = Instant(allow_none=True)
    receivable = Instant(allow_none=True)


class Directive(Wire):
    """Something the server asks of a handheld."""

    kind = Code(required=True)
    minimum = Whole()
    days = Whole()


class Page(Wire):
    """One page of a pull."""

    epoch = Code(required=True)
    cursor = Code(required=True, allow_none=True)
    complete = Flag(required=True)
    page = Code(required=True, allow_none=True)
    server_time = Instant(required=True)
    acknowledged_through = Whole(required=True)
    as_of = fields.Nested(AsOf, required=True)
    usable = Flag()
    scopes = fields.Nested(Scopes, required=True)
    segments = Many(Segment, at_most=10_000)
    inside = fields.List(fields.Dict(keys=Code(), values=fields.Nested(Rows)))
    rows = fields.Dict(keys=Code(), values=fields.Nested(Rows), required=True)
    gone = Mapped(Listed(Code(), at_most=20_000), at_most=100, required=True)
    directives = Many(Directive, at_most=10, required=True)


class EnrolRequest(Wire):
    """A handheld asking to be one of the company's."""

    code = Code(at_most=32, required=True)
    install = Code(required=True)
    model = Code(allow_none=True, load_default=None)
    app = Code(allow_none=True, load_default=None)


class EnrolAnswer(Wire):
    """Who the handheld now is."""

    device = Code(required=True)
    secret = Code(at_most=128, required=True)
    no = Whole(required=True)
    number_prefix = Code(required=True)
    rep = AnyJson(required=True)
    company = AnyJson(required=True)
    epoch = Code(required=True)
    schema = Whole(required=True)
    server_time = Instant(required=True)


class ReceiptsAnswer(Wire):
    """Stored verdicts, for a handheld that lost a reply, or whose server lost time."""

    verdicts = fields.List(AnyJson(), required=True)
    acknowledged_through = Whole(required=True)
    epoch = Code(required=True)
    server_time = Instant(required=True)
