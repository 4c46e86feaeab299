"""Receipts for money, pushed: each is received once, whatever is wrong with it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.ids import uuid7
from sync.desk.answer import Given, give
from sync.desk.let_stand import NotKept
from sync.feed import publish
from sync.taking.collections import MOST_MINOR
from sync.write import remove
from tests.auditor import Auditor
from tests.sync.owing import account, collect, days_ago, money_body, owe, owed, receipt, step
from tests.world import CELL, World, add_east, change, let_stand, order_body


def waiting(world: World) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT rule, owner, item, scope FROM conflict WHERE state = 'waiting' ORDER BY rule"
    )


@pytest.mark.rule(11)
def test_money_is_received_and_lowers_no_debt_yet(world: World) -> None:
    auditor, store = Auditor(world), world.stores[0]
    owe(world, store, ("R-1", 10_000), ("R-2", 5_000))
    auditor.look()
    body = money_body(store, 12_000, ("R-1", 10_000), ("R-2", 2_000))
    verdict = collect(world, 1, body)
    assert (verdict["outcome"], verdict["state"]) == ("applied", "received")
    assert verdict["refs"] == {"collection": body["id"]}
    assert receipt(world, body["id"])["allocation"] == [["R-1", 10_000], ["R-2", 2_000]]
    assert owed(world, store) == {"R-1": 10_000, "R-2": 5_000}
    assert account(world, store) == (15_000, 0, 12_000)
    assert auditor.look() == []


@pytest.mark.rule(11)
def test_the_same_receipt_sent_again_is_money_once(world: World) -> None:
    store = world.stores[0]
    sent = change(1, "collection", "submit", money_body(store, 500))
    for _ in range(3):
        (verdict,), _ = world.push(world.carrier(), [sent])
        assert verdict["outcome"] == "applied"
    assert world.one("SELECT count(*) FROM collection") == 1
    assert account(world, store)[2] == 500


@pytest.mark.rule(11)
def test_what_was_paid_meanwhile_stays_on_account_and_finance_has_a_task(world: World) -> None:
    store = world.stores[0]
    owe(world, store, ("R-1", 10_000))
    collect(world, 1, money_body(store, 8_000, ("R-1", 8_000)))
    body = money_body(store, 5_000, ("R-1", 5_000))
    verdict = collect(world, 2, body)
    assert verdict["outcome"] == "adjusted"
    assert [one["rule"] for one in verdict["conflicts"]] == ["item_less_open"]
    assert receipt(world, body["id"])["allocation"] == [["R-1", 2_000]]
    assert waiting(world) == [("item_less_open", "finance", "notice", "rep:r01")]


@pytest.mark.rule(11)
def test_one_cheque_on_two_receipts_is_listed_whatever_store_they_are_of(world: World) -> None:
    cheque = {"method": "cheque", "cheque_bank": "First Bank"}
    first = money_body(world.stores[0], 700, cheque_no="0047-11", **cheque)
    second = money_body(world.stores[1], 900, cheque_no="4711", **cheque)
    collect(world, 1, first)
    verdict = collect(world, 2, second)
    assert [one["rule"] for one in verdict["conflicts"]] == ["cheque_known"]
    assert first["number"] not in verdict["says"] + str(verdict["conflicts"])
    assert str(receipt(world, second["id"])["possible_duplicate_of"]) == first["id"]
    assert account(world, world.stores[0])[2] == 0, "a cheque is money when it has cleared"


@pytest.mark.rule(11)
def test_two_reps_who_write_one_payment_down_are_both_received_and_listed(world: World) -> None:
    store = world.stores[-2]
    world.add_device("d-2", "r02", no=2)
    collect(world, 1, money_body(store, 700))
    body = money_body(store, 700, number="D2-R000001")
    verdict = collect(world, 1, body, "r02", "d-2")
    assert [one["rule"] for one in verdict["conflicts"]] == ["collection_twin"]
    assert waiting(world) == [("collection_twin", "finance", "duplicate", "rep:r02")]
    assert account(world, store)[2] == 1_400


@pytest.mark.rule(11)
def test_a_refused_receipt_is_no_twin_of_a_later_one(world: World) -> None:
    body = money_body(world.stores[0], 700)
    collect(world, 1, body)
    step(world, "refuse", body["id"], reason="written twice")
    assert collect(world, 2, money_body(world.stores[0], 700))["outcome"] == "applied"


@pytest.mark.rule(11)
@pytest.mark.parametrize(
    ("odd", "rule"),
    [
        ({"amount_minor": -5}, "collection_not_positive"),
        ({"currency": "EUR"}, "collection_currency_differs"),
        ({"amount_minor": 10**12}, "collection_absurd"),
        ({"method": "cheque"}, "cheque_incomplete"),
        ({"allocation": [{"number": "X", "amount_minor": 500}]}, "item_unknown"),
        ({"allocation": [{"number": "R-1", "amount_minor": 900}]}, "allocation_exceeds"),
        (
            {"method": "cheque", "cheque_no": "1", "cheque_on": days_ago(-9).isoformat()},
            "cheque_post_dated",
        ),
    ],
)
def test_nothing_makes_money_go_away(world: World, odd: dict[str, Any], rule: str) -> None:
    auditor, store = Auditor(world), world.stores[0]
    owe(world, store, ("R-1", 10_000))
    body = money_body(store, 500) | odd
    verdict = collect(world, 1, body)
    assert verdict["state"] == "received"
    assert rule in [one["rule"] for one in verdict["conflicts"]]
    assert receipt(world, body["id"])["state"] == "received"
    assert [one for one in auditor.look() if "tells nothing" not in one] == []


@pytest.mark.rule(16)
def test_money_of_a_store_that_was_not_the_reps_is_received(world: World) -> None:
    verdict = collect(world, 1, money_body(world.stores[-1], 500))
    assert verdict["outcome"] == "adjusted"
    assert [one["rule"] for one in verdict["conflicts"]] == ["collection_not_mine"]
    assert account(world, world.stores[-1])[2] == 500


def test_money_of_a_store_nobody_knows_is_received(world: World) -> None:
    body = money_body(uuid7(), 500)
    verdict = collect(world, 1, body)
    assert [one["rule"] for one in verdict["conflicts"]] == ["collection_store_unknown"]
    assert receipt(world, body["id"])["state"] == "received"


def test_a_store_of_another_depot_has_its_receipts_there(world: World) -> None:
    east = add_east(world)
    body = money_body(east, 500)
    assert collect(world, 1, body)["outcome"] == "applied"
    assert world.one("SELECT cell FROM collection") == 3


def test_another_receipt_under_the_same_id_is_kept_for_a_person(world: World) -> None:
    body = money_body(world.stores[0], 500)
    collect(world, 1, body)
    verdict = collect(world, 2, body | {"amount_minor": 900})
    assert verdict["outcome"] == "held"
    assert account(world, world.stores[0])[2] == 500


def test_a_store_without_an_account_gets_one_with_its_first_money(world: World) -> None:
    auditor, store = Auditor(world), world.stores[0]
    world.run("DELETE FROM credit_account WHERE store = %s", store)
    world.run("DELETE FROM entry WHERE kind = 'receivable' AND key = %s", store)
    auditor.rows, auditor.places = {}, {}
    auditor.look()
    collect(world, 1, money_body(store, 500))
    assert account(world, store) == (0, 0, 500)
    assert auditor.look() == []


@pytest.mark.rule(6)
@pytest.mark.parametrize(("at_once", "state"), [(0, "held"), (1, "accepted")])
def test_cash_makes_room_for_an_order_of_the_same_batch_only_where_the_firm_says_so(
    world: World, at_once: int, state: str
) -> None:
    store = world.stores[0]
    owe(world, store, ("R-1", 10_000), limit_minor=10_000)
    world.run(
        "INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params)"
        " VALUES (1, %s, 'company', 1, 'user:admin', 'credit_exceeded',"
        " 'hold_for_office', %s)",
        uuid7(), f'{{"count_unposted_cash": {at_once}}}',
    )  # fmt: skip
    order = order_body(store, [(world.products[0], 4)])
    verdicts, _ = world.push(
        world.carrier(),
        [
            change(1, "collection", "submit", money_body(store, 5_000, ("R-1", 5_000))),
            change(2, "order", "submit", order),
        ],
    )
    assert [one["state"] for one in verdicts] == ["received", state]


def test_the_day_of_a_receipt_is_the_stores_own(world: World) -> None:
    """Half past three in the morning in London is the evening before in Chicago."""
    body = money_body(world.stores[0], 500)
    moment = datetime(2026, 3, 4, 3, 30, tzinfo=UTC)
    captured = {"wall": moment.isoformat(), "monotonic_ms": 5, "boot": "b-0"}
    collect(world, 1, body, captured=captured)
    assert receipt(world, body["id"])["day"].isoformat() == "2026-03-03"


@pytest.mark.rule(11)
@pytest.mark.rule(20)
def test_money_on_a_lost_handheld_is_kept_and_received_when_a_supervisor_lets_it_stand(
    world: World,
) -> None:
    auditor = Auditor(world)
    world.run("UPDATE device SET state = 'revoked' WHERE id = 'd-1'")
    carrier = world.carrier()
    object.__setattr__(carrier, "state", "revoked")
    body = money_body(world.stores[0], 700)
    (verdict,), _ = world.push(carrier, [change(1, "collection", "submit", body)])
    assert verdict["outcome"] == "held"
    assert world.one("SELECT count(*) FROM collection") == 0
    item = world.one("SELECT id::text FROM conflict WHERE state = 'waiting'")
    given = Given("let_stand", "office", "user:lead", datetime.now(UTC))
    with world.begin() as conn:
        give(conn, CELL, item, given)
        publish(conn, CELL, given.entries)
    assert receipt(world, body["id"])["state"] == "received"
    assert account(world, world.stores[0])[2] == 700
    assert auditor.look() == []


@pytest.mark.parametrize("minor", [10**15, 10**13 + 1, -(10**15)])
def test_more_money_than_there_is_is_kept_and_counts_nowhere(world: World, minor: int) -> None:
    """Such figures, a few thousand of them, are more than a sum can hold."""
    auditor, store = Auditor(world), world.stores[0]
    verdict = collect(world, 1, money_body(store, minor))
    assert (verdict["outcome"], verdict["refs"]) == ("held", {})
    assert "not counted" in verdict["says"]
    assert "unknown" not in verdict["says"]
    assert waiting(world) == [("collection_impossible", "finance", "fault", "rep:r01")]
    assert world.one("SELECT count(*) FROM collection") == 0
    assert auditor.look() == []
    with world.begin() as conn, pytest.raises(NotKept, match="not counted"):
        let_stand(conn, CELL, verdict["id"])
    (again,), _ = world.push(world.carrier(), [change(2, "collection", "submit",
                                                      money_body(store, 500))])  # fmt: skip
    assert again["outcome"] == "applied"


def test_the_most_that_is_received_a_hundred_thousand_times_fits_its_account() -> None:
    assert MOST_MINOR * 100_000 < 2**63


@pytest.mark.rule(11)
def test_an_account_that_begins_with_money_knows_what_was_ordered_before(world: World) -> None:
    """Found by the simulation, seed 12: a rep's new store, an order, money, another order."""
    store = world.stores[0]
    with world.begin() as conn:
        remove(conn, CELL, "receivable", [store])
    bodies = [order_body(store, [("p001", n)]) for n in (4, 2)]
    world.push(world.carrier(), [change(1, "order", "submit", bodies[0])])
    collect(world, 2, money_body(store, 500))
    world.push(world.carrier(), [change(3, "order", "submit", bodies[1])])
    ordered = "SELECT ordered_minor FROM credit_account WHERE store = %s"
    assert world.one(ordered, store) == 6 * 250
    assert Auditor(world).look() == []
