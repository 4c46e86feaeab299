"""The soak in small: it keeps its promises, and catches a dispatcher that does not.

A system that dedupes is asked by test_push_harness.py; `make delivery-soak` asks all three, at
length.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.server.delivery.soak import SHORT, soak


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "orders", "kills"), [("looks up", 40, 2), ("neither", 120, 2)])
def test_whatever_the_delivery_system_does_each_order_is_there_once_or_in_the_inbox(
    engine: Engine, database_url: str, tmp_path: Path, mode: str, orders: int, kills: int
) -> None:
    folder = tmp_path / "standin"
    found = soak(engine, database_url, folder, mode, orders, kills, patience_s=300, pace=SHORT)
    print(found.line(mode))
    assert found.well(mode), found.line(mode)
    assert found.kills == kills
    assert len(found.attempts) > 3  # it really met all kinds of trouble


@pytest.mark.slow
def test_a_dispatcher_that_sends_again_what_it_does_not_know_is_caught(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    """The planted bug."""
    folder = tmp_path / "standin"
    found = soak(
        engine, database_url, folder, "neither", 80, 0, plant="resend", patience_s=300, pace=SHORT
    )
    assert found.doubled
    assert not found.well("neither")
