"""The soak in small: it keeps its promises, and catches a dispatcher that does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.server.delivery.soak import soak


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "orders", "kills"), [("dedupes", 120, 2), ("looks up", 240, 4), ("neither", 240, 4)]
)
def test_whatever_the_delivery_system_does_each_order_is_there_once_or_in_the_inbox(
    engine: Engine, database_url: str, tmp_path: Path, mode: str, orders: int, kills: int
) -> None:
    found = soak(engine, database_url, tmp_path / "standin", mode, orders, kills, patience_s=300)
    print(found.line(mode))
    assert found.well(mode), found.line(mode)
    assert found.kills == kills
    assert len(found.attempts) > 3  # it really met all kinds of trouble


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "fault"), [("neither", "resend"), ("looks up", "believe")])
def test_a_dispatcher_that_sends_again_what_it_does_not_know_is_caught(
    engine: Engine, database_url: str, tmp_path: Path, mode: str, fault: str
) -> None:
    """The planted bugs."""
    folder = tmp_path / "standin"
    found = soak(engine, database_url, folder, mode, 80, 0, plant=fault, patience_s=300)
    assert found.doubled
    assert not found.well(mode)
