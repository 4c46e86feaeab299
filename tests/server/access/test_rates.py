"""The token bucket in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from server.access.rates import Rate, take

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FIVE = Rate(burst=5, per_s=0.1)


def test_a_bucket_gives_its_burst_and_then_says_how_long_to_wait(engine: Engine) -> None:
    assert [take(engine, {"k": FIVE}, NOW) for _ in range(6)] == [0, 0, 0, 0, 0, 10]


def test_tokens_come_back_with_time_but_never_more_than_the_burst(engine: Engine) -> None:
    for _ in range(6):
        take(engine, {"k": FIVE}, NOW)
    assert take(engine, {"k": FIVE}, NOW + timedelta(seconds=10)) == 0
    assert take(engine, {"k": FIVE}, NOW + timedelta(seconds=10)) == 10
    later = NOW + timedelta(days=30)
    assert [take(engine, {"k": FIVE}, later) for _ in range(6)] == [0, 0, 0, 0, 0, 10]


def test_a_clock_that_jumps_back_gives_nothing_away(engine: Engine) -> None:
    for _ in range(5):
        take(engine, {"k": FIVE}, NOW)
    assert take(engine, {"k": FIVE}, NOW - timedelta(hours=1)) == 10
    assert take(engine, {"k": FIVE}, NOW) == 10


def test_of_several_buckets_the_empty_one_refuses(engine: Engine) -> None:
    wide = Rate(burst=100, per_s=10)
    for _ in range(5):
        assert take(engine, {"narrow": FIVE, "wide": wide}, NOW) == 0
    assert take(engine, {"narrow": FIVE, "wide": wide}, NOW) == 10
    assert take(engine, {"other": FIVE, "wide": wide}, NOW) == 0


def test_processes_that_race_share_one_bucket(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: take(engine, {"k": FIVE}, NOW), range(40)))
    assert answers.count(0) == 5
