"""A pull with nothing new, in one statement, says what the long way says, and only then."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.versions import NEWEST
from server.database import snapshot
from sync.feed import Entry, begin_epoch, publish
from sync.pull import read_page
from sync.queries import pull as queries
from sync.still import nothing_new
from tests.sync.copy import Copy
from tests.world import CELL, COMPANY_CELL, World


def asked(copy: Copy, **more: Any) -> Any:
    usual: dict[str, Any] = {"schema": NEWEST, "epoch": None, "cursor": copy.cursor, "page": None}
    return SimpleNamespace(**usual | {"limit": 5_000, "segments": False, "turned": False} | more)


def both(copy: Copy, **more: Any) -> tuple[Any, Any]:
    """The short answer and the long one."""
    world, question = copy.world, asked(copy, **more)
    with world.engine.connect() as conn:
        short = nothing_new(conn, copy.carrier, question)
    with snapshot(world.engine) as conn:
        return short, read_page(conn, copy.carrier, question)


@pytest.fixture
def copy(world: World) -> Copy:
    found = Copy(world, world.carrier())
    assert found.pull()
    return found


def test_it_says_what_the_long_way_says(copy: Copy) -> None:
    short, long = both(copy)
    assert short is not None
    for name in ("epoch", "cursor", "complete", "as_of", "rows", "gone", "added", "keep"):
        assert getattr(short, name) == getattr(long, name), name
    assert short.as_of[0] is not None


def moved(copy: Copy) -> None:
    with copy.world.begin() as conn:
        publish(conn, CELL, [Entry(f"st:{copy.world.stores[0]}", "store", copy.world.stores[0])])


def company_moved(copy: Copy) -> None:
    with copy.world.begin() as conn:
        publish(conn, COMPANY_CELL, [Entry("company", "product", "p001")])


def another_epoch(copy: Copy) -> None:
    with copy.world.begin() as conn:
        begin_epoch(conn, "lost time")


def another_device(copy: Copy) -> None:
    copy.carrier = copy.world.add_device("d-9", no=9)


@pytest.mark.parametrize("news", [moved, company_moved, another_epoch, another_device])
def test_it_says_nothing_when_anything_is_otherwise(
    copy: Copy, news: Callable[[Copy], None]
) -> None:
    news(copy)
    with copy.world.engine.connect() as conn:
        assert nothing_new(conn, copy.carrier, asked(copy)) is None


@pytest.mark.parametrize(
    "more",
    [{"cursor": None}, {"cursor": "c-none"}, {"page": "p-1"}, {"epoch": "e-old"}, {"schema": 99}],
)
def test_it_says_nothing_about_another_question(copy: Copy, more: dict[str, Any]) -> None:
    with copy.world.engine.connect() as conn:
        assert nothing_new(conn, copy.carrier, asked(copy, **more)) is None


def test_a_statement_that_does_not_compare_the_heads_is_caught(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug planted: a handheld would never hear of anything again."""
    monkeypatch.setattr(
        queries, "_STILL", queries._STILL.replace("AND told.heads = c.positions", "")
    )
    moved(copy)
    short, long = both(copy)
    assert short is not None
    assert long.rows, "the test above would not notice"
