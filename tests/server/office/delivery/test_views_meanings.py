"""Words of delivery systems in the console: explained once, and what waited is taken."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from sync.delivery.status import StatusUpdate, apply
from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import CELL, World


@pytest.fixture
def order(push: Push, world: World) -> str:
    """An order that is with the delivery system, which says something strange about it."""
    push([("p001", 4)])
    world.run("UPDATE delivery SET state = 'acknowledged', external_no = 'DS-1'")
    world.run("UPDATE orders SET state = 'acknowledged', external_no = 'DS-1'")
    order = str(world.one("SELECT id::text FROM orders"))
    now = datetime.now(UTC)
    update = StatusUpdate("e-1", "main", order, 1, None, "KOMM <b>", now)
    with world.begin() as conn:
        assert apply(conn, CELL, update, "delivery:main", now) == "parked"
    return order


def test_without_strange_words_there_is_nothing_to_do(desk: Console) -> None:
    assert "Every word was understood" in desk.page("/office/deliveries/words")
    assert "Words of delivery systems" in desk.page("/office/deliveries")


def test_a_word_is_given_its_meaning_and_what_waited_is_taken(
    desk: Console, world: World, order: str
) -> None:
    assert "KOMM &lt;b&gt;" in desk.page("/office/deliveries/words")
    told = desk.post("/office/deliveries/words", target="main", word="KOMM <b>", means="picking")
    assert "1 that had waited were taken" in told.text
    assert world.one("SELECT state FROM orders") == "picking"
    assert world.one("SELECT state FROM conflict WHERE rule = 'delivery_status'") == "resolved"
    assert "delivery.word_explained" in [row[0] for row in world.rows("SELECT action FROM audit")]
    told = desk.post("/office/deliveries/words", target="main", word="KOMM <b>", means="")
    assert "has no meaning any more" in told.text
    assert world.one("SELECT state FROM orders") == "picking"


def test_only_our_words_and_theirs_are_taken(desk: Console, world: World, order: str) -> None:
    told = desk.post("/office/deliveries/words", target="main", word="KOMM <b>", means="packed")
    assert "is no status of an order" in told.text
    told = desk.post("/office/deliveries/words", target="main", word="made up", means="picking")
    assert "Nobody said that word" in told.text
    assert world.rows("SELECT * FROM delivery_code") == []


def test_finance_does_not_explain_words(app: Flask, world: World, order: str) -> None:
    finance = signed_in(app, world, "fay", "finance")
    answer = finance.post(
        "/office/deliveries/words", target="main", word="KOMM <b>", means="picking"
    )
    assert answer.status_code == 403
    assert "Words of delivery systems" not in finance.page("/office/")
