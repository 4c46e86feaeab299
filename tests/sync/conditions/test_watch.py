"""What is watched beside single changes, at its edges: clocks, and more than people do."""

import pytest

from sync.conditions import change, watch
from sync.rules.all import PARAMS
from sync.subjects.change import WorkingChange
from sync.subjects.watch import Mass, WorkingMass
from tests.sync.cases import world

NOW = world()[1].now


@pytest.mark.parametrize(("most", "rows", "is_alarm"), [(0, 5, False), (1, 1, False), (1, 2, True)])
def test_an_alarm_is_raised_above_the_threshold_and_never_without_one(
    most: int, rows: int, is_alarm: bool
) -> None:
    params = {"mass_change": {"rows": most, "load_rows": 0, "minutes": 10}}
    mass = Mass("user:dora", "Dora", "store", rows, NOW)
    assert watch.more_than_people_do(WorkingMass(mass, params)) is is_alarm


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_is_wrong_a_millisecond_beyond_the_minutes_allowed(sign: int) -> None:
    allowed_ms = PARAMS["clock_wrong"]["minutes"] * 60_000
    for ms, wrong in ((allowed_ms, False), (allowed_ms + 1, True)):
        w = WorkingChange("order", NOW, offset_ms=sign * ms, params=PARAMS)
        assert change.clock_is_wrong(w) is wrong
