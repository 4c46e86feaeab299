"""What a handheld says of a photo before its bytes, and how far the server has it."""

from typing import Any

from marshmallow import fields

from schemas.fields import Choice, Code, Instant, Patterned, Text, Uuid, Whole, Wire

MOST_BYTES = 10 * 1024 * 1024
"""A photo's whole size; handhelds make pictures of some 300 kB."""
MEDIA_TYPES = ("image/jpeg", "image/webp", "image/png")
STATES = ("coming", "whole", "expired")


class Sha256(Patterned):
    """A checksum in hexadecimal."""

    pattern = r"\A[0-9a-f]{64}\Z"
    says = "must be 64 digits of hexadecimal"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(at_least=64, at_most=64, **kwargs)


class PhotoBegin(Wire):
    """A photo about to be sent. Saying the same again changes nothing and tells how far it is."""

    device = Code(required=True)
    install = Code(required=True)
    id = Uuid(required=True)
    store = Uuid(required=True)
    visit = Uuid(allow_none=True, load_default=None)
    card = Uuid(allow_none=True, load_default=None)
    product = Code(allow_none=True, load_default=None)
    note = Text(at_most=500, allow_none=True, load_default=None)
    captured_at = Instant(required=True)
    media_type = Choice(*MEDIA_TYPES, required=True)
    bytes = Whole(low=1, high=MOST_BYTES, required=True)
    sha256 = Sha256(required=True)


class PhotoAnswer(Wire):
    """How far a photo is. `whole`: all of it is here and fits its checksum, so the handheld may
    give up its own; `expired`: it was here, and was removed when its time was over."""

    id = fields.String(required=True)
    state = Choice(*STATES, required=True)
    received_bytes = Whole(required=True)
