"""The audit: one line, in the transaction of what it tells of."""

from datetime import UTC, date, datetime

import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy import Engine

from schemas.ids import derived
from sync.audit import note
from tests.world import CELL, build

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_a_line_says_who_what_before_and_after_from_where(engine: Engine) -> None:
    world = build(engine)
    with engine.begin() as conn:
        was, now = {"day": date(2026, 11, 1)}, {"day": None}
        note(conn, CELL, "user:dora", "store.edited", "store/1", NOW, before=was, after=now,
             address="10.0.0.7")  # fmt: skip
        note(conn, CELL, "job:watch", "item.passed", "conflict/1", NOW)
    assert world.rows("SELECT who, action, subject, before, after, address FROM audit") == [
        ("user:dora", "store.edited", "store/1", {"day": "2026-11-01"}, {"day": None}, "10.0.0.7"),
        ("job:watch", "item.passed", "conflict/1", None, None, None),
    ]


def test_it_goes_with_what_it_tells_of_and_is_told_once_under_its_key(engine: Engine) -> None:
    world = build(engine)
    key = derived("audit", "twice")
    with engine.begin() as conn:
        note(conn, CELL, "user:dora", "order.cancel_asked", "order/1", NOW, key=key)
        conn.rollback()
    assert world.rows("SELECT 1 FROM audit") == []
    with engine.begin() as conn:
        note(conn, CELL, "user:dora", "order.cancel_asked", "order/1", NOW, key=key)
        with pytest.raises(UniqueViolation):
            note(conn, CELL, "user:dora", "order.cancel_asked", "order/1", NOW, key=key)
