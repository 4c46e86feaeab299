"""Two depots: a warehouse in each, reps in the first."""

from typing import Any

import pytest

from schemas.ids import uuid7
from sync.write import write
from tests.world import OTHER_CELL, World, build


@pytest.fixture
def depots(engine: Any) -> World:
    """r01 has the stores 0 to 2, r02 the stores 2 and 3; the other depot has the warehouse w2, with
    some of the products."""
    world = build(engine, on_hand=100, limit_minor=20_000)
    depot = {"code": "w2", "name": "East", "zone": "America/Chicago", "stock_as_of": world.now}
    with world.begin() as conn:
        write(conn, OTHER_CELL, "warehouse", [depot], "load:stock")
        write(
            conn, OTHER_CELL, "stock",
            [
                {"id": uuid7(), "warehouse": "w2", "product": code, "on_hand": 50, "allocated": 0,
                 "blocked": 0, "safety": 0, "published": 50, "as_of": world.now}
                for code in world.products[:2]
            ],
            "load:stock",
        )  # fmt: skip
    world.add_device("d-2", "r02", 2)
    return world
