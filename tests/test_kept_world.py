"""The usual company of tests, copied: it is what writing it comes to, and nobody else's."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from server.database import make_engine
from sync.feed import begin_epoch, known_epoch
from tests.conftest import Clone
from tests.kept_world import EPOCH, ID, INSTANT, Rows, kept
from tests.world import World, build, change, order_body


def all_of(one: World) -> Rows:
    with one.begin() as conn:
        return kept(conn, one.now)


def plainly(rows: Rows) -> list[tuple[str, list[str]]]:
    """The rows with their ids counted and their instants in minutes before the world's own."""

    def ago(found: re.Match[str]) -> str:
        return f"{round((datetime.fromisoformat(found[0]) - rows.now) / timedelta(minutes=1))} min"

    def told(text: str) -> list[str]:
        counted = re.sub(ID, lambda found: f"#{rows.ids.index(found[0])}", text)
        return sorted(re.sub(EPOCH, "epoch", re.sub(INSTANT, ago, counted)).splitlines())

    return [(words, told(text)) for words, text in rows.tables]


def test_a_copy_is_what_writing_it_comes_to(clone: Clone) -> None:
    engines = [make_engine(clone()[0]) for _ in range(2)]
    copied, written = build(engines[0]), build(engines[1], now=datetime.now(UTC))
    assert plainly(all_of(copied)) == plainly(all_of(written))
    assert len(all_of(copied).tables) > 10
    assert copied.stores == [row[0] for row in copied.rows("SELECT id FROM store ORDER BY code")]
    for one in engines:
        one.dispose()


def test_two_copies_share_no_id_and_each_takes_an_order(clone: Clone) -> None:
    engines = [make_engine(clone()[0]) for _ in range(2)]
    first, second = (build(one) for one in engines)
    assert not set(all_of(first).ids) & set(all_of(second).ids)
    assert first.one("SELECT epoch FROM incarnation") != second.one("SELECT epoch FROM incarnation")
    for one in (first, second):
        order = order_body(one.stores[0], [(one.products[0], 3)])
        verdicts, _ = one.push(one.carrier(), [change(1, "order", "submit", order)])
        assert verdicts[0]["state"] == "accepted"
    for engine in engines:
        engine.dispose()


def test_where_something_is_already_it_is_written_as_ever(engine: Engine) -> None:
    with World(engine).begin() as conn:
        begin_epoch(conn, "a test")
        epoch = known_epoch(conn)
    world = build(engine)
    with world.begin() as conn:
        assert known_epoch(conn) == epoch
    assert world.one("SELECT count(*) FROM store") == 4


def test_at_another_time_of_day_nothing_is_copied_and_instants_keep_their_age(
    clone: Clone, engine: Engine
) -> None:
    rows, copy = all_of(build(engine)), World(make_engine(clone()[0]))
    with copy.begin() as conn:
        assert rows.copied(conn, rows.now - timedelta(days=1)) is None
    assert not all_of(copy).tables
    old = Rows(rows.now - timedelta(hours=3), rows.tables)  # as if written at that time
    with copy.begin() as conn:
        assert old.copied(conn, rows.now) is not None
    assert copy.one("SELECT stock_as_of FROM warehouse") == rows.now + timedelta(hours=3)
    copy.engine.dispose()
