"""An order's UBL read back, written apart from the writer and with another parser.

What stands in the document is all there is to go by: a value that comes out as it went in was
written where the standard has a place for it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # of our own writing: nothing hostile in it
from decimal import Decimal
from typing import Any

NS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def read_order(data: bytes, digits: int = 2) -> dict[str, Any]:
    """The `document` an Order was written from (see server/delivery/document.py)."""
    root = ET.fromstring(data)  # noqa: S314
    reference = _text(root, "cbc:ID") or ""
    order, _, revision = reference.rpartition("/")
    paper = "cac:OriginatorDocumentReference/cbc:"
    day, clock = _text(root, paper + "IssueDate"), _text(root, paper + "IssueTime")
    return {
        "id": order,
        "revision": int(revision),
        "number": _text(root, paper + "ID"),
        "type": _text(root, "cac:TransactionConditions/cbc:ActionCode") or "sale",
        "company": _text(root, "cac:SellerSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID"),
        "rep": _text(root, "cac:SellerSupplierParty/cac:SellerContact/cbc:ID"),
        "currency": _text(root, "cbc:DocumentCurrencyCode"),
        "net_minor": _minor(root, "cac:AnticipatedMonetaryTotal/cbc:PayableAmount", digits),
        "po_no": _text(root, "cbc:CustomerReference"),
        "note": _text(root, "cbc:Note"),
        "warehouse": _text(root, "cac:Delivery/cac:Despatch/cac:DespatchLocation/cbc:ID"),
        "captured_at": f"{day}T{clock}",
        "deliver_on": _text(root, "cac:Delivery/cac:RequestedDeliveryPeriod/cbc:StartDate"),
        "store": _store(root),
        "lines": [_line(one, digits) for one in root.findall("cac:OrderLine/cac:LineItem", NS)],
    }


def _store(root: ET.Element) -> dict[str, Any]:
    party = "cac:BuyerCustomerParty/cac:Party/"
    place = party + "cac:PostalAddress/cbc:"
    return {
        "code": _text(root, "cac:BuyerCustomerParty/cbc:SupplierAssignedAccountID"),
        "name": _text(root, party + "cac:PartyName/cbc:Name"),
        "address": _text(root, place + "StreetName"),
        "city": _text(root, place + "CityName"),
        "region": _text(root, place + "CountrySubentity"),
        "postcode": _text(root, place + "PostalZone"),
        "gln": _text(root, party + "cbc:EndpointID"),
    }


def _line(node: ET.Element, digits: int) -> dict[str, Any]:
    quantity = int(_text(node, "cbc:Quantity") or "")
    later = int(_text(node, "cbc:MaximumBackorderQuantity") or "0")
    item = "cac:Item/cac:"
    return {
        "n": int(_text(node, "cbc:ID") or ""),
        "product": _text(node, item + "SellersItemIdentification/cbc:ID"),
        "name": _text(node, "cac:Item/cbc:Name"),
        "gtin": _text(node, item + "StandardItemIdentification/cbc:ID"),
        "uom": _text(node, item + "AdditionalItemProperty/cbc:Value"),
        "typed": _text(node, item + "AdditionalItemProperty/cbc:ValueQuantity"),
        "quantity": quantity,
        "promised": quantity - later,
        "unit_price": _text(node, "cac:Price/cbc:PriceAmount"),
        "discount_minor": _minor(node, "cac:AllowanceCharge/cbc:Amount", digits),
        "net_minor": _minor(node, "cbc:LineExtensionAmount", digits),
    }


def _text(node: ET.Element, path: str) -> str | None:
    found = node.findall(path, NS)
    assert len(found) <= 1, f"{path} is there {len(found)} times"
    return found[0].text if found else None


def _minor(node: ET.Element, path: str, digits: int) -> int:
    """Decimal text as minor units; a fraction of one is an error."""
    said = Decimal(_text(node, path) or "0").scaleb(digits)
    assert said == int(said)
    return int(said)
