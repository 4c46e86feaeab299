"""A change of an order that the delivery system has: looked at, asked, taken, declined."""

from datetime import UTC, datetime

import pytest

from schemas.ids import uuid7
from sync.delivery.acknowledge import LineAnswer
from sync.delivery.resend import send_again
from sync.desk.answer import Given, NotOffered, give
from sync.feed import publish
from sync.write import write
from tests.auditor import Auditor
from tests.sync.taking.life import Life
from tests.sync.test_gather import promotion
from tests.world import CELL, COMPANY_CELL, World


def choose(world: World, rule: str, choice: str) -> None:
    """A policy of the company."""
    policy = {"id": uuid7(), "rule": rule, "choice": choice, "params": "{}", "banner": None,
              "store": None}  # fmt: skip
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "policy", [policy], "user:admin")


def answered(world: World, name: str) -> str | None:
    item = world.one("SELECT id::text FROM conflict WHERE rule = 'order_is_sent'")
    given = Given(name, "office", "user:dora", datetime.now(UTC), "fine")
    with world.begin() as conn:
        done = give(conn, CELL, item, given)
        publish(conn, CELL, given.entries)
    return done


@pytest.mark.parametrize("name", ["accept_request", "decline_request"])
def test_the_office_may_look_before_the_delivery_system_is_asked(world: World, name: str) -> None:
    choose(world, "order_is_sent", "ask_office")
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    verdict = order.revise([("p001", 20)])
    assert "The office decides" in verdict["says"]
    assert order.deliveries == [(1, "acknowledged")]
    answered(world, name)
    order.check()
    if name == "decline_request":
        assert order.deliveries == [(1, "acknowledged")]
        assert world.one("SELECT state FROM order_change") == "declined"
        return
    assert order.deliveries == [(1, "acknowledged"), (2, "queued")]
    order.send()
    order.answer(2)
    assert order.row == ("acknowledged", 2, 5000, 5000)


def test_a_request_that_waited_is_not_sent_over_a_newer_text(world: World) -> None:
    choose(world, "order_is_sent", "ask_office")
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    order.revise([("p001", 20)])
    world.run("UPDATE policy SET choice = 'ask_delivery_system'")
    order.auditor = Auditor(world)
    order.revise([("p001", 15)])
    order.send()
    order.answer(3)
    assert order.row[1] == 3
    item = world.one("SELECT id::text FROM conflict WHERE rule = 'order_is_sent'"
                     " AND state = 'waiting'")  # fmt: skip
    given = Given("accept_request", "office", "user:dora", datetime.now(UTC), "fine")
    with pytest.raises(NotOffered, match="too far"), world.begin() as conn:
        give(conn, CELL, item, given)
    assert order.deliveries == [(1, "acknowledged"), (3, "acknowledged")]


def test_a_cancellation_that_waited_goes_under_the_newest_number(world: World) -> None:
    choose(world, "order_is_sent", "ask_office")
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    order.cancel()
    world.run("UPDATE policy SET choice = 'ask_delivery_system'")
    order.auditor = Auditor(world)
    order.revise([("p001", 15)])
    order.send()
    order.answer(3)
    item = world.one("SELECT id::text FROM conflict WHERE rule = 'order_is_sent'"
                     " AND state = 'waiting'")  # fmt: skip
    given = Given("accept_request", "office", "user:dora", datetime.now(UTC), "fine")
    with world.begin() as conn:
        give(conn, CELL, item, given)
        publish(conn, CELL, given.entries)
    order.send()
    order.answer(4)
    assert (order.row[0], order.reserved) == ("cancelled", [])


@pytest.mark.rule(4)
@pytest.mark.parametrize("how", ["status", "asked"])
def test_an_order_that_is_not_delivered_gives_back_what_it_took_of_promotions(
    world: World, how: str
) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    budget = promotion(world, cap_minor=300)
    world.run("UPDATE promotion SET used_minor = 250")
    world.run("UPDATE orders SET caps = jsonb_build_object(%s::text, 250)", budget)
    order.auditor = Auditor(world)
    if how == "status":
        order.say("rejected")
    else:
        order.cancel()
        order.send()
        order.answer(2)
    assert world.one("SELECT used_minor FROM promotion") == 0
    assert world.one("SELECT caps FROM orders") == {}


