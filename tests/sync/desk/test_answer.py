"""Answers to items of the inbox: what each does, who may give it, and that the first one stands."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from sync.desk.answer import DOES, Given, NotOffered, TooLate, give
from sync.desk.answers import ANSWERS
from sync.feed import publish
from tests.world import CELL, World, build, change, order_body


@pytest.fixture
def world(engine: Engine) -> World:
    """10 of everything; a store may owe 100.00."""
    return build(engine, stores=3, products=4, on_hand=10, limit_minor=10_000)


def ordered(world: World, quantity: int, n: int = 1, **more: Any) -> dict[str, Any]:
    """An order of p001 pushed by r01; returns its verdict."""
    body = order_body(world.stores[0], [("p001", quantity)], **more)
    verdicts, answer = world.push(world.carrier(), [change(n, "order", "submit", body)])
    assert answer.faults == []
    return verdicts[0]


def item(world: World, rule: str) -> Any:
    found = world.rows(
        """SELECT id::text, state, needs, owner, answers, rep_answers, resolution, resolved_by,
                  answer, order_id::text FROM conflict WHERE rule = %s""",
        rule,
    )
    assert len(found) == 1, found
    names = "id state needs owner answers rep_answers resolution resolved_by answer order".split()
    return dict(zip(names, found[0], strict=True))


def office(world: World, rule: str, name: str, note: str = "", **more: Any) -> str | None:
    given = Given(name, "office", "user:dora", datetime.now(UTC), note, **more)
    with world.begin() as conn:
        done = give(conn, CELL, item(world, rule)["id"], given)
        publish(conn, CELL, given.entries)
    return done


def rep(world: World, rule: str, name: str, n: int = 50, **more: Any) -> dict[str, Any]:
    """The rep's answer, pushed."""
    body = {
        "id": uuid7(), "conflict": item(world, rule)["id"], "answer": name,
        "store": world.stores[0], **more,
    }  # fmt: skip
    verdicts, answer = world.push(world.carrier(), [change(n, "conflict", "answer", body)])
    assert answer.faults == []
    return verdicts[0]


def lines(world: World) -> list[tuple[int, int, int]]:
    return world.rows("SELECT confirmed, backordered, cut FROM order_line ORDER BY n")


def state(world: World) -> str:
    return str(world.one("SELECT state FROM orders ORDER BY received_at LIMIT 1"))


def reserved(world: World) -> int:
    return int(world.one("SELECT reserved FROM stock WHERE product = 'p001'"))


def dear(world: World) -> None:
    """The price rises, long after the rep's copy."""
    world.run("UPDATE price SET price = 3, valid_from = now() - interval '20 days'")


# --- what is offered -----------------------------------------------------------------------------


def test_every_answer_of_the_table_is_done_and_every_deed_is_in_the_table() -> None:
    assert set(DOES) == set(ANSWERS)


def test_a_short_line_asks_its_rep_and_proposes_to_wait(world: World) -> None:
    told = ordered(world, 12)["conflicts"][0]
    names = [one["name"] for one in told["answers"]]
    assert names == ["keep_waiting", "cut_rest", "take_substitute", "cancel_order"]
    assert told["answers"][1]["says"] == "Cut the rest"
    found = item(world, "stock_short")
    assert (found["state"], found["needs"], found["owner"]) == ("waiting", "rep", "rep")


def test_buttons_are_called_in_the_reps_language(world: World) -> None:
    body = order_body(world.stores[0], [("p001", 12)])
    chinese = replace(world.carrier(), language="zh")
    verdicts, _ = world.push(chinese, [change(1, "order", "submit", body)])
    assert verdicts[0]["conflicts"][0]["answers"][1] == {"name": "cut_rest", "says": "取消余量"}


def test_a_held_order_asks_nothing_about_its_short_lines_yet(world: World) -> None:
    told = ordered(world, 50)
    assert told["state"] == "held"
    short = item(world, "stock_short")
    assert (short["state"], short["rep_answers"]) == ("told", [])
    office(world, "credit_exceeded", "release")
    short = item(world, "stock_short")
    assert short["state"] == "waiting"
    assert next(name for name, _ in short["rep_answers"]) == "keep_waiting"


def test_credit_is_finances_and_prices_are_the_key_account_managers(world: World) -> None:
    ordered(world, 50)
    dear(world)
    ordered(world, 1, 2)
    owners = dict(world.rows("SELECT rule, owner FROM conflict WHERE needs = 'office'"))
    assert owners == {"credit_exceeded": "finance", "price_raised": "key_account"}


# --- the rep's answers ---------------------------------------------------------------------------


