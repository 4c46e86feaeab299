"""The company that is measured on: one depot, reps of 200 stores each, 500 products.

All of it from one seed, written the way loads and the office write (sync.write, sync.scope), so
that its entries are there too. Names, prices, quantities and dates vary as they do in the trade:
a wire that carries the same row 500 times would be measured far too small.
"""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, insert

from schemas.ids import uuid7
from schemas.tables import company as who
from schemas.tables import exchange
from schemas.versions import NEWEST
from server.access import people
from server.database import transaction
from sync.queries import feed as feed_queries
from sync.scope import assign
from sync.write import write

COMPANY_CELL, CELL = 1, 2
ZONE, WAREHOUSE, LIST = "America/Chicago", "w1", "base"
DESK, PASSWORD = "desk", "seven sleepy herons"
SEED = 20_261_121
SCOPES = 300
STORES_OF_A_REP = 200
SHORT_OF_EVERY = 50
"""Every so many-th product is nearly sold out, so that a day meets short stock."""

BRANDS = "Alba Brisa Cerro Dorada Esencia Faro Gavia Hacienda Isla Jade Kiosko Luna".split()
SORTS = "Cola Tonic Water Malt Lemon Orange Ginger Ale Iced Tea Cider Lager".split()
SIZES = (("250 ml", 24), ("330 ml", 24), ("500 ml", 12), ("1 l", 12), ("1.5 l", 6), ("2 l", 6))
CITIES = ("Cedar Rapids", "Marion", "Hiawatha", "Solon", "Palo", "Mount Vernon", "Iowa City")
STREETS = "Oak Elm Maple Main First Second Third Mill River Park Lincoln Grant".split()
SHOPS = "Market Liquor Corner Grocery Fuel Deli Pantry Mart Spirits Foods".split()
FAMILIES = "Ames Bauer Cruz Diaz Eng Ford Gray Hess Ito Jones Kern Lopez Meyer Novak Olsen".split()


@dataclass(frozen=True)
class Product:
    """What is sold: its price for each, its case, the promotion it is in."""

    code: str
    price: Decimal
    case: int
    promotion: "Offer | None"


@dataclass(frozen=True)
class Offer:
    """A running promotion of so many percent, in the shape that sync.terms.promotion reads."""

    id: str
    percent: Decimal
    valid_from: datetime
    kind: str = "percent"
    amount_minor: int | None = None
    valid_to: datetime | None = None
    products: frozenset[str] | None = None
    banner: str | None = None
    channel: str | None = None


@dataclass
class Rep:
    """A rep with one enrolled handheld, whose secret is known here."""

    code: str
    stores: list[str]
    device: str = ""
    secret: str = ""
    no: int = 0
    n: int = 0  # changes numbered so far
    orders: int = 0
    at: int = 0  # the next store of the round

    @property
    def install(self) -> str:
        return f"i-{self.device}"


@dataclass
class Company:
    """What was built, by name."""

    id: str
    engine: Engine
    chance: random.Random
    now: datetime
    products: list[Product] = field(default_factory=list)
    stores: list[str] = field(default_factory=list)
    reps: dict[str, Rep] = field(default_factory=dict)
    epoch: str = ""


def found(
    engine: Engine,
    progress: Callable[[str], None],
    reps: int = 9,
    *,
    each: int = STORES_OF_A_REP,
    products: int = 500,
) -> Company:
    """Build the company: reps r01, r02 ... of 200 stores, and `wide`, who carries 300 scopes."""
    made = Company(uuid7(), engine, random.Random(SEED), datetime.now(UTC))
    with transaction(engine) as conn:
        made.epoch = str(feed_queries.epoch(conn))
    _people(made, [f"r{n:02d}" for n in range(1, reps + 1)] + ["wide"])
    progress(f"  {products:,} products with prices, promotions and stock")
    _goods(made, products)
    progress(f"  {reps * each:,} stores with receivables")
    _stores(made, reps * each)
    for n in range(reps):
        _assign(made, f"r{n + 1:02d}", made.stores[n * each : (n + 1) * each])
    _assign(made, "wide", made.stores[: SCOPES - 4])  # and company, price list, warehouse, rep
    return made


