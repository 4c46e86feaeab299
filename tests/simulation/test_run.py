"""A small firm and a fixed seed: everything goes wrong, nothing is wrong; and again the same."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from server.embedded import EmbeddedPostgres
from tests.conftest import Clone
from tests.simulation.run import play
from tests.simulation.verdict import Result
from tests.simulation.world import simulation


@pytest.fixture(autouse=True)
def quietly() -> Iterator[None]:
    """What the server says of planted troubles is nobody's news here."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


def played(
    clone: Clone, seed: int, steps: int, devices: int, server: EmbeddedPostgres | None = None
) -> Result:
    with simulation(seed, clone(), devices=devices, rate=0.15, server=server) as sim:
        return play(sim, steps=steps)


def test_whatever_goes_wrong_nothing_is_lost_doubled_or_left_different(
    clone: Clone, test_postgres: EmbeddedPostgres
) -> None:
    result = played(clone, seed=1, steps=250, devices=4, server=test_postgres)
    assert result.bad == 0, result.told_wrong()
    assert result.history.counts["captured"] > 100
    assert len(result.history.faults) > 20


def test_a_seed_plays_the_same_history_again(clone: Clone) -> None:
    one, other = (played(clone, seed=7, steps=60, devices=2) for _ in range(2))
    assert one.history.entries == other.history.entries
    assert one.history.digest == other.history.digest
    assert one.history.digest != played(clone, seed=8, steps=60, devices=2).history.digest
