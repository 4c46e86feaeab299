"""The engine: transactions, snapshots, limits, and what a restart of the database costs."""

import select
import threading
import time
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, TimeoutError

from server.database import (
    answers,
    driver,
    engine_for,
    in_transaction,
    make_engine,
    snapshot,
    transaction,
)
from server.hints import conninfo
from server.settings import load
from tests.conftest import Clone

UUID = "0193a5b0-0000-7000-8000-000000000001"


@pytest.fixture
def table(owner_url: str) -> None:
    """A table of these tests' own, with two rows."""
    with psycopg.connect(conninfo(owner_url)) as raw:
        raw.execute("CREATE TABLE shelf (n int PRIMARY KEY, quantity int)")
        raw.execute("INSERT INTO shelf VALUES (1, 0), (2, 0)")


def ask(engine: Engine, question: str) -> Any:
    with transaction(engine) as connection:
        return connection.execute(text(question)).scalar()


def test_ids_are_text_through_sqlalchemy_and_through_the_driver(engine: Engine) -> None:
    with transaction(engine) as connection:
        question = f"SELECT '{UUID}'::uuid, ARRAY['{UUID}'::uuid]"
        assert connection.exec_driver_sql(question).one() == (UUID, [UUID])
        assert driver(connection).execute(question).fetchone() == (UUID, [UUID])
        binary = driver(connection).cursor(binary=True).execute(question)
        assert binary.fetchone() == (UUID, [UUID])


def test_json_goes_out_and_comes_back_with_decimals_as_text(engine: Engine) -> None:
    with transaction(engine) as connection:
        raw = driver(connection)
        sent = psycopg.types.json.Jsonb({"price": Decimal("1.50"), "店": None})
        row = raw.execute("SELECT %s::jsonb", (sent,)).fetchone()
    assert row == ({"price": "1.50", "店": None},)


def test_every_connection_is_in_utc_and_has_its_limits(database_url: str) -> None:
    engine = make_engine(database_url, statement_timeout_s=7, lock_timeout_s=1.5)
    assert ask(engine, "SHOW timezone") == "UTC"
    assert ask(engine, "SHOW statement_timeout") == "7s"
    assert ask(engine, "SHOW lock_timeout") == "1500ms"
    with pytest.raises(ZeroDivisionError), transaction(engine):
        _ = 1 / 0
    assert ask(engine, "SHOW statement_timeout") == "7s"
    engine.dispose()


def test_a_transaction_may_be_more_patient_than_the_settings(engine: Engine) -> None:
    with transaction(engine, patience_s=12.5) as connection:
        for name in ("lock_timeout", "statement_timeout"):
            assert connection.execute(text(f"SHOW {name}")).scalar() == "12500ms"
    assert ask(engine, "SHOW statement_timeout") == "5s"
    assert ask(engine, "SHOW lock_timeout") == "2s"


def test_behind_a_pooler_nothing_stays_on_the_connection(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=1, statement_timeout_s=7, prepare_threshold=None)
    for _ in range(8):
        assert ask(engine, "SHOW statement_timeout") == "7s"
    assert ask(engine, "SELECT count(*) FROM pg_prepared_statements") == 0
    with engine.connect() as connection:  # what the next user of the server's connection finds
        raw = driver(connection)
        connection.rollback()
        raw.autocommit = True
        assert raw.execute("SHOW statement_timeout").fetchone() == ("0",)
        raw.autocommit = False
    engine.dispose()


def test_statement_that_takes_too_long_is_cut_off(database_url: str) -> None:
    engine = make_engine(database_url, statement_timeout_s=0.1)
    with pytest.raises(DBAPIError, match="statement timeout"):
        ask(engine, "SELECT pg_sleep(5)")
    assert ask(engine, "SELECT 1") == 1
    engine.dispose()


@pytest.mark.usefixtures("table")
def test_row_held_by_another_is_waited_for_only_so_long(database_url: str) -> None:
    engine = make_engine(database_url, lock_timeout_s=0.1)
    with transaction(engine) as first:
        first.exec_driver_sql("UPDATE shelf SET quantity = 1 WHERE n = 1")
        with pytest.raises(DBAPIError, match="lock timeout"):
            ask(engine, "UPDATE shelf SET quantity = 2 WHERE n = 1 RETURNING n")
    engine.dispose()


@pytest.mark.usefixtures("table")
def test_who_hangs_in_a_transaction_gives_its_rows_back(database_url: str) -> None:
    hung, other = make_engine(database_url, idle_s=1), make_engine(database_url, lock_timeout_s=9)
    taken = text("UPDATE shelf SET quantity = quantity + 1 WHERE n = 1")
    with hung.connect() as first:
        first.execute(taken)
        with transaction(other) as second:
            second.execute(taken)
        with pytest.raises(DBAPIError, match="idle-in-transaction timeout"):
            first.execute(taken)
    assert ask(other, "SELECT quantity FROM shelf WHERE n = 1") == 1
    hung.dispose()
    other.dispose()


