"""Peers are measured on a first plan of ours, also where days are so full that it takes a while."""

from typing import Any

import pytest

from bench.routing import measures
from routes.plan import Impossible
from routes.problem import Planned, Problem

FULL = Problem((), (), ())


@pytest.mark.parametrize("hard", [0, measures.FIRST_TRIES - 1, measures.FIRST_TRIES])
def test_a_first_plan_is_looked_for_ever_longer_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, hard: int
) -> None:
    steps, found = list[int](), Planned((), {}, 0.0, 0.0)

    def plan(problem: Problem, seed: int, budget: int, search: Any) -> Planned:
        steps.append(budget)
        if len(steps) <= hard:
            raise Impossible("too few steps")
        return found

    monkeypatch.setattr(measures, "plan", plan)
    monkeypatch.setattr(measures, "steps_budget", lambda steps: steps)
    if hard < measures.FIRST_TRIES:
        assert measures.first_plan(FULL) is found
    else:
        with pytest.raises(Impossible):
            measures.first_plan(FULL)
    assert steps == [10_000 * 4**n for n in range(min(hard + 1, measures.FIRST_TRIES))]
