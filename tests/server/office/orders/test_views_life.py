"""The office cancels an order from its page, and the page tells the whole of its life."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sync.delivery import acknowledge as answers
from sync.delivery.status import LineStatus, StatusUpdate, apply
from tests.server.console import Console
from tests.server.office.conftest import Push
from tests.world import CELL, World

BY = "delivery:main"


def path(body: dict[str, Any]) -> str:
    return f"/office/orders/{CELL}/{body['id']}"


def send(world: World, order: str) -> None:
    """The delivery system takes an order as asked."""
    world.run("UPDATE delivery SET state = 'acknowledged', attempt = 1, external_no = 'DS-77'")
    delivery = world.one("SELECT id::text FROM delivery WHERE order_id = %s", order)
    with world.begin() as conn:
        answers.mark_sent(conn, CELL, [order], BY)
        answers.acknowledge(conn, CELL, delivery, order, 1, "DS-77", [], datetime.now(UTC), BY)


def say(world: World, order: str, n: int, word: str, *lines: LineStatus, **more: Any) -> str:
    at = datetime.now(UTC) + timedelta(minutes=n)
    one = StatusUpdate(f"{order}-{n}", "main", order, 1, None, word, at, lines, **more)
    with world.begin() as conn:
        return apply(conn, CELL, one, BY, at)


def test_the_page_tells_a_short_shipped_order_to_its_end(
    desk: Console, push: Push, world: World
) -> None:
    body, _ = push([("p001", 12), ("p002", 5)])
    send(world, body["id"])
    say(world, body["id"], 1, "short", LineStatus(1, allocated=8, reason="damaged"))
    say(world, body["id"], 3, "dispatched", LineStatus(1, shipped=8))
    assert say(world, body["id"], 2, "picking", detail="dock 4") == "stale"
    say(world, body["id"], 4, "part_delivered", LineStatus(1, delivered=7, reason="broken"))
    say(world, body["id"], 5, "invoiced", invoice_no="INV-9")
    say(world, body["id"], 6, "zz9")
    page = desk.page(path(body))
    for words in (
        "Acknowledged as DS-77",
        "Allocated in part",
        "Product p001: allocated 8 of 12, 4 short (damaged)",
        "the delivery system allocated 8 of 12 (damaged); 0 on backorder, 4 cut.",
        "Picking",
        "dock 4",
        "told late: it moved nothing back",
        "Dispatched",
        "Delivered in part",
        "7 of 8 were delivered, 1 were not (broken).",
        "Invoiced as INV-9",
        "Said: zz9",
        "kept until somebody says what is true",
    ):
        assert words in page, words
    assert "Cancel this order" not in page


def test_an_order_nobody_was_sent_is_cancelled_at_once(
    desk: Console, push: Push, world: World
) -> None:
    hints: list[str] = []
    desk.app.extensions["hint"] = hints.append
    body, _ = push([("p001", 12)])
    assert "Cancel this order" in desk.page(path(body))
    assert "Say why: the rep reads it." in desk.post(path(body) + "/cancel").text
    page = desk.post(path(body) + "/cancel", reason="the store closed").text
    assert "Cancelled. The rep is told" in page
    assert "Cancelled by Dora" in page
    assert "the store closed" in page
    assert world.one("SELECT state FROM orders") == "cancelled"
    assert hints == [f"orders {CELL}"]
    assert "Too late: the order is cancelled." in desk.post(path(body) + "/cancel", reason="x").text


def test_a_sent_order_stands_until_the_delivery_system_answers(
    desk: Console, push: Push, world: World
) -> None:
    body, _ = push([("p001", 12)])
    send(world, body["id"])
    assert "it is asked to cancel" in desk.page(path(body))
    page = desk.post(path(body) + "/cancel", reason="the store closed").text
    assert "Until it answers, the order stands." in page
    assert "The delivery system was asked to cancel" in page
    assert world.one("SELECT state FROM orders") == "acknowledged"


def test_supplements_and_returns_are_named_on_both_pages(desk: Console, push: Push) -> None:
    body, _ = push([("p001", 12)])
    more, _ = push([("p002", 3)], about=body["id"])
    assert f"Supplement {more['number']}" in desk.page(path(body))
    assert f"About order {body['number']}" in desk.page(path(more))


def test_an_order_of_another_depot_cannot_be_cancelled(desk: Console, push: Push) -> None:
    body, _ = push([("p001", 12)])
    answer = desk.post(f"/office/orders/99/{body['id']}/cancel", reason="x")
    assert answer.status_code == 404
