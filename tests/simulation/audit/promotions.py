"""What promotions give, as section 5 of PROTOCOL.md says ("What promotions give")."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.simulation.audit.book import half_up, when

Given = dict[int, dict[str, int]]
"""What promotions give: line number -> promotion -> minor units."""


@dataclass(frozen=True)
class Rate:
    """How a promotion goes on when a line changes: so much a piece, or a share of what is left."""

    per_piece: Fraction | None
    share: Fraction | None

    def off(self, quantity: int, left: int) -> int:
        if self.per_piece is None and self.share is None:
            return 0
        share = (self.share or 0) * left if self.per_piece is None else self.per_piece * quantity
        return max(0, min(left, half_up(Fraction(share))))


def rate_of(
    promotion: Mapping[str, Any], line: Any, lines: Sequence[Mapping[str, Any]], off: int, left: int
) -> Rate:
    """The rate of what a promotion gives on a line of which `left` was left: the step that the
    order reached stays reached; what was given to the whole order is a share of the line."""
    if promotion["kind"] == "order":
        return Rate(None, Fraction(off, left or 1))
    row = next(one for one in lines if one["n"] == line.n)
    exact = _off_line(promotion, row, lines, left)
    half = _off_line(promotion, row, lines, left // 2)
    if promotion["kind"] in ("amount", "tiers") and exact == half:
        return Rate(exact / line.quantity, None)
    return Rate(None, exact / (left or 1))


def is_live(promotion: Mapping[str, Any], at: datetime) -> bool:
    ends = promotion.get("valid_to")
    return when(promotion["valid_from"]) <= at and (ends is None or at < when(ends))


def speaks_of(promotion: Mapping[str, Any], product: str) -> bool:
    products = promotion.get("products")
    return products is None or product in products or product == promotion.get("get_product")


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """In proportion, rounded down; what is left over to those that lost most, then the first."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [Fraction(amount * weight, whole) for weight in weights]
    parts = [int(one) for one in exact]
    by_loss = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_loss[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def evaluate(
    lines: Sequence[Mapping[str, Any]], promotions: Mapping[str, Mapping[str, Any]]
) -> Given:
    """What promotions give on the lines (n, product, quantity, gross_minor, named) of an order.

    A line gets only what it names (None: whatever there is); every line counts towards steps.
    """
    promotions = {pid: {**one, "id": pid} for pid, one in promotions.items()}
    given: Given = {line["n"]: {} for line in lines}
    left = {line["n"]: line["gross_minor"] for line in lines}

    def named(pid: str, line: Mapping[str, Any]) -> bool:
        return line["named"] is None or pid in line["named"]

    for line in lines:
        n = line["n"]
        own = {p for p, one in promotions.items() if one["kind"] != "order" and named(p, line)}

        def on_line(pid: str, rest: int, line: Mapping[str, Any] = line) -> int:
            off = _off_line(promotions[pid], line, lines, rest) if rest > 0 else Fraction(0)
            return max(0, min(rest, half_up(off)))

        for pid, off in _best(own, promotions, left[n], on_line):
            given[n][pid], left[n] = off, left[n] - off
    whole = {p for p, one in promotions.items() if one["kind"] == "order"}
    whole = {p for p in whole if any(named(p, line) for line in lines)}

    def on_order(pid: str, rest: dict[int, int]) -> int:
        return _off_order(promotions[pid], lines, rest)

    for pid, _ in _best_of_order(whole, promotions, left, on_order, lines):
        mine = [line for line in lines if _is_its(promotions[pid], line)]
        parts = spread(on_order(pid, left), [left[line["n"]] for line in mine])
        for line, off in zip(mine, parts, strict=True):
            if off and named(pid, line):
                given[line["n"]][pid] = off
                left[line["n"]] -= off
    return given


def _is_its(promotion: Mapping[str, Any], line: Mapping[str, Any]) -> bool:
    """A line of its products, or one that names it: whether it may is a question of its own."""
    named = line["named"] or ()
    return speaks_of(promotion, line["product"]) or promotion.get("id") in named


def _ways(giving: Iterable[str], promotions: Mapping[str, Any]) -> Iterator[list[str]]:
    """The ways promotions may stand: each alone that does not stack, or all that stack, where
    one of the largest priority is among them."""

    def rank(pid: str) -> tuple[int, str]:
        return -int(promotions[pid].get("priority", 0)), pid

    ordered = sorted(giving, key=rank)
    top = [pid for pid in ordered if rank(pid)[0] == rank(ordered[0])[0]]
    for pid in top:
        if not promotions[pid].get("stacks"):
            yield [pid]
    if any(promotions[pid].get("stacks") for pid in top):
        yield [pid for pid in ordered if promotions[pid].get("stacks")]


def _best(own: Iterable[str], promotions: Any, rest: int, off: Any) -> list[tuple[str, int]]:
    giving = [pid for pid in own if off(pid, rest) > 0]
    ways = []
    for way in _ways(giving, promotions) if giving else ():
        done, now = [], rest
        for pid in way:
            done.append((pid, off(pid, now)))
            now -= done[-1][1]
        ways.append(done)
    return min(ways, key=lambda way: (-sum(one for _, one in way), way[0][0]), default=[])


def _best_of_order(
    whole: Iterable[str], promotions: Any, left: dict[int, int], off: Any, lines: Any
) -> list[tuple[str, int]]:
    giving = [pid for pid in whole if off(pid, left) > 0]
    ways = []
    for way in _ways(giving, promotions) if giving else ():
        done, now = [], dict(left)
        for pid in way:
            done.append((pid, off(pid, now)))
            mine = [ln["n"] for ln in lines if _is_its(promotions[pid], ln)]
            for n, part in zip(mine, spread(done[-1][1], [now[n] for n in mine]), strict=True):
                now[n] -= part
        ways.append(done)
    return min(ways, key=lambda way: (-sum(one for _, one in way), way[0][0]), default=[])


def _steps(promotion: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    if promotion["kind"] in ("tiers", "order") and promotion.get("tiers"):
        steps: Sequence[Mapping[str, Any]] = promotion["tiers"]
        return steps
    return [{"reach": 0} | {k: promotion.get(k) for k in ("percent", "amount_minor")}]


def _share(percent: Any) -> Fraction:
    return Fraction(Decimal(percent)) / 100


def _off_line(
    promotion: Mapping[str, Any],
    line: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    rest: int,
) -> Fraction:
    """What a promotion takes off a line of which `rest` is left, before rounding."""
    kind, quantity = promotion["kind"], line["quantity"]
    if not _is_its(promotion, line) or quantity <= 0:
        return Fraction(0)
    if kind == "buy_get":
        free = _free(promotion, line, lines)
        whole = _share(promotion["percent"]) if promotion.get("percent") else Fraction(1)
        return Fraction(free, quantity) * rest * whole
    if kind not in ("percent", "amount", "tiers"):
        return Fraction(0)
    of = "gross_minor" if promotion.get("tier_by") == "value" else "quantity"
    reached = sum(one[of] for one in lines if _is_its(promotion, one))
    offs = [Fraction(0)]
    for step in _steps(promotion):
        if reached >= int(step["reach"]):
            if step.get("percent"):
                offs.append(_share(step["percent"]) * rest)
            if step.get("amount_minor"):
                offs.append(Fraction(int(step["amount_minor"]) * quantity))
    return max(offs)


def _free(promotion: Mapping[str, Any], line: Mapping[str, Any], lines: Any) -> int:
    """How many pieces of a line are free: the last lines of a product go first."""
    buy, get, given = int(promotion.get("buy") or 0), int(promotion.get("get") or 0), 0
    if buy <= 0 or get <= 0:
        return 0
    product, got = line["product"], promotion.get("get_product")
    pieces = [one for one in lines if one["product"] == product]
    if got is None:
        full, over = divmod(sum(one["quantity"] for one in pieces), buy + get)
        given = full * get + max(0, over - buy)
    elif product != got:
        return 0
    else:
        others = (o for o in lines if o["product"] != got and _is_its(promotion, o))
        given = sum(int(one["quantity"]) for one in others) // buy * get
    for one in reversed(pieces):
        part = min(given, int(one["quantity"]))
        if one["n"] == line["n"]:
            return part
        given -= part
    return 0


def _off_order(promotion: Mapping[str, Any], lines: Any, left: Mapping[int, int]) -> int:
    """What a promotion takes off the whole order, rounded once."""
    mine = [line for line in lines if _is_its(promotion, line)]
    rest, value = sum(left[line["n"]] for line in mine), sum(line["gross_minor"] for line in mine)
    offs = [0]
    for step in _steps(promotion):
        if value >= int(step["reach"]):
            if step.get("percent"):
                offs.append(half_up(_share(step["percent"]) * rest))
            if step.get("amount_minor"):
                offs.append(int(step["amount_minor"]))
    return max(0, min(rest, max(offs)))
