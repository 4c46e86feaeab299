"""The order as the delivery system reads it, and how its answer is read. Pure.

Envelope: the attributes of CloudEvents 1.0 (structured mode, JSON) around the order. The same
bytes go out on every attempt, with the delivery's id as the event's id, so a system that keeps the
ids it has seen can tell a repeat from a new order.

Answer: JSON with the external number, and the lines whose quantities differ from what was asked:

    {"external_no": "DS-000123", "order": "<id>", "revision": 1,
     "lines": [{"n": 1, "allocated": 10, "backordered": 2, "cut": 0, "reason": "..."}]}

`order` and `revision` may be left out of an answer to a sending; when they are there they must be
those of the order. A line that is not named was taken as asked (the custom of order responses:
lines are told only when something changed).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
EVENT_TYPE = "talaria.order.accepted.v1"
EVENT_TYPES = {
    "new": EVENT_TYPE,
    "change": "talaria.order.changed.v1",
    "cancel": "talaria.order.cancelled.v1",
}
REASON_CHARACTERS = 200

Document = Mapping[str, Any]
"""The `data` of the envelope: JSON values only (see `envelope`)."""


@dataclass(frozen=True)
class OutgoingOrder:
    """One delivery to be sent: its ids and the document made of the order at its first sending."""

    delivery: str  # the webhook id on every attempt
    order: str
    revision: int
    accepted_at: str  # ISO 8601 UTC
    document: Document

    @property
    def reference(self) -> str:
        """What the order can be looked up by at the other end."""
        return f"{self.order}/{self.revision}"


@dataclass(frozen=True)
class LineOutcome:
    """What the delivery system makes of one line; the three quantities (eaches) sum to the ask."""

    n: int
    allocated: int
    backordered: int
    cut: int
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """An answer that could be read: the external number, and every line of the order."""

    external_no: str
    lines: tuple[LineOutcome, ...]


class Unreadable(Exception):
    """The answer proves nothing; the text says what is wrong with it."""


_Units = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class _Line(msgspec.Struct):
    n: int
    allocated: _Units
    backordered: _Units = 0
    cut: _Units | None = None
    reason: str = ""


class _Answer(msgspec.Struct):
    external_no: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    order: str | None = None
    revision: int | None = None
    lines: list[_Line] = []


class _Absent(msgspec.Struct):
    found: bool
    order: str
    revision: int


Named = Mapping[str, tuple[str, str]]
"""Promotion -> its code and name."""


def granted(line: Mapping[str, Any]) -> dict[str, int]:
    """What each promotion takes off of a line: {promotion: minor units}."""
    said = line.get("promotions") or {}
    found: dict[str, int] = msgspec.json.decode(said) if isinstance(said, str) else dict(said)
    return found


def build(
    order: Mapping[str, Any], lines: Iterable[Mapping[str, Any]], named: Named
) -> dict[str, Any]:
    """The document of an order, from its row (with store and company) and its lines.

    A line asks for what stands of it: `quantity` = promised from stock + on backorder, in eaches;
    what our own rules cut is not asked for. Prices are decimal text, money minor units, times UTC.
    named: the promotions that lines got.
    """
    asked = []
    for line in lines:
        quantity = line["confirmed"] + line["backordered"]
        if quantity > 0:
            asked.append(
                {
                    "n": line["n"],
                    "product": line["product"],
                    "name": line.get("name"),
                    "gtin": line.get("gtin"),  # of one each
                    "uom": line["uom"],
                    "typed": _decimal(line["typed"]),
                    "quantity": quantity,
                    "promised": line["confirmed"],
                    "unit_price": _decimal(line["unit_price"]),
                    "discount_minor": line["discount_minor"],
                    "promotions": [
                        {"code": named[one][0], "name": named[one][1], "discount_minor": minor}
                        for one, minor in granted(line).items()
                        if one in named
                    ],
                    "net_minor": line["net_minor"],
                }
            )
    names = ("code", "name", "address", "city", "region", "postcode", "gln")
    return {
        **{name: order[name] for name in ("id", "revision", "number", "type", "company", "rep")},
        **{name: order[name] for name in ("currency", "net_minor", "po_no", "note")},
        "warehouse": order["stock_owner"],
        "captured_at": instant(order["captured_at"]),
        "deliver_on": order["deliver_on"].isoformat() if order["deliver_on"] else None,
        "store": {name: order[f"store_{name}"] for name in names},
        "lines": asked,
    }


LINE = (
    "order_id", "n", "product", "uom", "typed", "quoted_price", "unit_price", "discount_minor",
    "promotions", "net_minor", "ordered", "confirmed", "backordered",
)  # fmt: skip
"""The first columns of a line as a change proposes it (sync/delivery/change.py)."""


def texts(change: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines that a change asks for; none of a cancellation."""
    asked = change["proposal"]
    return [dict(zip(LINE, row, strict=False)) for row in asked["lines"]] if asked else []


