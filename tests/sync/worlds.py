"""Random small worlds for properties: a warehouse short of everything, two stores, many orders.

Numbers are kept small on purpose, so that orders meet: the last cases, the last cents of a limit,
the last of a promotion's budget.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

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
from sync.rules import BY_NAME
from sync.terms.evaluate import give
from sync.terms.price import gross_minor
from sync.terms.promotion import Bought

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
    facts.promotions["off"] = PromotionFact(
        *("off", "Off", "percent", LONG_AGO, None, Decimal("12.5")),
        cap_left_minor=luck.choice((None, 5, 100, 900)),
    )
    less = luck.choice((0, 60, 400))
    facts.promotions["less"] = PromotionFact(
        "less", "Less", "amount", LONG_AGO, amount_minor=2, cap_left_minor=less
    )
    return facts


def some_line(luck: Random, facts: Facts, n: int, quirk: str) -> Line:
    """A line as a handheld would work it out, or with one thing wrong in it."""
    product = "p9" if quirk == "product" else luck.choice(PRODUCTS)
    uom, typed = luck.choice(("each", "case")), luck.randint(1, 9)
    quantity = typed * (CASE if uom == "case" else 1) + (quirk == "typed")
    versions = facts.prices.get(("base", product))
    price = versions[0 if quirk == "price" else 1].price if versions else Decimal(1)
    gross = gross_minor(quantity, price, 2)
    promotion = luck.choice((None, None, None, "off", "less"))
    promotion = "gone" if quirk == "promotion" else promotion
    known = facts.promotions.get(promotion or "")
    found = give([Bought(n, product, quantity, gross)], [known]) if known else {}
    discount = sum(one.minor for one in found.get(n, ())) + 7 * (quirk == "discount")
    net = gross - discount - (quirk == "net")
    parts = () if promotion is None else ((promotion, discount),)
    return Line(n, product, uom, str(typed), quantity, price, discount, parts, net)


def some_order(luck: Random, facts: Facts, n: int) -> Order:
    """One to five lines for one of the stores; one order in four has something wrong in it."""
    quirk = luck.choice(("",) * 24 + QUIRKS)
    lines = tuple(
        some_line(luck, facts, k, quirk if k == 1 else "") for k in range(1, luck.randint(2, 6))
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
