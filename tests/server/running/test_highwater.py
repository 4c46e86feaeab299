"""A database that went back in time begins a new epoch before anybody is served."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.database import transaction
from server.running import highwater
from sync.feed import Entry, begin_epoch, known_epoch, publish
from tests import world
from tests.world import CELL


def why(engine: Engine, data: Path) -> tuple[str, str] | None:
    with transaction(engine) as conn:
        return highwater.loss_between(highwater.read(data), highwater.queries.high_water(conn))


def epoch(engine: Engine) -> str:
    with transaction(engine) as conn:
        return known_epoch(conn)


def sql(engine: Engine, text: str) -> None:
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        raw.execute(text)


@pytest.fixture
def kept(engine: Engine, tmp_path: Path) -> Path:
    world.build(engine)
    highwater.keep(tmp_path, engine)
    return tmp_path


def test_the_database_that_was_left_goes_on(engine: Engine, kept: Path) -> None:
    assert why(engine, kept) is None
    with transaction(engine) as conn:
        publish(conn, CELL, [Entry("st:x", "visit", "y", "gone")])
    assert why(engine, kept) is None


def test_a_feed_that_went_back_is_noticed(engine: Engine, kept: Path) -> None:
    with transaction(engine) as conn:
        publish(conn, CELL, [Entry("st:x", "visit", "y", "gone")])
    highwater.keep(kept, engine)
    sql(engine, f"UPDATE feed SET pos = pos - 1 WHERE cell = {CELL}")
    told = why(engine, kept)
    assert told is not None
    assert told[0] == "went_back"
    assert f"feed {CELL} went back" in told[1]


def test_a_new_epoch_begun_by_a_restore_is_not_begun_twice(engine: Engine, kept: Path) -> None:
    sql(engine, "UPDATE feed SET pos = 0")
    with transaction(engine) as conn:
        begin_epoch(conn, "restored")
    assert why(engine, kept) is None


def test_the_same_epoch_elsewhere_is_noticed(engine: Engine, kept: Path) -> None:
    text = (kept / highwater.FILE).read_text()
    with transaction(engine) as conn:
        system = highwater.queries.high_water(conn)["system"]
    (kept / highwater.FILE).write_text(text.replace(system, "1234"))
    assert why(engine, kept) == (
        "other_server", "the same epoch on another PostgreSQL server"
    )  # fmt: skip


def test_a_file_that_cannot_be_read_or_is_not_there_says_nothing(
    engine: Engine, kept: Path
) -> None:
    for content in ("", "{", "[]", '{"epoch": 3}'):
        (kept / highwater.FILE).write_text(content)
        assert why(engine, kept) is None
    (kept / highwater.FILE).unlink()
    assert why(engine, kept) is None


def test_nothing_is_written_when_nothing_moved(engine: Engine, kept: Path) -> None:
    before = (kept / highwater.FILE).stat().st_ino
    highwater.keep(kept, engine)
    assert (kept / highwater.FILE).stat().st_ino == before


def test_an_older_epoch_that_comes_back_is_noticed(engine: Engine, kept: Path) -> None:
    first = epoch(engine)
    with transaction(engine) as conn:
        begin_epoch(conn, "restored")
    highwater.keep(kept, engine)
    assert why(engine, kept) is None
    sql(engine, f"UPDATE incarnation SET epoch = '{first}'")  # an image of before the restore
    assert why(engine, kept) == ("went_back", "an older epoch came back")


def test_time_lost_under_a_running_server_begins_a_new_epoch_at_the_next_turn(
    engine: Engine, kept: Path
) -> None:
    first = epoch(engine)
    with transaction(engine) as conn:
        publish(conn, CELL, [Entry("st:x", "visit", "y", "gone")])
    highwater.keep(kept, engine)
    assert epoch(engine) == first
    sql(engine, f"UPDATE feed SET pos = pos - 1 WHERE cell = {CELL}")
    highwater.keep(kept, engine)
    second = epoch(engine)
    assert second != first
    highwater.keep(kept, engine)
    assert epoch(engine) == second  # and only one


def test_a_new_epoch_revokes_again_leaps_the_numbers_and_stands_in_the_trail(
    engine: Engine, kept: Path
) -> None:
    sql(engine, "UPDATE device SET state = 'revoked' WHERE id = 'd-1'")
    sql(engine, "UPDATE company SET last_device_no = 17")
    highwater.keep(kept, engine)
    sql(engine, "UPDATE device SET state = 'active'; UPDATE company SET last_device_no = 1")
    sql(engine, f"UPDATE feed SET pos = pos - 1 WHERE cell = {CELL}")
    highwater.keep(kept, engine)
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        assert raw.execute("SELECT state FROM device WHERE id = 'd-1'").fetchone() == ("revoked",)
        assert raw.execute("SELECT last_device_no FROM company").fetchone() == (200,)
        told = raw.execute("SELECT action, after ->> 'why' FROM audit ORDER BY id").fetchall()
    assert [row[0] for row in told] == ["epoch.begun", "device.revoked"]
    assert "went back" in str(told[0][1])