def _people(made: Company, reps: list[str]) -> None:
    with transaction(made.engine) as conn:
        conn.execute(
            insert(who.company).values(
                id=made.id, code="bench", name="Bench Beverages", currency="USD", zone=ZONE,
                last_device_no=len(reps),
            )
        )  # fmt: skip
        for cell, kind in ((COMPANY_CELL, "company"), (CELL, "field")):
            conn.execute(
                insert(who.cell).values(
                    cell=cell, company=made.id, kind=kind, code=kind, name=kind.title()
                )
            )
            feed_queries.open_feed(conn, cell)
        conn.execute(
            insert(exchange.delivery_target).values(
                cell=COMPANY_CELL, code="main", kind="http", url="http://127.0.0.1:1/",
                secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", deadline_s=5, can_look_up=True,
                dedupes=True, allow_private=True, enabled=True,
            )
        )  # fmt: skip
        people.invite(conn, made.id, DESK, "Dee", ("order_desk",), COMPANY_CELL, made.now)
        people.set_password(conn, made.id, DESK, PASSWORD)
        for no, code in enumerate(reps, 1):
            people.invite(conn, made.id, code, f"Rep {code}", ("rep",), CELL, made.now)
            rep = made.reps[code] = Rep(code, [], f"d-{code}", f"secret-of-{code}-" * 2, no)
            conn.execute(
                insert(who.device).values(
                    cell=CELL, id=rep.device, company=made.id, rep=code, install=rep.install, no=no,
                    secret_hash=hashlib.sha256(rep.secret.encode()).digest(), state="active",
                    schema=NEWEST, enrolled_at=made.now, enrolled_by="user:admin", acknowledged_n=0,
                )
            )  # fmt: skip


def _goods(made: Company, products: int) -> None:
    chance, begun = made.chance, made.now - timedelta(days=90)
    codes = [f"{20_000 + n * 7}" for n in range(products)]
    offers: dict[str, Offer] = {}
    for n in range(5):
        offer = Offer(uuid7(), Decimal(chance.choice((5, 10, 15))), begun)
        offers |= dict.fromkeys(codes[n * 100 : n * 100 + 20], offer)
    goods: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    for n, code in enumerate(codes):
        size, case = chance.choice(SIZES)
        brand, sort = chance.choice(BRANDS), chance.choice(SORTS)
        price = Decimal(chance.randint(45, 1499)) / 100
        made.products.append(Product(code, price, case, offers.get(code)))
        goods.append(
            {"code": code, "name": f"{brand} {sort} {size} No {n}", "brand": brand,
             "category": sort, "status": "active", "volume_ml": chance.randint(200, 2000),
             "weight_g": chance.randint(250, 2600), "tax_class": "standard", "min_quantity": 1,
             "multiple": 1, "substitute": None}
        )  # fmt: skip
        for uom, num in (("each", 1), ("case", case)):
            gtin = f"{chance.randrange(10**13):014d}"
            units.append({"product": code, "uom": uom, "num": num, "den": 1, "gtin": gtin,
                          "orderable": True})  # fmt: skip
    with transaction(made.engine) as conn:
        write(conn, COMPANY_CELL, "product", goods, "load:products", parts={"product_uom": units})
        write(conn, COMPANY_CELL, "price_list",
              [{"code": LIST, "name": "List", "currency": "USD", "level": "base"}],
              "load:prices")  # fmt: skip
        write(conn, COMPANY_CELL, "price",
              [{"id": uuid7(), "list": LIST, "product": one.code, "price": one.price,
                "min_quantity": 1, "valid_from": begun} for one in made.products],
              "load:prices")  # fmt: skip
        write(conn, COMPANY_CELL, "promotion",
              [{"id": offer.id, "name": f"{offer.percent} % off", "kind": "percent",
                "products": [code for code in codes if offers.get(code) is offer],
                "percent": offer.percent, "valid_from": begun, "priority": 1, "state": "live"}
               for offer in dict.fromkeys(offers.values())],
              "load:promotions")  # fmt: skip
    with transaction(made.engine) as conn:
        write(conn, CELL, "warehouse",
              [{"code": WAREHOUSE, "name": "Ankeny", "zone": ZONE, "cut_off": "16:00",
                "stock_as_of": made.now}],
              "load:stock")  # fmt: skip
        write(conn, CELL, "stock", stock_rows(made), "load:stock")


