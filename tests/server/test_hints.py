"""Hints wake those who listen; losing one, or the database, breaks nobody."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from server import queries
from server.hints import Hints, connect, conninfo, listen

NOWHERE = "postgresql+psycopg://u:p@127.0.0.1:1/none"


@pytest.fixture
def heard(database_url: str) -> Iterator[Iterator[tuple[str, ...]]]:
    """A listener that has begun to listen; it sweeps only after a long time."""
    stop = threading.Event()
    waking = listen(database_url, "bell", sweep_s=30, stop=stop)
    assert next(waking) == ()
    yield waking
    stop.set()


def test_hint_reaches_who_listens(database_url: str, heard: Iterator[tuple[str, ...]]) -> None:
    hints = Hints(database_url, "bell")
    hints.send("delivery")
    assert next(heard) == ("delivery",)
    hints.send()
    assert next(heard) == ("",)
    hints.close()


def test_hints_waiting_together_are_heard_once_each(
    database_url: str, heard: Iterator[tuple[str, ...]]
) -> None:
    with connect(database_url, "test") as raw:
        for said in ("a", "b", "a", "a"):
            queries.notify(raw, "bell", said)
    told: list[str] = []
    while "b" not in told:  # they may come in one piece or, on a busy machine, in several
        together = next(heard)
        assert len(set(together)) == len(together)
        told += together
    assert set(told) == {"a", "b"}


def test_a_thousand_hints_make_few_notifications(database_url: str) -> None:
    hints = Hints(database_url, "bell")
    sent: list[str] = []
    deliver = hints._deliver

    def counted(raw: queries.Raw | None, texts: list[str], tries: int) -> queries.Raw | None:
        sent.extend(texts)
        return deliver(raw, texts, tries)

    hints._deliver = counted  # type: ignore[method-assign]
    before = time.perf_counter()
    for _ in range(1_000):
        hints.send("delivery")
    elapsed_s = time.perf_counter() - before
    hints.close()
    assert sent
    assert len(sent) < 500
    assert elapsed_s < 1


def test_hint_to_a_database_that_is_away_breaks_nothing() -> None:
    hints = Hints(NOWHERE, "bell")
    hints.send("delivery")
    hints.close()
    hints.send("after the end")


def test_sender_finds_its_way_back_after_its_connection_died(
    database_url: str, owner_url: str, heard: Iterator[tuple[str, ...]]
) -> None:
    hints = Hints(database_url, "bell")
    hints.send("before")
    assert next(heard) == ("before",)
    with psycopg.connect(conninfo(database_url)) as raw:
        raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'talaria hints' AND datname = current_database()"
        )
    hints.send("after")
    assert next(heard) == ("after",)
    hints.close()


def test_text_too_long_to_say_becomes_a_plain_hint(
    database_url: str, heard: Iterator[tuple[str, ...]]
) -> None:
    hints = Hints(database_url, "bell")
    hints.send("x" * 9_000)
    assert next(heard) == ("",)
    hints.close()


def test_listener_sweeps_when_nobody_hints(database_url: str) -> None:
    waking = listen(database_url, "bell", sweep_s=0.05)
    before = time.monotonic()
    assert [next(waking) for _ in range(4)] == [()] * 4
    assert time.monotonic() - before >= 0.15


def test_listener_sweeps_and_comes_back_when_its_connection_died(database_url: str) -> None:
    waking = listen(database_url, "bell", sweep_s=0.2)
    assert next(waking) == ()
    with psycopg.connect(conninfo(database_url)) as raw:
        ended = raw.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE application_name = 'talaria listener' AND datname = current_database()"
        ).fetchone()
    assert ended == (1,)
    assert next(waking) == ()  # the connection is gone; look anyway
    assert next(waking) == ()  # listening again
    with connect(database_url, "test") as raw:
        queries.notify(raw, "bell", "again")
    assert ("again",) in (next(waking), next(waking))


def test_listener_without_a_database_keeps_sweeping_until_stopped() -> None:
    stop = threading.Event()
    waking = listen(NOWHERE, "bell", sweep_s=0.05, stop=stop)
    assert [next(waking), next(waking)] == [(), ()]
    stop.set()
    assert list(waking) == []


def test_listener_ends_soon_after_it_is_stopped(database_url: str) -> None:
    stop = threading.Event()
    waking = listen(database_url, "bell", sweep_s=60, stop=stop)
    assert next(waking) == ()
    stop.set()
    before = time.monotonic()
    assert list(waking) == []
    assert time.monotonic() - before < 2