@pytest.mark.usefixtures("table")
def test_error_inside_a_transaction_leaves_nothing_behind(engine: Engine) -> None:
    def fail() -> None:
        with transaction(engine) as connection:
            connection.exec_driver_sql("UPDATE shelf SET quantity = 9")
            raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        fail()
    assert ask(engine, "SELECT sum(quantity) FROM shelf") == 0


@pytest.mark.usefixtures("table")
def test_snapshot_stands_still_and_cannot_write(engine: Engine) -> None:
    with snapshot(engine) as still:
        assert still.exec_driver_sql("SELECT sum(quantity) FROM shelf").scalar() == 0
        ask(engine, "UPDATE shelf SET quantity = 5 RETURNING n")
        assert still.exec_driver_sql("SELECT sum(quantity) FROM shelf").scalar() == 0
        with pytest.raises(DBAPIError, match="read-only"):
            still.exec_driver_sql("DELETE FROM shelf")
    assert ask(engine, "SELECT sum(quantity) FROM shelf") == 10
    # The connection goes back as it came: the next transaction writes, and sees what is there.
    assert ask(engine, "SHOW transaction_isolation") == "read committed"


@pytest.mark.usefixtures("table")
def test_copy_and_sqlalchemy_share_one_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        with driver(connection).cursor().copy("COPY shelf FROM STDIN") as copy:
            copy.write_row((3, 30))
        assert connection.exec_driver_sql("SELECT count(*) FROM shelf").scalar() == 3
        connection.rollback()
    assert ask(engine, "SELECT count(*) FROM shelf") == 2


@pytest.mark.usefixtures("table")
def test_loser_of_a_deadlock_does_its_work_again(engine: Engine) -> None:
    both_hold_one = threading.Barrier(2, timeout=10)
    attempts: list[int] = []

    def cross(first: int, second: int) -> None:
        fresh = [True]

        def work(connection: Connection) -> None:
            attempts.append(first)
            add = text("UPDATE shelf SET quantity = quantity + 1 WHERE n = :n")
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(add, {"n": first})
            if fresh and fresh.pop():
                both_hold_one.wait()
            connection.execute(add, {"n": second})

        in_transaction(engine, work)

    threads = [threading.Thread(target=cross, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert ask(engine, "SELECT array_agg(quantity) FROM shelf") == [2, 2]
    assert len(attempts) >= 3  # on a machine that is busy, both may lose once


def test_a_lost_race_of_a_hot_statement_is_tried_again_too(engine: Engine) -> None:
    """Hot statements go to psycopg directly: their errors are not SQLAlchemy's."""
    attempts = []

    def work(connection: Connection) -> int:
        attempts.append(1)
        if len(attempts) == 1:
            driver(connection).execute("DO $$BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END$$")
        return len(attempts)

    assert in_transaction(engine, work) == 2


def test_error_that_is_nobodys_race_is_not_tried_again(engine: Engine) -> None:
    attempts = []

    def work(connection: Connection) -> None:
        attempts.append(1)
        connection.exec_driver_sql("SELECT 1 / 0")

    with pytest.raises(DBAPIError, match="division by zero"):
        in_transaction(engine, work)
    assert len(attempts) == 1


def test_connections_that_died_in_the_pool_cost_no_request(
    engine: Engine, owner_url: str, clone: Clone
) -> None:
    held = [engine.connect() for _ in range(5)]
    for connection in held:
        connection.exec_driver_sql("SELECT 1")
    sockets = [driver(connection).fileno() for connection in held]
    for connection in held:
        connection.close()
    end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
    mine = "AND pid <> pg_backend_pid() AND usename = current_user"
    with psycopg.connect(conninfo(str(engine.url.render_as_string(hide_password=False)))) as raw:
        ended = raw.execute(f"{end} {mine}", (engine.url.database,)).fetchone()
    assert ended == (5,)
    for one in sockets:  # they were told to end; this is when they have
        assert select.select([one], [], [], 10)[0]
    assert [ask(engine, "SELECT 1") for _ in range(8)] == [1] * 8


def test_exhausted_pool_says_so_soon(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=1, pool_wait_s=0.1)
    with engine.connect():
        before = time.monotonic()
        with pytest.raises(TimeoutError):
            engine.connect()
        assert time.monotonic() - before < 2
    engine.dispose()


def test_database_that_is_away_does_not_answer_and_breaks_nothing(database_url: str) -> None:
    here = make_engine(database_url)
    assert answers(here)
    away = make_engine("postgresql+psycopg://u:p@127.0.0.1:1/none")
    assert not answers(away)
    here.dispose()
    away.dispose()


def test_engine_of_a_process_follows_its_settings(database_url: str) -> None:
    environ = {"HOME": "/", "DATABASE_URL": database_url, "TALARIA_STATEMENT_TIMEOUT_S": "3"}
    engine = engine_for(load(environ))
    assert ask(engine, "SHOW statement_timeout") == "3s"
    assert ask(engine, "SHOW idle_in_transaction_session_timeout") == "15s"
    engine.dispose()