def stock_rows(made: Company) -> list[dict[str, Any]]:
    """A fresh stock of the day: other figures each time it is asked for, under the same ids."""
    rows = []
    for n, one in enumerate(made.products):
        short = n % SHORT_OF_EVERY == 7
        on_hand = made.chance.randint(0, 20) if short else made.chance.randint(10**6, 9 * 10**6)
        stock_id = f"{SEED:08x}-0000-7000-8000-{n:012x}"
        rows.append(
            {"id": stock_id, "warehouse": WAREHOUSE, "product": one.code, "on_hand": on_hand,
             "allocated": 0, "blocked": 0, "safety": 0, "published": on_hand, "as_of": made.now}
        )  # fmt: skip
    return rows


def _stores(made: Company, number: int) -> None:
    chance = made.chance
    made.stores = [uuid7() for _ in range(number)]
    rows = []
    for n, store in enumerate(made.stores):
        city = chance.choice(CITIES)
        name = f"{chance.choice(FAMILIES)} {chance.choice(SHOPS)}"
        rows.append(
            {"id": store, "code": f"{3000 + n}", "name": f"{name} {n}", "status": "active",
             "address": f"{chance.randint(1, 9900)} {chance.choice(STREETS)} St", "city": city,
             "region": "IA", "postcode": f"{chance.randint(50001, 52999)}",
             "lat_deg": round(chance.uniform(41.5, 42.5), 6),
             "lon_deg": round(chance.uniform(-92.5, -91.0), 6), "geo_source": "given",
             "banner": chance.choice((None, None, "hyway", "caseys")),
             "channel": chance.choice(("off_trade", "convenience", "on_trade")),
             "store_class": chance.choice("ABC"), "price_list": LIST, "warehouse": WAREHOUSE,
             "terms_days": chance.choice((14, 30)), "lead_days": 1,
             "visits_per_4w": chance.choice((1, 2, 4))}
        )  # fmt: skip
    with transaction(made.engine) as conn:
        write(conn, CELL, "store", rows, "load:stores")
    with transaction(made.engine) as conn:
        items = [item for store in made.stores for item in open_items(made, store)]
        write(conn, CELL, "receivable", accounts(made, made.stores, items), "load:receivables",
              parts={"open_item": items})  # fmt: skip


def open_items(made: Company, store: str) -> list[dict[str, Any]]:
    """Five unpaid invoices of a store."""
    found_items = []
    for _ in range(5):
        issued = (made.now - timedelta(days=made.chance.randint(1, 60))).date()
        minor = made.chance.randint(2_000, 250_000)
        found_items.append(
            {"store": store, "number": f"INV-{made.chance.randrange(10**8):08d}",
             "kind": "invoice", "issued_on": issued, "due_on": issued + timedelta(days=14),
             "amount_minor": minor, "open_minor": minor, "paid_on": None, "disputed": False}
        )  # fmt: skip
    return found_items


def accounts(made: Company, stores: list[str], items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Credit accounts with room for any day's orders."""
    owed: dict[str, int] = {}
    for item in items:
        owed[item["store"]] = owed.get(item["store"], 0) + item["open_minor"]
    return [
        {"store": store, "limit_minor": 10**12, "open_minor": owed.get(store, 0),
         "on_account_minor": 0, "as_of": made.now}
        for store in stores
    ]  # fmt: skip


def _assign(made: Company, rep: str, stores: list[str]) -> None:
    with transaction(made.engine) as conn:
        assign(conn, CELL, rep, stores, "user:admin", made.now - timedelta(days=30))
    made.reps[rep].stores = stores
