"""Facts for a batch: what no order changes, then locks in their one order with what they guard.

Lock order, always sorted within: orders that returns are about, credit accounts (which also
serialises the search for twins), promotions, stock. Whoever decides orders (a push, a release)
comes through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
from sync.known import Known, OfCompany
from sync.queries import facts as queries
from sync.queries.driver import together
from sync.terms.price import ListFor, lists_of
from sync.terms.promotion import tiers_of

PRICES_SINCE = timedelta(days=120)  # captured work older than this meets today's prices only
TWINS_WITHIN = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a batch is decided: the cell it writes, the company's, and the home of the grants.

    known: what the process remembers of companies, under the database's epoch.
    """

    cell: int
    company_cell: int
    home_cell: int
    zone: str
    epoch: str = ""
    known: Known = field(default_factory=Known, compare=False)


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

    What no order changes comes first and locks nothing, so that others wait as short as can be.
    again: the order that is decided once more; what it took of promotions is left out.
    """
    facts = Facts(now=now)
    codes = sorted({line.product for order in orders for line in order.lines})
    known = _of_stores_and_company(conn, facts, ground, rep, stores, codes)
    if orders:
        _prices(conn, facts, ground, known)
        _contested(conn, facts, ground, orders, again)
    return facts


def served_by(facts: Facts) -> dict[str, str]:
    """Return the warehouse of each store among the facts."""
    return {store.id: store.warehouse or "" for store in facts.stores.values()}


# --- what no order changes -----------------------------------------------------------------------


def _of_stores_and_company(
    conn: Connection, facts: Facts, ground: Ground, rep: str, stores: Sequence[str],
    codes: Sequence[str],
) -> OfCompany:  # fmt: skip
    """Read the stores and the rep's right to them, and of the company what is not known yet."""
    with together(conn):
        head = queries.head(conn, ground.company_cell)
        found = queries.stores(conn, ground.cell, stores)
        granted = queries.grants(conn, ground.home_cell, rep, [f"st:{store}" for store in stores])
    rows, grants, at = found.fetchall(), granted.fetchall(), head.fetchone()
    survivors = {row[0] for row in rows}.difference(stores)
    if survivors:
        scopes = [f"st:{store}" for store in sorted(survivors)]
        grants += queries.grants(conn, ground.home_cell, rep, scopes).fetchall()
    position = at[0] if at else 0
    known = ground.known.of(ground.company_cell, ground.epoch, position, facts.now)
    missing = known.unknown_products(codes)
    if missing or known.lists is None or known.policies is None:
        with together(conn):
            lists = queries.price_lists(conn, ground.company_cell)
            policies = queries.policies(conn, ground.company_cell)
            products = queries.products(conn, ground.company_cell, missing)
        _remember(known, lists.fetchall(), policies.fetchall(), products.fetchall(), missing)
    if stores:
        _stores(facts, ground, known, rows)
        _grants(facts, rep, grants)
        _policies(facts, known)
    for code in codes:
        _product(facts, known, code)
    return known


def _remember(
    known: OfCompany, lists: queries.Rows, policies: queries.Rows, products: queries.Rows,
    asked: Sequence[str],
) -> None:  # fmt: skip
    """Keep what has been read of a company, and what was asked for and is not there."""
    found = list[ProductFacts]()
    for code, name, status, least, multiple, substitute, uoms in products:
        ordered = {uom: (int(num), int(den)) for uom, num, den, by in uoms if by}
        counted = {uom: (int(num), int(den)) for uom, num, den, by in uoms if not by}
        found.append(
            ProductFacts(code, name, status, ordered, least, multiple, substitute, counted)
        )
    known.remember(asked, found)
    known.lists = tuple((ListFor(*row[:5]), row[5]) for row in lists)
    known.policies = tuple(
        Policy(rule, choice, params or {}, banner, store)
        for rule, choice, params, banner, store in policies
    )


def _stores(facts: Facts, ground: Ground, known: OfCompany, rows: queries.Rows) -> None:
    keys = {row[at] for row in rows for at in (7, 8) if row[at]}  # their banners and channels
    near = [
        (one, currency)
        for one, currency in known.lists or ()
        if one.level == "base" or one.banner in keys or one.channel in keys
    ]
    lists = [one for one, _ in near]
    currencies = {one.list: currency for one, currency in near}
    for row in rows:
        (store_id, code, name, status, zone, price_list, warehouse, banner, channel, grade,
         merged_into, reason, weekdays, cut_off, warehouse_zone, lead_days, own_currency,
         currency) = row  # fmt: skip
        mine = lists_of(price_list, banner, channel, grade, lists)
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


def _grants(facts: Facts, rep: str, rows: queries.Rows) -> None:
    found: dict[str, list[Grant]] = {}
    for scope, valid_from, valid_to in rows:
        found.setdefault(scope.partition(":")[2], []).append(Grant(valid_from, valid_to))
    facts.grants |= {(rep, store): tuple(grants) for store, grants in found.items()}


