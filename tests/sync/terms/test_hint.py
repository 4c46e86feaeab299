"""What a little more would bring: the cases of the contract, and that hints come true."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.facts import PromotionFact
from sync.terms.evaluate import evaluate
from sync.terms.hint import Hint, hints
from sync.terms.promotion import Bought
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
