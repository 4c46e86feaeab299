"""What a little more would bring: the next step of each promotion, told before the order is sent.

A hint speaks of one promotion by itself: what it would offer at its next step. Whether it then
stands beside others on a line is worked out by `evaluate` when the pieces are on the order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sync.terms.promotion import (
    Bought,
    Promotion,
    Step,
    counted,
    free_of,
    lines_of,
    steps_of,
)


@dataclass(frozen=True, slots=True)
class Hint:
    """So many pieces (or minor units, `more_minor`) more of `products` bring: `percent` off,
    `amount_minor` off (each piece, or the order), or `free` pieces of `product`.

    `more` 0: they are earned already and not on the order yet. `products` None = of any product.
    """

    promotion: str
    kind: str
    products: tuple[str, ...] | None
    more: int = 0
    more_minor: int = 0
    percent: Decimal | None = None
    amount_minor: int | None = None
    free: int = 0
    product: str | None = None


def hints(lines: Iterable[Bought], promotions: Iterable[Promotion]) -> list[Hint]:
    """What more the promotions would give on an order that has begun, by priority, then id.

    Only promotions of which something is on the order are told of, and each step only once it is
    the next one. A promotion without steps gives at once and has no hint.
    """
    bought = list(lines)
    found: list[Hint] = []
    for one in sorted(promotions, key=lambda p: (-p.priority, p.id)):
        mine = lines_of(one, bought)
        if not mine:
            continue
        hint = _free(one, mine) if one.kind == "buy_get" else _step(one, mine)
        if hint is not None:
            found.append(hint)
    return found


def _products(one: Promotion) -> tuple[str, ...] | None:
    return None if one.products is None else tuple(sorted(one.products))


def _step(one: Promotion, mine: list[Bought]) -> Hint | None:
    far = counted(one, mine)
    steps = sorted(steps_of(one), key=lambda step: step.reach)
    step = next((step for step in steps if step.reach > far and _is_better(step, steps)), None)
    if step is None:
        return None
    more = step.reach - far
    by_value = one.kind == "order" or one.tier_by == "value"
    return Hint(
        one.id,
        one.kind,
        _products(one),
        more=0 if by_value else more,
        more_minor=more if by_value else 0,
        percent=step.percent,
        amount_minor=None if step.percent is not None else step.amount_minor,
    )


def _is_better(step: Step, steps: list[Step]) -> bool:
    """A step that gives no more than one below it is nothing to hope for."""
    lower = [one for one in steps if one.reach < step.reach]
    if step.percent is not None:
        return all(one.percent is None or one.percent < step.percent for one in lower)
    worth = step.amount_minor or 0
    return worth > 0 and all((one.amount_minor or 0) < worth for one in lower)


def _free(one: Promotion, mine: list[Bought]) -> Hint | None:
    buy, get, other = one.buy or 0, one.get or 0, one.get_product
    if buy < 1 or get < 1:
        return None
    if other is None:
        return _free_of_same(one, mine, buy, get)
    bought = sum(x.quantity for x in mine if x.product != other)
    earned = bought // buy * get
    there = sum(free_of(one, mine).values())
    if earned > there:
        return Hint(one.id, one.kind, _products(one), free=earned - there, product=other)
    more = buy - bought % buy
    return Hint(one.id, one.kind, _products(one), more=more, free=get, product=other)


def _free_of_same(one: Promotion, mine: list[Bought], buy: int, get: int) -> Hint | None:
    """The product that lacks least; one whose free pieces are all there begins a new round."""
    best: Hint | None = None
    for product in sorted({x.product for x in mine}):
        _, rest = divmod(sum(x.quantity for x in mine if x.product == product), buy + get)
        more, free = max(0, buy - rest), get - max(0, rest - buy)
        if best is None or more < best.more:
            best = Hint(one.id, one.kind, (product,), more=more, free=free, product=product)
    return best
