"""Promotions: whom each is for, when it runs, and what it offers on the lines of an order.

Kinds, by what they take off:

    percent   `percent` of each line of its products
    amount    `amount_minor` off each piece of them
    tiers     percent of a line or amount off a piece, from steps reached by all its lines
              together: so many pieces, or so much value (`tier_by`)
    buy_get   of each `buy` + `get` pieces the last `get` are free: of every product by itself, or
              for `buy` pieces of its products `get` pieces of `get_product`; with a percent, the
              got pieces cost so much less instead of nothing
    order     percent of, or an amount off, all its lines together, once a step is reached

What counts towards a step is what was ordered, at its value before any discount, whatever other
promotions give: so it never matters which promotion is looked at first. Of the steps reached the
one that gives most on a line stands, so that ordering more never takes a discount away. How
several promotions go together on one line says `evaluate.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from sync.terms.quantity import ratio_half_up


class Step(Protocol):
    """One step of tiers: reached from `reach` pieces or minor units on."""

    @property
    def reach(self) -> int: ...
    @property
    def percent(self) -> Decimal | None: ...
    @property
    def amount_minor(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Tier:
    """A step as it is stored and travels; percent and amount are each other's alternative."""

    reach: int
    percent: Decimal | None = None
    amount_minor: int | None = None


def tiers_of(rows: Iterable[Sequence[Any]]) -> tuple[Tier, ...]:
    """Steps as they are stored and travel: [reach, percent as text or null, amount or null]."""
    return tuple(
        Tier(reach, None if percent is None else Decimal(percent), amount_minor)
        for reach, percent, amount_minor in rows
    )


class Promotion(Protocol):
    """A promotion: from `valid_from` until just before `valid_to`; None in a scope = for all.

    Larger `priority` goes first. `stacks`: goes together with others that stack.
    """

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def percent(self) -> Decimal | None: ...
    @property
    def amount_minor(self) -> int | None: ...
    @property
    def tier_by(self) -> str: ...
    @property
    def tiers(self) -> Sequence[Step]: ...
    @property
    def buy(self) -> int | None: ...
    @property
    def get(self) -> int | None: ...
    @property
    def get_product(self) -> str | None: ...
    @property
    def priority(self) -> int: ...
    @property
    def stacks(self) -> bool: ...
    @property
    def valid_from(self) -> datetime: ...
    @property
    def valid_to(self) -> datetime | None: ...
    @property
    def products(self) -> frozenset[str] | None: ...
    @property
    def store(self) -> str | None: ...
    @property
    def banner(self) -> str | None: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def class_(self) -> str | None: ...


