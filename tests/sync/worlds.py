"""Random small worlds for properties: a warehouse short of everything, two stores, many orders.

Numbers are kept small on purpose, so that orders meet: the last cases, the last cents of a limit,
the last of a promotion's budget.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from sync.facts import (
    CreditFacts,
    CutOff,
    Facts,
    Grant,
    Line,
    Order,
    Policy,
    PriceFact,
    ProductFacts,
    PromotionFact,
    StockFacts,
    StoreFacts,
)
from sync.rules.all import BY_NAME
from sync.terms.evaluate import give
from sync.terms.price import gross_minor
from sync.terms.promotion import Bought, Tier

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=300)
PRODUCTS = ("p1", "p2", "p3", "p4")
STORES = ("s1", "s2")
CASE = 6

QUIRKS = ("product", "typed", "price", "promotion", "discount", "net", "total", "type")


def some_policies(luck: Random) -> tuple[Policy, ...]:
    """Up to four choices of the office, for the company or for one store."""
    rules = [luck.choice(sorted(BY_NAME)) for _ in range(luck.randrange(5))]
    return tuple(
        Policy(rule, luck.choice(sorted(BY_NAME[rule].answers)), store=luck.choice((None, "s1")))
        for rule in rules
    )


def some_facts(luck: Random) -> Facts:
    """Four products, some short, and two stores with tight limits."""
    facts = Facts(NOW, policies=some_policies(luck))
    for store in STORES:
        status = luck.choice(("active",) * 12 + ("on_hold", "closed"))
        facts.stores[store] = StoreFacts(store, store, store, status, "UTC", ("base",), "w")
        facts.grants["rep", store] = (Grant(LONG_AGO),)
        limit = luck.choice((None, luck.randrange(9000)))
        facts.credit[store] = CreditFacts(store, limit, luck.randrange(2000))
        facts.cut_offs[store] = CutOff(time(16), 1, frozenset((1, 3, 5)))
    for n, product in enumerate(PRODUCTS):
        status = luck.choice(("active",) * 8 + ("sell_out", "sell_out", "blocked"))
        facts.products[product] = ProductFacts(
            *(product, product, status, {"each": (1, 1), "case": (CASE, 1)}, 1),
            *(luck.choice((1,) * 12 + (5,)), luck.choice((None, *PRODUCTS))),
        )
        price = Decimal(("0.10", "1.299", "0.333333", "2.005")[n])
        older = PriceFact("base", product, price - Decimal("0.05"), LONG_AGO, None, NOW)
        facts.prices["base", product] = (older, PriceFact("base", product, price, LONG_AGO))
        if luck.random() < 0.95:
            on_hand, safety = luck.randrange(-3, 90), luck.randrange(3)
            facts.stock["w", product] = StockFacts("w", product, on_hand, safety=safety)
    for one in some_promotions(luck):
        facts.promotions[one.id] = one
    return facts


def some_promotions(luck: Random) -> tuple[PromotionFact, ...]:
    """One of each kind, some with little left of their budget, some for few of it a store."""

    def budget(*caps: int | None) -> dict[str, Any]:
        return {"cap_left_minor": luck.choice(caps), "stacks": luck.random() < 0.5}

    steps = (Tier(6, Decimal(5)), Tier(30, Decimal("7.5")), Tier(60, None, 3))
    return (
        PromotionFact(
            *("off", "Off", "percent", LONG_AGO, None, Decimal("12.5")),
            **budget(None, 5, 100, 900),
        ),
        PromotionFact(
            *("less", "Less", "amount", LONG_AGO), amount_minor=2, **budget(0, 60, 400),
            store_cap_minor=luck.choice((None, 30, 200)),
        ),
        PromotionFact(*("steps", "Steps", "tiers", LONG_AGO), tiers=steps, **budget(None, 150)),
        PromotionFact(*("free", "Free", "buy_get", LONG_AGO), buy=5, get=1, **budget(None, 90)),
        PromotionFact(
            *("whole", "Whole", "order", LONG_AGO), tiers=(Tier(400, Decimal(10)),),
            **budget(None, 120), store_cap_minor=luck.choice((None, 100)),
        ),
    )  # fmt: skip


def some_line(luck: Random, facts: Facts, n: int, quirk: str) -> Line:
    """A line as a handheld would work it out, or with one thing wrong in it."""
    product = "p9" if quirk == "product" else luck.choice(PRODUCTS)
    uom, typed = luck.choice(("each", "case")), luck.randint(1, 9)
    quantity = typed * (CASE if uom == "case" else 1) + (quirk == "typed")
    versions = facts.prices.get(("base", product))
    price = versions[0 if quirk == "price" else 1].price if versions else Decimal(1)
    discount = 7 * (quirk == "discount")
    net = gross_minor(quantity, price, 2) - discount - (quirk == "net")
    parts = (("gone", 0),) if quirk == "promotion" else ()
    return Line(n, product, uom, str(typed), quantity, price, discount, parts, net)


def promoted(luck: Random, facts: Facts, lines: list[Line]) -> tuple[Line, ...]:
    """The lines with what promotions give on them; in most orders there is none."""
    here = [one for _, one in sorted(facts.promotions.items()) if luck.random() < 0.4]
    if luck.random() < 0.5:
        here = []
    bought = [
        Bought(x.n, x.product, x.quantity, gross_minor(x.quantity, x.unit_price, 2)) for x in lines
    ]
    given = give(bought, here)
    found = []
    for x in lines:
        parts = tuple((one.promotion, one.minor) for one in given.get(x.n, ()))
        off = sum(minor for _, minor in parts)
        found.append(
            replace(
                x,
                promotions=(*x.promotions, *parts),
                discount_minor=x.discount_minor + off,
                net_minor=x.net_minor - off,
            )
        )
    return tuple(found)


def some_order(luck: Random, facts: Facts, n: int) -> Order:
    """One to five lines for one of the stores; one order in four has something wrong in it."""
    quirk = luck.choice(("",) * 24 + QUIRKS)
    lines = promoted(
        luck,
        facts,
        [some_line(luck, facts, k, quirk if k == 1 else "") for k in range(1, luck.randint(2, 6))],
    )
    kind = luck.choice(("free", "return", "van")) if quirk == "type" else "sale"
    at = NOW - timedelta(hours=luck.randrange(100))
    return Order(
        *(f"o{n}", f"D1-{n}", luck.choice(STORES), "rep", "d1", kind, at, False),
        luck.choice((None, date(2026, 11, 22), date(2026, 11, 25))),
        *("USD", sum(line.net_minor for line in lines) + (quirk == "total"), lines),
        price_as_of=at - timedelta(hours=luck.randrange(100)),
    )


def batch_of(seed: int) -> tuple[Facts, list[Order]]:
    """Facts and one to six orders that meet in them, the same for the same seed."""
    luck = Random(seed)
    facts = some_facts(luck)
    return facts, [some_order(luck, facts, n) for n in range(luck.randint(1, 6))]


batches = st.integers(0, 2**32).map(batch_of)
"""Drawn by seed rather than by Hypothesis's own choices, whose love of first and last elements
would hold nearly every order of a batch; what is lost is shrinking."""
