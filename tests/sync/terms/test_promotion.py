"""Whom and when a promotion is for, and what it offers: the cases of the contract."""

from decimal import Decimal
from typing import Any

import pytest

from sync.terms.evaluate import evaluate
from sync.terms.promotion import (
    Bought,
    Rate,
    Tier,
    free_of,
    is_for_product,
    is_for_store,
    is_live,
    lines_of,
    offers_of,
    steps_of,
    tiers_of,
)
from sync.terms.spread import spread
from tests.sync.terms.played import at_store, bought, cases, moment, play, promotion

WHEN = "2026-11-21T12:00:00Z"


def _evaluate(g: dict[str, Any]) -> dict[str, Any]:
    found = evaluate(
        [bought(row) for row in g["lines"]],
        [promotion(row) for row in g["promotions"]],
        at_store(g.get("store", {"id": "store-1"})),
        moment(g.get("when", WHEN)),
    )
    return {str(n): [[one.promotion, one.minor] for one in given] for n, given in found.items()}


ASKS = {
    "evaluate": _evaluate,
    "is_live": lambda g: is_live(promotion(g["promotion"]), moment(g["when"])),
    "is_for_store": lambda g: is_for_store(promotion(g["promotion"]), at_store(g["store"])),
    "is_for_product": lambda g: is_for_product(promotion(g["promotion"]), g["product"]),
    "spread": lambda g: spread(int(g["amount"]), [int(one) for one in g["weights"]]),
}


@pytest.mark.rule(4)
@pytest.mark.parametrize("case", cases("promotion"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


def test_steps_are_read_as_they_travel() -> None:
    assert tiers_of([[1, "2.5", None], [24, None, 40]]) == (
        Tier(1, Decimal("2.5")),
        Tier(24, None, 40),
    )


def test_a_rate_of_nothing_takes_nothing_off() -> None:
    assert Rate().off_minor(3, 100) == 0
    assert Rate(each_minor=5).off_minor(0, 100) == 0


def test_what_belongs_to_another_kind_is_passed_over() -> None:
    both = {"percent": "10", "amount_minor": "5"}
    assert steps_of(promotion({"kind": "amount", **both})) == (Tier(0, None, 5),)
    assert steps_of(promotion({"kind": "percent", **both})) == (Tier(0, Decimal(10), None),)


def test_a_product_to_get_belongs_to_buy_get_alone() -> None:
    row = {"products": ["a"], "get_product": "b", "buy": "1", "get": "1", "percent": "10"}
    got = promotion({"kind": "buy_get", **row})
    assert [is_for_product(got, one) for one in ("a", "b", "c")] == [True, True, False]
    assert not is_for_product(promotion({"kind": "percent", **row}), "b")


def test_a_free_line_counts_and_one_of_no_pieces_does_not() -> None:
    lines = [
        Bought(1, "a", 0, 0),
        Bought(2, "a", 5, 0),
        Bought(3, "a", 1, 1),
        Bought(4, "a", -1, 5),
    ]
    assert [x.n for x in lines_of(promotion({"kind": "percent", "percent": "1"}), lines)] == [2, 3]


def test_a_promotion_that_says_nothing_gives_nothing() -> None:
    lines = [Bought(1, "a", 6, 600)]
    assert offers_of(promotion({"kind": "amount"}), lines) == {1: (Rate(each_minor=0),)}
    assert free_of(promotion({"kind": "buy_get", "buy": "1"}), lines) == {}
    assert free_of(promotion({"kind": "buy_get", "get": "1"}), lines) == {}
