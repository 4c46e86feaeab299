"""A small `make powercut`: nothing is lost, and each planted bug is found.

`make powercut` cuts at every step, ten thousand times.
"""

import pytest

from tests.simulation.power.__main__ import run, run_bug
from tests.simulation.power.plants import BUGS


def test_after_a_hundred_and_twenty_power_cuts_nothing_is_lost_corrupt_or_half_there() -> None:
    counts = run(120, 20261122)
    assert not counts.faults, f"{counts.line(0, 20261122)}\n{counts.first}"
    assert counts.cuts == 120
    assert counts.covered > 100
    assert counts.orders > 200, "hardly anything had been promised before the cuts"


@pytest.mark.parametrize("name", sorted(BUGS))
def test_power_cuts_find_a_planted_bug(name: str) -> None:
    counts = run_bug(name, 120, 20261122)
    assert counts.faults[BUGS[name].shows_as] > 0, counts.line(0, 20261122)
