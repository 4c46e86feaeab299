"""UBL over HTTP: the Order is posted as XML, the OrderResponse is the answer, at once or later.

    POST URL/orders                              an Order (OrderChange, OrderCancellation)
    GET  URL/orders/by-reference/<order>/<rev>   its OrderResponse, where the target can look up

Address, signature, deadline and what each status means are those of `../over_http.py`; only the
bodies of orders and their answers differ (UBL has no list of a day: that is asked for in JSON).
What a 2xx with an OrderResponse means is in `response.py`; 202 without one means that the answer
comes later, to a look-up. "Not there" is stated in JSON as everywhere, because a bare 404 proves
nothing.
"""

from __future__ import annotations

import json

from server.delivery.connection import Reply
from server.delivery.contract import (
    Acknowledged,
    Answer,
    Finding,
    HandedOver,
    Refused,
    Retry,
    Target,
    Unknown,
)
from server.delivery.document import OutgoingOrder, Unreadable, read_answer
from server.delivery.over_http import HttpAdapter, check_target
from server.delivery.ubl.documents import read
from server.delivery.ubl.names import RECEIVED, REJECTED
from server.delivery.ubl.order import written
from server.delivery.ubl.response import Response, as_answer
from server.delivery.ubl.safe import Refusal

CONTENT_TYPE = "application/xml; charset=utf-8"
_XML = frozenset({"application/xml", "text/xml"})


class UblAdapter(HttpAdapter):
    """Orders out by POST as UBL, signed per Standard Webhooks."""

    accept = "application/xml, application/json"

    def written(self, order: OutgoingOrder) -> tuple[bytes, str]:
        return written(order), CONTENT_TYPE

    def taken(self, reply: Reply, order: OutgoingOrder) -> Answer:
        if reply.status == 202 and reply.whole and not reply.body.strip():
            return HandedOver("taken; the answer comes later")
        if not _plain_xml(reply):
            return Unknown(f"HTTP {reply.status} with something that is no OrderResponse")
        try:
            return self._said(reply, order)
        except (Refusal, Unreadable) as why:
            return Unknown(f"HTTP {reply.status}: {why}")

    def found(self, reply: Reply, order: OutgoingOrder) -> Finding | None:
        if reply.status in (202, 204) and reply.whole and not reply.body.strip():
            return HandedOver("they have it; no OrderResponse yet")
        if reply.status != 200 or not _plain_xml(reply):
            return None
        try:
            return self._said(reply, order)
        except (Refusal, Unreadable) as why:
            return Retry(f"look-up: {why}")

    def _said(self, reply: Reply, order: OutgoingOrder) -> Acknowledged | HandedOver | Refused:
        """What an OrderResponse says of this order; `Refusal`, `Unreadable` when it says nothing
        that can be believed."""
        said = read(reply.body, self._target.code)
        if not isinstance(said, Response):
            raise Refusal("it is a DespatchAdvice, not an OrderResponse")
        if (said.order, said.revision) != (order.order, order.revision):
            raise Refusal("the answer is about another order")
        if said.code == REJECTED:
            return Refused(said.reason or "rejected (RE)")
        if said.code == RECEIVED and not said.external_no:
            return HandedOver("received (AB), not decided yet")
        reading = read_answer(json.dumps(as_answer(said)).encode(), order, proof=True)
        return Acknowledged(reading.external_no, reading.lines)


def make(target: Target) -> UblAdapter:
    """The adapter of a target of kind ubl. ValueError when its settings cannot be used."""
    check_target(target)
    return UblAdapter(target)


def _plain_xml(reply: Reply) -> bool:
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    unpacked = reply.headers.get("content-encoding", "identity").lower() == "identity"
    return reply.whole and unpacked and (kind in _XML or kind.endswith("+xml"))
