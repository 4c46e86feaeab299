"""Stock counts and receivables take over what they already contain, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.delivery.acknowledge import acknowledge
from sync.delivery.settle import (
    close_orders,
    due_to_close,
    due_to_return,
    end_returned,
    settle_credit,
    settle_reservations,
)
from sync.delivery.status import LineStatus, StatusUpdate, apply
from sync.queries import statuses
from tests.auditor import Auditor
from tests.sync.clash import clash, stock_of
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
        assert settle_reservations(conn, {(CELL, "w1"): noon}) == 1
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 18
    assert world.one("SELECT sum(reserved) FROM order_line") == 18
    with world.begin() as conn:
        assert settle_reservations(conn, {(CELL, "w1"): noon}) == 0


@pytest.mark.parametrize(
    ("word", "lines"),
    [("rejected", ()), ("cancelled", ()), ("short", (LineStatus(1, allocated=5),))],
)
def test_a_count_and_a_word_of_the_same_order_never_free_it_twice(
    world: World, word: str, lines: tuple[LineStatus, ...]
) -> None:
    """The word is heard while the count that frees what the order keeps is not committed yet."""
    at = datetime.now(UTC) + timedelta(hours=1)
    order = acknowledged(world, at)
    other = order_body(world.stores[1], [("p001", 3)], number="D1-000002")
    world.push(world.carrier(), [change(2, "order", "submit", other)])
    said = StatusUpdate("e-1", "main", order, 1, None, word, at, lines)
    errors = clash(
        world,
        [lambda conn: settle_reservations(conn, {(CELL, "w1"): at})],
        lambda conn: apply(conn, CELL, said, "delivery:main", at),
    )
    assert errors == []
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 3
    assert Auditor(world).look() == []


def test_a_count_of_two_warehouses_locks_all_its_orders_before_any_stock(world: World) -> None:
    """Who holds an order of the second may want stock of the first."""
    at = datetime.now(UTC) + timedelta(hours=1)
    acknowledged(world, at)
    other = order_body(world.stores[1], [("p001", 3)], number="D1-000002")
    world.push(world.carrier(), [change(2, "order", "submit", other)])
    world.run(
        "UPDATE orders SET stock_owner = 'w2', state = 'acknowledged', acknowledged_at = %s"
        " WHERE id = %s", at, other["id"],
    )  # fmt: skip
    errors = clash(
        world,
        [lambda conn: statuses.order(conn, CELL, other["id"]), stock_of("p001")],
        lambda conn: settle_reservations(conn, {(CELL, "w1"): at, (CELL, "w2"): at}),
    )
    assert errors == []
    assert world.one("SELECT sum(reserved) FROM order_line") == 0


def acknowledged(world: World, at: datetime) -> str:
    """An order of 12 that the delivery system took at a moment; its id."""
    body = order_body(world.stores[0], [("p001", 12)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    order: str = body["id"]
    delivery = world.one("SELECT id::text FROM delivery WHERE order_id = %s", order)
    with world.begin() as conn:
        acknowledge(conn, CELL, delivery, order, 1, "DS-1", [], at, "delivery:main")
    return order


def invoiced(world: World, at: datetime, number: str | None = "INV-1") -> str:
    """An order of 12 that was delivered and invoiced at a moment; its id."""
    order = acknowledged(world, at)
    said = StatusUpdate("e-1", "main", order, 1, None, "invoiced", at, invoice_no=number)
    with world.begin() as conn:
        apply(conn, CELL, said, "delivery:main", at)
    return order


def owed(world: World) -> int:
    total: int = world.one("SELECT sum(ordered_minor) FROM credit_account")
    return total


def test_an_order_is_owed_here_until_newer_receivables_carry_it(world: World) -> None:
    at, store = datetime.now(UTC) + timedelta(hours=1), world.stores[0]
    invoiced(world, at)
    auditor = Auditor(world)
    assert owed(world) == 3000
    for listed, as_of, settled in (
        ({store: ()}, at - timedelta(seconds=1), 0),
        ({store: ()}, at, 0),  # the same moment, and not listed: perhaps not in it yet
        ({world.stores[1]: ()}, at + timedelta(hours=1), 0),  # another store's
        ({store: ()}, at + timedelta(microseconds=1), 1),
        ({store: ()}, at + timedelta(hours=1), 0),
    ):
        with world.begin() as conn:
            assert settle_credit(conn, CELL, listed, as_of) == settled
        assert auditor.look() == []
    assert owed(world) == 0


def test_an_invoice_that_is_listed_is_carried_whatever_the_time(world: World) -> None:
    at, store = datetime.now(UTC) + timedelta(hours=1), world.stores[0]
    invoiced(world, at)
    with world.begin() as conn:
        assert settle_credit(conn, CELL, {store: {"INV-1"}}, at) == 1
    assert owed(world) == 0


def test_receivables_that_came_before_the_word_carry_it_at_once(world: World) -> None:
    """The account is newer than the invoice when we hear of it: it was never owed twice."""
    invoiced(world, world.now - timedelta(hours=1))
    assert owed(world) == 0


def test_what_settles_once_is_not_owed_again_by_a_later_word(world: World) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    order = invoiced(world, at)
    with world.begin() as conn:
        settle_credit(conn, CELL, {world.stores[0]: ()}, at + timedelta(hours=1))
    late = StatusUpdate("e-2", "main", order, 1, None, "part_delivered", at,
                        (LineStatus(1, delivered=11),))  # fmt: skip
    with world.begin() as conn:
        apply(conn, CELL, late, "delivery:main", at)
    assert (owed(world), world.one("SELECT net_minor FROM orders")) == (0, 2750)


def test_an_order_closes_when_it_keeps_and_owes_nothing(world: World) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    order = invoiced(world, at)
    auditor = Auditor(world)

    def close() -> int:
        with world.begin() as conn:
            due = due_to_close(conn)
        with world.begin() as conn:
            return sum(close_orders(conn, cell, orders, at) for cell, orders in due)

    assert close() == 0
    with world.begin() as conn:
        settle_credit(conn, CELL, {world.stores[0]: ()}, at + timedelta(hours=1))
    assert close() == 0  # nobody has counted the warehouse since
    with world.begin() as conn:
        settle_reservations(conn, {(CELL, "w1"): at + timedelta(hours=2)})
    assert close() == 1
    assert world.one("SELECT state FROM orders WHERE id = %s", order) == "closed"
    assert world.one("SELECT steps -> -1 ->> 0 FROM orders") == "closed"
    assert auditor.look() == []
    assert close() == 0


def test_a_closed_order_all_of_which_came_back_is_returned(world: World) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    order = invoiced(world, at)
    world.run("UPDATE orders SET state = 'closed' WHERE id = %s", order)
    world.run("UPDATE order_line SET delivered = 12, reserved = 0 WHERE order_id = %s", order)

    def came_back(quantity: int, n: int) -> int:
        body = order_body(world.stores[0], [("p001", quantity)], number=f"D1-{n:06d}")
        body |= {"type": "return", "about": order}
        world.push(world.carrier(), [change(n, "order", "submit", body)])
        world.run("UPDATE orders SET state = 'delivered' WHERE id = %s", body["id"])
        world.run("UPDATE order_line SET delivered = %s WHERE order_id = %s", quantity, body["id"])
        with world.begin() as conn:
            due = due_to_return(conn)
        with world.begin() as conn:
            return sum(end_returned(conn, cell, orders, at) for cell, orders in due)

    assert came_back(11, 900) == 0
    assert came_back(1, 901) == 1
    assert world.one("SELECT state FROM orders WHERE id = %s", order) == "returned"
    assert world.one("SELECT steps -> -1 ->> 0 FROM orders WHERE id = %s", order) == "returned"
    with world.begin() as conn:
        assert due_to_return(conn) == []