def test_cutting_the_rest_leaves_out_what_is_missing_and_nothing_else(world: World) -> None:
    ordered(world, 12)
    verdict = rep(world, "stock_short", "cut_rest")
    assert verdict["outcome"] == "applied"
    assert verdict["says"] == "Your answer was taken: Cut the rest."
    assert lines(world) == [(10, 0, 2)]
    assert (state(world), reserved(world)) == ("accepted", 10)
    found = item(world, "stock_short")
    assert (found["state"], found["resolution"]) == ("resolved", "the rest is cut")
    assert (found["resolved_by"], found["answer"]) == ("user:r01", "cut_rest")
    assert world.rows("SELECT state, attempt FROM delivery") == [("queued", 0)]


def test_a_rep_may_take_the_substitute(world: World) -> None:
    world.run("UPDATE product SET substitute = 'p002' WHERE code = 'p001'")
    ordered(world, 12)
    assert rep(world, "stock_short", "take_substitute")["outcome"] == "applied"
    assert world.rows("SELECT product, confirmed FROM order_line ORDER BY n") == [
        ("p001", 10), ("p002", 2),
    ]  # fmt: skip


def test_keeping_on_waiting_changes_the_item_alone(world: World) -> None:
    ordered(world, 12)
    version = world.one("SELECT version FROM orders")
    rep(world, "stock_short", "keep_waiting")
    assert item(world, "stock_short")["state"] == "resolved"
    assert lines(world) == [(10, 2, 0)]
    assert world.one("SELECT version FROM orders") == version


def test_cancelling_gives_everything_back(world: World) -> None:
    ordered(world, 12)
    rep(world, "stock_short", "cancel_order")
    assert (state(world), reserved(world)) == ("cancelled", 0)
    assert world.one("SELECT count(*) FROM delivery") == 0
    assert world.one("SELECT sum(ordered_minor) FROM credit_account") == 0


@pytest.mark.parametrize("gone", ["sending", "acknowledged"])
def test_an_answer_about_an_order_that_has_gone_is_told_so(world: World, gone: str) -> None:
    ordered(world, 12)
    world.run("UPDATE delivery SET state = %s, attempt = 1", gone)
    verdict = rep(world, "stock_short", "cut_rest")
    assert verdict["outcome"] == "rejected"
    assert verdict["says"] == (
        "Your answer came too late: the order is sent already. Nothing was changed; a change of "
        "the order may still be asked for."
    )
    assert lines(world) == [(10, 2, 0)]
    assert item(world, "stock_short")["state"] == "waiting"


def test_cancelling_what_is_out_asks_the_delivery_system(world: World) -> None:
    ordered(world, 12)
    world.run("UPDATE delivery SET state = 'acknowledged', attempt = 1, external_no = 'DS-1'")
    world.run("UPDATE orders SET state = 'acknowledged', external_no = 'DS-1'")
    verdict = rep(world, "stock_short", "cancel_order")
    assert verdict["outcome"] == "applied"
    assert state(world) == "acknowledged"
    assert item(world, "stock_short")["resolution"] == "the delivery system is asked to cancel it"
    world.run("UPDATE conflict SET state = 'waiting' WHERE rule = 'stock_short'")
    world.run("UPDATE orders SET state = 'dispatched'")
    late = rep(world, "stock_short", "cancel_order", 51)
    assert "the order is dispatched already" in late["says"]


@pytest.mark.rule(3)
def test_a_rep_who_told_the_store_takes_todays_price(world: World) -> None:
    dear(world)
    ordered(world, 2)
    assert state(world) == "held"
    assert rep(world, "price_raised", "accept_price")["outcome"] == "applied"
    assert state(world) == "accepted"
    assert world.rows("SELECT unit_price::text, net_minor FROM order_line") == [("3.000000", 600)]


def test_a_rep_may_withdraw_what_is_held(world: World) -> None:
    dear(world)
    ordered(world, 2)
    rep(world, "price_raised", "withdraw")
    assert (state(world), reserved(world)) == ("cancelled", 0)


@pytest.mark.rule(8)
@pytest.mark.parametrize("decides", [0, 1])
def test_both_are_meant_is_advice_unless_a_policy_lets_the_rep_decide(
    world: World, decides: int
) -> None:
    world.run(
        "INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params)"
        " VALUES (1, %s, 'company', 1, 'user:alma', 'probable_duplicate', 'hold_for_office', %s)",
        uuid7(), f'{{"rep_decides": {decides}}}',
    )  # fmt: skip
    ordered(world, 2)
    ordered(world, 2, 2)
    verdict = rep(world, "probable_duplicate", "both_meant")
    found = item(world, "probable_duplicate")
    assert (found["answer"], verdict["outcome"]) == ("both_meant", "applied")
    if decides:
        assert found["state"] == "resolved"
        assert world.one("SELECT count(*) FROM orders WHERE state = 'accepted'") == 2
    else:
        assert "noted for the office" in verdict["says"]
        assert found["state"] == "waiting"
        office(world, "probable_duplicate", "both_meant")
        assert item(world, "probable_duplicate")["resolution"] == "both meant"


