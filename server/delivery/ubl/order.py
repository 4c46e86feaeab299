"""Our order as UBL: Order, and OrderChange and OrderCancellation for one that is there already.

Where things are put (the rest follows the standard's own names):

    ours                         UBL
    ---------------------------  -----------------------------------------------------------------
    order id / revision          ID ("<order>/<revision>"): what every answer refers to
    delivery (same on a repeat)  UUID
    number on the rep's handheld OriginatorDocumentReference/ID, captured_at as its issue time
    the store's own PO number    CustomerReference
    store                        BuyerCustomerParty, Delivery/DeliveryLocation (GLN, else our code)
    company, rep                 SellerSupplierParty, its SellerContact
    warehouse                    Delivery/Despatch/DespatchLocation
    type other than a sale       TransactionConditions/ActionCode
    quantity, unit price         Quantity and Price for one each (EA): exact, nothing converted
    as typed in the store        Item/AdditionalItemProperty "ordered as"
    not promised from stock      MaximumBackorderQuantity
    discount of a line           AllowanceCharge of the line
    lines' sum <> order's value  AllowanceCharge of the order (a discount, or a charge)

Pure: the same order gives the same bytes, so a repeat is a repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lxml import etree
from stdnum import ean

from server.delivery.document import OutgoingOrder
from server.delivery.forms.shape import Unwritable
from server.delivery.ubl.names import (
    CANCELLATION,
    CHANGE,
    CUSTOMIZATIONS,
    EACH,
    GLN,
    GTIN,
    ORDER,
    OTHER,
    PROFILE,
    PURCHASE_ORDER,
    UNITS,
    VERSION,
)
from server.delivery.ubl.writing import as_bytes, document, inside, money, put
from sync.terms.price import minor_digits

Said = Mapping[str, Any]


class NotInUbl(Unwritable):
    """An order that UBL's ordering has no document for; the text says why."""


def written(order: OutgoingOrder) -> bytes:
    """The document of an order as it stands: Order, OrderChange or OrderCancellation.

    `document["act"]` says which ("new" when it is not there); the last two name the revision that
    the delivery system has in `document["replaces"]`. NotInUbl for returns.
    """
    act = order.document.get("act") or "new"
    if order.document.get("type") == "return":
        raise NotInUbl("goods coming back have no document in UBL's ordering; enter it there")
    if act == "cancel":
        return _cancellation(order)
    return _change(order) if act == "change" else _order(order)


def _order(order: OutgoingOrder) -> bytes:
    said = order.document
    root = _head(order, ORDER, "Order")
    put(root, "OrderTypeCode", PURCHASE_ORDER, listID="UNCL1001")
    _common(root, said)
    _originator(root, said)
    _parties(root, said)
    _rest(root, order)
    return as_bytes(root)


def _change(order: OutgoingOrder) -> bytes:
    """The order's whole new text, under the reference of what it replaces."""
    said = order.document
    root = _head(order, CHANGE, "OrderChange")
    put(root, "SequenceNumberID", order.revision)
    _common(root, said)
    _refer(root, order)
    _originator(root, said)
    _parties(root, said)
    _rest(root, order)
    return as_bytes(root)


def _cancellation(order: OutgoingOrder) -> bytes:
    said = order.document
    root = _head(order, CANCELLATION, "OrderCancellation")
    put(root, "CancellationNote", said.get("reason") or "cancelled")
    _refer(root, order)
    _originator(root, said)
    _parties(root, said)
    return as_bytes(root)


# --- pieces --------------------------------------------------------------------------------------


def _head(order: OutgoingOrder, namespace: str, name: str) -> etree._Element:
    root = document(namespace, name)
    day, _, clock = order.accepted_at.partition("T")
    put(root, "UBLVersionID", VERSION)
    put(root, "CustomizationID", CUSTOMIZATIONS[namespace])
    put(root, "ProfileID", PROFILE)
    put(root, "ID", order.reference)
    put(root, "UUID", order.delivery)
    put(root, "IssueDate", day)
    put(root, "IssueTime", clock)
    return root


def _common(root: etree._Element, said: Said) -> None:
    put(root, "Note", said.get("note"))
    put(root, "DocumentCurrencyCode", said["currency"], listID="ISO4217")
    put(root, "CustomerReference", said.get("po_no"))
    put(root, "LineCountNumeric", len(said["lines"]))


def _refer(root: etree._Element, order: OutgoingOrder) -> None:
    """What this document is about: the revision they have, and their own number of it."""
    refers = inside(root, "OrderReference")
    put(refers, "ID", f"{order.order}/{order.document['replaces']}")
    put(refers, "SalesOrderID", order.document.get("external_no"))


def _originator(root: etree._Element, said: Said) -> None:
    paper = inside(root, "OriginatorDocumentReference")
    put(paper, "ID", said["number"])
    day, _, clock = (said.get("captured_at") or "").partition("T")
    put(paper, "IssueDate", day)
    put(paper, "IssueTime", clock)


