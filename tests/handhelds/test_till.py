"""Money on the handheld: what a store owes and has paid, receipts, and what looks odd about them.

The stand-in's store owes I-1 over 800.00, due on 31 October, and I-2 over 400.00; 50.00 are on
account and its limit is 2,000.00.
"""

from datetime import date

import pytest

from handhelds.reference.pad import Refused
from handhelds.reference.queries import Row
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.till import Money, Till, counts_at_once
from tests.handhelds.conftest import Handheld
from tests.handhelds.double import STORE, Double, row

CASH = Money("cash", 90_000)


def store(handheld: Handheld) -> Row:
    return handheld.rep.store("1042")


def warned(handheld: Handheld, money: Money) -> list[str]:
    till, at = Till(handheld.queries), store(handheld)
    uses = till.proposal(at, money.amount_minor) if money.wished is None else money.wished
    return till.warnings(at, money, uses, handheld.rep.pad.today(at))


@pytest.mark.rule(11)
def test_a_receipt_is_numbered_allocated_and_in_the_outbox(handheld: Handheld) -> None:
    saved = handheld.rep.collect("1042", CASH)
    assert saved["number"] == "D17-R000001"
    assert saved["allocation"] == [["I-1", 80_000], ["I-2", 10_000]]
    assert (saved["state"], saved["unsent"]) == ("captured", True)
    assert handheld.sync().state == "done"
    (body,) = handheld.server.pushed("collection")
    assert body["allocation"] == [
        {"number": "I-1", "amount_minor": 80_000}, {"number": "I-2", "amount_minor": 10_000},
    ]  # fmt: skip
    assert body["amount_minor"] == 90_000


def test_receipts_and_orders_are_counted_apart(handheld: Handheld) -> None:
    numbers = [handheld.rep.collect("1042", Money("cash", n))["number"] for n in (100, 200)]
    assert numbers == ["D17-R000001", "D17-R000002"]
    again = handheld.reopen()
    assert again.rep.collect("1042", Money("cash", 300))["number"] == "D17-R000003"
    again.local.close()


@pytest.mark.rule(11)
def test_what_an_unsent_receipt_pays_is_not_proposed_again(handheld: Handheld) -> None:
    handheld.rep.collect("1042", CASH)
    till, at = Till(handheld.queries), store(handheld)
    assert till.proposal(at, 50_000) == (("I-2", 30_000),)
    assert [item["spoken_minor"] for item in till.items(at)] == [80_000, 10_000]
    handheld.sync()
    assert till.proposal(at, 50_000) == (("I-2", 30_000),), "nor after it was received"


@pytest.mark.rule(11)
def test_money_on_its_way_is_paid_and_not_posted_and_lowers_no_debt(handheld: Handheld) -> None:
    before = handheld.rep.pad.credit(store(handheld))
    handheld.rep.collect("1042", CASH)
    handheld.rep.collect("1042", Money("cheque", 5_000, "4711", "First Bank"))
    after = handheld.rep.pad.credit(store(handheld))
    assert (after.paid_minor, after.cheques_minor) == (90_000, 5_000)
    assert (after.open_minor, after.exposure_minor) == (before.open_minor, before.exposure_minor)
    assert after.room_minor == before.room_minor


@pytest.mark.rule(6)
def test_where_cash_counts_at_once_the_order_pad_has_the_room(
    handheld: Handheld, server: Double
) -> None:
    before = handheld.rep.pad.credit(store(handheld)).room_minor or 0
    server.put(
        "policy",
        row("policy", id="p-1", rule="credit_exceeded", choice="hold_for_office",
            params={"count_unposted_cash": 1}),
        row("policy", id="p-2", rule="credit_exceeded", choice="hold_for_office",
            store="another", params={"count_unposted_cash": 0}),
    )  # fmt: skip
    handheld.sync()
    handheld.rep.collect("1042", Money("cash", 7_000))
    handheld.rep.collect("1042", Money("cheque", 7_500, "1"))
    assert counts_at_once(handheld.queries, store(handheld))
    assert handheld.rep.pad.credit(store(handheld)).room_minor == before + 7_000


