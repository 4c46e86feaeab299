"""The company the app is measured on: one rep, 300 stores, 3,000 products, a year behind them.

Laid down by bench/company.py and bench/history.py (one seed; rows go in by COPY, with their
entries): a visit, a card of thirty lines and an order of twelve every fortnight in each store. Then
come the rep's plan of the next four weeks and, for each measure, handhelds that are enrolled.
"""

from datetime import datetime, timedelta
from itertools import cycle

from bench import company, history
from bench.ground import Ground
from schemas.ids import uuid7
from sync.write import write
from tests.browser.handheld import ZONE
from tests.world import World

REP = "r01"
STORES, PRODUCTS, VISITS = 300, 3_000, 26
"""Visits a store: every fortnight of a year."""
STOPS_A_DAY, DAYS = 20, 28


def settled(ground: Ground, *, small: bool) -> World:
    """Write the company; small: a tenth of it, to see that the measures work."""
    stores, products, visits = (40, 500, 4) if small else (STORES, PRODUCTS, VISITS)
    made = company.found(ground.engine, ground.progress, 1, each=stores, products=products)
    rep = made.reps[REP]
    history.lay_down(made, rep, ground.progress, visits_each=visits, apart_days=14)
    world = World(
        ground.engine, made.id, list(rep.stores), [one.code for one in made.products], made.now
    )
    _plan(world)
    ground.tidy()
    return world


def _plan(world: World) -> None:
    """So many stops each day from today on, the stores in turn."""
    today = datetime.now(ZONE).date()
    stores = cycle(world.stores)
    stops = [
        {"id": uuid7(), "rep": REP, "store": next(stores), "day": today + timedelta(days=day),
         "sequence": n + 1, "state": "planned", "pinned": False}
        for day in range(DAYS) for n in range(STOPS_A_DAY)
    ]  # fmt: skip
    with world.begin() as conn:
        write(conn, company.CELL, "plan_stop", stops, "user:admin")


def today(world: World) -> list[str]:
    """The stores on today's plan, in its order."""
    return world.stores[:STOPS_A_DAY]
