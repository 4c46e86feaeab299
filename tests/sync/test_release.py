"""The office's answer to held orders."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from sync.release import NotHeld, lapse, reject, release
from tests.world import CELL, World, build, change, order_body


@pytest.fixture
def world(engine: Engine) -> World:
    """Every store may owe 10.00 at most."""
    return build(engine, limit_minor=1_000)


def _held(world: World, quantity: int = 10) -> str:
    body = order_body(world.stores[0], [("p001", quantity)])
    verdicts, answer = world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert answer.faults == []
    assert verdicts[0]["outcome"] == "held"
    assert [c["rule"] for c in verdicts[0]["conflicts"]] == ["credit_exceeded"]
    return str(body["id"])


def test_a_held_order_keeps_stock_and_goes_nowhere(world: World) -> None:
    order = _held(world)
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 10
    assert world.one("SELECT count(*) FROM delivery") == 0
    assert (
        world.one("SELECT ordered_minor FROM credit_account WHERE store = %s", world.stores[0]) == 0
    )
    assert world.one("SELECT holds FROM orders WHERE id = %s", order) == ["credit_exceeded"]


def test_a_released_order_is_accepted_once_and_queued(world: World) -> None:
    order = _held(world)
    with world.begin() as conn:
        state = release(conn, CELL, order, None, "user:desk", datetime.now(UTC))
    assert state == "accepted"
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 10
    assert (
        world.one("SELECT ordered_minor FROM credit_account WHERE store = %s", world.stores[0])
        == 2_500
    )
    assert world.one("SELECT count(*) FROM delivery") == 1
    assert world.rows("SELECT state, resolution FROM conflict") == [("resolved", "released")]
    with world.begin() as conn, pytest.raises(NotHeld):
        release(conn, CELL, order, None, "user:desk", datetime.now(UTC))


def test_a_rejected_order_gives_everything_back(world: World) -> None:
    order = _held(world)
    with world.begin() as conn:
        reject(conn, CELL, order, "user:desk", datetime.now(UTC), "no more credit")
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 0
    assert world.one("SELECT state FROM orders WHERE id = %s", order) == "rejected"
    assert world.rows("SELECT cut, confirmed FROM order_line") == [(10, 0)]
    assert world.one("SELECT count(*) FROM audit WHERE action = 'order.rejected'") == 1


def test_a_hold_beyond_its_time_gives_its_stock_back_and_stays_held(world: World) -> None:
    order = _held(world)
    with world.begin() as conn:
        lapse(conn, CELL, order)
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 0
    assert world.one("SELECT state FROM orders WHERE id = %s", order) == "held"
    with world.begin() as conn:
        assert release(conn, CELL, order, None, "user:desk", datetime.now(UTC)) == "accepted"
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 10
