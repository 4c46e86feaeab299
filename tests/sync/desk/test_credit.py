"""Orders held for credit go on by themselves when the account has room for them, and no sooner."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from sync.desk import credit
from sync.desk.release import NotHeld
from tests.auditor import Auditor
from tests.sync.owing import account, collect, money_body, owe, step
from tests.world import CELL, World, build, change, order_body


@pytest.fixture
def world(engine: Engine) -> World:
    built = build(engine)
    owe(built, built.stores[0], ("R-1", 10_000), limit_minor=10_000)
    return built


def held(world: World, n: int = 1) -> str:
    """An order over 10.00 that the store's limit does not allow; returns its id."""
    body = order_body(world.stores[0], [(world.products[n - 1], 4)])
    (verdict,), _ = world.push(world.carrier(), [change(n, "order", "submit", body)])
    assert verdict["state"] == "held"
    return str(body["id"])


def run(world: World) -> list[str]:
    """The job once; returns the orders it released."""
    now, released = datetime.now(UTC), []
    with world.begin() as conn:
        due = credit.due(conn, 50)
    for cell, order in due:
        with world.begin() as conn:
            if credit.release_if_it_fits(conn, cell, order, now) is not None:
                released.append(order)
    return released


def pay(world: World, amount_minor: int, n: int) -> str:
    body = money_body(world.stores[0], amount_minor, ("R-1", amount_minor))
    collect(world, n, body)
    step(world, "hand_in", body["id"])
    return str(body["id"])


@pytest.mark.rule(6)
def test_posted_cash_lets_a_held_order_go_and_cash_in_a_pocket_does_not(world: World) -> None:
    auditor, order = Auditor(world), held(world)
    money = pay(world, 1_000, 2)
    assert run(world) == []
    assert auditor.look() == []
    step(world, "post", money)
    assert run(world) == [order]
    assert world.one("SELECT state FROM orders") == "accepted"
    assert run(world) == []
    (row,) = world.rows("SELECT who, action FROM audit WHERE subject = %s", f"order/{order}")
    assert tuple(row) == ("job:release_credit", "order.released")
    assert world.one("SELECT resolved_by FROM conflict WHERE rule = 'credit_exceeded'") == credit.BY
    assert auditor.look() == []


@pytest.mark.rule(6)
@pytest.mark.parametrize(
    "better",
    [
        "UPDATE credit_account SET limit_minor = 11000 WHERE limit_minor = 10000",
        "UPDATE credit_account SET limit_minor = NULL",
        "UPDATE credit_account SET open_minor = 9000 WHERE open_minor = 10000",
    ],
)
def test_a_higher_limit_or_a_paid_item_in_a_load_does_too(world: World, better: str) -> None:
    order = held(world)
    assert run(world) == []
    world.run(better)
    assert run(world) == [order]


@pytest.mark.rule(6)
def test_a_block_taken_away_lets_its_orders_go(world: World) -> None:
    world.run("UPDATE credit_account SET limit_minor = NULL, blocked_reason = 'late' ")
    order = held(world)
    assert run(world) == []
    world.run("UPDATE credit_account SET blocked_reason = NULL")
    assert run(world) == [order]


@pytest.mark.rule(6)
def test_room_for_one_of_two_goes_to_the_one_that_came_first(world: World) -> None:
    auditor = Auditor(world)
    first, second = held(world, 1), held(world, 2)
    money = pay(world, 1_500, 3)
    step(world, "post", money)
    assert run(world) == [first]
    assert world.one("SELECT state FROM orders WHERE id = %s", second) == "held"
    assert auditor.look() == []


def test_an_order_that_waits_for_something_else_too_is_left_alone(world: World) -> None:
    body = order_body(world.stores[0], [(world.products[0], 4)], price="2.00")
    (verdict,), _ = world.push(world.carrier(), [change(1, "order", "submit", body)])
    world.run("UPDATE orders SET holds = holds || '{order_needs_approval}'")
    world.run("UPDATE credit_account SET limit_minor = NULL")
    assert verdict["state"] == "held"
    assert run(world) == []


@pytest.mark.rule(6)
def test_where_cash_counts_at_once_it_lets_the_order_go_before_it_is_posted(world: World) -> None:
    world.run(
        "INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params)"
        " VALUES (1, gen_random_uuid(), 'company', 1, 'user:admin', 'credit_exceeded',"
        " 'hold_for_office', '{\"count_unposted_cash\": 1}')"
    )
    order = held(world)
    collect(world, 2, money_body(world.stores[0], 1_000, ("R-1", 1_000)))
    assert run(world) == [order]


@pytest.mark.rule(6)
def test_money_of_another_currency_makes_no_room(world: World) -> None:
    """A million in small money is no million of the store's."""
    world.run(
        "INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params)"
        " VALUES (1, gen_random_uuid(), 'company', 1, 'user:admin', 'credit_exceeded',"
        " 'hold_for_office', '{\"count_unposted_cash\": 1}')"
    )
    held(world)
    collect(world, 2, money_body(world.stores[0], 1_000_000) | {"currency": "IDR"})
    assert account(world, world.stores[0])[2] == 0
    assert run(world) == []


def test_who_comes_too_late_is_told_so(world: World) -> None:
    order = held(world)
    world.run("UPDATE orders SET state = 'cancelled'")
    with world.begin() as conn, pytest.raises(NotHeld):
        credit.release_if_it_fits(conn, CELL, order, datetime.now(UTC))
