"""HTTP for delivery systems: they call back with what became of orders.

    POST /delivery/v1/<target>/status     {"updates": [...]} (statuses.py), signed; or one UBL
                                          document: OrderResponse, DespatchAdvice (ubl/)

Signed per Standard Webhooks with the target's own secret, the one that our orders to it are signed
with. The answer tells of every update what became of it; 200 means that all of them are kept, and
telling the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from flask import current_app, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from werkzeug.exceptions import RequestEntityTooLarge

from schemas.problem import Problem
from server import asking
from server.access.rates import Rate
from server.access.rates import take as take_from
from server.auth import needs
from server.database import in_transaction
from server.delivery import queries_status as queries
from server.delivery.contract import News
from server.delivery.receive import take
from server.delivery.signatures import NotSigned, signed_with, stamp_of
from server.delivery.statuses import Unreadable, read_batch
from server.delivery.ubl.documents import read_news
from server.delivery.ubl.safe import Refusal

blueprint = Blueprint(
    "delivery", __name__, url_prefix="/delivery/v1", description="Call-backs of delivery systems."
)
log = structlog.get_logger("talaria.delivery")
BODY_BYTES = 64 * 1024
STRANGERS = Rate(burst=60, per_s=1.0)


class Outcome(Schema):
    """What became of one update: applied, repeated, stale, parked, or unreadable (and why)."""

    id = fields.String()
    outcome = fields.String()
    why = fields.String()


class Outcomes(Schema):
    """One for each update of the batch."""

    updates = fields.List(fields.Nested(Outcome))


@blueprint.route("/<string:target>/status", methods=["POST"])
@needs("public")
@blueprint.doc(
    parameters=[
        {"in": "header", "name": name, "required": True, "schema": {"type": "string"}}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    ],
    requestBody={
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/xml": {"schema": {"type": "string"}},
        }
    },
)
@blueprint.alt_response(200, schema=Outcomes)
def status(target: str) -> dict[str, Any]:
    """Take a batch of status updates. 401: not signed as agreed. 422: no batch of updates."""
    request.max_content_length = BODY_BYTES
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Problem("body_too_large", f"At most {BODY_BYTES:,} bytes a batch.") from None
    row = _whose(target, body)
    try:
        if "xml" in request.mimetype:
            news = read_news(body, target)
        else:
            updates, aside = read_batch(body, target)
            news = News(tuple(updates), set_aside=tuple(aside))
    except (Unreadable, Refusal) as why:
        raise Problem("envelope_invalid", str(why)) from None
    hint, set_aside = current_app.extensions["hint"], news.set_aside
    taken = take(asking.engine(), row, news, asking.now(), lambda cell: hint(f"orders {cell}"))
    unread = [{"id": one.name, "outcome": "unreadable", "why": one.why} for one in set_aside]
    return {"updates": [{"id": one.id, "outcome": one.outcome} for one in taken] + unread}


def _whose(target: str, body: bytes) -> Mapping[str, Any]:
    """The delivery system that signed this; the same answer whether it is unknown or its
    signature is wrong, and only so many of those a minute from one address."""
    now = asking.now()
    try:
        stamp = stamp_of({name.lower(): value for name, value in request.headers.items()}, now)
        for row in in_transaction(asking.engine(), lambda conn: queries.targets(conn, target)):
            if signed_with(row["secret"], body, stamp):
                return row
        raise NotSigned("no signature of this body is of that delivery system's secret")
    except NotSigned as why:
        log.warning("delivery.unsigned_call", fault=str(why))
        wait_s = take_from(asking.engine(), {f"call-back:{asking.address()}": STRANGERS}, now)
        if wait_s:
            raise Problem("too_many_attempts", retry_after_s=wait_s) from None
        raise Problem("signature_invalid", str(why)) from None
