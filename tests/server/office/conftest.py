"""A company with orders in every mood, and people at the console."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.server.console import Console, make_app, signed_in, undescribed
from tests.world import World, build, change, order_body

Push = Callable[..., tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=4, products=4, on_hand=100, limit_minor=50_000)


@pytest.fixture
def app(world: World, database_url: str, tmp_path: Path) -> Flask:
    with undescribed():
        return make_app(world.engine, database_url, tmp_path)


@pytest.fixture
def desk(app: Flask, world: World) -> Console:
    return signed_in(app, world, "dora", "order_desk")


@pytest.fixture
def admin(app: Flask, world: World) -> Console:
    return signed_in(app, world, "alma", "admin")


@pytest.fixture
def push(world: World) -> Push:
    """Push one order of r01 as its handheld would; returns (its body, its verdict)."""
    counted = iter(range(1, 1000))

    def send(
        lines: list[tuple[str, int]], store: int = 0, **more: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        n = next(counted)
        body = order_body(world.stores[store], lines, number=f"D1-{n:06d}", **more)
        verdicts, _ = world.push(world.carrier(), [change(n, "order", "submit", body)])
        return body, verdicts[0]

    return send


@pytest.fixture
def held(push: Push) -> dict[str, Any]:
    """An order over its store's credit limit: 300 of something at 2.50."""
    body, verdict = push([("p001", 300)])
    assert verdict["outcome"] == "held", verdict
    return body
