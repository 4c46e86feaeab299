"""The auditor beside the real server: random days, verdict by verdict and sum by sum."""

import pytest
from sqlalchemy import Engine

from tests.simulation.audited import Day


@pytest.mark.parametrize("seed", range(3))
def test_the_server_decides_as_the_manual_says(engine: Engine, seed: int) -> None:
    day = Day(engine, seed)
    assert day.plays(25) == []
    assert day.predicted > 30
