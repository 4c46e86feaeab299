"""What one incoming document is: an OrderResponse or a DespatchAdvice. Pure."""

from __future__ import annotations

from lxml import etree

from server.delivery.contract import News
from server.delivery.ubl import despatch, response
from server.delivery.ubl.names import DESPATCH, RESPONSE
from server.delivery.ubl.response import Response
from server.delivery.ubl.safe import Refusal, parse
from sync.delivery.status import StatusUpdate

_NAMES = {RESPONSE: "OrderResponse", DESPATCH: "DespatchAdvice"}


def read_news(data: bytes, target: str) -> News:
    """A document that somebody posted to us, as news: what became of orders, and which of them
    have their answer. Raises `Refusal`."""
    said = read(data, target)
    if not isinstance(said, Response):
        return News(said)
    update = response.as_update(said, target)
    return News(() if update is None else (update,), (f"{said.order}/{said.revision}",))


def read(data: bytes, target: str) -> Response | tuple[StatusUpdate, ...]:
    """Read the bytes of one document; `Refusal` says why it is not taken."""
    root = parse(data, frozenset(_NAMES))
    name = etree.QName(root)
    if name.localname != _NAMES[name.namespace or ""]:
        raise Refusal(f"its first element is {response.shown(name.localname)}")
    return despatch.read(root, target) if name.namespace == DESPATCH else response.read(root)
