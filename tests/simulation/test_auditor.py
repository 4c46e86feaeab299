"""The auditor beside the real server: random days, verdict by verdict and sum by sum; and mistakes
planted in the server, each of which the auditor must report."""

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.simulation.audited import Day

TURNS = 25


@pytest.mark.parametrize("seed", [0, 10])
def test_the_server_decides_as_the_manual_says(engine: Engine, seed: int) -> None:
    day = Day(engine, seed)
    assert day.plays(TURNS) == []
    assert day.predicted > 30


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _never(*_: Any) -> bool:
    return False


def _always(*_: Any) -> bool:
    return True


PLANTED: dict[str, tuple[str, Any, int, str]] = {
    "what an order keeps is not given back when it ends": (
        "sync.desk.release.give_back", _nothing, 0, "reserved of"),
    "a price is right only if it is today's": (
        "sync.conditions.line.was_on_copy", _never, 0, "price_raised"),
    "a batch decides without what its orders before took": (
        "sync.taking.orders.fold", _nothing, 0, "must be"),
    "any rep may sell to any store": (
        "sync.conditions.order.had_right", _always, 0, "store_not_mine"),
    "two orders are never alike": (
        "sync.conditions.order.twin_of", _nothing, 0, "probable_duplicate"),
}  # fmt: skip
"""A mistake -> what is put in the place of what, the seed of a day that meets it, and what is said
of it."""


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_mistake_is_reported(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    place, instead, seed, says = PLANTED[mistake]
    monkeypatch.setattr(place, instead)
    assert any(says in one for one in Day(engine, seed).plays(TURNS)), mistake