def test_nobody_answers_for_another_rep_or_what_is_the_offices_alone(world: World) -> None:
    ordered(world, 12)
    body = {"id": uuid7(), "conflict": item(world, "stock_short")["id"], "answer": "cancel_order",
            "store": world.stores[0]}  # fmt: skip
    verdicts, _ = world.push(
        world.add_device("d-2", "r02", no=2), [change(1, "conflict", "answer", body)]
    )
    assert verdicts[0]["outcome"] == "rejected"
    assert "nothing here that this answers" in verdicts[0]["says"]
    assert state(world) == "accepted"


def test_what_was_not_offered_is_refused_and_changes_nothing(world: World) -> None:
    ordered(world, 50)
    assert "no answer to this" in rep(world, "credit_exceeded", "release")["says"]
    assert state(world) == "held"
    with pytest.raises(NotOffered):
        office(world, "credit_exceeded", "resend")
    with pytest.raises(NotOffered, match="say why"):
        office(world, "credit_exceeded", "reject")


# --- who comes first -----------------------------------------------------------------------------


def test_the_office_was_first_so_the_rep_is_told(world: World) -> None:
    dear(world)
    ordered(world, 2)
    assert office(world, "price_raised", "release") == "released"
    verdict = rep(world, "price_raised", "withdraw")
    assert "user:dora had answered already (released)" in verdict["says"]
    assert state(world) == "accepted"


def test_the_rep_was_first_so_the_office_is_told(world: World) -> None:
    dear(world)
    ordered(world, 2)
    rep(world, "price_raised", "withdraw")
    with pytest.raises(TooLate) as late:
        office(world, "price_raised", "release")
    assert late.value.figures["by"] == "user:r01"
    assert state(world) == "cancelled"


def test_of_two_answers_at_once_exactly_one_stands(world: World) -> None:
    """Office and rep answer in the same moment, many times: never both, never neither."""
    dear(world)
    for n in range(1, 9):
        ordered(world, 2, n)
        found = world.rows(
            "SELECT id::text, order_id::text FROM conflict WHERE state = 'waiting'"
            " AND rule = 'price_raised'"
        )
        ((item_id, order_id),) = found
        told: dict[str, str] = {}
        start = threading.Barrier(2)

        def by_office(item_id: str = item_id, told: Any = told, start: Any = start) -> None:
            given = Given("reject", "office", "user:dora", datetime.now(UTC), "no")
            start.wait()
            try:
                with world.begin() as conn:
                    told["office"] = str(give(conn, CELL, item_id, given))
                    publish(conn, CELL, given.entries)
            except TooLate as late:
                told["office"] = late.why

        def by_rep(
            item_id: str = item_id, told: Any = told, start: Any = start, n: int = n
        ) -> None:
            body = {"id": uuid7(), "conflict": item_id, "answer": "accept_price",
                    "store": world.stores[0]}  # fmt: skip
            start.wait()
            verdicts, _ = world.push(world.carrier(), [change(100 + n, "conflict", "answer", body)])
            told["rep"] = verdicts[0]["outcome"]

        threads = [threading.Thread(target=by_office), threading.Thread(target=by_rep)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(20)
        ends = world.one("SELECT state FROM orders WHERE id = %s", order_id)
        if told["rep"] == "applied":
            assert (ends, told["office"]) in (("accepted", "answered"), ("held", "answered"))
        else:
            assert (ends, told) == ("rejected", {"rep": "rejected", "office": "rejected: no"})
        world.run("UPDATE orders SET state = 'rejected' WHERE id = %s", order_id)
        world.run("UPDATE conflict SET state = 'resolved'")


# --- what it leaves behind -----------------------------------------------------------------------


def test_an_answer_is_audited_with_where_it_came_from_and_reaches_the_rep(world: World) -> None:
    ordered(world, 12)
    before = world.one("SELECT pos FROM feed WHERE cell = %s", CELL)
    rep(world, "stock_short", "cut_rest", note="no room")
    found = item(world, "stock_short")
    rows = world.rows(
        "SELECT who, action, address FROM audit WHERE subject = %s", f"conflict/{found['id']}"
    )
    assert rows == [("user:r01", "item.cut_rest", "device:d-1")]
    told = world.rows("SELECT kind, scope FROM entry WHERE cell = %s AND pos > %s", CELL, before)
    assert ("conflict", "rep:r01") in told
    assert ("order", f"st:{world.stores[0]}") in told


def test_a_repeated_answer_gets_the_same_verdict_and_is_given_once(world: World) -> None:
    ordered(world, 12)
    body = {"id": uuid7(), "conflict": item(world, "stock_short")["id"], "answer": "cut_rest",
            "store": world.stores[0]}  # fmt: skip
    one = change(50, "conflict", "answer", body)
    first, _ = world.push(world.carrier(), [one])
    second, _ = world.push(world.carrier(), [one])
    assert second[0]["replayed"]
    assert first[0]["says"] == second[0]["says"]
    assert world.one("SELECT count(*) FROM audit WHERE action = 'item.cut_rest'") == 1
