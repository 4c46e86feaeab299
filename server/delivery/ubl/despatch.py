"""A DespatchAdvice: goods have left, for one order or for several on one van.

It becomes one status `dispatched` for each order it names. A line says what left
(`DeliveredQuantity`); what it says of the rest (`OutstandingReason`, `BackorderReason`, `Note`) is
the reason. An order is named by the document, or line by line where the van carries several.
Pure.
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from server.delivery.ubl.response import eaches, moment, notes, reference, shown, split
from server.delivery.ubl.safe import Refusal, all_of, one_of, text_of
from sync.delivery.status import LineStatus, StatusUpdate

STATUS = "dispatched"


def read(root: etree._Element, target: str) -> tuple[StatusUpdate, ...]:
    """The status updates of a DespatchAdvice, one an order, in the order they are named."""
    document = text_of(root, "ID")
    if not document:
        raise Refusal("it has no ID")
    whole = reference(root) if all_of(root, "OrderReference") else None
    orders: dict[tuple[str, int], tuple[str, dict[int, LineStatus]]] = {}
    for node in all_of(root, "DespatchLine"):
        line = one_of(node, "OrderLineReference")
        if line is None:
            raise Refusal("a line refers to no line of an order (OrderLineReference)")
        named = text_of(line, "OrderReference", "ID")
        if named:
            order, revision, number = split(named, text_of(line, "OrderReference", "SalesOrderID"))
        elif whole is not None:
            order, revision, number = whole
        else:
            raise Refusal("a line refers to no order (OrderReference)")
        _, lines = orders.setdefault((order, revision), (number, {}))
        _add(lines, _line(node, text_of(line, "LineID")))
    if not orders:
        raise Refusal("it has no lines")
    key, at = text_of(root, "UUID") or document, _left_at(root)
    detail = shown(" ".join(filter(None, (document, notes(root)))))
    return tuple(
        StatusUpdate(
            id=f"{key[:100]}|{order}/{revision}", target=target, order=order, revision=revision,
            external_no=number or None, status=STATUS, at=at,
            lines=tuple(lines[n] for n in sorted(lines)), detail=detail,
        )
        for (order, revision), (number, lines) in orders.items()
    )  # fmt: skip


def _line(node: etree._Element, number: str) -> LineStatus:
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise Refusal(f"line {shown(number)!r} is no line of ours")
    shipped = eaches(node, "DeliveredQuantity")
    if shipped is None:
        raise Refusal(f"line {number} does not say how much left (DeliveredQuantity)")
    said = [*all_of(node, "OutstandingReason"), *all_of(node, "BackorderReason")]
    reason = "; ".join((one.text or "").strip() for one in said) or notes(node)
    return LineStatus(int(number), shipped=shipped, reason=shown(reason))


def _add(lines: dict[int, LineStatus], one: LineStatus) -> None:
    """A line that left on two pallets is one line: the quantities add up."""
    before = lines.get(one.n)
    if before is not None:
        shipped = (before.shipped or 0) + (one.shipped or 0)
        one = LineStatus(one.n, shipped=shipped, reason=before.reason or one.reason)
    lines[one.n] = one


def _left_at(root: etree._Element) -> datetime:
    """When the goods left, else when the document was written."""
    left = one_of(root, "Shipment", "Delivery", "Despatch")
    if left is not None and text_of(left, "ActualDespatchDate"):
        return moment(left, "ActualDespatchDate", "ActualDespatchTime")
    return moment(root)
