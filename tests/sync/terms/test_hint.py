"""What a little more would bring: the cases of the contract, and that hints come true."""

from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.facts import PromotionFact
from sync.terms.evaluate import evaluate
from sync.terms.hint import Hint, hints
from sync.terms.promotion import Bought, Tier
from tests.sync.terms.played import bought, cases, play, promotion
from tests.sync.terms.test_evaluate import HERE, NOW, off, orders, promotions, total


def _told(hint: Hint) -> dict[str, Any]:
    """A hint as the cases write it: what it does not speak of is left out."""
    return {name: value for name, value in asdict(hint).items() if value not in (None, 0)}


ASKS = {
    "hints": lambda g: [
        _told(one)
        for one in hints(
            [bought(row) for row in g["lines"]], [promotion(row) for row in g["promotions"]]
        )
    ],
}


@pytest.mark.parametrize("case", cases("hint"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(orders(), promotions(("tiers",)), st.integers(0, 4))
def test_who_follows_a_hint_of_a_step_gets_its_percentage(
    lines: list[Bought], one: PromotionFact, at: int
) -> None:
    one = replace(one, products=None, tier_by="quantity")
    for hint in hints(lines, [one]):
        x = lines[at % len(lines)]
        more = x.quantity + hint.more
        grown = replace(x, quantity=more, gross_minor=more * 100)
        found = evaluate([grown if y is x else y for y in lines], [one], HERE, NOW)
        if hint.percent is not None:
            assert off(found, x.n) >= more * hint.percent - 1
        else:
            assert off(found, x.n) >= min(more * 100, more * (hint.amount_minor or 0))


@given(orders(), promotions(("buy_get",)))
def test_who_adds_the_pieces_that_are_earned_gets_them_free(
    lines: list[Bought], one: PromotionFact
) -> None:
    one = replace(one, percent=None)
    for hint in hints(lines, [one]):
        if hint.more == 0 and hint.product is not None:
            before = total(evaluate(lines, [one], HERE, NOW))
            free = Bought(99, hint.product, hint.free, hint.free * 7)
            after = evaluate([*lines, free], [one], HERE, NOW)
            assert off(after, 99) == free.gross_minor
            assert total(after) > before


def _promotion(id: str = "a", **more: Any) -> PromotionFact:
    return PromotionFact(**{"id": id, "name": id, "kind": "tiers", "valid_from": NOW, **more})


def _steps(*steps: tuple[int, str | None, int | None]) -> PromotionFact:
    told = [Tier(reach, Decimal(off) if off else None, minor) for reach, off, minor in steps]
    return _promotion(tiers=tuple(told))


@pytest.mark.parametrize(
    ("lower", "upper", "is_told"),
    [
        ((1, "5", None), (12, "5", None), False),
        ((1, "5", None), (12, "6", None), True),
        ((1, None, 5), (12, None, 5), False),
        ((1, None, 5), (12, None, 4), False),
        ((1, None, 5), (12, None, 6), True),
        ((1, "5", None), (12, None, 1), True),
        ((1, "5", None), (12, None, 0), False),
        ((1, None, 5), (12, "1", None), True),
    ],
)
def test_a_step_that_gives_no_more_than_one_below_it_is_not_told(
    lower: tuple[int, str | None, int | None], upper: tuple[int, str | None, int | None],
    is_told: bool,
) -> None:  # fmt: skip
    found = hints([Bought(1, "p", 2, 200)], [_steps(lower, upper)])
    assert [hint.more for hint in found] == ([10] if is_told else [])


def test_the_first_step_is_told_where_it_gives_anything_at_all() -> None:
    line = [Bought(1, "p", 2, 200)]
    assert [hint.amount_minor for hint in hints(line, [_steps((3, None, 1))])] == [1]
    assert hints(line, [_steps((3, None, 0))]) == []
    assert hints(line, [_steps((3, None, None))]) == []


def test_a_promotion_of_which_nothing_is_on_the_order_hides_no_other() -> None:
    absent = _promotion("a", products=frozenset("q"), tiers=(Tier(9, Decimal(5)),))
    found = hints([Bought(1, "p", 2, 200)], [absent, _promotion("b", tiers=(Tier(9, Decimal(5)),))])
    assert [hint.promotion for hint in found] == ["b"]


@pytest.mark.parametrize(
    ("buy", "get", "more", "free"), [(1, 1, 1, 1), (1, 2, 1, 2), (2, 1, 1, 1), (0, 1, None, 0)]
)
def test_one_piece_is_enough_to_buy_or_to_get(
    buy: int, get: int, more: int | None, free: int
) -> None:
    """Of the same product: one is on the order. Of another: it is earned, and not yet there."""
    line = [Bought(1, "p", 1, 100)]
    same = hints(line, [_promotion(kind="buy_get", buy=buy, get=get)])
    expected = [] if more is None else [(1 if buy == 2 else 0, get)]
    assert [(hint.more, hint.free) for hint in same] == expected
    other = hints(line, [_promotion(kind="buy_get", buy=buy, get=get, get_product="q")])
    assert [(h.more, h.free, h.product) for h in other] == (
        [] if more is None else [(more if buy == 2 else 0, free, "q")]
    )


def test_of_products_that_lack_as_much_the_first_by_code_is_told() -> None:
    lines = [Bought(1, "q", 1, 100), Bought(2, "p", 1, 100)]
    (hint,) = hints(lines, [_promotion(kind="buy_get", buy=3, get=1)])
    assert hint.product == "p"
