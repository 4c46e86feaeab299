"""What a handheld asks to find out whether its rows are the server's, and what it is answered.

A digest travels as text, "412:b3f09a6c00d1e2f3": how many rows, and the sum of their hashes in
sixteen hexadecimal digits (sync/terms/digest.py). A slice of a scope is named by digits, "" for
all of it. One row a handheld holds is "31:9fe3...": its version and its hash.
"""

from typing import Any

from marshmallow import fields

from schemas.fields import Choice, Code, Flag, Instant, Listed, Many, Mapped, Patterned, Whole, Wire
from schemas.page import Rows

MOST_SLICES = 256
"""Slices one request may ask about, and slices it may lay open."""
MOST_HELD = 5_000
"""Rows of one kind that one slice may lay open."""
WHYS = ("nightly", "crash", "upgrade", "asked", "cursor")
"""Why a handheld verifies; after `upgrade` and `cursor` it knows that rows differ."""


class DigestText(Patterned):
    """How many rows, and the sum of their hashes."""

    pattern = r"\A[0-9]{1,9}:[0-9a-f]{16}\Z"
    says = "must be a count, a colon and sixteen digits of hexadecimal"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(at_least=18, at_most=26, **kwargs)


class HeldText(Patterned):
    """The version of one row and its hash."""

    pattern = r"\A[0-9]{1,16}:[0-9a-f]{16}\Z"
    says = "must be a version, a colon and sixteen digits of hexadecimal"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(at_least=18, at_most=33, **kwargs)


class SliceText(Patterned):
    """The digits that name a slice."""

    pattern = r"\A[0-9a-f]*\Z"
    says = "must be digits of hexadecimal"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(at_most=8, **kwargs)


class Slice(Wire):
    """A slice of a scope, whose sixteen parts are asked for."""

    scope = Code(at_most=80, required=True)
    at = SliceText(required=True)


class Held(Wire):
    """A slice laid open: kind -> id -> version and hash of each row held; null: send all of it."""

    scope = Code(at_most=80, required=True)
    at = SliceText(required=True)
    rows = Mapped(
        Mapped(HeldText(), at_most=MOST_HELD), at_most=100, allow_none=True, load_default=None
    )


class VerifyRequest(Wire):
    """One step of finding out: the digest of everything held, then slices, then rows."""

    device = Code(required=True)
    install = Code(required=True)
    epoch = Code(allow_none=True, load_default=None)
    cursor = Code(allow_none=True, load_default=None)
    schema = Whole(low=1, high=1_000, required=True)
    run = Code(required=True)
    why = Choice(*WHYS, required=True)
    digest = DigestText(allow_none=True, load_default=None)
    ask = Many(Slice, at_most=MOST_SLICES, load_default=list)
    have = Many(Held, at_most=MOST_SLICES, load_default=list)


class VerifyAnswer(Wire):
    """What the server found."""

    epoch = Code(required=True)
    cursor = Code(required=True, allow_none=True)
    server_time = Instant(required=True)
    behind = Flag(required=True)
    equal = Flag(required=True)
    scopes = Mapped(DigestText(), at_most=10_000, required=True)
    slices = fields.List(Listed(DigestText(), at_most=16), required=True)
    news = Mapped(Listed(Code(at_most=200), at_most=10_000), at_most=100, required=True)
    answered = Whole(required=True)
    rows = fields.Dict(keys=Code(), values=fields.Nested(Rows), required=True)
    gone = Mapped(Listed(Code(at_most=200), at_most=20_000), at_most=100, required=True)
