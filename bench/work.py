"""A rep's day, as a handheld writes it: orders priced line by line, visit cards, numbered changes.

A store is ordered for once in a round of the rep's stores, so that nothing looks like a twin.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bench.company import Company, Rep
from schemas.ids import uuid7
from schemas.versions import NEWEST
from sync.terms.price import gross_minor
from sync.terms.promotion import percent_rate

LINES, CARD_LINES = 10, 15
Change = dict[str, Any]


def clock(moment: datetime) -> dict[str, Any]:
    """A handheld's clock that agrees with ours."""
    return {
        "wall": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "monotonic_ms": int(moment.timestamp() * 1000) % 10**9,
        "boot": "4f0c2e5e-6a87-4a57-9e34-4f1f6a2a3c11",
    }


def day(made: Company, rep: Rep, orders: int = 20, cards: int = 20) -> list[Change]:
    """The changes of a day: in each store an order of ten lines and a card of fifteen."""
    changes: list[Change] = []
    for k in range(max(orders, cards)):
        store = rep.stores[rep.at % len(rep.stores)]
        rep.at += 1
        if k < orders:
            changes.append(_change(rep, "order", order(made, rep, store)))
        if k < cards:
            changes.append(_change(rep, "card", card(made, store)))
    return changes


def documents(made: Company, rep: Rep, number: int) -> list[Change]:
    """So many documents, an order and a card by turns; one document is an order."""
    return day(made, rep, -(-number // 2), number // 2)


def _change(rep: Rep, kind: str, body: dict[str, Any]) -> Change:
    rep.n += 1
    now = datetime.now(UTC)
    seen_at = clock(now - timedelta(hours=9))["wall"]
    return {
        "n": rep.n, "id": uuid7(), "kind": kind, "act": "submit", "v": NEWEST, "depends_on": [],
        "captured": clock(now - timedelta(minutes=1)),
        "seen": {"cursor": None, "versions": {f"store/{body['store']}": 1},
                 "stock_as_of": seen_at, "credit_as_of": seen_at, "price_as_of": seen_at,
                 "promotion_as_of": seen_at},
        "body": body,
    }  # fmt: skip


def order(made: Company, rep: Rep, store: str) -> dict[str, Any]:
    rep.orders += 1
    lines = list(_lines(made))
    return {
        "id": uuid7(), "number": f"D{rep.no}-{rep.orders:06d}", "store": store, "visit": uuid7(),
        "type": "sale", "deliver_on": (made.now + timedelta(days=3)).date().isoformat(),
        "po_no": None, "note": None, "currency": "USD",
        "net_minor": sum(line["net_minor"] for line in lines), "lines": lines,
    }  # fmt: skip


def _lines(made: Company) -> Iterator[dict[str, Any]]:
    for n, product in enumerate(made.chance.sample(made.products, LINES), 1):
        uom, size = made.chance.choice((("case", product.case), ("each", 1)))
        typed = made.chance.randint(1, 6)
        quantity = typed * size
        gross = gross_minor(quantity, product.price, 2)
        one = product.promotion
        off = percent_rate(one.percent).off_minor(quantity, gross) if one else 0
        yield {
            "n": n, "product": product.code, "uom": uom, "typed": str(typed),
            "quantity": quantity, "unit_price": f"{product.price.normalize():f}",
            "discount_minor": off, "net_minor": gross - off,
            "promotions": [{"promotion": one.id, "discount_minor": off}] if one and off else [],
        }  # fmt: skip


def card(made: Company, store: str, lines: int = CARD_LINES) -> dict[str, Any]:
    return {
        "id": uuid7(), "store": store, "visit": uuid7(),
        "lines": [seen(made, product) for product in made.chance.sample(made.products, lines)],
    }  # fmt: skip


def seen(made: Company, product: Any) -> dict[str, Any]:
    """What a rep notes of one product: on the shelf nine times of ten, and then counted."""
    chance = made.chance
    if chance.random() < 0.1:
        return {"product": product.code, "listed": True, "on_shelf": False, "out_of_stock": True}
    shelf_minor = int(product.price * chance.choice((118, 120, 125, 129)))
    return {
        "product": product.code, "listed": True, "on_shelf": True,
        "facings": chance.randint(1, 6), "shelf_stock": chance.randint(0, 30),
        "back_stock": chance.choice((0, 0, product.case, 2 * product.case)),
        "price_minor": shelf_minor, "out_of_stock": False,
    }  # fmt: skip


def batch(made: Company, rep: Rep, changes: list[Change]) -> bytes:
    """The request of a push."""
    return msgspec.json.encode(
        {"device": rep.device, "install": rep.install, "epoch": made.epoch, "batch": uuid7(),
         "clock": clock(datetime.now(UTC)), "changes": changes}
    )  # fmt: skip


def ask(made: Company, rep: Rep, cursor: str | None = None, page: str | None = None) -> bytes:
    """The request of a pull."""
    return msgspec.json.encode(
        {"device": rep.device, "install": rep.install, "epoch": made.epoch, "cursor": cursor,
         "page": page, "schema": NEWEST, "limit": 5000, "verify": False,
         "outbox": {"pending": 0, "oldest": None, "acknowledged_through": rep.n},
         "clock": clock(datetime.now(UTC))}
    )  # fmt: skip
