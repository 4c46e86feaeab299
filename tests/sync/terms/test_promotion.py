"""Whom and when a promotion is for, and what it offers: the cases of the contract."""

from typing import Any

import pytest

from sync.terms.evaluate import evaluate
from sync.terms.promotion import is_for_product, is_for_store, is_live
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
