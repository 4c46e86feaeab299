"""A small territory on the map, and a plan of it that is ready."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from routes.kernel.choice import kind
from server import planning
from server.drawing import Watch, draw_one
from server.planning import Ask
from tests.server.console import Console, signed_in
from tests.world import World

STEPS = 2_000 if kind() == "compiled" else 60
Kept = Callable[..., str]


def next_monday() -> date:
    today = datetime.now(UTC).date()
    return today + timedelta(days=14 - today.weekday())  # not tomorrow, whatever zone it is


@pytest.fixture
def monday() -> date:
    """The first day of the plans of these tests."""
    return next_monday()


@pytest.fixture
def lead(app: Flask, world: World) -> Console:
    return signed_in(app, world, "sue", "supervisor")


@pytest.fixture
def mapped(world: World) -> World:
    """Stores of r01 with classes, two on the map, one known by its town alone."""
    for n, store in enumerate(world.stores):
        world.run(
            "UPDATE store SET lat_deg = %s, lon_deg = -93.6, store_class = %s, city = 'Ames'"
            " WHERE id = %s",
            41.5 + n / 20, "AB"[n % 2], store,
        )  # fmt: skip
    world.run("UPDATE store SET lat_deg = NULL, lon_deg = NULL WHERE id = %s", world.stores[1])
    return world


@pytest.fixture
def kept(mapped: World, monday: date) -> Kept:
    """Draw up a plan and keep it, as the worker does; its id."""

    def draw(*reps: str, **more: Any) -> str:
        ask = Ask(mapped.company, reps or ("r01",), monday, 2, steps=STEPS, **more)
        cycles = [draw_one(mapped.engine, ask, rep, Watch()) for rep in ask.reps]
        now = datetime.now(UTC)
        with mapped.begin() as conn:
            return planning.keep(conn, ask, cycles, "user:sue", now, now)

    return draw
