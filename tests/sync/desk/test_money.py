"""What finance does with money: steps, what they settle, and what a bounce gives back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from sync.desk.answer import Given, NotOffered, give
from sync.desk.money import Reasonless
from sync.feed import publish
from tests.auditor import Auditor
from tests.sync.owing import account, collect, money_body, owe, owed, receipt, step
from tests.world import CELL, World, build


@pytest.fixture
def world(engine: Engine) -> World:
    built = build(engine)
    owe(built, built.stores[0], ("R-1", 10_000), ("R-2", 5_000))
    return built


def taken(world: World, amount_minor: int, *uses: tuple[str, int], **more: Any) -> str:
    """Money of the first store, handed in; returns the receipt's id."""
    body = money_body(world.stores[0], amount_minor, *uses, **more)
    n = world.one("SELECT count(*) + 1 FROM receipt")
    collect(world, n, body)
    step(world, "hand_in", body["id"])
    return str(body["id"])


@pytest.mark.rule(11)
def test_posting_lowers_what_is_open_and_the_rest_is_on_account(world: World) -> None:
    auditor, store = Auditor(world), world.stores[0]
    money = taken(world, 12_500, ("R-1", 10_000))
    assert account(world, store) == (15_000, 0, 12_500)
    moved = step(world, "post", money)
    assert (moved.done, moved.amount_minor, moved.left) == ([money], 12_500, {})
    number = world.one("SELECT number FROM collection")
    assert owed(world, store) == {"R-1": 0, "R-2": 5_000, number: 2_500}
    assert account(world, store) == (5_000, 2_500, 0)
    assert receipt(world, money)["applied"] == [["R-1", 10_000]]
    assert world.one("SELECT paid_on FROM open_item WHERE number = 'R-1'") is not None
    assert world.one("SELECT paid_on FROM open_item WHERE number = 'R-2'") is None
    assert auditor.look() == []


@pytest.mark.rule(11)
def test_a_bounce_opens_again_exactly_what_was_settled_and_tells_the_rep(world: World) -> None:
    auditor, store = Auditor(world), world.stores[0]
    money = taken(world, 12_500, ("R-1", 10_000), method="cheque", cheque_no="7")
    step(world, "post", money)
    step(world, "bounce", money, reason="no funds")
    assert owed(world, store)["R-1"] == 10_000
    assert account(world, store) == (15_000, 0, 0)
    assert receipt(world, money)["state"] == "bounced"
    (told,) = world.rows("SELECT rep, scope, says FROM conflict WHERE rule = 'collection_bounced'")
    assert told[:2] == ("r01", "rep:r01")
    assert "over 125.00 USD was not paid: no funds. What it had paid is open again." in told[2]
    actions = world.rows(
        "SELECT action, who FROM audit WHERE subject = %s ORDER BY at", f"collection/{money}"
    )
    assert [row[0] for row in actions] == [
        "collection.hand_in", "collection.post", "collection.bounce",
    ]  # fmt: skip
    assert {row[1] for row in actions} == {"user:fin"}
    assert auditor.look() == []


@pytest.mark.rule(11)
def test_a_cheque_that_bounced_may_be_presented_again_and_clear(world: World) -> None:
    auditor, store = Auditor(world), world.stores[0]
    money = taken(world, 10_000, ("R-1", 10_000), method="cheque", cheque_no="7")
    for _ in range(2):
        step(world, "post", money)
        step(world, "bounce", money, reason="no funds")
        step(world, "present_again", money)
    step(world, "post", money)
    assert account(world, store) == (5_000, 0, 0)
    assert auditor.look() == []


@pytest.mark.rule(11)
def test_what_the_books_cleared_meanwhile_is_not_settled_twice(world: World) -> None:
    money = taken(world, 10_000, ("R-1", 10_000))
    world.run("UPDATE open_item SET open_minor = 4000 WHERE number = 'R-1'")
    world.run("UPDATE credit_account SET open_minor = 9000 WHERE open_minor = 15000")
    step(world, "post", money)
    assert receipt(world, money)["applied"] == [["R-1", 4_000]]
    assert account(world, world.stores[0]) == (5_000, 6_000, 0)


def test_finance_may_post_to_what_is_due_first_instead(world: World) -> None:
    money = taken(world, 12_000, ("R-2", 5_000))
    step(world, "post", money, oldest_first=True)
    assert receipt(world, money)["applied"] == [["R-1", 10_000], ["R-2", 2_000]]
    assert account(world, world.stores[0]) == (3_000, 0, 0)


