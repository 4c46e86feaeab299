"""What lies behind a rep: thirteen visits to every store, each with a card and an order.

A store carries forty products and its cards count thirty of them, so that a card resembles the
one before it the way real ones do, and differs from it in every figure a rep counts.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bench.company import CELL, WAREHOUSE, Company, Product, Rep
from bench.work import seen
from schemas.ids import uuid7
from schemas.rows import PARTS
from server.database import transaction
from sync.terms.price import gross_minor
from sync.write import write

VISITS, CARD_LINES, ORDER_LINES, CARRIED = 13, 30, 12, 40
STORES_AT_ONCE = 50
CARD_COLUMNS = PARTS["card", "lines"]
_text = msgspec.json.Encoder().encode
Row = dict[str, Any]


def lay_down(
    made: Company,
    rep: Rep,
    progress: Callable[[str], None],
    *,
    visits_each: int = VISITS,
    apart_days: int = 7,
) -> int:
    """Write the history of a rep's stores; returns how many lines of cards and orders."""
    for at in range(0, len(rep.stores), STORES_AT_ONCE):
        stores = rep.stores[at : at + STORES_AT_ONCE]
        progress(f"  history of stores {at + 1} to {at + len(stores)}")
        visits: list[Row] = []
        cards: list[Row] = []
        orders: list[Row] = []
        lines: list[Row] = []
        for store in stores:
            carried = made.chance.sample(made.products, CARRIED)
            for k in range(visits_each):
                when = made.now - timedelta(
                    days=apart_days * (visits_each - k), minutes=made.chance.randint(0, 400)
                )
                visit = _visit(rep, store, when)
                visits.append(visit)
                cards.append(_card(made, rep, store, visit["id"], when, carried))
                order, its_lines = _order(made, rep, store, visit["id"], when, carried)
                orders.append(order)
                lines += its_lines
        by = f"device:{rep.device}"
        with transaction(made.engine) as conn:
            write(conn, CELL, "visit", visits, by)
            write(conn, CELL, "card", cards, by)
            write(conn, CELL, "order", orders, by, parts={"order_line": lines})
    return len(rep.stores) * visits_each * (CARD_LINES + ORDER_LINES)


def _visit(rep: Rep, store: str, when: datetime) -> Row:
    return {
        "id": _id(when), "store": store, "rep": rep.code, "state": "done",
        "planned_on": when.date(), "started_at": when - timedelta(minutes=25), "ended_at": when,
        "distance_m": None, "reason": None, "note": None,
    }  # fmt: skip


def _card(
    made: Company, rep: Rep, store: str, visit: str, when: datetime, carried: list[Product]
) -> Row:
    lines = [
        [noted.get(name) for name in CARD_COLUMNS]
        for noted in (seen(made, one) for one in made.chance.sample(carried, CARD_LINES))
    ]
    return {
        "id": _id(when), "store": store, "visit": visit, "rep": rep.code, "captured_at": when,
        "state": "closed", "lines": _text(lines).decode(), "amendments": "[]",
    }  # fmt: skip


def _order(
    made: Company, rep: Rep, store: str, visit: str, when: datetime, carried: list[Product]
) -> tuple[Row, list[Row]]:
    rep.orders += 1
    order_id = _id(when)
    lines: list[Row] = []
    for n, product in enumerate(made.chance.sample(carried, ORDER_LINES), 1):
        typed = made.chance.randint(1, 6)
        uom, size = made.chance.choice((("case", product.case), ("each", 1)))
        net = gross_minor(typed * size, product.price, 2)
        lines.append(
            {"order_id": order_id, "n": n, "product": product.code, "uom": uom, "typed": typed,
             "quoted_price": product.price, "unit_price": product.price, "discount_minor": 0,
             "net_minor": net, "ordered": typed * size, "confirmed": typed * size,
             "backordered": 0, "cut": 0, "cut_reason": None, "reserved": 0,
             "shipped": typed * size, "delivered": typed * size, "state": "confirmed"}
        )  # fmt: skip
    order = {
        "id": order_id, "number": f"D{rep.no}-{rep.orders:06d}", "store": store,
        "rep": rep.code, "device": rep.device, "visit": visit, "type": "sale",
        "stock_owner": WAREHOUSE, "revision": 1, "state": "delivered", "holds": [],
        "released": [], "captured_at": when, "captured_uncertain": False,
        "received_at": when + timedelta(hours=3), "decided_at": when + timedelta(hours=3),
        "deliver_on": (when + timedelta(days=2)).date(), "currency": "USD",
        "net_minor": sum(line["net_minor"] for line in lines), "exposure_minor": 0, "caps": "{}",
        "external_no": f"S{made.chance.randrange(10**7):07d}",
    }  # fmt: skip
    return order, lines


def _id(when: datetime) -> str:
    """An id as its author made it back then (uuid7 itself never goes back)."""
    stamp, fresh = f"{int(when.timestamp() * 1000):012x}", uuid7()
    return f"{stamp[:8]}-{stamp[8:]}{fresh[13:]}"
