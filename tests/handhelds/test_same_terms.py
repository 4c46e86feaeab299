"""What a handheld works out from its copy is what the server works out: nothing is left to say.

Random lists, prices and promotions at the office, random orders on a real handheld, the real
server in one process: every order is taken untouched.
"""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from handhelds.reference.visit import Wanted
from schemas.ids import uuid7
from sync.scope import tell_due
from sync.write import write
from tests.handhelds.test_against_server import Handheld, handheld, world
from tests.world import COMPANY_CELL, World

__all__ = ["handheld", "world"]  # the fixtures of the real server
ORDERS = 12


def terms(world: World, luck: Random) -> None:
    """Lists of every level, prices for one and for more pieces, promotions of every kind."""
    nothing = {"banner": None, "channel": None, "store_class": None}
    keys = {
        "north": {"level": "banner", "banner": "north"},
        "bars": {"level": "channel", "channel": "bar"},
        "bars-a": {"level": "channel_class", "channel": "bar", "store_class": "A"},
        "own": {"level": "store"},
    }
    lists = [
        {"code": code, "name": code, "currency": "USD", **nothing, **more}
        for code, more in keys.items()
    ]
    began = world.now - timedelta(days=30)
    prices = [
        {
            **{"id": uuid7(), "list": code, "product": product, "valid_from": began},
            **{"price": Decimal(luck.randint(50, 400)) / 100, "min_quantity": least},
        }
        for code in (*keys, "base")
        for product in world.products
        for least in (1, 12, 40)
        if luck.random() < 0.4 and (code, least) != ("base", 1)
    ]
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "price_list", lists, "user:admin")
        write(conn, COMPANY_CELL, "price", prices, "user:admin")
        write(
            conn, COMPANY_CELL, "promotion", [promotion(world, luck, n) for n in range(8)],
            "user:admin",
        )  # fmt: skip
    for store in world.stores:
        sets = ", ".join(
            f"{name} = {luck.choice(values)}"
            for name, values in (
                *(("banner", ("'north'", "NULL")), ("channel", ("'bar'", "'shop'"))),
                *(("store_class", ("'A'", "'B'")), ("price_list", ("'own'", "'base'", "NULL"))),
            )
        )
        world.run(f"UPDATE store SET {sets}, version = version + 1 WHERE id = %s", store)
    with world.begin() as conn:
        tell_due(conn, world.now)


def promotion(world: World, luck: Random, n: int) -> dict[str, Any]:
    percent, amount = luck.randint(1, 30), luck.randint(1, 40)
    steps = [f'[{luck.randint(1, 60)}, "{luck.randint(1, 20)}", null]']
    steps.append(f"[{luck.randint(1, 9_000)}, null, {luck.randint(1, 30)}]")
    some = luck.sample(world.products, 3)
    return {
        **{"id": uuid7(), "name": f"P{n}", "state": "live", "priority": luck.randint(0, 1)},
        "kind": luck.choice(("percent", "amount", "tiers", "buy_get", "order")),
        **{"percent": luck.choice((None, percent)), "amount_minor": amount},
        **{"tier_by": luck.choice(("quantity", "value")), "tiers": f"[{', '.join(steps)}]"},
        **{"buy": luck.randint(1, 6), "get": luck.randint(1, 2)},
        **{"get_product": luck.choice((None, some[0])), "stacks": luck.random() < 0.6},
        **{"products": luck.choice((None, some)), "banner": luck.choice((None, "north"))},
        **{"channel": luck.choice((None, None, "bar")), "store_class": luck.choice((None, "A"))},
        "valid_from": world.now - timedelta(days=30),
    }


@pytest.mark.rule(3)
@pytest.mark.rule(4)
@pytest.mark.parametrize("seed", range(3))
def test_an_order_priced_on_the_handheld_is_taken_untouched(handheld: Handheld, seed: int) -> None:
    luck = Random(seed)
    terms(handheld.world, luck)
    stores = ("s001", "s002", "s003")
    handheld.local.copy.forget_cursor()  # stores were changed behind the feed's back
    assert handheld.sync().state == "done"
    off = 0
    for n in range(ORDERS):
        products = luck.sample(handheld.world.products, luck.randint(1, 5))
        wanted = [Wanted(product, str(luck.randint(1, 30))) for product in products]
        handheld.rep.order(stores[n % 3], wanted, note=str(n))
    assert handheld.sync().state == "done"
    told = handheld.queries.changes("outcome IS NOT NULL")
    rules = {
        (conflict["rule"], conflict["says"])
        for one in told
        for conflict in one["verdict"]["conflicts"]
        if conflict["rule"] != "probable_duplicate"
    }
    assert (len(told), rules) == (ORDERS, set())
    off = handheld.world.one("SELECT sum(discount_minor) FROM order_line")
    used = handheld.world.one("SELECT sum(used_minor) FROM promotion")
    given = handheld.world.one(
        "SELECT sum(p.value::int8) FROM order_line, jsonb_each_text(promotions) p"
    )
    assert off == used == given > 0