def _parties(root: etree._Element, said: Said) -> None:
    store = said["store"]
    buyer = inside(root, "BuyerCustomerParty")
    put(buyer, "SupplierAssignedAccountID", store["code"])
    party = inside(buyer, "Party")
    if store.get("gln"):
        put(party, "EndpointID", store["gln"], schemeID=GLN)
        put(inside(party, "PartyIdentification"), "ID", store["gln"], schemeID=GLN)
    put(inside(party, "PartyIdentification"), "ID", store["code"])
    if store.get("name"):
        put(inside(party, "PartyName"), "Name", store["name"])
    _address(party, "PostalAddress", store)
    seller = inside(root, "SellerSupplierParty")
    party = inside(seller, "Party")
    put(inside(party, "PartyIdentification"), "ID", said["company"])
    if said.get("rep"):
        put(inside(seller, "SellerContact"), "ID", said["rep"])


def _address(node: etree._Element, name: str, store: Said) -> None:
    parts = (
        ("StreetName", "address"), ("CityName", "city"), ("PostalZone", "postcode"),
        ("CountrySubentity", "region"),
    )  # fmt: skip
    if any(store.get(ours) for _, ours in parts):
        address = inside(node, name)
        for theirs, ours in parts:
            put(address, theirs, store.get(ours))


def _rest(root: etree._Element, order: OutgoingOrder) -> None:
    """Delivery, conditions, sums and lines, in the order the schema asks for."""
    said = order.document
    digits, currency = minor_digits(said["currency"]), said["currency"]
    _delivery(root, said)
    if (said.get("type") or "sale") != "sale":
        put(inside(root, "TransactionConditions"), "ActionCode", said["type"])
    lines_minor = sum(line["net_minor"] for line in said["lines"])
    off_minor = lines_minor - said["net_minor"]
    if off_minor:
        allowance(root, off_minor, digits, currency)
    total = inside(root, "AnticipatedMonetaryTotal")
    put(total, "LineExtensionAmount", money(lines_minor, digits), currencyID=currency)
    name = "AllowanceTotalAmount" if off_minor > 0 else "ChargeTotalAmount"
    if off_minor:
        put(total, name, money(abs(off_minor), digits), currencyID=currency)
    put(total, "PayableAmount", money(said["net_minor"], digits), currencyID=currency)
    for line in said["lines"]:
        _line(root, line, digits, currency)


def _delivery(root: etree._Element, said: Said) -> None:
    store = said["store"]
    delivery = inside(root, "Delivery")
    place = inside(delivery, "DeliveryLocation")
    if store.get("gln"):
        put(place, "ID", store["gln"], schemeID=GLN)
    else:
        put(place, "ID", store["code"])
    _address(place, "Address", store)
    if said.get("deliver_on"):
        period = inside(delivery, "RequestedDeliveryPeriod")
        put(period, "StartDate", said["deliver_on"])
        put(period, "EndDate", said["deliver_on"])
    if said.get("warehouse"):
        put(inside(delivery, "Despatch", "DespatchLocation"), "ID", said["warehouse"])


def allowance(node: etree._Element, minor: int, digits: int, currency: str) -> None:
    """A discount of so many minor units; a charge when it is negative."""
    made = inside(node, "AllowanceCharge")
    put(made, "ChargeIndicator", "false" if minor > 0 else "true")
    put(made, "AllowanceChargeReason", "discount" if minor > 0 else "charge")
    put(made, "Amount", money(abs(minor), digits), currencyID=currency)


def _line(root: etree._Element, line: Said, digits: int, currency: str) -> None:
    item = inside(root, "OrderLine", "LineItem")
    put(item, "ID", line["n"])
    put(item, "Quantity", line["quantity"], unitCode=EACH)
    put(item, "LineExtensionAmount", money(line["net_minor"], digits), currencyID=currency)
    not_promised = line["quantity"] - line.get("promised", line["quantity"])
    if not_promised:
        put(item, "MaximumBackorderQuantity", not_promised, unitCode=EACH)
    if line.get("discount_minor"):
        allowance(item, line["discount_minor"], digits, currency)
    price = inside(item, "Price")
    put(price, "PriceAmount", f"{Decimal(line['unit_price']):f}", currencyID=currency)
    put(price, "BaseQuantity", 1, unitCode=EACH)
    goods = inside(item, "Item")
    put(goods, "Name", line.get("name") or line["product"])
    put(inside(goods, "SellersItemIdentification"), "ID", line["product"])
    if line.get("gtin") and ean.is_valid(line["gtin"]):
        put(inside(goods, "StandardItemIdentification"), "ID", line["gtin"], schemeID=GTIN)
    typed = inside(goods, "AdditionalItemProperty")
    put(typed, "Name", "ordered as")
    put(typed, "Value", line["uom"])
    put(typed, "ValueQuantity", line["typed"], unitCode=UNITS.get(line["uom"], OTHER))
