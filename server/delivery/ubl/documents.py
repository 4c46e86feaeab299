"""What one incoming document is: an OrderResponse or a DespatchAdvice. Pure."""

from __future__ import annotations

from lxml import etree

from server.delivery.ubl import despatch, response
from server.delivery.ubl.names import DESPATCH, RESPONSE
from server.delivery.ubl.response import Response
from server.delivery.ubl.safe import Refusal, parse
from sync.delivery.status import StatusUpdate

_NAMES = {RESPONSE: "OrderResponse", DESPATCH: "DespatchAdvice"}


def read(data: bytes, target: str) -> Response | tuple[StatusUpdate, ...]:
    """Read the bytes of one document; `Refusal` says why it is not taken."""
    root = parse(data, frozenset(_NAMES))
    name = etree.QName(root)
    if name.localname != _NAMES[name.namespace or ""]:
        raise Refusal(f"its first element is {response.shown(name.localname)}")
    return despatch.read(root, target) if name.namespace == DESPATCH else response.read(root)
