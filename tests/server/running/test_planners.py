"""Plans are taken up once, and a planner that dies or dawdles leaves no plan behind."""

import subprocess
import threading
from concurrent.futures import wait
from contextlib import closing

import pytest
from sqlalchemy import Engine

from routes import queries_plans as plans
from server.planning import Ask
from server.running.children import importable, module
from server.running.planners import MOST_ATTEMPTS, SPARE_S, Planners, limit_s, run
from server.settings import load
from tests.server.test_planning import MONDAY, ask, asked, heard, listening, on_the_map
from tests.world import World


@pytest.fixture
def planned(engine: Engine) -> World:
    return on_the_map(engine)


class Started:
    """Starts the same command in place of planners, and keeps what it has started."""

    def __init__(self, *command: str, **said: str) -> None:
        self.command, self.said = command, said
        self.plans: list[tuple[str, int]] = []

    def __call__(self, plan: str, attempt: int) -> "subprocess.Popen[bytes]":
        self.plans.append((plan, attempt))
        words = [*self.command, plan, str(attempt)]
        if self.command[0] == "sleep":
            words = [*self.command]
        environ = importable(self.said) if self.said else None
        return subprocess.Popen(words, stdin=subprocess.PIPE, env=environ, start_new_session=True)


def planners(world: World, start: Started, **more: object) -> Planners:
    return Planners(world.engine, "here", "c", 2, start=start, **more)  # type: ignore[arg-type]


def settled(team: Planners) -> None:
    wait(list(team._open))


def test_each_waiting_plan_is_taken_up_once_by_one_worker(planned: World) -> None:
    wanted = [asked(planned, ask(planned)) for _ in range(3)]
    one, other = Started("sleep", "60"), Started("sleep", "60")
    here, there = planners(planned, one), planners(planned, other)
    assert (here.take_up(), there.take_up(), here.take_up()) == (2, 1, 0)
    assert [plan for plan, _ in one.plans + other.plans] == wanted
    here.close()
    assert there.take_up() == 1  # what a worker leaves behind when it ends, another takes up
    assert there.wake.is_set() is False
    there.close()
    assert other.plans[-1] == (wanted[0], 2)


def test_a_plan_that_ends_every_planner_fails_and_says_so(planned: World) -> None:
    asked(planned, ask(planned))
    dies = Started("false")
    team = planners(planned, dies)
    while team.take_up():
        settled(team)
    assert team.wake.is_set()
    assert [attempt for _, attempt in dies.plans] == [*range(1, MOST_ATTEMPTS + 1)]
    state, fault = planned.rows("SELECT state, fault FROM plan")[0]
    assert (state, "fewer reps" in fault) == ("failed", True)
    team.close()


def test_a_planner_that_takes_too_long_is_ended_and_the_plan_has_failed(planned: World) -> None:
    asked(planned, ask(planned))
    slow = Started("sleep", "60")
    team = planners(planned, slow, limit=lambda wanted: 0.05)
    team.take_up()
    settled(team)
    state, fault = planned.rows("SELECT state, fault FROM plan")[0]
    assert (state, "took longer" in fault) == ("failed", True)
    team.close()


def test_a_planner_not_heard_of_loses_its_plan(planned: World) -> None:
    plan = asked(planned, ask(planned))
    with planned.begin() as conn:
        assert plans.claim(conn, "there", 10.0, 3) is not None
    with planned.begin() as conn:
        assert plans.claim(conn, "here", 10.0, 3) is None
    planned.run("UPDATE plan SET lease_until = now() - interval '1 second'")
    with planned.begin() as conn:
        again = plans.claim(conn, "here", 10.0, 3)
        assert again is not None
        assert (again["id"], again["attempt"]) == (plan, 2)
        assert plans.beat(conn, plan, 1, 10.0, {}) is None
        assert not plans.fail(conn, plan, 1, "too late")
        assert not plans.give_back(conn, plan, 1)
        assert plans.beat(conn, plan, 2, 10.0, {}) is False


def test_a_worker_wakes_for_a_plan_that_is_asked_for(
    planned: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sweep in sight: only the hint can wake it. Told to stop, it gives back what it has."""
    monkeypatch.setattr("server.running.planners.SWEEP_S", 600.0)
    said = {"DATABASE_URL": database_url, "TALARIA_HINT_CHANNEL": "c", "HOME": "/tmp"}
    stop, began, slow = threading.Event(), threading.Event(), Started("sleep", "60")

    def start(plan: str, attempt: int) -> "subprocess.Popen[bytes]":
        began.set()
        return slow(plan, attempt)

    def worker() -> None:
        run(stop, planned.engine, "here", load(said), start)

    with closing(listening(planned)) as raw:
        working = threading.Thread(target=worker)
        working.start()
        first = asked(planned, ask(planned))  # there before it listens, or just after
        assert began.wait(60)
        began.clear()
        second = asked(planned, ask(planned))
        assert began.wait(60)
        planned.run("UPDATE plan SET state = 'cancelled' WHERE id = %s", second)
        stop.set()
        planned.run("NOTIFY c")  # its ears need not wait for the end of their half second
        working.join(60)
        assert f"plans {planned.company}" in heard(raw)
    assert slow.plans == [(first, 1), (second, 1)]
    assert planned.rows("SELECT id::text, state FROM plan WHERE lease_until < now()") == [
        (first, "planning")
    ]


def test_the_limit_leaves_room_for_every_rep() -> None:
    wanted = Ask("c", ("a", "b"), MONDAY, seconds=20.0)
    assert limit_s(wanted) == SPARE_S + 60.0
    assert limit_s(Ask("c", ("a",), MONDAY, steps=5)) > 600.0


def test_a_planner_is_a_process_of_its_own_and_ends_with_its_worker(
    planned: World, database_url: str, tmp_path: object
) -> None:
    said = {"DATABASE_URL": database_url, "TALARIA_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}
    real = Started(*module("server.running.one_plan"), **said)
    team = planners(planned, real)
    asked(planned, ask(planned))
    long = asked(planned, Ask(planned.company, ("r01",), MONDAY, 2, seconds=600.0))
    team.take_up()
    processes = list(team._open.values())
    assert processes[0].wait(60) == 0
    assert planned.rows("SELECT state FROM plan WHERE id <> %s", long) == [("ready",)]
    left = processes[1]
    assert left.stdin is not None
    left.stdin.close()  # as the end of the worker does
    assert left.wait(60) == 1
    settled(team)
    assert planned.rows("SELECT state, lease_until < now() FROM plan WHERE id = %s", long) == [
        ("planning", True)
    ]
    team.close()
