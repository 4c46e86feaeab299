"""The small company of tests/world.py, fresh for each test."""

import pytest
from sqlalchemy import Engine

from tests.world import World, build


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine)