def _policies(facts: Facts, known: OfCompany) -> None:
    """The company's policies that may touch these stores."""
    banners = {store.banner for store in facts.stores.values()}
    facts.policies = tuple(
        one
        for one in known.policies or ()
        if (one.banner is None or one.banner in banners)
        and (one.store is None or one.store in facts.stores)
    )


def _product(facts: Facts, known: OfCompany, code: str) -> None:
    """A product of a line, and what may go in its place."""
    one = known.products.get(code)
    if one is None:
        return
    facts.products[code] = one
    other = known.products.get(one.substitute or "")
    if other is not None:
        facts.products[other.code] = other


def _prices(conn: Connection, facts: Facts, ground: Ground, known: OfCompany) -> None:
    """The prices of all products in the lists of all stores."""
    lists = sorted({name for store in facts.stores.values() for name in store.price_lists})
    missing = known.unpriced(lists, facts.products)
    if missing:
        since = facts.now - PRICES_SINCE
        versions: dict[tuple[str, str], list[PriceFact]] = {
            (name, code): [] for name in lists for code in missing
        }
        for row in queries.prices(conn, ground.company_cell, lists, missing, since):
            versions[row[0], row[1]].append(PriceFact(*row))
        known.prices |= {key: tuple(found) for key, found in versions.items()}
    for name in lists:
        for code in facts.products:
            if found := known.prices.get((name, code)):
                facts.prices[name, code] = found


# --- what orders compete for ---------------------------------------------------------------------


def _contested(
    conn: Connection, facts: Facts, ground: Ground, orders: Sequence[Order], again: str | None
) -> None:
    """Lock what orders compete for, and read what only who holds the locks may believe."""
    stores = sorted({order.store for order in orders} | set(facts.stores))
    warehouses = sorted({store.warehouse for store in facts.stores.values() if store.warehouse})
    named = sorted({one for o in orders for line in o.lines for one, _ in line.promotions})
    about = sorted({order.about for order in orders if order.about and order.type == "return"})
    earliest = min(order.captured_at for order in orders) - TWINS_WITHIN
    ids, numbers = [order.id for order in orders], [order.number for order in orders]
    with together(conn):
        back = queries.returnable(conn, ground.cell, about, again) if about else None
        credit = queries.lock_credit(conn, ground.cell, stores)
        promotions = queries.lock_promotions(conn, ground.company_cell, named) if named else None
        stock = queries.lock_stock(conn, ground.cell, warehouses, sorted(facts.products))
        twins = queries.twins(conn, ground.cell, stores, earliest)
        here = queries.known_orders(conn, ground.cell, ids, numbers)
    for order_id, product, each in back or ():
        facts.returnable.setdefault(order_id, {})[product] = each
    for row in credit.fetchall():
        facts.credit[row[0]] = CreditFacts(*row)
    if promotions:
        _promotions(conn, facts, ground, promotions.fetchall(), again)
    for row in stock.fetchall():
        facts.stock[row[0], row[1]] = StockFacts(*row)
    _twins(facts, twins.fetchall())
    for order_id, number, state in here.fetchall():
        facts.known[order_id] = state
        facts.numbers.setdefault(number, order_id)


def _promotions(
    conn: Connection, facts: Facts, ground: Ground, rows: queries.Rows, again: str | None
) -> None:
    for row in rows:
        (promotion_id, name, kind, valid_from, valid_to, percent, amount_minor, products, banner,
         channel, cap_left_minor, class_, store, tier_by, tiers, buy, get, get_product, priority,
         stacks, store_cap_minor, versions) = row  # fmt: skip
        facts.promotions[promotion_id] = PromotionFact(
            id=promotion_id, name=name, kind=kind, valid_from=valid_from, valid_to=valid_to,
            percent=percent, amount_minor=amount_minor,
            products=None if products is None else frozenset(products),
            banner=banner, channel=channel, cap_left_minor=cap_left_minor, class_=class_,
            store=store, tier_by=tier_by, tiers=tiers_of(tiers), buy=buy, get=get,
            get_product=get_product, priority=priority, stacks=stacks,
            store_cap_minor=store_cap_minor, versions=frozenset(versions),
        )  # fmt: skip
    capped = [one for one in facts.promotions.values() if one.store_cap_minor is not None]
    if capped:
        versions = sorted({version for one in capped for version in one.versions})
        for version, store, minor in queries.used_by_stores(
            conn, ground.cell, versions, sorted(facts.stores), again
        ):
            for one in capped:
                if one.shares_with(version):
                    one.used_minor[store] = one.used_minor.get(store, 0) + minor


def _twins(facts: Facts, rows: queries.Rows) -> None:
    for store, order, number, rep, captured_at, products, quantities, instead in rows:
        lines: dict[str, int] = {}
        taken = len(products) - instead
        for product, quantity in zip(products[:taken], quantities[:taken], strict=True):
            lines[product] = lines.get(product, 0) + quantity
        facts.twins.setdefault(store, []).append(TwinFacts(order, number, rep, captured_at, lines))
