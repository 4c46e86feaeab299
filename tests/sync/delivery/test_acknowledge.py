"""What the delivery system's answer writes: number, lines, what it frees, and who is told."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from sync.delivery import acknowledge as orders
from sync.delivery.acknowledge import REFUSED, UNKNOWN, LineAnswer
from sync.desk.release import release
from tests.world import CELL, World, change, order_body

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
BY = "delivery:main"


def accepted(world: World, quantity: int = 12) -> tuple[str, str]:
    """An accepted order of one line at 2.50; (order, delivery)."""
    body = order_body(world.stores[0], [("p001", quantity)], number="D1-000001")
    verdicts, _ = world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert verdicts[0]["state"] == "accepted"
    return body["id"], world.one("SELECT id::text FROM delivery WHERE order_id = %s", body["id"])


def answer(
    world: World, order: str, delivery: str, lines: Sequence[LineAnswer] = (), no: str = "DS-1",
    revision: int = 1,
) -> None:  # fmt: skip
    with world.begin() as conn:
        orders.acknowledge(conn, CELL, delivery, order, revision, no, lines, AT, BY)


def line(world: World) -> tuple[Any, ...]:
    """(confirmed, backordered, cut, reserved, net_minor, state, cut_reason) of the one line."""
    found: tuple[Any, ...] = world.rows(
        "SELECT confirmed, backordered, cut, reserved, net_minor, state, cut_reason FROM order_line"
    )[0]
    return found


def freed(world: World) -> tuple[int, int]:
    """(reserved of p001, uninvoiced orders of the store)."""
    reserved = world.one("SELECT reserved FROM stock WHERE product = 'p001'")
    exposed = world.one(
        "SELECT ordered_minor FROM credit_account WHERE store = %s", world.stores[0]
    )
    return reserved, exposed


def test_an_order_that_leaves_is_sent_and_handhelds_learn_it(world: World) -> None:
    order, _ = accepted(world)
    with world.begin() as conn:
        orders.mark_sent(conn, CELL, [order], BY)
        orders.mark_sent(conn, CELL, [order], BY)
    assert world.rows("SELECT state, version, changed_by FROM orders") == [("sent", 2, BY)]
    head, told = world.rows(
        "SELECT f.pos, e.pos FROM feed f JOIN entry e ON e.cell = f.cell AND e.kind = 'order'"
        " WHERE f.cell = %s", CELL,
    )[0]  # fmt: skip
    assert head == told


def test_an_acknowledgement_gives_the_number_and_leaves_a_full_line_alone(world: World) -> None:
    order, delivery = accepted(world)
    answer(world, order, delivery, [LineAnswer(1, 12, 0, 0)])
    state = world.rows("SELECT state, external_no, acknowledged_at, net_minor FROM orders")
    assert state == [("acknowledged", "DS-1", AT, 3000)]
    assert line(world) == (12, 0, 0, 12, 3000, "confirmed", None)
    assert world.one("SELECT count(*) FROM conflict") == 0


def test_what_was_cut_gives_back_stock_value_and_credit(world: World) -> None:
    order, delivery = accepted(world)
    assert freed(world) == (12, 3000)
    answer(world, order, delivery, [LineAnswer(1, 5, 0, 7, "not enough on hand")])
    assert line(world) == (5, 0, 7, 5, 1250, "partial", "not enough on hand")
    assert freed(world) == (5, 1250)
    assert world.rows("SELECT net_minor, exposure_minor FROM orders") == [(1250, 1250)]


def test_a_backordered_rest_keeps_its_value_but_not_its_place_in_the_stock(world: World) -> None:
    order, delivery = accepted(world)
    answer(world, order, delivery, [LineAnswer(1, 5, 7, 0)])
    assert line(world) == (5, 7, 0, 5, 3000, "partial", None)
    assert freed(world) == (5, 3000)


@pytest.mark.parametrize(
    ("said", "state"),
    [(LineAnswer(1, 0, 12, 0), "backordered"), (LineAnswer(1, 0, 0, 12), "cut")],
)
def test_a_line_of_which_nothing_comes_says_so(world: World, said: LineAnswer, state: str) -> None:
    order, delivery = accepted(world)
    answer(world, order, delivery, [said])
    assert line(world)[5] == state
    assert freed(world)[0] == 0


def test_the_rep_reads_a_sentence_about_each_short_line(world: World) -> None:
    order, delivery = accepted(world)
    answer(world, order, delivery, [LineAnswer(1, 5, 4, 3, "not enough on hand")])
    told = world.rows("SELECT scope, rule, needs, state, line, says, change::text FROM conflict")
    made_by = world.one("SELECT change::text FROM receipt")
    assert told == [
        (
            "rep:r01", "delivery_short", "rep", "waiting", 1,
            "Order D1-000001: of Product p001 the delivery system allocated 5 of 12 (not enough "
            "on hand); 4 on backorder, 3 cut.",
            made_by,
        )
    ]  # fmt: skip
    entries = world.rows("SELECT scope, kind FROM entry WHERE kind IN ('order', 'conflict')")
    assert sorted(entries) == [("rep:r01", "conflict"), (f"st:{world.stores[0]}", "order")]


def test_the_second_acknowledgement_of_an_order_changes_nothing(world: World) -> None:
    order, delivery = accepted(world)
    answer(world, order, delivery, [LineAnswer(1, 5, 7, 0)])
    before = world.rows("SELECT * FROM orders")
    answer(world, order, delivery, [LineAnswer(1, 12, 0, 0)], no="DS-2")
    assert world.rows("SELECT * FROM orders") == before
    assert line(world)[0] == 5


def test_the_answer_to_an_older_revision_changes_nothing(world: World) -> None:
    order, delivery = accepted(world)
    answer(world, order, delivery, [LineAnswer(1, 0, 0, 12)], revision=2)
    assert world.rows("SELECT state, external_no FROM orders") == [("accepted", None)]


def test_a_cancelled_order_that_arrived_all_the_same_keeps_its_state_and_gets_the_number(
    world: World,
) -> None:
    order, delivery = accepted(world)
    with world.begin() as conn:
        conn.connection.driver_connection.execute("UPDATE orders SET state = 'cancelled'")  # type: ignore[union-attr]
    answer(world, order, delivery)
    assert world.rows("SELECT state, external_no FROM orders") == [("cancelled", "DS-1")]


@pytest.mark.parametrize("rule", [REFUSED, UNKNOWN])
def test_what_only_a_person_can_end_waits_in_the_inbox_once_and_can_come_back(
    world: World, rule: str
) -> None:
    order, delivery = accepted(world)

    def ask() -> None:
        with world.begin() as conn:
            orders.ask_office(conn, CELL, delivery, order, rule, "no such ship-to", AT, BY)

    def inbox() -> list[Any]:
        return world.rows("SELECT state, needs, resolution, version FROM conflict")

    ask()
    assert inbox() == [("waiting", "office", None, 1)]
    assert "no such ship-to" in world.one("SELECT says FROM conflict")
    assert "Store 1" in world.one("SELECT says FROM conflict")
    answer(world, order, delivery)
    assert inbox() == [("resolved", "office", "acknowledged", 2)]
    ask()
    assert inbox() == [("waiting", "office", None, 3)]


def test_what_an_order_adds_to_a_stores_debt_is_the_same_on_both_sides(world: World) -> None:
    """An order given away with more off than it is worth: it owes nothing, and never less."""
    body = order_body(world.stores[0], [("p001", 2)], type="free")
    body["lines"][0] |= {"discount_minor": 900, "net_minor": -400}
    body["net_minor"] = -400
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    with world.begin() as conn:
        assert release(conn, CELL, body["id"], None, "user:desk", AT) == "accepted"
    answer(world, body["id"], world.one("SELECT id::text FROM delivery"))
    assert world.one("SELECT exposure_minor FROM orders") == 0
    assert freed(world)[1] == 0


def test_more_than_was_promised_is_no_bad_news(world: World) -> None:
    """We promised 18 of 24; the delivery system finds all 24: the rep is not told of a shortage."""
    world.run("UPDATE stock SET on_hand = 18 WHERE product = 'p001'")
    body = order_body(world.stores[0], [("p001", 24)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    delivery = world.one("SELECT id::text FROM delivery")
    with world.begin() as conn:
        orders.acknowledge(
            conn, CELL, delivery, body["id"], 1, "DS-1", [LineAnswer(1, 24, 0, 0)],
            datetime.now(UTC), "delivery:main",
        )  # fmt: skip
    assert world.rows("SELECT confirmed, backordered, state FROM order_line") == [
        (24, 0, "confirmed")
    ]
    assert world.rows("SELECT rule FROM conflict") == [("stock_short",)]