def build_change(
    order: Mapping[str, Any], change: Mapping[str, Any], named: Named
) -> dict[str, Any]:
    """The document of a change of an order that the delivery system has as `replaces`.

    `act` is "change", with the whole new text, or "cancel", with the order as it stands and the
    `reason`.
    """
    asked = change["proposal"]
    more = {"act": change["act"], "replaces": change["replaces"], "reason": change["reason"]}
    new_no = {**order, "revision": change["revision"]}
    if asked is None:
        return build(new_no, order["lines"], named) | more
    new = asked["order"]
    day = date.fromisoformat(new["deliver_on"]) if new["deliver_on"] else None
    lines = [
        {**line, "typed": Decimal(line["typed"]), "unit_price": Decimal(line["unit_price"])}
        for line in texts(change)
    ]
    return build({**new_no, **new, "deliver_on": day}, lines, named) | more


def instant(moment: datetime) -> str:
    """A moment as documents carry it: ISO 8601, UTC, Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def envelope(order: OutgoingOrder) -> bytes:
    """The bytes that go out: canonical JSON (sorted keys, no spaces, UTF-8)."""
    event = {
        "specversion": "1.0",
        "id": order.delivery,
        "source": f"/talaria/{order.document['company']}",
        "type": EVENT_TYPES[order.document.get("act", "new")],
        "subject": order.reference,
        "time": order.accepted_at,
        "datacontenttype": "application/json",
        "data": order.document,
    }
    text = json.dumps(
        event, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode("utf-8")


def read_answer(body: bytes, order: OutgoingOrder, *, proof: bool = False) -> Reading:
    """Read what a delivery system answered about `order`, or raise `Unreadable`.

    With `proof` (an answer to a look-up) it must also say whose order it is about.
    """
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"no acknowledgement: {_shorten(str(error))}") from None
    external_no = answer.external_no.strip()
    if not external_no or not external_no.isprintable():
        raise Unreadable("no acknowledgement: the external number is not a printable text")
    named = (answer.order, answer.revision)
    if named not in ((order.order, order.revision), (None, None)) or (proof and named[0] is None):
        raise Unreadable("the answer is about another order")
    return Reading(external_no, _lines(answer.lines, order))


def says_absent(body: bytes, order: OutgoingOrder) -> bool:
    """Whether a look-up's answer states that there is no document of this very order.

    A bare 404 is no such statement: a wrong address answers the same.
    """
    try:
        absent = msgspec.json.decode(body, type=_Absent)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return not absent.found and (absent.order, absent.revision) == (order.order, order.revision)


def reason_in(body: bytes) -> str:
    """What a refusal says for people, made safe to show; empty when it says nothing readable.

    Reads `error` of plain JSON answers, `detail` and `title` of RFC 9457 problems.
    """
    try:
        said = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    for name in ("error", "detail", "title", "message"):
        if isinstance(said.get(name), str) and said[name].strip():
            return _shorten(said[name])
    return ""


def _lines(told: list[_Line], order: OutgoingOrder) -> tuple[LineOutcome, ...]:
    asked: dict[int, int] = {line["n"]: line["quantity"] for line in order.document["lines"]}
    outcomes = {n: LineOutcome(n, quantity, 0, 0) for n, quantity in asked.items()}
    seen: set[int] = set()
    for line in told:
        if line.n not in asked or line.n in seen:
            raise Unreadable(f"line {line.n} is not a line of the order, or is told twice")
        seen.add(line.n)
        rest = asked[line.n] - line.allocated - line.backordered
        cut = rest if line.cut is None else line.cut
        if rest < 0 or cut != rest:
            raise Unreadable(f"the quantities of line {line.n} do not add up to what was ordered")
        outcomes[line.n] = LineOutcome(
            line.n, line.allocated, line.backordered, cut, _shorten(line.reason)
        )
    return tuple(outcomes[n] for n in sorted(outcomes))


def _decimal(number: Decimal) -> str:
    """Decimal text without idle zeros: 1.290000 -> "1.29", 12.000000 -> "12"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shorten(text: str) -> str:
    """One printable line: control characters and marks that turn text around become spaces."""
    plain = "".join(one if one.isprintable() else " " for one in text[: 4 * REASON_CHARACTERS])
    return " ".join(plain.split())[:REASON_CHARACTERS]
