"""What is otherwise than it must be, in words."""

from collections.abc import Mapping
from typing import Any

from tests.simulation.audit.book import Book
from tests.simulation.audit.orders import Expected, Orders

PASSED_OVER = {"clock_wrong"}
MONEY = {"net_minor", "exposure_minor", "discount_minor"}


def verdict_differs(expected: Expected, verdict: Mapping[str, Any]) -> list[str]:
    """What a verdict says otherwise than the manual; [] = nothing, or nothing was predicted."""
    if expected.outcome is None:
        return []
    told = sorted(
        (one["rule"], one.get("line") or 0, one["decision"])
        for one in verdict.get("conflicts") or ()
        if one["rule"] not in PASSED_OVER
    )
    must = sorted((rule, n or 0, says) for rule, n, says, _ in expected.told)
    pairs = [("outcome", verdict["outcome"], expected.outcome), ("told", told, must)]
    if expected.state is not None:
        pairs.append(("state", verdict.get("state"), expected.state))
    return [
        f"{expected.id}: {name} is {is_}, must be {should}"
        for name, is_, should in pairs
        if is_ != should
    ]


def order_differs(orders: Orders, row: Mapping[str, Any]) -> list[str]:
    """An order at rest (id, state, net_minor, exposure_minor, lines: n, product, ordered,
    confirmed, backordered, cut, discount_minor, net_minor) against what must stand."""
    if str(row["id"]) in orders.uncertain:
        return []
    one = orders.orders.get(str(row["id"]))
    if one is None:
        return [f"order {row['id']} is there and must not be"]
    must = one.judged
    unclear = MONEY if must.is_unclear else set()
    wrong = [
        f"order {row['id']}: {name} is {row[name]}, must be {getattr(must, name)}"
        for name in ("state", "net_minor", "exposure_minor", "store")
        if row[name] != getattr(must, name) and name not in unclear
    ]
    names = (
        "product",
        "ordered",
        "confirmed",
        "backordered",
        "cut",
        "discount_minor",
        "net_minor",
    )
    theirs = {int(line["n"]): line for line in row["lines"]}
    for line in must.lines:
        found = theirs.pop(line["n"], {})
        wrong += [
            f"order {row['id']} line {line['n']}: {name} is {found.get(name)}, must be {line[name]}"
            for name in names
            if found.get(name) != line[name] and not (line["is_unclear"] and name in MONEY)
        ]
    return wrong + [f"order {row['id']}: line {n} must not be" for n in theirs]


def sums(book: Book) -> dict[str, dict[str, int]]:
    """reserved by warehouse/product, ordered_minor by store, used_minor by promotion."""
    return {
        "reserved": {key: int(row.get("reserved", 0)) for key, row in book.stock.items()},
        "ordered_minor": {
            key: int(row.get("ordered_minor", 0)) for key, row in book.credit.items()
        },
        "used_minor": {
            key: sum(map(int, row.get("used_minor", {}).values()))
            for key, row in book.promotions.items()
            if row.get("cap_left_minor") is not None or row.get("store_cap_minor") is not None
        },
    }


def sums_differ(orders: Orders, at_rest: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The sums of a database against those that must be; stores that are uncertain apart."""
    must = sums(orders.book)
    return [
        f"{name} of {key} is {value}, must be {must[name][key]}"
        for name, rows in at_rest.items()
        for key, value in rows.items()
        if key in must[name] and key not in orders.uncertain and value != must[name][key]
    ]
