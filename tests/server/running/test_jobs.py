"""What the clock does: once a period whoever runs it, and only while the lease is held."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from server.database import transaction
from server.running import jobs, queries
from server.running.jobs import JOBS, Job, Turn, run
from server.running.lease import Lease
from sync.feed import Entry, publish
from sync.scope import unassign
from tests import world
from tests.world import CELL, World, change, order_body


@pytest.fixture
def lease(engine: Engine) -> Lease:
    held = Lease(engine, "scheduler", "test", 60)
    assert held.hold()
    return held


def job(name: str) -> Job:
    return next(one for one in JOBS if one.name == name)


def rows(engine: Engine, sql: str) -> list[tuple[object, ...]]:
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        return raw.execute(sql).fetchall()  # type: ignore[no-any-return]


def test_every_job_runs_on_a_company_and_says_what_it_is_for(lease: Lease, engine: Engine) -> None:
    world.build(engine)
    for one in JOBS:
        assert run(one, lease) == "done", one.name
        assert one.says.endswith(".")
        assert one.every_s > 0
    assert len({one.name for one in JOBS}) == len(JOBS)


def test_orders_reach_the_stock_that_handhelds_are_told(lease: Lease, engine: Engine) -> None:
    built: World = world.build(engine)
    built.push(built.carrier(), [change(1, "order", "submit", order_body(built.stores[0],
               [(built.products[0], 30)]))])  # fmt: skip
    told = f"SELECT published FROM stock WHERE product = '{built.products[0]}'"
    assert rows(engine, told) == [(1000,)]
    assert run(job("publish_stock"), lease) == "done"
    assert rows(engine, told) == [(970,)]


def test_working_days_that_nobody_was_told_of_are_swept_up(lease: Lease, engine: Engine) -> None:
    built: World = world.build(engine)
    days = [date(2090, 1, 2), date(2090, 1, 3)]
    built.add_target("r01", *days, days)
    built.add_absence(None, days[0], days[0], "holiday")
    for _ in range(2):
        assert run(job("target_days"), lease) == "done"
    assert rows(engine, "SELECT version, working_days FROM sales_target") == [(2, days[1:])]


def test_a_hold_that_is_overdue_gives_its_stock_back(lease: Lease, engine: Engine) -> None:
    built = world.build(engine, limit_minor=100)
    verdicts, _ = built.push(built.carrier(), [change(1, "order", "submit", order_body(
        built.stores[0], [(built.products[0], 30)]))])  # fmt: skip
    assert verdicts[0]["outcome"] == "held"
    kept = "SELECT reserved FROM stock WHERE reserved > 0"
    assert rows(engine, kept) == [(30,)]
    assert run(job("lapse_holds"), lease) == "done"
    assert rows(engine, kept) == [(30,)]  # not yet
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        raw.execute("UPDATE orders SET hold_due_at = now() - interval '1 minute'")
    assert run(job("lapse_holds"), lease) == "done"
    assert rows(engine, kept) == []
    assert rows(engine, "SELECT state FROM orders") == [("held",)]


def test_two_workers_never_both_run_a_period(engine: Engine) -> None:
    """Even with a broken lease, which here lets both in: the row decides."""
    counted: list[str] = []
    meet = threading.Barrier(2, timeout=10)

    class Everybodys(Lease):
        @contextmanager
        def fenced(self) -> Iterator[Connection]:
            with transaction(engine) as conn:
                yield conn

    def work(turn: Turn) -> int:
        meet.wait()
        with turn.once("2026-P12") as conn:
            if conn is not None:
                counted.append(turn.lease.holder)
        return 1

    both = [Everybodys(engine, "scheduler", name, 60) for name in ("a", "b")]
    both[0].hold()
    both[1].token = 1
    period = Job("period", 1, work, "Test.")
    running = [threading.Thread(target=run, args=(period, one)) for one in both]
    for each in running:
        each.start()
    for each in running:
        each.join()
    assert len(counted) == 1
    assert rows(engine, "SELECT job, period, outcome FROM job_run") == [
        ("period", "2026-P12", "done")
    ]


def test_a_period_whose_work_failed_is_done_at_the_next_tick(lease: Lease, engine: Engine) -> None:
    tries: list[int] = []

    def work(turn: Turn) -> int:
        with turn.once("p") as conn:
            if conn is None:
                return 0
            tries.append(1)
            if len(tries) == 1:
                raise RuntimeError("the first time it fails")
        return 1

    one = Job("shaky", 1, work, "Test.")
    assert [run(one, lease) for _ in range(3)] == ["failed", "done", "done"]
    assert len(tries) == 2


def test_a_job_of_a_superseded_worker_writes_nothing(engine: Engine) -> None:
    built = world.build(engine)
    built.push(built.carrier(), [change(1, "order", "submit", order_body(built.stores[0],
               [(built.products[0], 30)]))])  # fmt: skip
    old, new = Lease(engine, "scheduler", "old", 0.0), Lease(engine, "scheduler", "new", 60)
    assert old.hold()
    assert new.hold()
    assert run(job("publish_stock"), old) == "superseded"
    assert rows(engine, "SELECT count(*) FROM stock WHERE published <> 1000") == [(0,)]
    assert run(job("publish_stock"), new) == "done"
    assert rows(engine, "SELECT count(*) FROM stock WHERE published <> 1000") == [(1,)]


def test_removals_go_only_after_the_cursors_that_may_not_have_seen_them(
    lease: Lease, engine: Engine
) -> None:
    built = world.build(engine)
    with transaction(engine) as conn:
        publish(conn, CELL, [Entry(f"st:{built.stores[0]}", "visit", key, "gone")
                             for key in ("long ago", "lately")])  # fmt: skip
        raw = conn.connection.driver_connection
        assert raw is not None
        raw.execute("UPDATE entry SET at = now() - interval '183 days' WHERE key = 'long ago'")
        raw.execute("UPDATE entry SET at = now() - interval '181 days' WHERE key = 'lately'")
        for name, days in (("old", 181), ("young", 179)):
            raw.execute(
                """INSERT INTO cursor (cell, id, device, epoch, schema, positions, scopes, made_at)
                   VALUES (2, %s, 'd-1', 'e', 1, '{}', '{}', now() - make_interval(days => %s))""",
                (name, days),
            )
    assert run(job("forget"), lease) == "done"
    assert rows(engine, "SELECT key FROM entry WHERE act = 'gone'") == [("lately",)]
    assert rows(engine, "SELECT id FROM cursor") == [("young",)]
    oldest_cursor_days = next(days for what, _, days in queries.OLD if what == "cursors")
    oldest_removal_days = next(days for what, _, days in queries.OLD if what == "removals")
    assert oldest_cursor_days < oldest_removal_days


def test_a_handheld_not_heard_of_becomes_stale(lease: Lease, engine: Engine) -> None:
    built = world.build(engine)
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        raw.execute("UPDATE device SET enrolled_at = now() - interval '40 days'")
    assert run(job("mark_stale"), lease) == "done"
    assert rows(engine, "SELECT state FROM device") == [("stale",)]
    assert built.now < datetime.now(UTC) + timedelta(seconds=1)


def test_jobs_are_what_the_scheduler_ticks() -> None:
    assert {one.name for one in jobs.JOBS} >= {"publish_stock", "lapse_holds", "tell_due", "forget"}


def test_a_job_that_loses_a_race_is_done_again_and_nothing_else_is(lease: Lease) -> None:
    tries: list[int] = []

    def loses(error: Exception, times: int) -> Job:
        def work(turn: Turn) -> int:
            tries.append(1)
            if len(tries) <= times:
                raise error
            return 1

        tries.clear()
        return Job("loses", 1, work, "Loses.")

    dead = psycopg.errors.DeadlockDetected()
    wrapped = OperationalError("UPDATE", {}, psycopg.errors.SerializationFailure())
    assert (run(loses(dead, 2), lease), len(tries)) == ("done", 3)
    assert (run(loses(wrapped, 1), lease), len(tries)) == ("done", 2)
    assert (run(loses(dead, 9), lease), len(tries)) == ("failed", 3)
    assert (run(loses(psycopg.errors.UniqueViolation(), 1), lease), len(tries)) == ("failed", 1)
    assert (run(loses(ValueError(), 1), lease), len(tries)) == ("failed", 1)


def test_a_handheld_of_a_rep_who_left_is_revoked_when_its_outbox_has_come(
    lease: Lease, engine: Engine
) -> None:
    built = world.build(engine)
    with built.begin() as conn:
        unassign(conn, CELL, "r01", built.stores, datetime.now(UTC))
    state = "SELECT state FROM device WHERE id = 'd-1'"
    for change_, expected in (
        ("UPDATE device SET queue_depth = 0, last_pull_at = now()", "active"),  # nobody left
        ("UPDATE app_user SET state = 'left' WHERE code = 'r01'", "revoked"),
        ("UPDATE device SET state = 'active', queue_depth = 4", "active"),
        ("UPDATE device SET queue_depth = 0, last_pull_at = now() - interval '1 day'", "active"),
        ("UPDATE device SET last_pull_at = now()", "revoked"),
    ):
        built.run(change_)
        assert run(job("revoke_left"), lease) == "done"
        assert built.one(state) == expected, change_
    assert built.one("SELECT count(*) FROM audit WHERE who = 'job:revoke_left'") == 2
