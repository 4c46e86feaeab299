"""What of an asked text may still be promised when the delivery system's yes arrives. Pure.

The text was decided when it was asked; what it wants was kept for nobody since, so another order,
or another change in flight, may have taken it. The delivery system knows its own shelves: a line
that it answers for stands as it answered, and only what we keep of our own count is held to what
there is. Of any other line the rest waits.
"""

from collections.abc import Container, Iterable, Mapping
from typing import Any

LINE = (
    "order_id n product uom typed quoted_price unit_price discount_minor promotions net_minor"
    " ordered confirmed backordered cut cut_reason reserved shipped delivered state substitute"
).split()
"""The columns of a line as proposals keep them (taking/orders.py line_rows)."""


def within_stock(
    lines: Iterable[list[Any]], free: Mapping[str, int], answered: Container[int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lines of a text with what is free of each product, and those of which less is promised.

    free: product -> each, without what this order kept. answered: lines that the delivery system
    speaks for itself. Always confirmed + backordered + cut == ordered, as before.
    """
    left, stand, short = dict(free), [], []
    for row in lines:
        line = dict(zip(LINE, row, strict=True))
        kept = min(line["reserved"], max(0, left.get(line["product"], 0)))
        left[line["product"]] = left.get(line["product"], 0) - kept
        missing = line["reserved"] - kept
        line["reserved"] = kept
        if missing and line["n"] not in answered:
            line["confirmed"] -= missing
            line["backordered"] += missing
            line["state"] = "partial" if line["confirmed"] else "backordered"
            short.append(line)
        stand.append(line)
    return stand, short


def within_budgets(
    asked: Mapping[str, int], left: Mapping[str, tuple[str, int | None]]
) -> tuple[dict[str, int], int]:
    """What a text takes of each promotion's budget, and what it gives beyond them, in minor units.

    left: promotion -> (whose budget it is: versions share one, what is left of it, None = it has
    none). The delivery system has the text with its discounts, so they stand; a budget is never
    counted beyond its end.
    """
    taken: dict[str, int] = {}
    spent: dict[str, int] = {}
    for promotion, minor in asked.items():
        whose, rest = left.get(promotion, (promotion, None))
        fits = minor if rest is None else min(minor, max(0, rest - spent.get(whose, 0)))
        taken[promotion] = fits
        spent[whose] = spent.get(whose, 0) + fits
    return taken, sum(asked.values()) - sum(taken.values())
