"""The field day's rows as the company's own, written as loads and the office write them.

One depot, one warehouse, one price list; a rep carries its 200 stores with what they owe and the
cards of earlier visits. A plan that two reps will edit is a contact of its store. Two things are
added that the day has no row for: a price of every product, since ours is no column of it, and the
office's leave for reps to give the ten percent that the day's orders give.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, insert

from bench.peers.wire import EDITED, card_of
from schemas.ids import uuid7
from schemas.rows import PARTS
from schemas.tables import company as who
from schemas.tables import exchange
from schemas.versions import NEWEST
from server.access import people
from server.database import transaction
from sync import segments
from sync.feed import ensure_epoch
from sync.queries import feed as feed_queries
from sync.scope import assign
from sync.write import write

COMPANY_CELL, CELL = 1, 2
ZONE, WAREHOUSE, LIST = "Europe/Vilnius", "WH1", "base"
CARD_COLUMNS = PARTS["card", "lines"]
SINCE = timedelta(days=90)
_text = msgspec.json.Encoder().encode
Row = dict[str, Any]


def secret_of(rep: str) -> str:
    return f"secret-of-{rep}-" * 2


def load(engine: Engine, day: Any) -> None:
    """Build the company of a field day (the folder's Workload)."""
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        ensure_epoch(conn)
        _people(conn, day, now)
    codes = {one["id"]: one["sku"] for one in day.products}
    with transaction(engine) as conn:
        _goods(conn, day, now)
    with transaction(engine) as conn:
        write(conn, CELL, "warehouse",
              [{"code": WAREHOUSE, "name": WAREHOUSE, "zone": ZONE, "cut_off": "16:00",
                "stock_as_of": now}], "load:stock")  # fmt: skip
        write(conn, CELL, "stock", stock_rows(day.stock, codes, now), "load:stock")
    for one in day.by_rep:
        _rep(engine, one, codes, now)
    with transaction(engine) as conn:
        write(conn, CELL, "contact", [_contact(plan) for plan in day.plans], "load:contacts")


def prepare(engine: Engine) -> None:
    """What the worker's scheduler does within a quarter of a minute: keep ready what all carry."""
    with transaction(engine) as conn:
        due = segments.due(conn)
    for cell, scope, version in due:
        with transaction(engine) as conn:
            segments.build(conn, cell, scope, version)


def _people(conn: Connection, day: Any, now: datetime) -> None:
    company = uuid7()
    conn.execute(
        insert(who.company).values(
            id=company, code="field", name="Field day", currency="EUR", zone=ZONE,
            last_device_no=len(day.rep_codes),
        )
    )  # fmt: skip
    for cell, kind in ((COMPANY_CELL, "company"), (CELL, "field")):
        conn.execute(
            insert(who.cell).values(cell=cell, company=company, kind=kind, code=kind, name=kind)
        )
        feed_queries.open_feed(conn, cell)
    conn.execute(
        insert(exchange.delivery_target).values(
            cell=COMPANY_CELL, code="main", kind="http", url="http://127.0.0.1:1/",
            secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", deadline_s=5, can_look_up=True,
            dedupes=True, allow_private=True, enabled=True,
        )
    )  # fmt: skip
    for no, code in enumerate(day.rep_codes, 1):
        people.invite(conn, company, code, f"Rep {code}", ("rep",), CELL, now)
        conn.execute(
            insert(who.device).values(
                cell=CELL, id=f"d-{code}", company=company, rep=code, install=f"i-{code}", no=no,
                secret_hash=hashlib.sha256(secret_of(code).encode()).digest(), state="active",
                schema=NEWEST, enrolled_at=now, enrolled_by="user:admin", acknowledged_n=0,
            )
        )  # fmt: skip


def _goods(conn: Connection, day: Any, now: datetime) -> None:
    begun = now - SINCE
    goods = [
        {"code": one["sku"], "name": one["name"], "brand": one["brand"],
         "category": one["category"], "status": "active", "tax_class": f"vat{one['vat']}",
         "min_quantity": 1, "multiple": 1, "substitute": None}
        for one in day.products
    ]  # fmt: skip
    units = [
        {"product": one["sku"], "uom": uom, "num": number, "den": 1, "gtin": gtin,
         "orderable": True}
        for one in day.products
        for uom, number, gtin in (("each", 1, one["ean"]), ("case", one["pack"], None))
    ]  # fmt: skip
    prices = [
        {"id": uuid7(), "list": LIST, "product": one["sku"], "min_quantity": 1,
         "price": Decimal(one["price_cents"]) / 100, "valid_from": begun}
        for one in day.products
    ]  # fmt: skip
    write(conn, COMPANY_CELL, "product", goods, "load:products", parts={"product_uom": units})
    write(conn, COMPANY_CELL, "price_list",
          [{"code": LIST, "name": "List", "currency": "EUR", "level": "base"}],
          "load:prices")  # fmt: skip
    write(conn, COMPANY_CELL, "price", prices, "load:prices")
    write(conn, COMPANY_CELL, "policy",
          [{"id": uuid7(), "rule": "discount_not_granted", "choice": "hold_for_office",
            "params": '{"percent": 10}'}], "user:admin")  # fmt: skip


def stock_rows(stock: Sequence[Row], codes: Mapping[str, str], now: datetime) -> list[Row]:
    """Rows of the day's stock; what others have reserved is allocated here."""
    return [
        {"id": one["id"], "warehouse": WAREHOUSE, "product": codes[one["product_id"]],
         "on_hand": one["on_hand"], "allocated": one["reserved"], "blocked": 0, "safety": 0,
         "published": one["on_hand"] - one["reserved"], "as_of": now}
        for one in stock
    ]  # fmt: skip


def _rep(engine: Engine, one: Row, codes: Mapping[str, str], now: datetime) -> None:
    """A rep's stores, what they owe, earlier cards, and the rep's right to them."""
    with transaction(engine) as conn:
        write(conn, CELL, "store", [_store(store) for store in one["stores"]], "load:stores")
    with transaction(engine) as conn:
        write_receivables(conn, one["receivables"], now)
        write(conn, CELL, "card", list(_cards(one, codes)), f"device:d-{one['code']}")
    with transaction(engine) as conn:
        stores = [store["id"] for store in one["stores"]]
        assign(conn, CELL, one["code"], stores, "user:admin", now - SINCE)


def write_receivables(conn: Connection, owed: Sequence[Row], now: datetime) -> None:
    """Credit accounts with their open items."""
    accounts = [
        {"store": one["store_id"], "limit_minor": one["limit_cents"],
         "open_minor": one["balance_cents"], "on_account_minor": 0, "as_of": now}
        for one in owed
    ]  # fmt: skip
    items = [
        {"store": one["store_id"], "number": item["doc"], "kind": "invoice",
         "issued_on": item["date"], "due_on": item["due"], "amount_minor": item["amount_cents"],
         "open_minor": item["open_cents"], "paid_on": None, "disputed": False}
        for one in owed
        for item in {item["doc"]: item for item in one["items"]}.values()
    ]  # fmt: skip
    write(conn, CELL, "receivable", accounts, "load:receivables", parts={"open_item": items},
          whole_parts=True)  # fmt: skip


def _store(store: Row) -> Row:
    return {
        "id": store["id"], "code": store["code"], "name": store["name"], "status": "active",
        "address": store["address"], "city": store["city"], "lat_deg": store["lat"],
        "lon_deg": store["lon"], "geo_source": "given", "channel": store["channel"],
        "price_list": LIST, "warehouse": WAREHOUSE, "phone": store["phone"], "lead_days": 1,
        "visits_per_4w": 28 // store["visit_days"],
    }  # fmt: skip


def _cards(one: Row, codes: Mapping[str, str]) -> Iterator[Row]:
    for card in one["cards"]:
        lines = [
            [line.get(name) for name in CARD_COLUMNS] for line in card_of(card, codes)["lines"]
        ]
        yield {
            "id": card["id"], "store": card["store_id"], "visit": None, "rep": one["code"],
            "captured_at": card["visited_at"], "state": "closed", "lines": _text(lines).decode(),
            "amendments": "[]",
        }  # fmt: skip


def _contact(plan: Row) -> Row:
    told = {ours: str(plan[mine]) for mine, ours in EDITED.items()}
    return told | {"id": plan["id"], "store": plan["store_id"], "state": "active"}


def stand_in(engine: Engine, rep: str, stores: list[str]) -> None:
    """The office lets another rep into these stores too, as of a month ago."""
    with transaction(engine) as conn:
        assign(conn, CELL, rep, stores, "user:admin", datetime.now(UTC) - timedelta(days=30))
