"""One holder at a time, and a holder that lost the lease writes nothing, however late it wakes."""

import signal
import threading
import time
from contextlib import AbstractContextManager
from subprocess import Popen

import pytest
from sqlalchemy import Engine

from server.database import IDLE_S, make_engine, transaction
from server.running import queries
from server.running.lease import Lease, Superseded
from tests.server.running.ports import process, until

TTL_S = 1.0


def runs(engine: Engine) -> list[str]:
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        return [row[0] for row in raw.execute("SELECT job FROM job_run ORDER BY 1").fetchall()]


def test_one_of_many_holds_it_and_the_token_rises_with_every_change_of_hands(
    engine: Engine,
) -> None:
    first, second = Lease(engine, "x", "a", 60), Lease(engine, "x", "b", 60)
    assert first.hold()
    assert first.hold()
    assert not second.hold()
    assert first.token == 1
    first.leave()
    assert second.hold()
    assert second.token == 2


def test_many_at_once_and_one_gets_it(engine: Engine) -> None:
    leases = [Lease(engine, "x", f"w{n}", 60) for n in range(8)]
    held: list[bool] = []
    asking = [threading.Thread(target=lambda one=one: held.append(one.hold())) for one in leases]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert sorted(held) == [False] * 7 + [True]


def test_a_holder_that_lost_the_lease_writes_nothing(engine: Engine) -> None:
    old, new = Lease(engine, "x", "old", 0.05), Lease(engine, "x", "new", 60)
    assert old.hold()
    with pytest.raises(Superseded), old.fenced() as conn:  # noqa: PT012 - its inside is the point
        queries.begin_run(conn, "late", "p", 1)
        time.sleep(0.1)
        assert new.hold()
    assert runs(engine) == []
    with new.fenced() as conn:
        queries.begin_run(conn, "right", "p", 2)
    assert runs(engine) == ["right"]


def test_without_the_fence_the_late_write_would_be_there(engine: Engine) -> None:
    """The test above can fail: the same without asking at the end."""
    old, new = Lease(engine, "x", "old", 0.05), Lease(engine, "x", "new", 60)
    assert old.hold()
    with transaction(engine) as conn:
        queries.begin_run(conn, "late", "p", 1)
        time.sleep(0.1)
        assert new.hold()
    assert runs(engine) == ["late"]


def test_a_takeover_waits_for_a_transaction_that_has_proved_itself(engine: Engine) -> None:
    """Between the proof and the commit nobody can take the lease: not both can have written."""
    old, new = Lease(engine, "x", "old", 0.01), Lease(engine, "x", "new", 60)
    assert old.hold()
    taken = threading.Thread(target=new.hold)
    with old.fenced() as conn:
        assert queries.holds_lease(conn, "x", 1, until_commit=True)
        time.sleep(0.05)
        taken.start()
        time.sleep(0.3)
        assert new.token is None
        queries.begin_run(conn, "proved", "p", 1)
    taken.join()
    assert new.token == 2
    assert runs(engine) == ["proved"]


def test_keeping_survives_a_database_that_is_away(engine: Engine) -> None:
    broken = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    stop = threading.Event()
    seen = []
    for ours in Lease(broken, "x", "a", 60).keep(stop, 0.01):
        seen.append(ours)
        if len(seen) == 3:
            stop.set()
    assert seen == [False, False, False]


# --- real processes ------------------------------------------------------------------------------


def written(engine: Engine, name: str) -> int:
    return runs(engine).count(name)


def holder(url: str, name: str) -> AbstractContextManager[Popen[bytes]]:
    return process("tests.server.running.holder", url, name, str(TTL_S))


def test_a_holder_stopped_and_woken_after_the_takeover_writes_nothing_more(
    engine: Engine, database_url: str
) -> None:
    with holder(database_url, "first") as first:
        until(lambda: written(engine, "first") > 3)
        with holder(database_url, "second"):
            first.send_signal(signal.SIGSTOP)
            until(lambda: written(engine, "second") > 3, TTL_S + IDLE_S + 20)
            before = written(engine, "first")
            first.send_signal(signal.SIGCONT)
            time.sleep(0.5)
            assert written(engine, "first") == before
            assert first.poll() is None


def test_a_holder_that_was_killed_is_replaced_within_seconds(
    engine: Engine, database_url: str
) -> None:
    with holder(database_url, "first") as first, holder(database_url, "second") as second:
        until(lambda: runs(engine))
        holding, other = (first, "second") if written(engine, "first") else (second, "first")
        holding.kill()
        killed_s = time.monotonic()
        until(lambda: written(engine, other) > 0)
        assert time.monotonic() - killed_s < TTL_S + 3
