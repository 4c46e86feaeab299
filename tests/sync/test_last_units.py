"""The race for the last units in small: none promised twice, all told, the same as in a row."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from sync.queries import facts as queries
from sync.queries.driver import execute
from tests.sync.last_units import Outcome, last_units
from tests.world import build


def race(engine: Engine, orders: int) -> Outcome:
    return last_units(build(engine, stores=121, products=10), orders, devices=8, on_hand=40)


@pytest.mark.rule(1)
@pytest.mark.rule(2)
def test_the_last_units_are_promised_once_and_as_a_serial_replay_has_it(engine: Engine) -> None:
    found = race(engine, 240)
    assert found.wrong == []
    assert found.short_lines > 100
    assert found.samples > 5


def test_without_the_lock_the_race_is_seen_to_go_wrong(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: stock is read without being locked."""

    def unlocked(
        conn: Connection, cell: int, warehouses: Sequence[str], products: Sequence[str]
    ) -> Any:
        return execute(
            conn,
            """SELECT warehouse, product, on_hand, allocated, blocked, safety, reserved, as_of
               FROM stock WHERE cell = %s AND warehouse = ANY(%s) AND product = ANY(%s)""",
            [cell, list(warehouses), list(products)],
        )

    monkeypatch.setattr(queries, "lock_stock", unlocked)
    found = race(engine, 160)
    assert any("were promised" in one for one in found.wrong)
    assert any("replayed" in one for one in found.wrong)
