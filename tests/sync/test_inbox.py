"""Items that the server makes by itself: each can be closed by an answer that can be given."""

from datetime import UTC, datetime

import pytest

from schemas.ids import uuid7
from sync.decisions.shapes import Plain
from sync.delivery.told import tell
from sync.desk.answer import Given, give
from sync.desk.moves import reopen
from sync.feed import publish
from sync.inbox import ANSWERED
from sync.queries import statuses
from tests.world import CELL, World, change, order_body


def told(world: World, rule: str, order: str | None) -> None:
    """Delivery systems said something that the office must look at; see sync/delivery/told.py."""
    figures: dict[str, Plain] = dict.fromkeys(
        ("number", "store", "state", "reason", "target", "status", "at", "name"), "x"
    ) | {"at": "2026-11-21T12:00:00Z"}  # fmt: skip
    decisions = {"delivery_status": "order_unknown", "delivery_change": "too_late"}
    with world.begin() as conn:
        about = None if order is None else statuses.order(conn, CELL, order)
        entry = tell(
            conn, CELL, uuid7(), about, rule, decisions.get(rule, "hold_for_office"), figures,
            "delivery:main", world.now, needs_office=True, private=True,
        )  # fmt: skip
        publish(conn, CELL, [entry])


@pytest.mark.parametrize("rule", sorted(ANSWERED))
@pytest.mark.parametrize("with_order", [True, False])
def test_the_office_can_close_whatever_a_delivery_system_made_it_look_at(
    world: World, rule: str, with_order: bool
) -> None:
    """Nothing is stuck, so sending again and entering a number are no answers: another closes it,
    with its line in the audit, and may be taken back."""
    order = order_body(world.stores[0], [("p001", 2)]) if with_order else None
    if order is not None:
        world.push(world.carrier(), [change(1, "order", "submit", order)])
    told(world, rule, order["id"] if order else None)
    item, (name,) = world.rows("SELECT id::text, answers FROM conflict WHERE rule = %s", rule)[0]
    given = Given(name, "office", "user:dora", datetime.now(UTC))
    with world.begin() as conn:
        assert give(conn, CELL, item, given) is not None
        publish(conn, CELL, given.entries)
    row = world.rows("SELECT state, resolved_by, answer FROM conflict WHERE id = %s", item)
    assert row == [("resolved", "user:dora", name)]
    assert world.one(
        "SELECT count(*) FROM audit WHERE action = %s AND subject = %s AND who = 'user:dora'",
        f"item.{name}", f"conflict/{item}",
    ) == 1  # fmt: skip
    with world.begin() as conn:
        publish(conn, CELL, reopen(conn, CELL, item, "user:dora", datetime.now(UTC)))
    assert world.one("SELECT state FROM conflict WHERE id = %s", item) == "waiting"
