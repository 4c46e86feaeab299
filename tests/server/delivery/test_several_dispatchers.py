"""Several dispatchers at once, as processes: racing, and killed in the middle of a request."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.server.delivery.conftest import ROOT, Depot, Process, dispatch_once, later
from tests.world import build

DISPATCHER = """
import sys, threading, time
from server.database import make_engine
from server.delivery.send import Dispatcher
engine = make_engine(sys.argv[1], pool_size=8)
dispatcher = Dispatcher(engine, sys.argv[2], per_target=8)
print("ready", flush=True)
idle = 0
while idle < 20:
    dispatcher.wake.clear()
    idle = 0 if dispatcher.start_due() else idle + 1
    dispatcher.wake.wait(0.1)
dispatcher.close()
print(dict(dispatcher.counts))
"""


def dispatcher_process(url: str, name: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", DISPATCHER, url, name], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture
def many(engine: Engine) -> Depot:
    """A company with enough stores for 200 orders that do not look like each other."""
    return Depot(build(engine, stores=41, products=10, on_hand=100_000))


@pytest.mark.slow
def test_two_dispatchers_racing_for_two_hundred_deliveries_send_each_once(
    many: Depot, database_url: str, process: Process
) -> None:
    standin = process(dedupe=False)
    many.point_at(standin.url, dedupes=False)
    for product in range(5):
        many.accept(*((store, product) for store in range(40)))
    racers = [dispatcher_process(database_url, name) for name in ("a", "b")]
    said = [racer.communicate(timeout=90)[0] for racer in racers]
    counts = standin.counts()
    assert (counts["documents"], counts["orders"], counts["attempts"]) == (200, 200, 200)
    assert many.states() == {"acknowledged": 200}
    assert all("acknowledged" in one for one in said), said  # both had their part
    numbers = many.rows("SELECT DISTINCT external_no FROM orders WHERE state = 'acknowledged'")
    assert len(numbers) == 200


@pytest.mark.slow
def test_dispatchers_killed_in_the_middle_lose_nothing_and_double_nothing(
    many: Depot, database_url: str, process: Process
) -> None:
    """Kill -9 while requests are on their way, against a system that knows no repeats."""
    standin = process(dedupe=False, delay_s=0.3)
    many.point_at(standin.url, dedupes=False, deadline_s=2)
    many.accept(*((store, 0) for store in range(40)))
    for name in ("a", "b", "c"):
        victim = dispatcher_process(database_url, name)
        seen = standin.counts()["attempts"]
        while standin.counts()["attempts"] == seen:
            threading.Event().wait(0.02)
        victim.kill()
        victim.communicate()
    assert many.states().get("sending", 0) > 0

    def let_it_think() -> None:
        """Until the system is done with what it got: our clock leaps, its own does not."""
        while any(one["outcome"] == "arrived" for one in standin.attempts()):
            threading.Event().wait(0.05)

    let_it_think()
    moment = later(20)  # the leases of the dead have run out
    for _ in range(20):
        dispatch_once(many.engine, moment, worker_id="heir", settle_s=5)
        let_it_think()
        moment += timedelta(seconds=30)
        if many.states() == {"acknowledged": 40}:
            break
    assert many.states() == {"acknowledged": 40}
    counts = standin.counts()
    assert (counts["documents"], counts["orders"]) == (40, 40)
