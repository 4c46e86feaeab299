"""F5: a request arrives again hours later, or before one that was sent earlier."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from tests.auditor import Auditor
from tests.world import World, change, order_body


def a_life(world: World) -> list[dict[str, Any]]:
    """An order, its two revisions, another order; each change waits for the one before."""
    first = order_body(world.stores[0], [("p001", 12)], number="D1-000001")
    made = [change(1, "order", "submit", first)]
    for n, quantity in ((2, 7), (3, 9)):
        text = order_body(world.stores[0], [("p001", quantity)], number="D1-000001")
        text |= {"id": first["id"], "base_revision": n - 1}
        made.append(change(n, "order", "revise", text, depends_on=[made[-1]["id"]]))
    other = order_body(world.stores[1], [("p002", 4)], number="D1-000002")
    return [*made, change(4, "order", "submit", other)]


def stands(world: World) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT o.number, o.state, o.net_minor, l.product, l.confirmed, s.reserved"
        " FROM orders o JOIN order_line l ON l.order_id = o.id"
        " JOIN stock s ON s.product = l.product ORDER BY 1"
    )


STANDS = [
    ("D1-000001", "accepted", 2250, "p001", 9, 9),
    ("D1-000002", "accepted", 1000, "p002", 4, 4),
]


def test_a_late_copy_of_an_order_undoes_no_newer_revision(world: World) -> None:
    auditor = Auditor(world)
    sent = a_life(world)
    for one in sent:
        world.push(world.carrier(), [one])
    before = stands(world)
    assert before == STANDS
    revision = world.rows("SELECT number, revision, version FROM orders ORDER BY 1")
    later = datetime.now(UTC) + timedelta(hours=23)
    for one in [*sent, *reversed(sent)]:
        verdicts, answer = world.push(world.carrier(), [one], received_at=later)
        assert verdicts[0]["replayed"]
        assert answer.acknowledged_through == 4
    assert stands(world) == before
    assert world.rows("SELECT number, revision, version FROM orders ORDER BY 1") == revision
    assert world.one("SELECT count(*) FROM receipt") == 4
    assert auditor.look() == []


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))), ids=str)
def test_batches_in_any_order_end_the_same(world: World, order: tuple[int, int, int]) -> None:
    auditor = Auditor(world)
    sent = a_life(world)
    for at in (order[0], 3, *order[1:]):
        world.push(world.carrier(), [sent[at]])
    assert stands(world) == STANDS
    assert world.one("SELECT max(acknowledged_n) FROM device") == 4
    assert auditor.look() == []
