"""What every view of handhelds does alike: unpack, decode, find out who asks and whether rows may
go there, answer JSON."""

from typing import Any, BinaryIO, cast

from flask import Response, request

from schemas.problem import Problem
from schemas.strict import inflate
from server import asking
from server.access.watch import is_news, watch
from server.database import transaction
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


def admitted(asked: Any, clock: Any = None) -> Carrier:
    """Who is asking, if rows may go there. What a handheld captured is taken from it in any state;
    rows are for one that is the company's, and that is one.

    clock: the decoded schemas.change.Clock of the message, where it has one.
    """
    carrier = carrier_of(asked)
    if carrier.state in ("revoked", "wiped"):
        raise Problem("device_revoked")
    notice(clock)
    if carrier.state == "locked":
        raise Problem("device_in_use_elsewhere")
    return carrier


def notice(clock: Any, *, reused: bool = False) -> None:
    """Notice a handheld that was set back or copied. reused: a number that was answered came with
    another change."""
    device, boot = asking.device(), clock.boot if clock is not None else None
    if is_news(device, boot, reused=reused):
        with transaction(asking.engine()) as conn:
            watch(conn, device, boot, asking.now(), reused=reused)


def as_json(text: bytes) -> Response:
    return Response(text, content_type="application/json")
