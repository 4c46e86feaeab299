"""Facts for a batch: locks in their one order, then what the rules may see, then nothing more.

Lock order, always sorted within: orders that returns are about, credit accounts (which also
serialises the search for twins), promotions, stock. Whoever decides orders (a push, a release)
comes through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from sync.facts import (
    CreditFacts,
    CutOff,
    Facts,
    Grant,
    Order,
    Policy,
    PriceFact,
    ProductFacts,
    PromotionFact,
    StockFacts,
    StoreFacts,
    TwinFacts,
)
from sync.queries import facts as queries
from sync.terms.price import ListFor, lists_of
from sync.terms.promotion import tiers_of

PRICES_SINCE = timedelta(days=120)  # captured work older than this meets today's prices only
TWINS_WITHIN = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a batch is decided: the cell it writes, the company's, and the home of the grants."""

    cell: int
    company_cell: int
    home_cell: int
    zone: str


def gather(
    conn: Connection,
    ground: Ground,
    rep: str,
    stores: Sequence[str],
    orders: Sequence[Order],
    now: datetime,
    again: str | None = None,
) -> Facts:
    """Lock and read what deciding these orders of a rep needs, and the rep's right to `stores`.

    again: the order that is decided once more; what it took of promotions is left out.
    """
    facts = Facts(now=now)
    if stores:
        _stores(conn, facts, ground, queries.stores(conn, ground.cell, stores))
        _grants(conn, facts, ground.home_cell, rep, sorted({*stores, *facts.stores}))
        _policies(conn, facts, ground.company_cell)
    if not orders:
        return facts
    mine = sorted({order.store for order in orders} | set(facts.stores))
    codes = sorted({line.product for order in orders for line in order.lines})
    about = sorted({order.about for order in orders if order.about and order.type == "return"})
    if about:
        for order_id, product, each in queries.returnable(conn, ground.cell, about, again):
            facts.returnable.setdefault(order_id, {})[product] = each
    _credit(facts, queries.lock_credit(conn, ground.cell, mine))
    _promotions(conn, facts, ground, orders, again)
    _products(facts, queries.products(conn, ground.company_cell, codes))
    warehouses = sorted({store.warehouse for store in facts.stores.values() if store.warehouse})
    wanted = sorted(facts.products)
    for row in queries.lock_stock(conn, ground.cell, warehouses, wanted):
        facts.stock[row[0], row[1]] = StockFacts(*row)
    lists = sorted({name for store in facts.stores.values() for name in store.price_lists})
    since = now - PRICES_SINCE
    _prices(facts, queries.prices(conn, ground.company_cell, lists, wanted, since))
    earliest = min(order.captured_at for order in orders) - TWINS_WITHIN
    _twins(facts, queries.twins(conn, ground.cell, mine, earliest))
    ids, numbers = [order.id for order in orders], [order.number for order in orders]
    for order_id, number, state in queries.known_orders(conn, ground.cell, ids, numbers):
        facts.known[order_id] = state
        facts.numbers.setdefault(number, order_id)
    return facts


def served_by(facts: Facts) -> dict[str, str]:
    """Return the warehouse of each store among the facts."""
    return {store.id: store.warehouse or "" for store in facts.stores.values()}


def _policies(conn: Connection, facts: Facts, company_cell: int) -> None:
    banners = sorted({store.banner for store in facts.stores.values() if store.banner})
    facts.policies = tuple(
        Policy(rule, choice, params or {}, banner, store)
        for rule, choice, params, banner, store in queries.policies(
            conn, company_cell, banners, sorted(facts.stores)
        )
    )


def _credit(facts: Facts, rows: queries.Rows) -> None:
    for row in rows:
        facts.credit[row[0]] = CreditFacts(*row)


