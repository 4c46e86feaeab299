"""What a rep does with an order that was taken, offline, against the real server."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from handhelds.reference import orders
from handhelds.reference.cli_orders import drafts_table, life_table
from handhelds.reference.pad import Refused
from handhelds.reference.screens_orders import STEPS, drafts_shown, order_life
from handhelds.reference.visit import Wanted
from sync import life
from sync.delivery import acknowledge as answers
from sync.delivery.status import LineStatus, StatusUpdate, apply
from sync.desk.cancel import cancel
from tests.handhelds.test_against_server import Handheld, handheld, world
from tests.world import CELL, World

__all__ = ["handheld", "world"]
BY = "delivery:main"
Say = Callable[..., None]


@pytest.fixture
def say(world: World) -> Say:
    """The delivery system says a word of an order."""
    count = iter(range(1, 99))

    def told(number: str, word: str, *lines: LineStatus, **more: Any) -> None:
        order = world.one("SELECT id::text FROM orders WHERE number = %s", number)
        n = next(count)
        at = datetime.now(UTC) + timedelta(minutes=n)
        one = StatusUpdate(f"{number}-{n}", "main", order, 1, None, word, at, lines, **more)
        with world.begin() as conn:
            assert apply(conn, CELL, one, BY, at) == "applied"

    return told


def send(world: World, number: str) -> None:
    """The delivery system takes an order as asked."""
    delivery, order = world.rows(
        "SELECT d.id::text, d.order_id::text FROM delivery d JOIN orders o ON o.id = d.order_id"
        " WHERE o.number = %s AND d.revision = o.revision", number,
    )[0]  # fmt: skip
    world.run("UPDATE delivery SET state = 'acknowledged', attempt = 1 WHERE id = %s", delivery)
    revision = world.one("SELECT revision FROM orders WHERE id = %s", order)
    with world.begin() as conn:
        answers.mark_sent(conn, CELL, [order], BY)
        answers.acknowledge(conn, CELL, delivery, order, revision, "DS-77", [],
                            datetime.now(UTC), BY)  # fmt: skip


def drawn(what: Any) -> str:
    console = Console(width=160, record=True, file=StringIO())
    console.print(what, highlight=False)
    return console.export_text()


def taken(handheld: Handheld, *lines: tuple[str, str]) -> str:
    row = handheld.rep.order("s001", [Wanted(*line) for line in lines])
    number: str = row["number"]
    return number


def test_every_state_has_a_word_on_the_handheld() -> None:
    assert set(life.STATES) - {"draft"} <= set(STEPS)
    assert set(life.WORDS) <= set(STEPS)


def test_a_short_shipped_order_is_followed_sentence_by_sentence(
    handheld: Handheld, world: World, say: Say
) -> None:
    number = taken(handheld, ("p001", "12"), ("p002", "5"))
    assert order_life(handheld.rep, number)["steps"][-1]["says"] == "Waits to be sent"
    handheld.sync()
    send(world, number)
    say(number, "short", LineStatus(1, allocated=8, reason="damaged"))
    say(number, "picking")
    say(number, "dispatched", LineStatus(1, shipped=8), LineStatus(2, shipped=5))
    say(number, "part_delivered", LineStatus(1, delivered=7, reason="a broken case"))
    say(number, "invoiced", invoice_no="INV-9")
    handheld.sync()
    screen = order_life(handheld.rep, number)
    assert [step["says"] for step in screen["steps"]] == [
        "Taken",
        "Accepted",
        "Sent to the delivery system",
        "Acknowledged by the delivery system as DS-77",
        "Allocated in part",
        "Being picked",
        "On its way",
        "Delivered in part",
        "Invoiced as INV-9",
    ]
    assert all(step["age"]["words"] for step in screen["steps"])
    figures = ("ordered", "confirmed", "cut", "shipped", "delivered")
    assert [tuple(line[name] for name in figures) for line in screen["lines"]] == [
        (12, 8, 4, 8, 7),
        (5, 5, 0, 5, 5),
    ]
    assert [one["says"] for one in screen["told"]] == [
        f"Order {number}: of Product p001 the delivery system allocated 8 of 12 (damaged); "
        "0 on backorder, 4 cut.",
        f"Order {number}: of Product p001 7 of 8 were delivered, 1 were not (a broken case).",
    ]
    text = drawn(life_table(screen))
    for one in [step["says"] for step in screen["steps"]] + [x["says"] for x in screen["told"]]:
        assert one in text


def test_an_order_is_changed_offline_and_the_server_decides_it_again(
    handheld: Handheld, world: World
) -> None:
    number = taken(handheld, ("p001", "12"), ("p002", "5"))
    handheld.sync()
    orders.revise(handheld.rep, number, [Wanted("p001", "3"), Wanted("p002", "0"),
                                         Wanted("p003", "1", "case")])  # fmt: skip
    offline = order_life(handheld.rep, number)
    assert [(one["product"], one["ordered"]) for one in offline["lines"]] == [
        ("p001", 3),
        ("p003", 12),
    ]
    assert offline["steps"][-1]["says"] == "Your change waits to be sent"
    handheld.sync()
    rows = world.rows("SELECT product, ordered FROM order_line ORDER BY n")
    assert rows == [("p001", 3), ("p003", 12)]
    again = order_life(handheld.rep, number)
    assert (again["revision"], again["unsent"], again["state"]) == (2, False, "accepted")


def test_a_change_of_work_that_was_never_sent_goes_out_behind_it(
    handheld: Handheld, world: World
) -> None:
    number = taken(handheld, ("p001", "12"))
    orders.revise(handheld.rep, number, [Wanted("p001", "4")])
    orders.cancel(handheld.rep, number, "shut")
    assert order_life(handheld.rep, number)["state"] == "cancelled"
    handheld.sync()
    assert world.rows("SELECT state, revision FROM orders") == [("cancelled", 2)]


def test_what_is_being_picked_is_refused_here_at_once_with_the_way_out(
    handheld: Handheld, world: World, say: Say
) -> None:
    number = taken(handheld, ("p001", "12"))
    handheld.sync()
    send(world, number)
    say(number, "picking")
    handheld.sync()
    for act in (
        lambda: orders.revise(handheld.rep, number, [Wanted("p001", "20")]),
        lambda: orders.cancel(handheld.rep, number, ""),
    ):
        with pytest.raises(Refused, match=f"supplement {number}"):
            act()
    assert handheld.local.queue().pending == 0


def test_a_change_that_comes_too_late_becomes_a_supplement_and_a_return_in_one_tap_each(
    handheld: Handheld, world: World, say: Say
) -> None:
    number = taken(handheld, ("p001", "12"), ("p002", "6"))
    handheld.sync()
    send(world, number)
    say(number, "dispatched")
    orders.revise(handheld.rep, number, [Wanted("p001", "20"), Wanted("p002", "5")])
    handheld.sync()
    assert "cannot be changed any more" in handheld.queries.unread()[0]["verdict"]["says"]
    assert orders.too_late(handheld.rep, orders.order_of(handheld.rep, number)) == (
        {"p001": 8},
        {"p002": 1},
    )
    more = orders.supplement(handheld.rep, number, [])
    with pytest.raises(Refused, match="what has not come"):
        orders.give_back(handheld.rep, number, [])
    say(number, "delivered")
    handheld.sync()
    back = orders.give_back(handheld.rep, number, [])
    with pytest.raises(Refused, match="5 of p002 can go back"):
        orders.give_back(handheld.rep, number, [Wanted("p002", "6")])
    handheld.sync()
    about = world.one("SELECT id::text FROM orders WHERE number = %s", number)
    rows = world.rows(
        "SELECT o.number, o.type, o.about::text, l.product, l.ordered FROM orders o"
        " JOIN order_line l ON l.order_id = o.id WHERE about IS NOT NULL ORDER BY o.number"
    )
    assert rows == [
        (more["number"], "sale", about, "p001", 8),
        (back["number"], "return", about, "p002", 1),
    ]


@pytest.mark.rule(13)
def test_what_was_written_for_a_cancelled_order_is_a_draft_until_a_fresh_tap(
    handheld: Handheld, world: World
) -> None:
    number = taken(handheld, ("p001", "12"))
    handheld.sync()
    with world.begin() as conn:
        order = world.one("SELECT id::text FROM orders")
        cancel(conn, CELL, order, "user:desk", datetime.now(UTC), "the store closed")
    orders.revise(handheld.rep, number, [Wanted("p001", "7")])
    handheld.sync()
    (draft,) = drafts_shown(handheld.rep)["drafts"]
    assert draft["says"] == f"from cancelled no. {number}"
    assert [line["quantity"] for line in draft["lines"]] == [7]
    assert f"drafts --send {number}" in drawn(drafts_table(drafts_shown(handheld.rep)))
    handheld.sync()
    assert world.rows("SELECT state FROM orders") == [("cancelled",)]  # nothing went by itself
    handheld.local.close()  # as after a power cut: the draft is what the verdict says
    handheld.open()
    assert len(orders.drafts(handheld.rep)) == 1
    new = orders.send_draft(handheld.rep, number)
    assert new["note"] == f"from cancelled no. {number}"
    assert orders.drafts(handheld.rep) == []
    handheld.sync()
    rows = world.rows("SELECT number, about::text FROM orders WHERE state <> 'cancelled'")
    assert rows == [(new["number"], order)]


def test_a_draft_can_be_dropped(handheld: Handheld, world: World) -> None:
    number = taken(handheld, ("p001", "12"))
    handheld.sync()
    with world.begin() as conn:
        cancel(conn, CELL, world.one("SELECT id::text FROM orders"), "user:desk",
               datetime.now(UTC), "")  # fmt: skip
    orders.revise(handheld.rep, number, [Wanted("p001", "7")])
    handheld.sync()
    orders.drop_draft(handheld.rep, number)
    assert orders.drafts(handheld.rep) == []
    with pytest.raises(Refused, match="no draft"):
        orders.send_draft(handheld.rep, number)


def test_a_change_of_a_sent_order_waits_for_the_delivery_system_and_the_rep_reads_it(
    handheld: Handheld, world: World
) -> None:
    number = taken(handheld, ("p001", "12"))
    handheld.sync()
    send(world, number)
    handheld.sync()
    orders.revise(handheld.rep, number, [Wanted("p001", "20")])
    handheld.sync()
    screen = order_life(handheld.rep, number)
    assert [line["ordered"] for line in screen["lines"]] == [12]
    assert "was asked of it" in screen["told"][-1]["says"]


def test_an_order_that_is_not_here_is_not_followed(handheld: Handheld) -> None:
    with pytest.raises(Refused, match="no order D9-1"):
        order_life(handheld.rep, "D9-1")
