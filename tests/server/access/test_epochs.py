"""A handheld that was told more than the database knows proves that time was lost."""

from datetime import UTC, datetime, timedelta
from typing import get_args

from sqlalchemy import Engine

from server.access.epochs import (
    BEGUN,
    KNOWS_MORE,
    Reason,
    begin_after_loss,
    begin_if_a_handheld_knows_more,
)
from sync.feed import known_epoch
from tests.world import World, build, change, order_body

NOW = datetime.now(UTC)


def epoch(world: World) -> str:
    with world.begin() as conn:
        return known_epoch(conn)


def ask(world: World, told: int, asked: str | None = None, now: datetime = NOW) -> str:
    with world.begin() as conn:
        return begin_if_a_handheld_knows_more(conn, asked or epoch(world), "d-1", told, now)


def test_a_mark_above_ours_begins_an_epoch_once(engine: Engine) -> None:
    world = build(engine)
    first = epoch(world)
    assert ask(world, 0) == first
    second = ask(world, 5)
    assert second != first
    assert world.one("SELECT why FROM incarnation") == KNOWS_MORE
    assert ask(world, 5, asked=first) == second  # another process asked at the same time
    assert ask(world, 9, now=NOW + timedelta(minutes=1)) == second  # one that lies costs one epoch
    assert ask(world, 9, now=NOW + timedelta(hours=2)) != second


def test_why_it_began_is_counted_by_a_word_of_its_own(engine: Engine) -> None:
    world = build(engine)

    def count(reason: str) -> float:
        return BEGUN.labels(reason)._value.get()  # type: ignore[no-any-return]

    before = {reason: count(reason) for reason in get_args(Reason)}
    epoch(world)
    assert ask(world, 5) != ""
    with world.begin() as conn:
        begin_after_loss(conn, "handheld drawer burnt", NOW, reason="asked")
    after = {reason: count(reason) - before[reason] for reason in before}
    assert after == dict.fromkeys(before, 0) | {"handheld": 1, "asked": 1}


def test_what_is_known_is_no_proof(engine: Engine) -> None:
    world = build(engine)
    body = order_body(world.stores[0], [(world.products[0], 1)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    first = epoch(world)
    assert ask(world, 1) == first
    assert ask(world, 2) != first
