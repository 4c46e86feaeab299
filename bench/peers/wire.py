"""The field day's documents as a handheld of ours sends them: numbered changes in a batch.

A discount of the day is the rep's own (the office lets reps give ten percent), everything else
travels as it was drawn. The day's dates are taken as today: an order of last March would be asked
about its delivery day, which is not what is measured.
"""

import gzip
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from bench.work import clock
from schemas.ids import uuid7
from schemas.turned import straighten
from schemas.versions import NEWEST
from sync.terms.price import gross_minor

DELIVERED_IN = timedelta(days=3)
PRESSED_BYTES = 700  # as the reference handheld does
EDITED = {"planned_day": "preferred_time", "note": "role", "priority": "phone", "contact": "name"}
"""What two reps edit of a plan, as fields of a contact; all belong to whoever is in the store."""
Row = dict[str, Any]


class Sender:
    """A handheld that numbers its changes; the number goes on over all its connections."""

    def __init__(self, no: int, device: str, install: str, epoch: str) -> None:
        self.no, self.device, self.install, self.epoch = no, device, install, epoch
        self.n = self.orders = 0

    def day(self, batch: Mapping[str, Any], codes: Mapping[str, str]) -> bytes:
        """A rep's day: orders and cards by turns. codes: product id -> code."""
        changes: list[Row] = []
        for order, card in zip(batch["orders"], batch["cards"], strict=True):
            self.orders += 1
            number = f"D{self.no}-{self.orders:06d}"
            changes.append(self._change("order", "submit", order_of(order, number, codes)))
            changes.append(self._change("card", "submit", card_of(card, codes)))
        return self._batch(changes)

    def edits(self, base: Mapping[str, Row], edits: Mapping[str, Row]) -> bytes:
        """Edits of plans, each with what the handheld showed before."""
        changes = []
        for plan, fields in edits.items():
            names = [EDITED[name] for name in fields]
            body = {
                "id": plan, "store": base[plan]["store"],
                "set": {EDITED[name]: str(value) for name, value in fields.items()},
                "base": {name: base[plan][name] for name in names},
            }  # fmt: skip
            changes.append(self._change("contact", "save", body))
        return self._batch(changes)

    def _change(self, kind: str, act: str, body: Row) -> Row:
        self.n += 1
        now = datetime.now(UTC)
        seen_at = clock(now - timedelta(hours=9))["wall"]
        return {
            "n": self.n, "id": uuid7(), "kind": kind, "act": act, "v": NEWEST, "depends_on": [],
            "captured": clock(now - timedelta(minutes=1)),
            "seen": {"cursor": None, "versions": {}, "stock_as_of": seen_at,
                     "credit_as_of": seen_at, "price_as_of": seen_at},
            "body": body,
        }  # fmt: skip

    def _batch(self, changes: list[Row]) -> bytes:
        return pressed(
            {"device": self.device, "install": self.install, "epoch": self.epoch,
             "batch": uuid7(), "clock": clock(datetime.now(UTC)), "changes": changes}
        )  # fmt: skip

    def ask(self, cursor: str | None, page: str | None) -> bytes:
        """A pull."""
        return msgspec.json.encode(
            {"device": self.device, "install": self.install, "epoch": self.epoch,
             "cursor": cursor, "page": page, "schema": NEWEST, "limit": 5000, "verify": False,
             "segments": True, "turned": True,
             "outbox": {"pending": 0, "oldest": None, "acknowledged_through": self.n},
             "clock": clock(datetime.now(UTC))}
        )  # fmt: skip


def pressed(message: Row) -> bytes:
    """A message as it travels."""
    return gzip.compress(msgspec.json.encode(message), 6, mtime=0)


def order_of(order: Row, number: str, codes: Mapping[str, str]) -> Row:
    """One of the day's orders as an order of ours."""
    lines = [_line(line, codes[line["product_id"]]) for line in order["lines"]]
    return {
        "id": order["id"], "number": number, "store": order["store_id"], "visit": None,
        "type": "sale", "deliver_on": (datetime.now(UTC) + DELIVERED_IN).date().isoformat(),
        "po_no": None, "note": None, "currency": "EUR",
        "net_minor": sum(line["net_minor"] for line in lines), "lines": lines,
    }  # fmt: skip


def _line(line: Row, product: str) -> Row:
    price = Decimal(line["price_cents"]) / 100
    gross = gross_minor(line["qty"], price, 2)
    off = gross * line["discount_pct"] // 100
    return {
        "n": line["n"] + 1, "product": product, "uom": "each", "typed": str(line["qty"]),
        "quantity": line["qty"], "unit_price": f"{price.normalize():f}",
        "discount_minor": off, "net_minor": gross - off, "promotions": [],
    }  # fmt: skip


def card_of(card: Row, codes: Mapping[str, str]) -> Row:
    """One of the day's visit cards as a card of ours."""
    lines = [
        {"product": codes[line["product_id"]], "listed": True, "on_shelf": line["present"],
         "facings": line["facings"], "shelf_stock": line["in_stock"],
         "price_minor": line["shelf_price_cents"]}
        for line in card["lines"]
    ]  # fmt: skip
    return {"id": card["id"], "store": card["store_id"], "visit": None, "lines": lines}


def plan_of(contact: Row) -> Row:
    """What an edited contact says, as the plan it stands for."""
    shown = {mine: contact[ours] for mine, ours in EDITED.items()}
    return shown | {"id": contact["id"], "priority": int(contact["phone"])}


def rows_of(page: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """The rows of a pulled page, by kind, each by its columns; first what came prepared."""
    for parts in (*page.get("inside", ()), page["rows"]):
        for kind, part in parts.items():
            columns = part["columns"]
            data = straighten(columns, part["turned"]) if "turned" in part else part["data"]
            for values in data:
                yield kind, dict(zip(columns, values, strict=True))
