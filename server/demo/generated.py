"""A small made-up company, for when there is no record of a real one to load."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Engine

from schemas.ids import uuid7
from server.demo import queries
from sync.feed import ensure_epoch
from sync.queries.feed import open_feed
from sync.write import write

GOODS = {
    "20041": ("Tonic water 1 l", "1.19"),
    "20052": ("Ginger beer 0.75 l", "1.49"),
    "20063": ("Apple juice 1 l", "1.05"),
    "20074": ("Orange juice 1 l", "1.25"),
    "20085": ("Mineral water 1.5 l", "0.59"),
    "20096": ("Cola 1 l", "1.29"),
}
STREETS = (
    "Mill Lane",
    "Station Road",
    "River Street",
    "Oak Avenue",
    "Market Square",
    "High Street",
)


def generate(engine: Engine) -> None:
    """Write company, depot, warehouse, products, prices, stock, stores and their credit."""
    now = datetime.now(UTC)
    with engine.begin() as conn:
        ensure_epoch(conn)
        company = uuid7()
        queries.add_company(conn, company, "demo", "Talaria Demo Drinks", "USD", "America/Chicago")
        for cell, kind, code in ((1, "company", "demo"), (2, "field", "depot")):
            queries.add_cell(conn, cell, company, kind, code)
            open_feed(conn, cell)
    with engine.begin() as conn:
        write(
            conn, 1, "product",
            [{"code": code, "name": name, "status": "active", "min_quantity": 1, "multiple": 1}
             for code, (name, _) in GOODS.items()],
            "load:products",
            parts={"product_uom": [
                {"product": code, "uom": uom, "num": num, "den": 1, "orderable": True}
                for code in GOODS for uom, num in (("each", 1), ("case", 12))
            ]},
        )  # fmt: skip
        write(
            conn, 1, "price_list",
            [{"code": "base", "name": "Base", "currency": "USD", "level": "base"}], "load:prices",
        )  # fmt: skip
        write(
            conn, 1, "price",
            [{"id": uuid7(), "list": "base", "product": code, "price": Decimal(price),
              "min_quantity": 1, "valid_from": now - timedelta(days=60)}
             for code, (_, price) in GOODS.items()],
            "load:prices",
        )  # fmt: skip
    with engine.begin() as conn:
        write(
            conn, 2, "warehouse",
            [{"code": "w1", "name": "Main", "zone": "America/Chicago", "stock_as_of": now}],
            "load:stock",
        )  # fmt: skip
        write(
            conn, 2, "stock",
            [{"id": uuid7(), "warehouse": "w1", "product": code, "on_hand": 2_400, "allocated": 0,
              "blocked": 0, "safety": 0, "published": 2_400, "as_of": now}
             for code in GOODS],
            "load:stock",
        )  # fmt: skip
    with engine.begin() as conn:
        stores = [uuid7() for _ in range(24)]
        write(
            conn, 2, "store",
            [{"id": store, "code": f"{1001 + n}", "name": f"{STREETS[n % 6]} Shop {n + 1}",
              "city": "Ames", "status": "active", "price_list": "base", "warehouse": "w1"}
             for n, store in enumerate(stores)],
            "load:stores",
        )  # fmt: skip
        write(
            conn, 2, "receivable",
            [{"store": store, "limit_minor": 1_000_000, "open_minor": 0, "on_account_minor": 0,
              "blocked_reason": None, "as_of": now} for store in stores],
            "load:receivables",
        )  # fmt: skip
