"""Orders for UBL and the answers of a delivery system to them, written out as XML."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from server.delivery.document import OutgoingOrder
from server.delivery.ubl.names import CAC, CBC, DESPATCH, RESPONSE

Piece = tuple[str, str]


def ubl_order(nth: int = 1, **changed: Any) -> OutgoingOrder:
    """An order of two lines with everything an order can have."""
    document = {
        "id": f"0198f000-0000-7000-8000-{nth:012d}", "revision": 1,
        "number": f"D17-{nth:06d}", "type": "sale", "company": "acme", "rep": "r01",
        "currency": "USD", "net_minor": 2272, "po_no": "PO-7", "note": "Ring twice",
        "warehouse": "w1", "captured_at": "2026-11-21T07:58:01.25Z", "deliver_on": "2026-11-23",
        "store": {
            "code": "S-1042", "name": "Café Zürich 店", "address": "1 Main St", "city": "Springs",
            "region": "IL", "postcode": "62701", "gln": "4006381000017",
        },
        "lines": [
            {"n": 1, "product": "20041", "name": "Water 0.5 l", "gtin": "4006381333931",
             "uom": "case", "typed": "1", "quantity": 12, "promised": 7, "unit_price": "1.29",
             "discount_minor": 50, "net_minor": 1498},
            {"n": 2, "product": "20042", "name": "Juice", "gtin": None, "uom": "each",
             "typed": "6", "quantity": 6, "promised": 6, "unit_price": "1.29",
             "discount_minor": 0, "net_minor": 774},
        ],
        **changed,
    }  # fmt: skip
    return OutgoingOrder(
        delivery=f"0198f000-0000-7000-9000-{nth:012d}", order=document["id"],
        revision=document["revision"], accepted_at="2026-11-21T08:00:00Z", document=document,
    )  # fmt: skip


def revised(order: OutgoingOrder, revision: int, **changed: Any) -> OutgoingOrder:
    """The same order at a later revision."""
    said = {**order.document, "revision": revision, **changed}
    return dataclasses.replace(order, revision=revision, document=said)


def response(
    order: OutgoingOrder, code: str, number: str = "DS-000001", lines: Sequence[str] = (),
    note: str = "", refers: str = "",
) -> bytes:  # fmt: skip
    """An OrderResponse about an order; `lines` are made by `line`."""
    return as_response(refers or order.reference, code, number, lines, note)


def as_response(
    reference: str, code: str, number: str, lines: Sequence[str] = (), note: str = ""
) -> bytes:
    """An OrderResponse about a reference."""
    notes = f"<cbc:Note>{escape(note)}</cbc:Note>" if note else ""
    theirs = f"<cbc:SalesOrderID>{escape(number)}</cbc:SalesOrderID>" if number else ""
    return (
        f'<OrderResponse xmlns="{RESPONSE}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
        f"<cbc:ID>OR-77</cbc:ID>{theirs}<cbc:IssueDate>2026-11-21</cbc:IssueDate>"
        "<cbc:IssueTime>08:00:05Z</cbc:IssueTime>"
        f"<cbc:OrderResponseCode>{code}</cbc:OrderResponseCode>{notes}"
        f"<cac:OrderReference><cbc:ID>{reference}</cbc:ID></cac:OrderReference>"
        f"{_parties('SellerSupplierParty', 'BuyerCustomerParty')}{''.join(lines)}</OrderResponse>"
    ).encode()


def line(
    n: int, code: str = "5", quantity: str = "", later: str = "", note: str = "",
    unit: str = "EA", more: str = "",
) -> str:  # fmt: skip
    """One answered line of an OrderResponse."""
    notes = f"<cbc:Note>{escape(note)}</cbc:Note>" if note else ""
    status = f"<cbc:LineStatusCode>{code}</cbc:LineStatusCode>" if code else ""
    now = f'<cbc:Quantity unitCode="{unit}">{quantity}</cbc:Quantity>' if quantity else ""
    back = (
        f'<cbc:MaximumBackorderQuantity unitCode="{unit}">{later}</cbc:MaximumBackorderQuantity>'
        if later
        else ""
    )
    return (
        f"<cac:OrderLine>{notes}<cac:LineItem><cbc:ID>{n}</cbc:ID>{status}{now}{back}"
        f"<cac:Item><cbc:Name>x</cbc:Name></cac:Item></cac:LineItem>{more}</cac:OrderLine>"
    )


def despatch(order: OutgoingOrder | None, lines: Sequence[str], **more: str) -> bytes:
    """A DespatchAdvice about an order (None: its lines name theirs); lines by `left`."""
    named = more.get("refers") or (order.reference if order else "")
    refers = (
        f"<cac:OrderReference><cbc:ID>{named}</cbc:ID><cbc:SalesOrderID>DS-000001</cbc:SalesOrderID>"
        "</cac:OrderReference>"
        if named
        else ""
    )
    shipment = more.get("shipment", "")
    return (
        f'<DespatchAdvice xmlns="{DESPATCH}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
        f"<cbc:ID>DA-9</cbc:ID><cbc:IssueDate>2026-11-22</cbc:IssueDate>"
        f"<cbc:IssueTime>06:30:00+01:00</cbc:IssueTime>{refers}"
        f"{_parties('DespatchSupplierParty', 'DeliveryCustomerParty')}{shipment}{''.join(lines)}"
        "</DespatchAdvice>"
    ).encode()


def left(n: int, quantity: str, reason: str = "", refers: str = "", number: int = 1) -> str:
    """One line of a DespatchAdvice."""
    why = f"<cbc:OutstandingReason>{escape(reason)}</cbc:OutstandingReason>" if reason else ""
    of = f"<cac:OrderReference><cbc:ID>{refers}</cbc:ID></cac:OrderReference>" if refers else ""
    return (
        f"<cac:DespatchLine><cbc:ID>{number}</cbc:ID>"
        f'<cbc:DeliveredQuantity unitCode="EA">{quantity}</cbc:DeliveredQuantity>{why}'
        f"<cac:OrderLineReference><cbc:LineID>{n}</cbc:LineID>{of}</cac:OrderLineReference>"
        "<cac:Item><cbc:Name>x</cbc:Name></cac:Item></cac:DespatchLine>"
    )


def _parties(*names: str) -> str:
    return "".join(
        f"<cac:{name}><cac:Party><cac:PartyName><cbc:Name>x</cbc:Name></cac:PartyName></cac:Party>"
        f"</cac:{name}>"
        for name in names
    )
