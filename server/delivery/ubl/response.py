"""An OrderResponse: what the delivery system makes of an order, by Peppol's codes.

    code  means                  here
    ----  ---------------------  ------------------------------------------------------------------
    AB    received, not decided  acknowledged as asked when it carries a number, else a sign of life
    AP    accepted               acknowledged, every line as asked
    CA    accepted with change   acknowledged, the named lines as they say, the others as asked
    RE    rejected               refused, with the notes as the reason

    line  5 as asked; 42 delivered already (as asked); 7 not taken (cut); 3 changed: `Quantity` is
          what comes now, `MaximumBackorderQuantity` what comes later, the rest is cut. A line
          replaced by another product is cut, with the reason saying by which.

The external number is SalesOrderID; where a system gives none, an answer that decides (AP, CA) is
known by its own ID, so that a person can name it on the telephone.

A code or a line that is not in these tables is `Refusal`: nobody guesses about quantities. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from server.delivery.ubl.names import (
    ACCEPTED,
    CHANGED,
    EACHES,
    LINE_ACCEPTED,
    LINE_CHANGED,
    LINE_DELIVERED,
    LINE_REJECTED,
    RECEIVED,
    REJECTED,
)
from server.delivery.ubl.safe import Refusal, all_of, one_of, text_of
from sync.delivery.status import LineStatus, StatusUpdate

REASON_CHARACTERS = 200
EACH_MOST = 10**9


@dataclass(frozen=True)
class LineSaid:
    """One answered line: the code, and quantities in eaches where it names them."""

    n: int
    code: str
    quantity: int | None = None
    backordered: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Response:
    """An OrderResponse as read, whoever's order it is. `at` in UTC; `document`: their ID of it."""

    document: str
    order: str
    revision: int
    code: str
    external_no: str
    at: datetime
    lines: tuple[LineSaid, ...] = ()
    reason: str = ""


def read(root: etree._Element) -> Response:
    """Read the tree of an OrderResponse; `Refusal` says what is missing or does not fit."""
    code = text_of(root, "OrderResponseCode")
    if code not in (RECEIVED, ACCEPTED, CHANGED, REJECTED):
        raise Refusal(f"OrderResponseCode {shown(code)!r} is none of AB, AP, CA and RE")
    order, revision, number = reference(root)
    lines = tuple(_line(node) for node in all_of(root, "OrderLine", "LineItem"))
    if len({one.n for one in lines}) < len(lines):
        raise Refusal("a line is answered twice")
    if code == CHANGED and not lines:
        raise Refusal("CA (accepted with change) names no line: nobody knows what changed")
    if code == RECEIVED and lines:
        raise Refusal("AB (received) answers lines, although nothing is decided yet")
    document = text_of(root, "ID")
    number = text_of(root, "SalesOrderID") or number
    if code in (ACCEPTED, CHANGED):
        number = number or document
    return Response(
        document, order, revision, code, external(number), moment(root), lines, notes(root)
    )


def as_answer(said: Response) -> dict[str, Any]:
    """The answer as the JSON value every adapter reads (document.read_answer checks the sums).

    A line that is not named was taken as asked; of a changed one the rest is cut.
    """
    lines: list[dict[str, Any]] = []
    for one in said.lines:
        told = {"n": one.n, "backordered": one.backordered, "reason": one.reason}
        if one.code == LINE_REJECTED:
            lines.append({**told, "allocated": 0, "backordered": 0})
        elif one.quantity is not None:
            exact = {} if one.code == LINE_CHANGED else {"cut": 0}  # as asked: nothing is missing
            lines.append({**told, **exact, "allocated": one.quantity})
    return {
        "external_no": said.external_no, "order": said.order, "revision": said.revision,
        "lines": lines,
    }  # fmt: skip


