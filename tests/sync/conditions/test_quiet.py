"""A line is passed over only where no row of the question would have had anything to say."""

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings

from sync.asking.orders import decide, fold
from sync.facts import Facts, Order
from sync.rules.orders import ORDER_LINE, QUIET
from sync.subjects.order import Working, WorkingLine
from tests.sync.worlds import batches

Looks = Mapping[str, Callable[[Working, WorkingLine], bool]]
ASKED: Looks = dict.fromkeys(QUIET, lambda w, x: False)


def differs(batch: tuple[Facts, list[Order]], looks: Looks) -> bool:
    """Whether looking first changes any decision of a batch."""
    facts, orders = batch
    found = False
    for order in orders:
        with patch.dict(QUIET, looks):
            looked = decide(order, facts)
        with patch.dict(QUIET, ASKED):
            asked = decide(order, facts)
        found = found or looked != asked
        fold(facts, order, asked)
    return found


def test_every_question_about_lines_has_its_look() -> None:
    assert QUIET.keys() == ORDER_LINE.keys()


@settings(max_examples=400, deadline=None)
@given(batches)
def test_looking_first_changes_no_decision(batch: Any) -> None:
    assert not differs(batch, dict(QUIET))


@pytest.mark.parametrize("question", sorted(QUIET))
def test_a_look_that_passes_over_everything_is_caught(question: str) -> None:
    """The bug planted, once for each question: random orders must meet what it hides."""
    careless = dict(QUIET) | {question: lambda w, x: True}
    caught: list[bool] = []

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(batches)
    def play(batch: Any) -> None:
        caught.append(differs(batch, careless))

    play()
    assert any(caught)
