"""A person's word about a stuck delivery."""

from datetime import UTC, datetime

import pytest

from sync.delivery.acknowledge import UNKNOWN, ask_office
from sync.delivery.resend import enter_number, send_again
from tests.world import CELL, World, change, order_body

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def stuck(world: World, state: str, can_look_up: bool = True) -> tuple[str, str]:
    """An order whose delivery is stuck in this state and waits in the inbox; (order, delivery)."""
    body = order_body(world.stores[0], [("p001", 12)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    delivery = world.one("SELECT id::text FROM delivery")
    with world.begin() as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        raw.execute("UPDATE delivery SET state = %s, attempt = 3, error = 'no'", [state])
        raw.execute("UPDATE delivery_target SET can_look_up = %s", [can_look_up])
        ask_office(conn, CELL, delivery, body["id"], UNKNOWN, "no", AT, "delivery:main")
    return body["id"], delivery


@pytest.mark.parametrize(
    ("state", "can_look_up", "becomes"),
    [
        ("failed", True, "queued"),  # it surely is not there
        ("parked", True, "unknown"),  # asked first
        ("parked", False, "queued"),  # the person vouches
    ],
)
def test_sending_again_asks_first_where_that_is_possible(
    world: World, state: str, can_look_up: bool, becomes: str
) -> None:
    order, delivery = stuck(world, state, can_look_up)
    with world.begin() as conn:
        assert send_again(conn, CELL, delivery, "user:desk", AT) == order
        assert send_again(conn, CELL, delivery, "user:desk", AT) is None
    assert world.rows("SELECT state, attempt, not_before FROM delivery") == [(becomes, 4, AT)]
    inbox = world.rows("SELECT state, resolution, resolved_by FROM conflict")
    assert inbox == [("resolved", "sent_again", "user:desk")]


@pytest.mark.parametrize("state", ["queued", "sending", "unknown", "acknowledged"])
def test_what_is_not_stuck_is_left_alone(world: World, state: str) -> None:
    _, delivery = stuck(world, state)
    with world.begin() as conn:
        assert send_again(conn, CELL, delivery, "user:desk", AT) is None
        assert enter_number(conn, CELL, delivery, "DS-9", "user:desk", AT) is None
    assert world.rows("SELECT state, attempt FROM delivery") == [(state, 3)]


def test_a_number_found_by_a_person_ends_it(world: World) -> None:
    order, delivery = stuck(world, "parked")
    with world.begin() as conn:
        assert enter_number(conn, CELL, delivery, " DS-9 ", "user:desk", AT) == order
    assert world.rows("SELECT state, external_no FROM orders") == [("acknowledged", "DS-9")]
    assert world.rows("SELECT state, external_no FROM delivery") == [("acknowledged", "DS-9")]
    assert world.rows("SELECT state, resolution FROM conflict") == [("resolved", "acknowledged")]


@pytest.mark.parametrize("number", ["", "  ", "9" * 65, "DS\u202e9", "DS\x00"])
def test_what_cannot_be_a_number_is_refused(world: World, number: str) -> None:
    _, delivery = stuck(world, "parked")
    with world.begin() as conn, pytest.raises(ValueError, match="64 printable"):
        enter_number(conn, CELL, delivery, number, "user:desk", AT)