def _promotions(
    conn: Connection, facts: Facts, ground: Ground, orders: Sequence[Order], again: str | None
) -> None:
    named = sorted({one for o in orders for line in o.lines for one, _ in line.promotions})
    if not named:
        return
    for row in queries.lock_promotions(conn, ground.company_cell, named):
        (promotion_id, name, kind, valid_from, valid_to, percent, amount_minor, products, banner,
         channel, cap_left_minor, class_, store, tier_by, tiers, buy, get, get_product, priority,
         stacks, store_cap_minor) = row  # fmt: skip
        facts.promotions[promotion_id] = PromotionFact(
            id=promotion_id, name=name, kind=kind, valid_from=valid_from, valid_to=valid_to,
            percent=percent, amount_minor=amount_minor,
            products=None if products is None else frozenset(products),
            banner=banner, channel=channel, cap_left_minor=cap_left_minor, class_=class_,
            store=store, tier_by=tier_by, tiers=tiers_of(tiers), buy=buy, get=get,
            get_product=get_product, priority=priority, stacks=stacks,
            store_cap_minor=store_cap_minor,
        )  # fmt: skip
    capped = [one.id for one in facts.promotions.values() if one.store_cap_minor is not None]
    if capped:
        for promotion_id, store, minor in queries.used_by_stores(
            conn, ground.cell, capped, sorted(facts.stores), again
        ):
            facts.promotions[promotion_id].used_minor[store] = minor


def _stores(conn: Connection, facts: Facts, ground: Ground, rows: queries.Rows) -> None:
    banners = sorted({row[7] for row in rows if row[7]})
    channels = sorted({row[8] for row in rows if row[8]})
    lists = queries.price_lists(conn, ground.company_cell, banners, channels)
    known = [ListFor(*row[:5]) for row in lists]
    currencies = {row[0]: row[5] for row in lists}
    for row in rows:
        (store_id, code, name, status, zone, price_list, warehouse, banner, channel, grade,
         merged_into, reason, weekdays, cut_off, warehouse_zone, lead_days, own_currency,
         currency) = row  # fmt: skip
        mine = lists_of(price_list, banner, channel, grade, known)
        currency = own_currency or currencies.get(mine[0] if mine else "", currency)
        zone = zone or warehouse_zone or ground.zone
        facts.stores[store_id] = StoreFacts(
            id=store_id, code=code, name=name, status=status, zone=zone, price_lists=mine,
            warehouse=warehouse, banner=banner, channel=channel, class_=grade, currency=currency,
            merged_into=merged_into, blocked_reason=reason if status == "on_hold" else None,
        )  # fmt: skip
        if not cut_off:  # nothing is delivered yesterday
            facts.cut_offs[store_id] = CutOff(time(23, 59), 0, frozenset(weekdays or ()))
        else:
            hour, _, minute = cut_off.partition(":")
            facts.cut_offs[store_id] = CutOff(
                time(int(hour), int(minute)),
                1 if lead_days is None else lead_days,
                frozenset(weekdays or ()),
            )


def _products(facts: Facts, rows: queries.Rows) -> None:
    for code, name, status, least, multiple, substitute, uoms in rows:
        ratios = {uom: (int(num), int(den)) for uom, num, den in uoms}
        facts.products[code] = ProductFacts(code, name, status, ratios, least, multiple, substitute)


def _prices(facts: Facts, rows: queries.Rows) -> None:
    versions: dict[tuple[str, str], list[PriceFact]] = {}
    for row in rows:
        versions.setdefault((row[0], row[1]), []).append(PriceFact(*row))
    facts.prices = {key: tuple(found) for key, found in versions.items()}


def _twins(facts: Facts, rows: queries.Rows) -> None:
    for store, order, number, rep, captured_at, products, quantities in rows:
        lines: dict[str, int] = {}
        for product, quantity in zip(products, quantities, strict=True):
            lines[product] = lines.get(product, 0) + quantity
        facts.twins.setdefault(store, []).append(TwinFacts(order, number, rep, captured_at, lines))


def _grants(conn: Connection, facts: Facts, home: int, rep: str, stores: Sequence[str]) -> None:
    found: dict[str, list[Grant]] = {}
    scopes = [f"st:{store}" for store in stores]
    for scope, valid_from, valid_to in queries.grants(conn, home, rep, scopes):
        found.setdefault(scope.partition(":")[2], []).append(Grant(valid_from, valid_to))
    facts.grants |= {(rep, store): tuple(grants) for store, grants in found.items()}
