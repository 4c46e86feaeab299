"""The firm that is simulated: two depots, reps with stores of their own and shared ones, goods of
which some are short, customers of whom some owe."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sqlalchemy import Engine, insert

from schemas.ids import uuid7
from schemas.tables import company as tables
from schemas.versions import NEWEST
from server.access.devices import make_enrolment_code
from sync.scope import assign
from sync.write import write
from tests.simulation.clocks import BEGIN
from tests.world import CELL, OTHER_CELL, World, build

STORES_EACH = 3
PRODUCTS = 24
SHORT = 6
"""So many products run short; of the others there is enough for years."""
PLENTY, FEW = 50_000_000, 400
WAREHOUSES = {CELL: "w1", OTHER_CELL: "w2"}
BY = "user:admin"


@dataclass
class Company:
    """The firm, and who is where in it."""

    world: World
    reps: list[str] = field(default_factory=list)
    homes: dict[str, int] = field(default_factory=dict)  # rep -> cell
    stores: dict[str, list[str]] = field(default_factory=dict)  # rep -> ids, as first given
    products: list[str] = field(default_factory=list)

    def code_for(self, rep: str) -> str:
        """An enrolment code from the office."""
        with self.world.begin() as conn:
            return make_enrolment_code(conn, self.world.company, rep, BY, self.world.now)


def found(engine: Engine, luck: Random, reps: int) -> Company:
    """Write the firm. Every fourth rep belongs to the eastern depot."""
    stores = STORES_EACH * reps + 2
    world = build(engine, stores=stores, products=PRODUCTS, on_hand=PLENTY, now=BEGIN)
    made = Company(world, [f"r{n:03d}" for n in range(1, reps + 1)], products=world.products)
    with world.begin() as conn:
        conn.execute(tables.scope_grant.delete())
        conn.execute(tables.assignment.delete())
        for n, rep in enumerate(made.reps):
            made.homes[rep] = OTHER_CELL if n % 4 == 3 else CELL
            conn.execute(
                insert(tables.app_user).values(
                    company=world.company, code=rep, cell=made.homes[rep], name=f"Rep {rep}",
                    roles=["rep"], language="zh" if n % 5 == 4 else "en", state="active",
                    session_no=1, created_at=world.now,
                )
            )  # fmt: skip
    _east(made)
    _short(made)
    _owing(made, luck)
    _assigned(made, luck)
    world.run("UPDATE device SET schema = %s", NEWEST)  # so that segments are made in it
    return made


def _east(made: Company) -> None:
    """The second depot: its warehouse, its stock, its stores."""
    world = made.world
    for n, rep in enumerate(made.reps):
        made.stores[rep] = world.stores[STORES_EACH * n : STORES_EACH * (n + 1)]
    with world.begin() as conn:
        depot = {"code": "w2", "name": "East", "zone": "America/Chicago", "stock_as_of": world.now}
        write(conn, OTHER_CELL, "warehouse", [depot], "load:stock")
        write(conn, OTHER_CELL, "stock", [stock(made, "w2", one, PLENTY) for one in made.products],
              "load:stock")  # fmt: skip
    moving = [
        (store, rep) for rep in made.reps if made.homes[rep] == OTHER_CELL
        for store in made.stores[rep]
    ]  # fmt: skip
    world.run(
        "DELETE FROM entry WHERE cell = %s AND scope = ANY(%s)",
        CELL, [f"st:{store}" for store, _ in moving],
    )  # fmt: skip
    for table in ("credit_account", "store"):
        column = "store" if table == "credit_account" else "id"
        world.run(
            f"DELETE FROM {table} WHERE {column} = ANY(%s::uuid[])", [one for one, _ in moving]
        )
    with world.begin() as conn:
        places = [
            {"id": store, "code": f"e{world.stores.index(store):04d}", "name": f"East {n}",
             "status": "active", "price_list": "base", "warehouse": "w2"}
            for n, (store, _) in enumerate(moving)
        ]  # fmt: skip
        accounts = [
            {"store": store, "limit_minor": None, "open_minor": 0, "on_account_minor": 0,
             "as_of": world.now}
            for store, _ in moving
        ]  # fmt: skip
        write(conn, OTHER_CELL, "store", places, "load:stores")
        write(conn, OTHER_CELL, "receivable", accounts, "load:receivables")


def stock(made: Company, warehouse: str, product: str, on_hand: int) -> dict[str, object]:
    """A row of stock as a load writes it."""
    return {
        "id": uuid7(), "warehouse": warehouse, "product": product, "on_hand": on_hand,
        "allocated": 0, "blocked": 0, "safety": 0, "published": on_hand, "as_of": made.world.now,
    }  # fmt: skip


def _short(made: Company) -> None:
    """Of some products there is little; one is sold out for good, one comes in cases of six."""
    made.world.run(
        "UPDATE stock SET on_hand = %s, published = %s WHERE product = ANY(%s)",
        FEW, FEW, made.products[:SHORT],
    )  # fmt: skip


def _owing(made: Company, luck: Random) -> None:
    """Every second store has a limit that orders may reach, and some invoices open."""
    for cell in (CELL, OTHER_CELL):
        found = made.world.rows(
            "SELECT id::text FROM store WHERE cell = %s ORDER BY code", cell
        )  # fmt: skip
        rows, items = [], []
        for (store,) in found[::2]:
            open_minor = luck.choice((0, 12_500, 99_900))
            rows.append(
                {"store": store, "limit_minor": luck.choice((300_000, 2_000_000, 90_000_000)),
                 "open_minor": open_minor, "on_account_minor": 0, "as_of": made.world.now}
            )  # fmt: skip
            if open_minor:
                day = made.world.now.date()
                items.append(
                    {"store": store, "number": f"I-{store[-6:]}", "kind": "invoice",
                     "issued_on": day - timedelta(30), "due_on": day + timedelta(30),
                     "amount_minor": open_minor, "open_minor": open_minor, "paid_on": None,
                     "disputed": False}
                )  # fmt: skip
        with made.world.begin() as conn:
            write(conn, cell, "receivable", rows, "load:receivables", parts={"open_item": items})


def _assigned(made: Company, luck: Random) -> None:
    """Each rep has stores of its own; every fifth rep visits one of a neighbour's too."""
    for n, rep in enumerate(made.reps):
        home, stores = made.homes[rep], list(made.stores[rep])
        if n % 5 == 0:
            other = luck.choice([one for one in made.reps if made.homes[one] == home])
            stores += [one for one in made.stores[other][:1] if one not in stores]
        with made.world.begin() as conn:
            assign(conn, home, rep, stores, BY, made.world.now)
    made.world.run("UPDATE scope_grant SET valid_from = valid_from - interval '300 days'")
