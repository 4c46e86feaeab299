"""Decisions about money: what an item cannot take, and money that does not reach."""

import pytest

from sync.decisions import collection
from sync.decisions.shapes import Answer
from sync.rules.all import PARAMS
from sync.subjects.money import WorkingCollection
from tests.sync.money_cases import of_case


def working(amount: int, *allocation: tuple[str, int]) -> WorkingCollection:
    """A receipt, and two open invoices of 50.00 and 30.00 and a credit note."""
    items = {
        number: {"due_on": "2026-11-01", "open_minor": str(minor), "kind": kind}
        for number, minor, kind in (
            *(("F1", 5_000, "invoice"), ("F2", 3_000, "invoice")),
            *(("F0", 0, "invoice"), ("N1", 900, "credit_note")),
        )
    }
    parts = [[number, str(minor)] for number, minor in allocation]
    taken = {"amount_minor": str(amount), "allocation": parts}
    return WorkingCollection(*of_case({"collection": taken, "known": {"items": items}}), PARAMS)


@pytest.mark.rule(11)
@pytest.mark.parametrize(
    ("number", "minor", "stands", "rest"),
    [("F1", 6_000, 5_000, 1_000), ("F1", 5_001, 5_000, 1), ("F1", 5_000, 5_000, 0),
     ("F0", 700, 0, 700), ("F0", 0, 0, 0), ("N1", 900, 0, 900), ("gone", 100, 0, 100)],
)  # fmt: skip
def test_what_an_item_cannot_take_stays_on_account(
    number: str, minor: int, stands: int, rest: int
) -> None:
    w = working(10_000, (number, minor))
    assert collection.put_on_account(w, w.uses[0]) == Answer("adjusted", {"rest_minor": rest})
    assert w.uses[0].minor == stands


@pytest.mark.rule(11)
@pytest.mark.parametrize(
    ("amount", "stand"), [(6_000, [5_000, 1_000]), (1, [1, 0]), (0, [0, 0]), (-5, [0, 0])]
)
def test_money_pays_the_items_in_order_as_far_as_it_goes(amount: int, stand: list[int]) -> None:
    w = working(amount, ("F1", 5_000), ("F2", 3_000))
    assert collection.limit_to_amount(w) == Answer("adjusted")
    assert [x.minor for x in w.uses] == stand
