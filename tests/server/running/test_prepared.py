"""The job that keeps segments ready: builds what lacks or lags, leaves the rest, clears away."""

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Engine

from schemas.versions import NEWEST
from server.running.jobs import run
from server.running.lease import Lease
from sync import segments
from sync.write import remove
from tests.server.running.test_jobs import job
from tests.sync.segment_harness import IN_USE, PRICES, begin_and_compare, furnish
from tests.world import COMPANY_CELL, World, build

CURRENT = f"SELECT scope, id FROM segment WHERE replaced_at IS NULL AND schema = {NEWEST}"
VERSIONS = len(IN_USE)


@pytest.fixture
def world(engine: Engine) -> World:
    made = build(engine)
    furnish(made)
    return made


@pytest.fixture
def lease(world: World) -> Lease:
    held = Lease(world.engine, "scheduler", "test", 60)
    assert held.hold()
    return held


def built(family: str) -> float:
    found = REGISTRY.get_sample_value("talaria_segments_built_total", {"family": family})
    return found or 0.0


def test_what_lacks_is_built_once_and_what_lags_again(
    lease: Lease, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built("pl")
    assert run(job("prepare_segments"), lease) == "done"
    first = dict(world.rows(CURRENT))
    assert first.keys() == {"company", "pl:base", "pl:extra", "pl:foreign", "wh:w1"}
    assert built("pl") == before + 3 * VERSIONS
    assert run(job("prepare_segments"), lease) == "done"
    assert dict(world.rows(CURRENT)) == first
    monkeypatch.setattr(segments, "CHANGED_LEAST", 5)
    with world.begin() as conn:
        remove(conn, COMPANY_CELL, "price", PRICES)
    assert run(job("prepare_segments"), lease) == "done"
    second = dict(world.rows(CURRENT))
    assert {scope for scope in first if first[scope] != second[scope]} == {
        "pl:base", "pl:extra", "pl:foreign",
    }  # fmt: skip
    assert begin_and_compare(world) == (3 + 1, 0)


def test_replaced_segments_stay_while_a_pull_may_still_name_them(
    lease: Lease, world: World
) -> None:
    run(job("prepare_segments"), lease)
    world.run("UPDATE segment SET replaced_at = now() - interval '1 day'")
    run(job("prepare_segments"), lease)
    assert world.one("SELECT count(*) FROM segment") == 10 * VERSIONS
    world.run("UPDATE segment SET replaced_at = replaced_at - interval '25 hours'")
    run(job("prepare_segments"), lease)
    assert world.one("SELECT count(*) FROM segment") == 5 * VERSIONS


def test_a_worker_that_lost_the_lease_builds_nothing(lease: Lease, world: World) -> None:
    other = Lease(world.engine, "scheduler", "other", 60)
    world.run("UPDATE lease SET until = now() - interval '1 hour'")
    assert other.hold()
    assert run(job("prepare_segments"), lease) == "superseded"
    assert world.one("SELECT count(*) FROM segment") == 0
