"""Time, chance and ids are the simulation's, wherever the product asks for them."""

import secrets
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from schemas.ids import uuid7
from server import asking
from server.database import make_engine, transaction
from sync.queries.driver import execute
from tests.conftest import Clone
from tests.simulation.clocks import (
    BEGIN,
    PhoneClock,
    Time,
    give_time_to_database,
    ids_of,
    owned,
    tell_time,
)


def test_the_application_and_its_database_have_our_time_and_then_the_machines_again(
    clone: Clone,
) -> None:
    addresses, time = clone(), Time()
    give_time_to_database(addresses[1])
    engine = make_engine(addresses[0])
    tell_time(engine, time)
    with owned(time, Random(1)):
        for seconds in (0, 90 * 86_400):
            time.pass_s(seconds)
            assert asking.now() == time.now == BEGIN + timedelta(seconds=seconds)
            with transaction(engine) as conn:
                row = execute(conn, "SELECT clock_timestamp(), now()").fetchone()
            assert row == (time.now, time.now)
        assert UUID(uuid7()).int >> 80 == time.now_ms()
    engine.dispose()
    assert abs(asking.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_same_seed_draws_the_same_secrets_and_ids_and_another_others() -> None:
    drawn = []
    for seed in (1, 1, 2):
        with owned(Time(), Random(seed)):
            drawn.append((secrets.token_urlsafe(16), secrets.token_hex(4), uuid7(), uuid7()))
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0][0]) == len(secrets.token_urlsafe(16))


def test_a_handheld_has_a_wall_that_anyone_sets_and_a_counter_that_a_restart_sets_to_zero() -> None:
    time = Time()
    clock = PhoneClock(time, "h001")
    before, boot = clock.monotonic_ms(), clock.boot()
    clock.wrong_s = -56 * 365 * 86_400.0
    time.pass_s(60)
    assert clock.now().year == 1970
    assert clock.monotonic_ms() - before == 60_000
    assert ids_of(clock, Random(1))() < uuid7()
    clock.reboot()
    assert clock.monotonic_ms() == 0
    assert clock.boot() != boot