@pytest.mark.rule(11)
def test_a_rep_is_warned_before_money_is_written_down_twice(handheld: Handheld) -> None:
    assert warned(handheld, CASH) == []
    handheld.rep.collect("1042", CASH)
    handheld.rep.collect("1042", Money("cheque", 5_000, "004711", "First Bank"))
    assert warned(handheld, CASH)[:1] == ["the same amount was taken today by receipt D17-R000001"]
    assert warned(handheld, Money("cheque", 100, "47-11", "first bank")) == [
        "this cheque is on receipt D17-R000002 already"
    ]
    assert warned(handheld, Money("cheque", 100, "4711", "City Bank")) == []
    handheld.clock.on(86_400)
    assert warned(handheld, Money("cash", 90_000)) == []


@pytest.mark.parametrize(
    ("wished", "said"),
    [
        ((("X-1", 100),), ["X-1 is none of the store's open items"]),
        ((("I-1", 90_000),), ["I-1 has less open than that"]),
        ((("I-1", 80_000), ("I-2", 20_000)), ["the items come to more than the money"]),
        ((("I-1", 80_000),), []),
    ],
)
def test_a_rep_is_warned_of_items_that_cannot_take_the_money(
    handheld: Handheld, wished: tuple[tuple[str, int], ...], said: list[str]
) -> None:
    assert warned(handheld, Money("cash", 90_000, wished=wished)) == said


def test_a_cheque_dated_ahead_is_said(handheld: Handheld) -> None:
    money = Money("cheque", 100, "1", cheque_on=date(2026, 11, 28))
    assert warned(handheld, money) == ["the cheque is dated 2026-11-28"]


def test_a_receipt_over_nothing_is_not_written(handheld: Handheld) -> None:
    with pytest.raises(Refused):
        handheld.rep.collect("1042", Money("cash", 0))
    assert handheld.queries.changes() == []


def test_a_receipt_may_be_taken_back_until_it_is_sent(handheld: Handheld) -> None:
    number = handheld.rep.collect("1042", CASH)["number"]
    handheld.rep.undo(number)
    assert Till(handheld.queries).receipts(store(handheld)) == []
    sent = handheld.rep.collect("1042", CASH)["number"]
    assert sent == "D17-R000002", "a number that was on a slip once is not given again"
    handheld.sync()
    with pytest.raises(Refused):
        handheld.rep.undo(sent)


def test_a_receipt_depends_on_the_visit_it_was_taken_on(handheld: Handheld) -> None:
    visit = handheld.rep.start_visit("1042")
    handheld.rep.collect("1042", CASH)
    (_, change) = handheld.queries.changes()
    assert change["raw"]["depends_on"] == [visit["change"]]
    assert change["raw"]["body"]["visit"] == visit["id"]


@pytest.mark.parametrize("at", ["between_change_and_row", "before_commit"])
def test_a_power_cut_leaves_no_half_receipt_and_no_gap(handheld: Handheld, at: str) -> None:
    def cut(name: str) -> None:
        if name == at:
            raise KeyboardInterrupt

    handheld.local.failpoint = cut
    with pytest.raises(KeyboardInterrupt):
        handheld.rep.collect("1042", CASH)
    again = handheld.reopen()
    assert again.queries.changes() == []
    assert again.queries.rows("collection") == []
    assert again.rep.collect("1042", CASH)["number"] == "D17-R000001"
    again.local.close()


def test_a_full_disk_is_said_and_nothing_is_saved(handheld: Handheld) -> None:
    pages = handheld.local.db.execute("PRAGMA main.page_count").fetchone()[0]
    handheld.local.db.execute(f"PRAGMA main.max_page_count = {pages}")

    def fill() -> None:
        for _ in range(200):
            handheld.rep.collect("1042", Money("cash", 90_000, note="x" * 3_000))

    with pytest.raises(NotSaved):
        fill()
    saved = len(handheld.queries.rows("collection"))
    assert saved == len(handheld.queries.changes())
    assert handheld.queries.rows("collection", STORE)[-1:] != [] or saved == 0
