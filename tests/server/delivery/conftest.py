"""Orders to send and stand-ins to send them to."""

from __future__ import annotations

from typing import Any

from server.delivery.document import OutgoingOrder
from tests.server.demo.standin.conftest import Caller, start

__all__ = ["Caller", "outgoing", "start"]


def outgoing(number: int = 1, **changed: Any) -> OutgoingOrder:
    """An order of two lines, ready to be sent."""
    document = {
        "id": f"order-{number}",
        "revision": 1,
        "number": f"D17-{number:06d}",
        "company": "acme",
        "store": {"code": "S-1042", "name": "Café Zürich 店"},
        "deliver_on": "2026-11-23",
        "currency": "USD",
        "net_minor": 2322,
        "lines": [
            {
                "n": 1, "product": "20041", "uom": "case", "typed": "1", "quantity": 12,
                "unit_price": "1.29", "net_minor": 1548,
            },
            {
                "n": 2, "product": "20042", "uom": "each", "typed": "6", "quantity": 6,
                "unit_price": "1.29", "net_minor": 774,
            },
        ],
        **changed,
    }  # fmt: skip
    return OutgoingOrder(
        delivery=f"delivery-{number}",
        order=f"order-{number}",
        revision=1,
        accepted_at="2026-11-21T08:00:00Z",
        document=document,
    )