class Where(Protocol):
    """The store an order is for."""

    @property
    def id(self) -> str: ...
    @property
    def banner(self) -> str | None: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def class_(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Bought:
    """A line as promotions see it: pieces, and their value before discount in minor units.

    `named`: the promotions the line says it got; None = it takes whatever there is.
    """

    n: int
    product: str
    quantity: int
    gross_minor: int
    named: frozenset[str] | None = None

    def takes(self, promotion: str) -> bool:
        """Whether the line may get anything from it."""
        return self.named is None or promotion in self.named


@dataclass(frozen=True, slots=True)
class Rate:
    """So much off each piece, or num/den of what is left of the line."""

    each_minor: int = 0
    num: int = 0
    den: int = 1

    def off_minor(self, quantity: int, left_minor: int) -> int:
        """Minor units off, rounded half up; never more than is left, never below nothing."""
        off = self.each_minor * quantity
        if not off:
            off = ratio_half_up(left_minor * self.num, self.den)
        return max(0, min(off, left_minor))


Offers = dict[int, tuple[Rate, ...]]
"""Line -> what one promotion offers on it; of several rates the one that gives most stands."""


def is_live(promotion: Promotion, when: datetime) -> bool:
    """Whether the promotion ran at `when`."""
    ends = promotion.valid_to
    return promotion.valid_from <= when and (ends is None or when < ends)


def is_for_store(promotion: Promotion, store: Where) -> bool:
    """Whether the promotion is for this store: every part of its scope must say so."""
    return (
        promotion.store in (None, store.id)
        and promotion.banner in (None, store.banner)
        and promotion.channel in (None, store.channel)
        and promotion.class_ in (None, store.class_)
    )


def is_for_product(promotion: Promotion, product: str) -> bool:
    """Whether the promotion gives anything on this product, or counts it towards a step."""
    if promotion.kind == "buy_get" and promotion.get_product == product:
        return True
    return promotion.products is None or product in promotion.products


def percent_rate(percent: Decimal) -> Rate:
    """A percentage as a rate, exactly."""
    num, den = percent.as_integer_ratio()
    return Rate(num=num, den=den * 100)


def steps_of(promotion: Promotion) -> Sequence[Step]:
    """Its steps; a promotion without tiers has one, reached by any order."""
    if promotion.kind in ("tiers", "order") and promotion.tiers:
        return promotion.tiers
    percent = None if promotion.kind == "amount" else promotion.percent
    amount_minor = None if promotion.kind == "percent" else promotion.amount_minor
    return (Tier(0, percent, amount_minor),)


def lines_of(promotion: Promotion, lines: Iterable[Bought]) -> list[Bought]:
    """The lines it speaks of, by n; a line that names it is one of them."""
    mine = [
        x
        for x in lines
        if x.quantity > 0
        and x.gross_minor >= 0
        and (
            is_for_product(promotion, x.product)
            or (x.named is not None and promotion.id in x.named)
        )
    ]
    return sorted(mine, key=lambda x: x.n)


def counted(promotion: Promotion, mine: Iterable[Bought]) -> int:
    """How far its lines come together towards its steps: pieces, or minor units."""
    by_value = promotion.tier_by == "value" or promotion.kind == "order"
    return sum(x.gross_minor if by_value else x.quantity for x in mine)


def reached(promotion: Promotion, mine: Iterable[Bought]) -> list[Step]:
    """The steps its lines have reached together."""
    far = counted(promotion, mine)
    return [step for step in steps_of(promotion) if step.reach <= far]


def offers_of(promotion: Promotion, mine: Sequence[Bought]) -> Offers:
    """What a promotion that is not for whole orders offers on each of its lines."""
    if promotion.kind == "buy_get":
        return _got(promotion, mine)
    if promotion.kind not in ("percent", "amount", "tiers"):
        return {}
    rates = tuple(
        percent_rate(step.percent)
        if step.percent is not None
        else Rate(each_minor=step.amount_minor or 0)
        for step in reached(promotion, mine)
    )
    return {x.n: rates for x in mine} if rates else {}


def free_of(promotion: Promotion, mine: Sequence[Bought]) -> dict[int, int]:
    """Line -> how many of its pieces buy_get gives; the last lines of a product first."""
    buy, get = promotion.buy or 0, promotion.get or 0
    if buy < 1 or get < 1:
        return {}
    free: dict[int, int] = {}
    other = promotion.get_product
    if other is not None:
        bought = sum(x.quantity for x in mine if x.product != other)
        _hand_out(free, [x for x in mine if x.product == other], bought // buy * get)
        return free
    for product in {x.product: None for x in mine}:
        its = [x for x in mine if x.product == product]
        whole, rest = divmod(sum(x.quantity for x in its), buy + get)
        _hand_out(free, its, whole * get + max(0, rest - buy))
    return free


def _hand_out(free: dict[int, int], its: Sequence[Bought], pieces: int) -> None:
    for x in reversed(its):
        given = min(pieces, x.quantity)
        if given:
            free[x.n] = given
        pieces -= given


def _got(promotion: Promotion, mine: Sequence[Bought]) -> Offers:
    quantity = {x.n: x.quantity for x in mine}
    less = percent_rate(Decimal(100) if promotion.percent is None else promotion.percent)
    return {
        n: (Rate(num=given * less.num, den=quantity[n] * less.den),)
        for n, given in free_of(promotion, mine).items()
    }
