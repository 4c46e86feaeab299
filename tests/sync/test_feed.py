"""The feed loses nothing, and the cursors it replaces do (protocol: cursor, options weighed)."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine

from server.database import make_engine
from server.hints import conninfo
from sync.feed import Entry, publish
from sync.queries import feed as queries
from tests.sync.cursor_harness import Counter, Numbered, run
from tests.world import CELL, World, build

SECONDS, HELD_S = 3.5, 1.5  # twice while they run, one writer commits long after it wrote


@pytest.fixture
def wide(database_url: str) -> Iterator[Engine]:
    """An engine with a connection for every writer and reader."""
    engine = make_engine(database_url, pool_size=24)
    yield engine
    engine.dispose()


@pytest.mark.slow
def test_no_committed_row_is_ever_stepped_over(wide: Engine) -> None:
    world = build(wide)
    start = world.one("SELECT pos FROM feed WHERE cell = %s", CELL)
    result = run(wide, Counter(), SECONDS, hold_s=HELD_S)
    print(f"committed {len(result.committed)}, lost {result.lost}")
    assert len(result.committed) > 500
    assert (result.lost, result.doubled, result.phantom) == (0, 0, 0)
    # No gap: every number that was given out stands under exactly one entry.
    numbers = world.rows(
        "SELECT count(*), count(DISTINCT pos), max(pos) FROM entry WHERE cell = %s AND pos > %s",
        CELL, start,
    )  # fmt: skip
    head = world.one("SELECT pos FROM feed WHERE cell = %s", CELL)
    assert numbers == [(head - start, head - start, head)]


@pytest.mark.slow
@pytest.mark.parametrize("column", ["seq", "at"])
def test_a_sequence_or_a_timestamp_cursor_loses_rows_in_the_same_harness(
    wide: Engine, owner_url: str, database_url: str, column: str
) -> None:
    role = psycopg.conninfo.conninfo_to_dict(conninfo(database_url))["user"]
    with psycopg.connect(conninfo(owner_url)) as conn:
        conn.execute("CREATE TABLE probe (key text, seq bigserial, at timestamptz DEFAULT now())")
        conn.execute(f"GRANT ALL ON probe TO {role}; GRANT ALL ON SEQUENCE probe_seq_seq TO {role}")
    result = run(wide, Numbered(column), SECONDS, hold_s=HELD_S)
    print(f"{column}: committed {len(result.committed)}, lost {result.lost}")
    assert result.lost > 0


def test_of_several_entries_for_one_row_in_one_scope_the_last_stands(world: World) -> None:
    with world.begin() as conn:
        before = queries.heads(conn, [CELL])[CELL]
        publish(conn, CELL, [Entry("st:a", "card", "k"), Entry("st:a", "card", "k", "gone")])
        assert queries.heads(conn, [CELL])[CELL] == before + 1
    assert world.rows("SELECT act FROM entry WHERE key = 'k'") == [("gone",)]


def test_a_row_that_changes_scope_leaves_an_entry_in_both(world: World) -> None:
    with world.begin() as conn:
        publish(conn, CELL, [Entry("st:a", "card", "k")])
    with world.begin() as conn:
        publish(conn, CELL, [Entry("st:a", "card", "k", "gone"), Entry("st:b", "card", "k")])
    rows = world.rows("SELECT scope, act FROM entry WHERE key = 'k' ORDER BY scope")
    assert rows == [("st:a", "gone"), ("st:b", "put")]


def test_nothing_to_say_takes_no_number(world: World) -> None:
    with world.begin() as conn:
        before = queries.heads(conn, [CELL])
        assert publish(conn, CELL, []) == 0
        assert queries.heads(conn, [CELL]) == before


def test_a_cell_without_a_feed_is_told_and_nothing_is_lost_in_silence(world: World) -> None:
    with pytest.raises(LookupError, match="no feed"), world.begin() as conn:
        publish(conn, 99, [Entry("company", "product", "p")])
