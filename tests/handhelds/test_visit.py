"""The rep's verbs: what they save, offline, and what travels afterwards."""

from datetime import date

import msgspec
import pytest

from handhelds.reference.pad import Refused
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.visit import Wanted
from schemas.wire import BODIES, WIRE
from tests.handhelds.conftest import Handheld
from tests.handhelds.double import STORE

TWO = [Wanted("20041", "1", "case"), Wanted("904", "2")]


def test_an_order_taken_offline_waits_in_the_outbox_and_shows_in_the_store(
    handheld: Handheld,
) -> None:
    order = handheld.rep.order("1042", TWO)
    assert order["number"] == "D17-000001"
    assert order["net_minor"] == 12 * 129 + 2 * 50
    assert order["deliver_on"] == "2026-11-23"  # Monday: the 22nd is a Sunday
    assert [row["number"] for row in handheld.queries.rows("order", STORE)] == ["D17-000001"]
    assert handheld.local.queue().pending == 1


def test_one_sync_sends_the_order_once_and_empties_the_outbox(handheld: Handheld) -> None:
    order = handheld.rep.order("1042", TWO)
    ending = handheld.sync()
    assert (ending.state, ending.answered) == ("done", 1)
    assert handheld.local.queue().pending == 0
    assert [body["number"] for body in handheld.server.pushed("order")] == ["D17-000001"]
    shown = handheld.queries.row("order", order["id"])
    assert shown is not None
    assert (shown["state"], shown["unsent"]) == ("accepted", False)


def test_everything_that_travels_is_what_the_contract_says(handheld: Handheld) -> None:
    handheld.rep.start_visit("1042")
    handheld.rep.order("1042", TWO, po_no="PO 7", note="ring the bell")
    handheld.rep.card("1042", [{"product": "20041", "on_shelf": True, "facings": 3}])
    handheld.rep.plan("877", date(2026, 11, 23))
    handheld.rep.end_visit("1042", note="all well")
    handheld.rep.skip_visit("877", "closed")
    for change in handheld.queries.changes():
        told = WIRE["change"]().load({"n": 1} | change["raw"])
        BODIES[told["kind"], told["act"]]().load(msgspec.json.decode(told["body"]))


def test_a_visit_comes_before_its_order_and_the_order_depends_on_it(handheld: Handheld) -> None:
    visit = handheld.rep.start_visit("1042")
    order = handheld.rep.order("1042", TWO)
    sent = {change["kind"]: change["raw"] for change in handheld.queries.changes()}
    assert sent["order"]["body"]["visit"] == visit["id"]
    assert sent["order"]["depends_on"] == [sent["visit"]["id"]]
    assert order["visit"] == visit["id"]


def test_starting_a_visit_twice_is_the_same_visit(handheld: Handheld) -> None:
    first = handheld.rep.start_visit("1042")
    assert handheld.rep.start_visit("1042")["id"] == first["id"]
    assert handheld.local.queue().pending == 1


def test_undone_work_is_gone_and_leaves_no_gap_in_what_is_sent(handheld: Handheld) -> None:
    first = handheld.rep.order("1042", TWO)
    handheld.rep.order("1042", TWO)
    handheld.local.undo(first["change"])
    handheld.sync()
    assert handheld.server.mark() == 1
    assert [body["number"] for body in handheld.server.pushed("order")] == ["D17-000002"]


def test_work_that_others_depend_on_is_undone_last(handheld: Handheld) -> None:
    visit = handheld.rep.start_visit("1042")
    handheld.rep.order("1042", TWO)
    with pytest.raises(NotSaved, match="depends on it"):
        handheld.local.undo(visit["change"])


def test_work_that_may_have_been_sent_cannot_be_undone(handheld: Handheld) -> None:
    order = handheld.rep.order("1042", TWO)
    handheld.server.lose = {len(handheld.server.calls) + 1}
    assert handheld.sync().state == "cut"
    with pytest.raises(NotSaved, match="may have been"):
        handheld.local.undo(order["change"])


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted("1", "1"), "no product 1"),
        (Wanted("20041", "0"), "above 0"),
        (Wanted("20041", "1.5"), "whole number"),
        (Wanted("20041", "1", "pallet"), "case or each"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_what_would_do(
    handheld: Handheld, wanted: Wanted, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        handheld.rep.order("1042", [wanted])
    assert handheld.local.queue().pending == 0


def test_unsent_orders_count_against_the_credit(handheld: Handheld) -> None:
    before = handheld.rep.pad.credit(handheld.rep.store("1042"))
    assert (before.exposure_minor, before.room_minor) == (115_000, 85_000)
    assert before.overdue_minor == 80_000
    handheld.rep.order("1042", TWO)
    after = handheld.rep.pad.credit(handheld.rep.store("1042"))
    assert after.room_minor == 85_000 - 1648
