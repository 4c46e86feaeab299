"""What to order in a store, from its cards and orders on this handheld, with the arithmetic.

The sum itself is sync.terms.suggest; here its figures are gathered: the two newest counts of a
product, what was delivered between them, what is on the way, and what was sold of late.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from handhelds.reference.clock import moment
from handhelds.reference.pad import ON_THE_WAY, Pad, ratios_of
from handhelds.reference.queries import Row, parts
from sync.terms import must_stock as terms
from sync.terms.quantity import ratio_half_up
from sync.terms.suggest import Shelf, Suggestion, suggest

SOLD_WEEKS = 13
NOT_SOLD = frozenset({"rejected", "cancelled"})


@dataclass(frozen=True, slots=True)
class Count:
    """How many pieces a card says are in the store, shelf and back together."""

    day: date
    quantity: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A product worth a look: what to order of it and why. `counted_on` None = never counted;
    `missing`: it must be on the shelf here and was not on the newest card."""

    product: Row
    suggestion: Suggestion
    quantity: int
    case: int
    must_stock: bool
    missing: bool
    counted_on: date | None


def proposals(pad: Pad, store: Row) -> list[Proposal]:
    """Products of the store's cards, orders and must-stock list: gaps first, then by name."""
    today = pad.today(store)
    dated = (row for row in pad.queries.rows("card", store["id"]) if row["captured_at"])
    cards = sorted(dated, key=_captured, reverse=True)
    orders = [
        row
        for row in pad.queries.rows("order", store["id"])
        if row["state"] not in NOT_SOLD and row["type"] != "return"
    ]
    must = must_stock(pad, store, today)
    lines = {id(order): parts("order", "lines", order["lines"]) for order in orders}
    looked_at = {one["product"] for one in _lines(cards[:1])}
    on_newest = {one["product"] for one in _lines(cards[:1]) if one["on_shelf"]}
    codes = set(must) | {one["product"] for one in _lines(cards)}
    codes |= {line["product"] for part in lines.values() for line in part}
    found = []
    for code in codes:
        product = pad.queries.product(code)
        if product is None or product["status"] in ("blocked", "planned"):
            continue
        gap = must.get(code, 0) if cards and code not in on_newest else 0
        unseen = gap and code not in looked_at  # what an older card counted is there no more
        counts = [] if unseen else _counts(cards, code, pad, store)
        num, den = ratios_of(product).get("case", (1, 1))
        mine = [(o, ln) for o in orders for ln in lines[id(o)] if ln["product"] == code]
        since = today - timedelta(weeks=SOLD_WEEKS)
        sold = sum(ln["ordered"] or 0 for o, ln in mine if _day(o, pad, store) > since)
        shelf = Shelf(
            case=max(1, num // den),
            stock_now=counts[0].quantity if counts else 0,
            on_the_way=sum(_coming(ln) for o, ln in mine if o["state"] in ON_THE_WAY),
            days_to_next=days_to_next(pad, store, today),
            lead_days=store.get("lead_days") or 0,
            last_stock=counts[1].quantity if len(counts) > 1 else None,
            delivered=_delivered(mine, counts),
            days_since=(counts[0].day - counts[1].day).days if len(counts) > 1 else None,
            sold=sold or None,
            sold_weeks=SOLD_WEEKS,
            gap_facings=gap,
            minimum=product["min_quantity"] or 1,
            multiple=product["multiple"] or 1,
        )
        suggestion = suggest(shelf)
        found.append(
            Proposal(
                product=product,
                suggestion=suggestion,
                quantity=suggestion.quantity,
                case=shelf.case,
                must_stock=code in must,
                missing=code in must and code not in on_newest,
                counted_on=counts[0].day if counts else None,
            )
        )
    return sorted(found, key=lambda one: (not one.missing, one.product["name"]))


@dataclass(frozen=True, slots=True)
class _Listed:
    """A row of a must-stock list with its days as days."""

    product: str
    min_facings: int | None
    banner: str | None
    channel: str | None
    store_class: str | None
    valid_from: date
    valid_to: date | None


def must_stock(pad: Pad, store: Row, today: date) -> dict[str, int]:
    """Products that must be on the shelf of this store today, each with the facings it needs."""
    rows = (
        _Listed(
            *(row["product"], row["min_facings"], row["banner"], row["channel"]),
            row["store_class"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in pad.queries.pulled("must_stock")
    )
    keys = (store["banner"], store["channel"], store["store_class"])
    return terms.must_stock(rows, today, *keys)


def days_to_next(pad: Pad, store: Row, today: date) -> int:
    """Days until the store is planned again; without a plan, by its visits in four weeks."""
    days = [
        date.fromisoformat(row["day"])
        for row in pad.queries.rows("plan_stop")
        if row["store"] == store["id"] and row["state"] == "planned"
    ]
    ahead = [(day - today).days for day in days if day > today]
    if ahead:
        return min(ahead)
    return max(1, ratio_half_up(28, store.get("visits_per_4w") or 4))


def _captured(row: Row) -> str:
    return str(row["captured_at"])


def _day(row: Row, pad: Pad, store: Row) -> date:
    """The date on the store's wall when a row was captured."""
    if not row["captured_at"]:
        return date.min
    return pad.day_of(moment(row["captured_at"]), store)


def _lines(cards: Iterable[Row]) -> list[Row]:
    return [line for card in cards for line in parts("card", "lines", card["lines"])]


def _counts(cards: list[Row], code: str, pad: Pad, store: Row) -> list[Count]:
    """The two newest counts of a product, from two different days; `cards` come newest first."""
    found: list[Count] = []
    for card in cards:
        day = _day(card, pad, store)
        if found and day == found[0].day:
            continue
        for line in parts("card", "lines", card["lines"]):
            quantity = _counted(line)
            if line["product"] == code and quantity is not None:
                found.append(Count(day, quantity))
                break
        if len(found) == 2:
            break
    return found


def _counted(line: Row) -> int | None:
    """Pieces in the store as the line says; None when nobody counted."""
    if line["shelf_stock"] is None and line["back_stock"] is None:
        return 0 if line["out_of_stock"] or not line["on_shelf"] else None
    return (line["shelf_stock"] or 0) + (line["back_stock"] or 0)


def _coming(line: Row) -> int:
    """Pieces of an open order line that have not arrived yet."""
    promised = line["ordered"] or 0
    if line["confirmed"] is not None:
        promised = line["confirmed"] + (line["backordered"] or 0)
    return max(0, promised - (line["delivered"] or 0))


def _delivered(mine: list[tuple[Row, Row]], counts: list[Count]) -> int:
    """Pieces delivered after the earlier count and up to the newer one."""
    if len(counts) < 2:
        return 0
    after, until = counts[1].day.isoformat(), counts[0].day.isoformat()
    return sum(
        line["delivered"] or 0
        for order, line in mine
        if order["deliver_on"] and after < order["deliver_on"] <= until
    )
