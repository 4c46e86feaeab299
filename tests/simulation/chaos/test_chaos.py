"""A small company under fire, for some seconds; `make soak` does it at length."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.chaos.run import Run
from tests.simulation.chaos.told import Told, Wish

SMALL = Wish(
    seed=1, devices=4, seconds=4.0, changes=30, faults=5, longest_s=60.0, faulty=0.4,
    kill_p=0.2, kill_every_s=0.7, visits=3, pause_s=0.1, processes=1,
    kinds=("web_worker", "database", "dispatcher"),
)  # fmt: skip
"""Whatever needs a server to start anew is left out: each start costs seconds. On a machine with
much else to do it goes on until there is something to judge."""


@pytest.fixture
def homes() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="talaria-chaos-"))
    yield made
    shutil.rmtree(made)


@pytest.mark.slow
def test_a_small_company_under_fire_loses_and_doubles_nothing(
    tmp_path: Path, homes: Path, pg_bin: Path
) -> None:
    run = Run(tmp_path, homes, pg_bin, SMALL)
    told = run.run()
    assert told.bad() == 0, told.line(SMALL, 0)
    assert told.changes > 20
    assert told.kills >= 1
    assert told.faults.total() >= 5


def test_whatever_is_wrong_makes_a_run_bad() -> None:
    told = Told()
    assert told.bad() == 0
    told.wrong["lost"] = ["a change"]
    assert told.bad() == 1
