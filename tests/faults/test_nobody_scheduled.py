"""F24: the hour of a nightly piece of work comes and no scheduler runs."""

from datetime import UTC, datetime, timedelta

import pytest

from server.delivery.reconcile import DAYS, Run, ask_nightly
from tests.world import World

NIGHT = datetime(2026, 3, 10, 12, tzinfo=UTC)  # six in the morning in Chicago: past its hour


def asked(world: World, night: datetime) -> int:
    return ask_nightly(Run(world.begin, night))


def days(world: World) -> list[str]:
    return [str(one) for (one,) in world.rows("SELECT day FROM reconciliation ORDER BY day")]


def test_nights_that_nobody_scheduled_are_made_up_for_once(world: World) -> None:
    assert asked(world, NIGHT) == 1
    assert days(world) == ["2026-03-09"]  # a system that was never compared begins with yesterday
    assert asked(world, NIGHT + timedelta(days=4)) == 4
    assert days(world) == [f"2026-03-{day:02d}" for day in range(9, 14)]
    assert asked(world, NIGHT + timedelta(days=4, minutes=1)) == 0


@pytest.mark.parametrize("off", [DAYS, 3 * DAYS])
def test_no_more_nights_are_made_up_for_than_lists_are_kept(world: World, off: int) -> None:
    asked(world, NIGHT)
    assert asked(world, NIGHT + timedelta(days=off)) == DAYS
