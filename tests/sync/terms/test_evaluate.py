"""What several promotions give together: what must hold for every order and every promotion.

The cases of the contract are played in test_promotion.py.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sync.facts import Line, PromotionFact
from sync.subjects.order import WorkingLine
from sync.terms.evaluate import Given, Granted, evaluate, give
from sync.terms.promotion import Bought, Tier, is_for_product
from sync.terms.spread import spread
from tests.sync.terms.played import at_store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PRODUCTS = ("p1", "p2", "p3")
KINDS = ("percent", "amount", "tiers", "buy_get", "order")
HERE = at_store({"id": "s", "banner": "b", "channel": "c", "class_": "A"})
pytestmark = pytest.mark.rule(4)


def percents() -> st.SearchStrategy[Decimal]:
    return st.decimals(0, 100, places=2)


@st.composite
def promotions(
    draw: st.DrawFn, kinds: tuple[str, ...] = KINDS, priorities: int = 2
) -> PromotionFact:
    """A promotion of one of these kinds for some of the products."""
    step = st.one_of(
        st.builds(Tier, st.integers(0, 300), percents()),
        st.builds(Tier, st.integers(0, 300), st.none(), st.integers(0, 60)),
    )
    return PromotionFact(
        id=f"{draw(st.integers(0, 10**6))}",
        name="P",
        kind=draw(st.sampled_from(kinds)),
        valid_from=NOW - timedelta(days=1),
        percent=draw(percents()),
        amount_minor=draw(st.integers(0, 60)),
        products=draw(st.one_of(st.none(), st.frozensets(st.sampled_from(PRODUCTS), min_size=1))),
        tier_by=draw(st.sampled_from(("quantity", "value"))),
        tiers=tuple(draw(st.lists(step, max_size=3))),
        buy=draw(st.integers(0, 6)),
        get=draw(st.integers(0, 3)),
        get_product=draw(st.sampled_from((None, *PRODUCTS))),
        priority=draw(st.integers(1, priorities)),
        stacks=draw(st.booleans()),
    )


several = st.lists(promotions(), max_size=5, unique_by=lambda one: one.id)


@st.composite
def orders(draw: st.DrawFn) -> list[Bought]:
    """One to five lines at small prices, so that cents matter."""
    return [
        Bought(n, draw(st.sampled_from(PRODUCTS)), quantity, quantity * draw(st.integers(0, 60)))
        for n, quantity in enumerate(draw(st.lists(st.integers(1, 40), min_size=1, max_size=5)), 1)
    ]


def off(found: Given, n: int) -> int:
    return sum(one.minor for one in found.get(n, ()))


def total(found: Given) -> int:
    return sum(off(found, n) for n in found)


@given(orders(), several)
def test_a_line_never_costs_more_for_promotions_nor_less_than_nothing(
    lines: list[Bought], offered: list[PromotionFact]
) -> None:
    found = evaluate(lines, offered, HERE, NOW)
    for x in lines:
        assert all(one.minor > 0 for one in found.get(x.n, ()))
        assert off(found, x.n) <= x.gross_minor


@given(orders(), several, st.randoms())
def test_how_lines_and_promotions_are_listed_makes_no_difference(
    lines: list[Bought], offered: list[PromotionFact], luck: Random
) -> None:
    found = evaluate(lines, offered, HERE, NOW)
    shuffled, others = lines[:], offered[:]
    luck.shuffle(shuffled)
    luck.shuffle(others)
    assert evaluate(shuffled, others, HERE, NOW) == found


@given(orders(), several)
def test_who_knows_only_the_promotions_a_line_names_finds_the_same(
    lines: list[Bought], offered: list[PromotionFact]
) -> None:
    """The handheld asks all promotions there are; the server only those the order names."""
    found = evaluate(lines, offered, HERE, NOW)
    named = {x.n: frozenset(one.promotion for one in found.get(x.n, ())) for x in lines}
    known = [one for one in offered if any(one.id in names for names in named.values())]
    assert give([replace(x, named=named[x.n]) for x in lines], known) == found


def parts_of(granted: Iterable[Granted], quantity: int, gross_minor: int) -> list[int]:
    """What the same promotions give on another quantity or value, as a line works it out."""
    claims = tuple((one.promotion, one.minor) for one in granted)
    x = WorkingLine(Line(1, "p1", "each", "1", 1, Decimal(1), 0, claims, 0), 2)
    for part, one in zip(x.parts, granted, strict=True):
        part.know(None, one)
    return x.parts_of(quantity, gross_minor)


@given(orders(), several)
def test_the_rates_give_again_what_was_given_and_never_too_much_for_a_part(
    lines: list[Bought], offered: list[PromotionFact]
) -> None:
    found = evaluate(lines, offered, HERE, NOW)
    for x in lines:
        granted = found.get(x.n, ())
        assert parts_of(granted, x.quantity, x.gross_minor) == [one.minor for one in granted]
        for quantity in range(x.quantity):
            worth = x.gross_minor * quantity // x.quantity
            parts = parts_of(granted, quantity, worth)
            assert min(parts, default=0) >= 0
            assert sum(parts) <= worth


@given(
    orders(),
    st.lists(
        promotions(("percent", "amount", "tiers", "order"), priorities=1),
        max_size=4,
        unique_by=lambda one: one.id,
    ),
    st.integers(0, 4),
    st.integers(1, 30),
)
def test_ordering_more_never_takes_a_discount_away(
    lines: list[Bought], offered: list[PromotionFact], at: int, more: int
) -> None:
    """Of one priority: between priorities the office has said what goes first."""
    x = lines[at % len(lines)]
    price = x.gross_minor // x.quantity
    grown = replace(x, quantity=x.quantity + more, gross_minor=x.gross_minor + more * price)
    before = evaluate(lines, offered, HERE, NOW)
    after = evaluate([grown if one is x else one for one in lines], offered, HERE, NOW)
    assert total(after) >= total(before)
    rounds = [one for one in offered if one.kind != "order"]
    if len(rounds) == len(offered):
        assert all(off(after, one.n) >= off(before, one.n) for one in lines)


@given(orders(), percents(), st.integers(0, 5_000))
def test_what_is_given_on_an_order_is_rounded_once_and_spread_to_the_last_unit(
    lines: list[Bought], percent: Decimal, amount: int
) -> None:
    gross = sum(x.gross_minor for x in lines)
    one = PromotionFact("o", "O", "order", NOW, percent=percent)
    exact = percent * gross / 100
    assert abs(total(evaluate(lines, [one], HERE, NOW)) - exact) <= Decimal("0.5")
    one = PromotionFact("o", "O", "order", NOW, amount_minor=amount)
    assert total(evaluate(lines, [one], HERE, NOW)) == min(amount, gross)


@given(orders(), several)
def test_what_does_not_stack_stands_alone_in_its_round(
    lines: list[Bought], offered: list[PromotionFact]
) -> None:
    by_id = {one.id: one for one in offered}
    for granted in evaluate(lines, offered, HERE, NOW).values():
        for in_order in (True, False):
            here = [by_id[g.promotion] for g in granted]
            mine = [one for one in here if (one.kind == "order") is in_order]
            assert len(mine) < 2 or all(one.stacks for one in mine)


@given(orders(), several)
def test_a_weaker_priority_never_decides(lines: list[Bought], offered: list[PromotionFact]) -> None:
    found = evaluate(lines, offered, HERE, NOW)
    by_id = {one.id: one for one in offered}
    for x in lines:
        alone = {
            one.id: off(evaluate(lines, [one], HERE, NOW), x.n)
            for one in offered
            if one.kind != "order"
        }
        gives = [by_id[name].priority for name, minor in alone.items() if minor]
        got = [by_id[g.promotion] for g in found.get(x.n, ())]
        mine = [one.priority for one in got if one.kind != "order"]
        assert not gives or max(mine) == max(gives)


@given(orders(), promotions(("buy_get",)))
def test_no_more_pieces_are_free_than_were_bought_for(
    lines: list[Bought], one: PromotionFact
) -> None:
    assume(one.buy and one.get)
    one = replace(one, percent=None)
    priced = [replace(x, gross_minor=x.quantity) for x in lines]
    free = total(evaluate(priced, [one], HERE, NOW))
    pieces = sum(x.quantity for x in lines if is_for_product(one, x.product))
    assert one.buy is not None
    assert one.get is not None
    if one.get_product is None:
        assert free * (one.buy + one.get) <= pieces * one.get
    else:
        paid = sum(x.quantity for x in lines if x.product != one.get_product)
        assert free <= paid // one.buy * one.get


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), max_size=8))
def test_a_spread_amount_sums_to_itself_and_each_part_is_within_one_of_its_share(
    amount: int, weights: list[int]
) -> None:
    parts, all_of_it = spread(amount, weights), sum(weights)
    assert sum(parts) == (amount if all_of_it else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * all_of_it - amount * weight) < max(all_of_it, 1)
        assert amount > all_of_it or part <= weight
