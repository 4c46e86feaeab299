"""Stories of Hypothesis: they end well, and one that does not is made small."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from server.embedded import EmbeddedPostgres
from tests.conftest import Clone
from tests.simulation import smallest
from tests.simulation.smallest import Story, tell_stories
from tests.simulation.world import Simulation


def test_a_story_is_played_to_its_end_and_all_is_well(
    clone: Clone, test_postgres: EmbeddedPostgres
) -> None:
    played: list[Counter[str]] = []

    def told(sim: Simulation) -> None:
        played.append(Counter(sim.history.counts))

    tell_stories(lambda: (test_postgres, clone()), seed=4, stories=2, steps=8, told=told)
    assert len(played) == 2
    assert sum(one["synced"] for one in played) > 8


def test_a_story_that_goes_wrong_is_told_in_as_few_steps_as_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bug planted: whoever loads stock twice loses an order."""
    acts: list[str] = []

    @contextmanager
    def firm(*_: object, **__: object) -> Iterator[Any]:
        acts.clear()
        nothing = SimpleNamespace(next=[], late_arrivals=lambda: None)
        time = SimpleNamespace(pass_s=lambda seconds: None)
        yield SimpleNamespace(network=nothing, time=time, phones=[1], sync=lambda phone: None)

    def does(self: Story, act: Callable[[Simulation], int], seed: int) -> None:
        acts.append(act.__name__)

    monkeypatch.setattr(smallest, "simulation", firm)
    monkeypatch.setattr(Story, "_does", does)
    monkeypatch.setattr(
        smallest, "judge", lambda sim: ({"lost": ["one"] * (acts.count("stock") > 1)}, {})
    )
    with pytest.raises(AssertionError, match="lost: one"):
        tell_stories(lambda: (None, ("", "")), seed=3, stories=40, steps=20)  # type: ignore[arg-type,return-value]
    assert acts == ["stock", "stock"]
