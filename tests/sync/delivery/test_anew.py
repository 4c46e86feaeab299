"""An order's own text goes out once more: the other side's books say something else."""

from datetime import UTC, datetime

from sync.delivery.acknowledge import LineAnswer
from sync.delivery.anew import send_anew
from tests.sync.taking.life import Life
from tests.world import CELL, World


def anew(world: World, order: Life) -> int | None:
    with world.begin() as conn:
        revision = send_anew(conn, CELL, order.id, "Other goods", "user:dora", datetime.now(UTC))
    order.check()
    return revision


def lines(world: World) -> list[tuple[object, ...]]:
    return world.rows(
        "SELECT product, ordered, confirmed, backordered, reserved, net_minor, unit_price,"
        " quoted_price, uom, typed, state FROM order_line ORDER BY n"
    )


def test_what_stood_here_stands_again_when_it_is_taken(world: World) -> None:
    order = Life(world, [("p001", 12), ("p002", 5)])
    order.send()
    before, row = lines(world), order.row
    order.answer(1, LineAnswer(1, 8, 0, 4, "damaged"))
    assert lines(world) != before
    assert anew(world, order) == 2
    assert order.row[1] == 1  # nothing is changed until they say yes
    order.send()
    order.answer(2)
    assert lines(world) == before
    assert order.row == ("acknowledged", 2, *row[2:])
    assert order.deliveries == [(1, "acknowledged"), (2, "acknowledged")]


def test_what_goes_out_is_the_whole_order_under_its_new_number(world: World) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    anew(world, order)
    text = world.one("SELECT proposal FROM order_change")
    assert [line[2] for line in text["lines"]] == ["p001"]
    assert world.rows("SELECT act, reason, replaces, revision, by FROM order_change") == [
        ("change", "Other goods", 1, 2, "user:dora")
    ]


def test_it_is_asked_once_and_never_of_what_is_being_picked(world: World) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    assert (anew(world, order), anew(world, order)) == (2, None)
    order.send()
    order.refuse(2)
    assert anew(world, order) == 3
    order.send()
    order.answer(3)
    world.run("UPDATE orders SET state = 'picking'")
    with world.begin() as conn:
        assert send_anew(conn, CELL, order.id, "", "user:dora", datetime.now(UTC)) is None


def test_of_an_order_that_is_not_here_nothing_is_sent(world: World) -> None:
    gone = "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"
    with world.begin() as conn:
        assert send_anew(conn, CELL, gone, "", "user:dora", datetime.now(UTC)) is None
