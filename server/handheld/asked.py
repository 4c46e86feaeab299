"""What every view of handhelds does alike: unpack, decode, find out who asks, answer JSON."""

from typing import Any, BinaryIO, cast

from flask import Response, request

from schemas.problem import Problem
from schemas.strict import inflate
from server import asking
from sync.carrier import Carrier


def body_of() -> bytes:
    """The request's body, inflated."""
    packed, encoding = cast(BinaryIO, request.stream), request.headers.get("Content-Encoding")
    return inflate(packed, encoding, asking.settings().max_body_bytes)


def struct_of(shape: Any, raw: bytes) -> Any:
    """Decode a whole message, or say what is wrong with it."""
    struct, errors = shape.accept(raw)
    if errors is not None:
        raise Problem("envelope_invalid", errors=errors)
    return struct


def carrier_of(asked: Any) -> Carrier:
    """Who is asking, by the secret; what the message says of itself must agree."""
    device = asking.device()
    if asked is not None and asked.device != device.id:
        raise Problem("wrong_device")
    if asked is not None and asked.install != device.install:
        raise Problem("device_in_use_elsewhere")
    return Carrier(
        device.id, device.cell, device.cells, device.company, device.company_cell, device.zone,
        device.rep, device.install, device.state, device.language,
    )  # fmt: skip


def as_json(text: bytes) -> Response:
    return Response(text, content_type="application/json")