@pytest.mark.parametrize(
    ("which", "more", "why"),
    [
        ("post", {"currency": "EUR"}, "it is in EUR and the store pays in USD"),
        ("post", {"amount_minor": 0}, "it is over nothing: refuse it and say why"),
        ("present_again", {}, "it is handed in"),
    ],
)
def test_a_step_that_cannot_be_taken_is_left_with_its_reason(
    world: World, which: str, more: dict[str, Any], why: str
) -> None:
    auditor = Auditor(world)
    money = taken(world, **{"amount_minor": 500, **more})
    moved = step(world, which, money)
    assert (moved.done, list(moved.left.values())) == ([], [why])
    assert receipt(world, money)["state"] == "handed_in"
    assert auditor.look() == []


def test_in_bulk_each_receipt_goes_as_far_as_it_may(world: World) -> None:
    """And a transfer needs no hand-in."""
    auditor = Auditor(world)
    bodies = [
        money_body(world.stores[at % 3], 1_000 + at, method=method)
        for at, method in enumerate(["cash", "transfer", "cheque", "transfer"])
    ]
    for n, body in enumerate(bodies, 1):
        collect(world, n, body)
    ids = [body["id"] for body in bodies]
    moved = step(world, "post", *ids)
    assert sorted(moved.done) == sorted([ids[1], ids[3]])
    assert sorted(moved.left) == sorted([bodies[0]["number"], bodies[2]["number"]])
    assert moved.amount_minor == 1_001 + 1_003
    assert step(world, "post", *ids).done == [], "nothing is posted twice"
    assert auditor.look() == []


def test_who_takes_money_away_from_a_rep_says_why(world: World) -> None:
    money = taken(world, 500)
    for which in ("bounce", "refuse"):
        with pytest.raises(Reasonless):
            step(world, which, money)
    step(world, "refuse", money, reason="the same money as before")
    assert world.one("SELECT says FROM conflict WHERE rule = 'collection_refused'").endswith(
        "over 5.00 USD: the same money as before."
    )
    step(world, "reopen", money)
    assert receipt(world, money)["state"] == "received"
    assert account(world, world.stores[0])[2] == 500


@pytest.mark.rule(11)
def test_posting_or_refusing_answers_what_waited_about_a_receipt(world: World) -> None:
    body = money_body(world.stores[0], 700)
    collect(world, 1, money_body(world.stores[0], 700))
    collect(world, 2, body)
    assert world.one("SELECT count(*) FROM conflict WHERE state = 'waiting'") == 1
    step(world, "refuse", body["id"], reason="one payment")
    assert world.rows("SELECT resolution, resolved_by FROM conflict WHERE state = 'resolved'") == [
        ("refused", "user:fin")
    ]


@pytest.mark.rule(11)
@pytest.mark.parametrize(
    ("answer", "note", "state", "how"),
    [
        ("two_payments", "", "received", "two payments"),
        ("one_payment", "two slips", "refused", "not booked"),
    ],
)
def test_finance_answers_in_the_inbox_whether_it_was_one_payment_or_two(
    world: World, answer: str, note: str, state: str, how: str
) -> None:
    auditor = Auditor(world)
    body = money_body(world.stores[0], 700)
    collect(world, 1, money_body(world.stores[0], 700))
    collect(world, 2, body)
    (item,) = world.rows("SELECT id::text, answers FROM conflict WHERE state = 'waiting'")
    assert item[1] == ["two_payments", "one_payment"]
    given = Given(answer, "office", "user:fin", datetime.now(UTC), note)
    with world.begin() as conn:
        give(conn, CELL, item[0], given)
        publish(conn, CELL, given.entries)
    assert receipt(world, body["id"])["state"] == state
    (done,) = world.rows("SELECT state, resolution FROM conflict WHERE id = %s", item[0])
    assert tuple(done) == ("resolved", how)
    assert auditor.look() == []


def test_who_leaves_money_out_of_the_books_says_why(world: World) -> None:
    body = money_body(world.stores[0], 700)
    collect(world, 1, money_body(world.stores[0], 700))
    collect(world, 2, body)
    item = world.one("SELECT id::text FROM conflict WHERE state = 'waiting'")
    with world.begin() as conn, pytest.raises(NotOffered):
        give(conn, CELL, item, Given("one_payment", "office", "user:fin", datetime.now(UTC)))
    assert receipt(world, body["id"])["state"] == "received"


def test_a_bounce_never_opens_more_than_an_item_is(world: World) -> None:
    """The books opened it again by themselves before finance noted the bounce here."""
    money = taken(world, 10_000, ("R-1", 10_000))
    step(world, "post", money)
    world.run("UPDATE open_item SET open_minor = 10000 WHERE number = 'R-1'")
    step(world, "bounce", money, reason="no funds")
    assert owed(world, world.stores[0])["R-1"] == 10_000


def test_money_of_a_store_nobody_knows_cannot_be_posted(world: World) -> None:
    body = money_body("0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4aff", 500)
    collect(world, 1, body)
    step(world, "hand_in", body["id"])
    moved = step(world, "post", body["id"], now=datetime.now(UTC))
    assert list(moved.left.values()) == ["its store is not known here"]
