"""What the product asks the database is heard, with whatever values; what tests ask is not."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from server.hints import conninfo
from sync.feed import known_epoch
from tests.statements import Heard, digest
from tests.world import build, change, order_body


@pytest.fixture
def hearing(tmp_path: Path) -> Iterator[Heard]:
    heard = Heard(tmp_path)
    heard.listen()
    yield heard
    heard.leave()


def test_what_the_product_asks_is_heard_and_what_tests_ask_is_not(
    engine: Engine, hearing: Heard
) -> None:
    world, own = build(engine), "SELECT count(*) FROM store, product"
    before = set(hearing._now)
    assert world.one(own) > 0
    with psycopg.connect(conninfo(engine.url.render_as_string(False))) as raw:
        raw.execute(own)
    assert digest(own) not in hearing._now
    with world.begin() as conn:
        known_epoch(conn)
    assert hearing._now > before


def test_how_many_values_there_are_makes_no_other_statement(engine: Engine, hearing: Heard) -> None:
    world = build(engine)
    carrier = world.carrier()
    heard = []
    for lines in (1, 3):
        hearing._now = set()
        body = order_body(world.stores[0], [(p, 2) for p in world.products[:lines]])
        told, _ = world.push(carrier, [change(lines, "order", "submit", body, id=uuid7())])
        assert told[0]["outcome"] == "applied"
        heard.append(hearing._now)
    assert heard[0] == heard[1]
    assert len(heard[0]) > 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a IN (%s)", "a IN (%s, %s, %s)"),
        ("a IN (%(x_1)s::UUID, %(x_2)s::UUID)", "a IN (%(x_1)s::UUID)"),
        ("VALUES (%(a)s, %(b)s)", "VALUES (%(a__0)s, %(b__0)s), (%(a__1)s, %(b__1)s)"),
        ("SAVEPOINT sa_savepoint_1", "SAVEPOINT sa_savepoint_12"),
        ("SELECT 'one'", "SELECT  'it''s'"),
    ],
)
def test_a_statement_is_the_same_whatever_its_values(one: str, other: str) -> None:
    assert digest(one) == digest(other)


def test_other_words_are_another_statement() -> None:
    texts = ("SELECT a FROM b", "SELECT a FROM c", "SELECT %s FROM b", "SELECT %s, a FROM b")
    assert len({digest(one) for one in texts}) == 4