def test_the_office_hears_that_it_is_too_late_to_ask(world: World) -> None:
    choose(world, "order_is_sent", "ask_office")
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    order.revise([("p001", 20)])
    order.say("picking")
    with pytest.raises(NotOffered, match="too far"):
        answered(world, "accept_request")
    assert order.deliveries == [(1, "acknowledged")]


def test_a_change_that_would_be_held_today_is_looked_at_by_a_person_first(world: World) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    world.run("UPDATE credit_account SET limit_minor = 3500")
    order.auditor = Auditor(world)
    verdict = order.revise([("p001", 20)])
    assert verdict["conflicts"][0]["decision"] == "ask_office"
    assert order.deliveries == [(1, "acknowledged")]
    assert order.reserved == [("p001", 12)]  # the trial left nothing behind


def test_a_declined_change_cannot_be_sent_again(world: World) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    order.revise([("p001", 20)])
    order.send()
    order.refuse(2)
    late = world.one("SELECT id::text FROM delivery WHERE revision = 2")
    with world.begin() as conn:
        assert send_again(conn, CELL, late, "user:desk", datetime.now(UTC)) is None


def two_in_flight(world: World, on_hand: int) -> tuple[Life, Life]:
    """Two orders of 5, both taken by the delivery system, both asked to become 15."""
    world.run("UPDATE stock SET on_hand = %s, allocated = 0, blocked = 0, safety = 0", on_hand)
    one, other = Life(world, [("p001", 5)]), Life(world, [("p001", 5)], n=100, store=1)
    for order in (one, other):
        order.send()
        order.answer(1)
    for order in (one, other):
        order.revise([("p001", 15)])
        order.send()
    return one, other


def lines_of(world: World, order: Life) -> list[tuple[int, ...]]:
    return world.rows(
        "SELECT ordered, confirmed, backordered, cut, reserved FROM order_line"
        " WHERE order_id = %s ORDER BY n", order.id,
    )  # fmt: skip


def test_two_changes_in_flight_never_promise_more_than_there_is(world: World) -> None:
    """Each was decided while the other was only asked: the second yes is looked at again."""
    one, other = two_in_flight(world, 20)
    one.answer(2)
    other.answer(2)
    assert lines_of(world, one) == [(15, 15, 0, 0, 15)]
    assert lines_of(world, other) == [(15, 5, 10, 0, 5)]
    assert world.rows("SELECT reserved FROM stock WHERE product = 'p001'") == [(20,)]
    assert other.row == ("acknowledged", 2, 3750, 3750)
    (says,) = other.told("delivery_short")
    assert says.endswith("but of Product p001 only 5 of 15 are left here by now; 10 wait.")
    waits = "SELECT needs, state FROM conflict WHERE rule = 'delivery_short'"
    assert world.rows(waits) == [("rep", "waiting")]


def test_what_the_delivery_system_says_it_has_of_a_change_stands(world: World) -> None:
    """It knows its own shelves; we only keep no more of ours than there is."""
    one, other = two_in_flight(world, 20)
    one.answer(2)
    other.answer(2, LineAnswer(1, 15, 0, 0))
    assert lines_of(world, other) == [(15, 15, 0, 0, 5)]
    assert other.told("delivery_short") == []


def test_two_changes_in_flight_never_spend_more_than_a_promotion_has(world: World) -> None:
    one, other = two_in_flight(world, 1000)
    budget = promotion(world, cap_minor=300)
    set_caps = "UPDATE order_change SET proposal = jsonb_set(proposal, '{caps}', %s::jsonb)"
    world.run(set_caps, f'{{"{budget}": 200}}')
    one.auditor, other.auditor = Auditor(world), Auditor(world)
    one.answer(2)
    other.answer(2)
    assert world.one("SELECT used_minor FROM promotion") == 300
    assert world.rows("SELECT caps FROM orders ORDER BY number") == [
        ({budget: 200},), ({budget: 100},),
    ]  # fmt: skip
    rows = world.rows("SELECT needs, scope, says FROM conflict WHERE rule = 'delivery_change'"
                      " AND decision = 'over_budget'")  # fmt: skip
    assert [row[:2] for row in rows] == [("office", "office")]
    assert "1.00 USD" in rows[0][2]
