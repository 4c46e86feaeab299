"""A stock snapshot takes over from reservations it already contains, and from no others."""

from datetime import UTC, datetime, timedelta

from sync.delivery.settle import settle_reservations
from tests.world import CELL, World, change, order_body


def test_a_snapshot_frees_what_was_acknowledged_before_it_and_nothing_else(world: World) -> None:
    store = world.stores[0]
    bodies = [order_body(store, [("p001", n)], number=f"D1-{n:06d}") for n in (5, 7, 11)]
    world.push(world.carrier(), [change(n, "order", "submit", b) for n, b in enumerate(bodies, 1)])
    noon = datetime.now(UTC)
    for body, at in zip(
        bodies, (noon - timedelta(hours=1), noon + timedelta(hours=1)), strict=False
    ):
        world.run(
            "UPDATE orders SET state = 'acknowledged', acknowledged_at = %s WHERE id = %s",
            at, body["id"],
        )  # fmt: skip
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 23
    with world.begin() as conn:
        assert settle_reservations(conn, CELL, "w1", noon) == 1
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 18
    assert world.one("SELECT sum(reserved) FROM order_line") == 18
    with world.begin() as conn:
        assert settle_reservations(conn, CELL, "w1", noon) == 0