def as_update(said: Response, target: str) -> StatusUpdate | None:
    """What a changed order (CA) says of its lines, as an event: the order follows it also when it
    was acknowledged before (AB first, CA later). None where nothing is changed."""
    if said.code != CHANGED:
        return None
    lines = []
    for one in said.lines:
        now = 0 if one.code == LINE_REJECTED else one.quantity
        later = 0 if one.code == LINE_REJECTED else one.backordered
        if now is not None:
            lines.append(LineStatus(one.n, allocated=now, reason=one.reason, backordered=later))
    if not lines:
        return None
    return StatusUpdate(
        id=f"{said.document[:100]}|{said.order}/{said.revision}", target=target, order=said.order,
        revision=said.revision, external_no=said.external_no or None, status="acknowledged",
        at=said.at, lines=tuple(lines), detail=shown(f"{said.document} {said.reason}"),
    )  # fmt: skip


def _line(node: etree._Element) -> LineSaid:
    number = text_of(node, "ID")
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise Refusal(f"line {shown(number)!r} is no line of ours")
    code = text_of(node, "LineStatusCode") or LINE_ACCEPTED
    if code not in (LINE_CHANGED, LINE_ACCEPTED, LINE_REJECTED, LINE_DELIVERED):
        raise Refusal(f"LineStatusCode {shown(code)!r} of line {number} is none of 3, 5, 7, 42")
    reason, parent = notes(node), node.getparent()
    quantity = eaches(node, "Quantity")
    if code == LINE_CHANGED and quantity is None:
        raise Refusal(f"line {number} is changed and does not say to how much (Quantity)")
    if parent is not None:
        reason = notes(parent) or reason
        put_in = one_of(parent, "SellerSubstitutedLineItem")
        if put_in is not None:
            product = text_of(put_in, "Item", "SellersItemIdentification", "ID")
            code, reason = LINE_REJECTED, reason or f"replaced there by {product or 'another'}"
    later = eaches(node, "MaximumBackorderQuantity") or 0
    return LineSaid(int(number), code, quantity, later, shown(reason))


# --- what the two incoming documents share -------------------------------------------------------


def reference(node: etree._Element) -> tuple[str, int, str]:
    """(order, revision, their number of it) from the one OrderReference of `node`."""
    refers = one_of(node, "OrderReference")
    if refers is None:
        raise Refusal("it refers to no order (OrderReference)")
    return split(text_of(refers, "ID"), text_of(refers, "SalesOrderID"))


def split(text: str, number: str = "") -> tuple[str, int, str]:
    """Our reference "<order>/<revision>" taken apart."""
    order, _, revision = text.rpartition("/")
    if not order or not (revision.isascii() and revision.isdigit() and len(revision) <= 6):
        raise Refusal(f"it refers to {shown(text)!r}, which is no reference of ours")
    return order, int(revision), external(number)


def external(number: str) -> str:
    """A number as it may be kept: 64 printable characters at most."""
    if len(number) > 64 or not number.isprintable():
        raise Refusal("their number of the order is no printable text of at most 64 characters")
    return number


def eaches(node: etree._Element, name: str) -> int | None:
    """A quantity in whole eaches, None without it; `Refusal` for any other unit or a fraction."""
    found = one_of(node, name)
    if found is None:
        return None
    text, unit = (found.text or "").strip(), found.get("unitCode") or "EA"
    if unit not in EACHES:
        raise Refusal(f"{name} is in {shown(unit)}; quantities are taken in eaches (EA)")
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not text.isascii() or not 0 <= number <= EACH_MOST:
        raise Refusal(f"{name} {shown(text)!r} is no quantity")
    if number != int(number):
        raise Refusal(f"{name} {shown(text)} is no whole number of eaches")
    return int(number)


def moment(node: etree._Element, day: str = "IssueDate", clock: str = "IssueTime") -> datetime:
    """When a document was issued, in UTC; a time without a zone is taken as UTC."""
    text = f"{text_of(node, day)}T{text_of(node, clock) or '00:00:00'}"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{day} {shown(text)!r} is no date and time") from None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise Refusal(f"{day} {shown(text)!r} is too far away") from None


def notes(node: etree._Element) -> str:
    """The notes of an element for people, in one line."""
    return shown("; ".join((one.text or "").strip() for one in all_of(node, "Note")))


def shown(text: str) -> str:
    """Somebody else's text, printable and short."""
    plain = "".join(one if one.isprintable() else " " for one in text[: 4 * REASON_CHARACTERS])
    return " ".join(plain.split())[:REASON_CHARACTERS]
