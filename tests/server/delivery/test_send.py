"""The dispatcher on a real database against the real stand-in: each order there once."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.delivery import queries
from server.delivery.adapters import Acknowledged, CannotLookUp
from server.delivery.claims import Claim, settle
from server.delivery.claims import claim as take
from server.delivery.send import Dispatcher, adapter_for, dispatch_once
from sync.resend import enter_number, send_again
from tests.server.delivery.conftest import Depot
from tests.server.demo.standin.conftest import Caller

Process = Callable[..., Caller]


def now() -> datetime:
    return datetime.now(UTC)


def later(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)


def test_an_accepted_order_arrives_and_its_number_comes_back(
    depot: Depot, process: Process
) -> None:
    standin = process()
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    assert depot.delivery(order)["state"] == "acknowledged"
    row = depot.order(order)
    assert (row["state"], row["external_no"]) == ("acknowledged", "DS-000001")
    assert row["changed_by"] == "delivery:main"
    (document,) = standin.documents()
    assert (document["order_id"], document["order_no"]) == (order, row["number"])
    assert depot.attempts(order) == [("send", "acknowledged")]


def test_short_and_cut_lines_come_back_and_give_back_stock_and_credit(
    depot: Depot, process: Process
) -> None:
    standin = process(stock={"p001": 5}, short_as="cut")
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    store = depot.world.stores[0]
    reserved = "SELECT reserved FROM stock WHERE product = 'p001'"
    exposed = "SELECT ordered_minor FROM credit_account WHERE store = %s"
    assert (depot.world.one(reserved), depot.world.one(exposed, store)) == (12, 12 * 250)
    dispatch_once(depot.engine, now())
    (line,) = depot.lines(order)
    assert (line["confirmed"], line["backordered"], line["cut"]) == (5, 0, 7)
    assert (line["state"], line["cut_reason"]) == ("partial", "not enough on hand")
    assert (line["reserved"], line["net_minor"]) == (5, 5 * 250)
    assert (depot.world.one(reserved), depot.world.one(exposed, store)) == (5, 5 * 250)
    assert depot.order(order)["net_minor"] == 5 * 250
    (told,) = depot.told()
    assert (told["rule"], told["state"], told["needs"]) == ("delivery_short", "told", None)
    assert told["says"] == (
        f"Order {depot.order(order)['number']}: of Product p001 the delivery system allocated 5 of "
        "12; 0 on backorder, 7 cut (not enough on hand)."
    )


def test_a_backordered_rest_keeps_its_value(depot: Depot, process: Process) -> None:
    standin = process(stock={"p001": 5})
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, now())
    (line,) = depot.lines(order)
    assert (line["confirmed"], line["backordered"], line["cut"]) == (5, 7, 0)
    assert (line["state"], line["net_minor"], line["reserved"]) == ("partial", 12 * 250, 5)
    assert depot.order(order)["exposure_minor"] == 12 * 250


def test_order_and_notices_are_entries_that_handhelds_pull(depot: Depot, process: Process) -> None:
    standin = process(stock={"p001": 5})
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    before = depot.world.one("SELECT pos FROM feed WHERE cell = 2")
    dispatch_once(depot.engine, now())
    fresh = depot.rows("SELECT kind, key, scope FROM entry WHERE pos > %s ORDER BY pos", before)
    store = depot.world.stores[0]
    assert {"kind": "order", "key": order, "scope": f"st:{store}"} in fresh
    assert [one["scope"] for one in fresh if one["kind"] == "conflict"] == ["rep:r01"]
    assert depot.order(order)["version"] == 3  # accepted, sent, acknowledged


def test_a_refused_order_is_a_dead_letter_with_its_reason_and_one_word_sends_it_again(
    depot: Depot, process: Process
) -> None:
    standin = process(refuse="unknown ship-to")
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"failed": 1}
    delivery = depot.delivery(order)
    assert (delivery["state"], delivery["error"]) == ("failed", "unknown ship-to")
    (told,) = depot.told()
    assert (told["rule"], told["needs"], told["state"]) == ("delivery_refused", "office", "waiting")
    assert "did not take order" in told["says"]
    assert dispatch_once(depot.engine, later(80 * 3600)) == {}  # no retry storm: not even once
    standin.behave(refuse="")
    with depot.world.begin() as conn:
        assert send_again(conn, 2, delivery["id"], "user:desk", now()) == order
        assert send_again(conn, 2, delivery["id"], "user:desk", now()) is None
    (told,) = depot.told()
    assert (told["state"], told["resolved_by"]) == ("resolved", "user:desk")
    assert dispatch_once(depot.engine, later(1)) == {"acknowledged": 1}
    assert depot.attempts(order) == [("send", "refused"), ("send", "acknowledged")]
    assert standin.counts()["webhook_ids"] == 1


def test_a_system_out_of_order_is_tried_again_and_takes_the_order_once(
    depot: Depot, process: Process
) -> None:
    standin = process(fail_first=2)
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"queued": 1}
    assert dispatch_once(depot.engine, now()) == {}  # not before its time
    assert dispatch_once(depot.engine, later(5)) == {"queued": 1}
    assert dispatch_once(depot.engine, later(30)) == {"acknowledged": 1}
    counts = standin.counts()
    assert (counts["documents"], counts["outcomes"]) == (1, {"failed": 2, "taken": 1})
    assert depot.order(order)["external_no"] == "DS-000001"


def test_retry_after_is_waited_for(depot: Depot, process: Process) -> None:
    depot.point_at(process(rate_limit_first=1, retry_after_s=600).url)
    depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"queued": 1}
    assert dispatch_once(depot.engine, later(590)) == {}
    assert dispatch_once(depot.engine, later(610)) == {"acknowledged": 1}


@pytest.mark.parametrize("dedupes", [True, False])
@pytest.mark.parametrize("how", ["stall", "cut"])
def test_an_order_taken_without_an_answer_is_found_by_look_up_and_not_sent_again(
    depot: Depot, process: Process, how: str, dedupes: bool
) -> None:
    standin = process(timeout_p=1.0, timeout_how=how, dedupe=dedupes)
    depot.point_at(standin.url, dedupes=dedupes, deadline_s=1)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"unknown": 1}
    assert depot.order(order)["state"] == "sent"
    assert dispatch_once(depot.engine, later(5)) == {"acknowledged": 1}
    assert depot.attempts(order) == [("send", "unknown"), ("look_up", "found")]
    counts = standin.counts()
    assert (counts["documents"], counts["attempts"]) == (1, 1)
    assert depot.order(order)["external_no"] == "DS-000001"


def test_an_order_that_got_lost_on_the_way_is_sent_again_after_the_look_up_says_so(
    depot: Depot, process: Process
) -> None:
    standin = process(lie="html", lie_first=1, dedupe=False)
    depot.point_at(standin.url, dedupes=False)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"unknown": 1}
    assert dispatch_once(depot.engine, later(5)) == {"unknown": 1}  # it could still be on its way
    assert dispatch_once(depot.engine, later(70)) == {"queued": 1}
    assert dispatch_once(depot.engine, later(70)) == {"acknowledged": 1}
    assert [act for act, _ in depot.attempts(order)] == ["send", "look_up", "look_up", "send"]
    assert standin.counts()["documents"] == 1


def test_a_slow_system_that_takes_the_order_after_our_patience_ended_still_has_it_once(
    depot: Depot, process: Process
) -> None:
    """The look-up comes while the system is still thinking: "not found" proves nothing yet."""
    standin = process(delay_s=2.5, dedupe=False)
    depot.point_at(standin.url, dedupes=False, deadline_s=1)
    depot.accept((0, 0))
    began = now()
    assert dispatch_once(depot.engine, began, settle_s=3) == {"unknown": 1}
    assert dispatch_once(depot.engine, began + timedelta(seconds=1.5), settle_s=3) == {"unknown": 1}
    while not standin.documents():
        assert now() < began + timedelta(seconds=20)
        threading.Event().wait(0.05)
    assert dispatch_once(depot.engine, began + timedelta(seconds=9), settle_s=3) == {
        "acknowledged": 1
    }
    assert standin.counts()["attempts"] == 1


def test_a_system_without_look_up_that_knows_repeats_is_sent_the_same_delivery_again(
    depot: Depot, process: Process
) -> None:
    standin = process(timeout_first=1, timeout_how="cut", look_up=False)
    depot.point_at(standin.url, can_look_up=False)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"unknown": 1}
    assert dispatch_once(depot.engine, later(5)) == {"queued": 1}
    assert dispatch_once(depot.engine, later(5)) == {"acknowledged": 1}
    counts = standin.counts()
    assert (counts["documents"], counts["outcomes"]) == (1, {"taken": 1, "repeated": 1})
    assert depot.order(order)["external_no"] == "DS-000001"


def test_where_nobody_can_find_out_the_order_is_parked_for_a_person_who_ends_it(
    depot: Depot, process: Process
) -> None:
    standin = process(timeout_p=1.0, timeout_how="cut", look_up=False, dedupe=False)
    depot.point_at(standin.url, can_look_up=False, dedupes=False)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"parked": 1}
    assert dispatch_once(depot.engine, later(80 * 3600)) == {}
    (told,) = depot.told()
    assert (told["rule"], told["needs"], told["state"]) == ("delivery_unknown", "office", "waiting")
    delivery = depot.delivery(order)["id"]
    with depot.world.begin() as conn:
        with pytest.raises(ValueError, match="64 printable"):
            enter_number(conn, 2, delivery, " ", "user:desk", now())
        assert enter_number(conn, 2, delivery, "DS-000001", "user:desk", now()) == order
        assert enter_number(conn, 2, delivery, "DS-000002", "user:desk", now()) is None
    assert (depot.order(order)["state"], depot.order(order)["external_no"]) == (
        "acknowledged", "DS-000001",
    )  # fmt: skip
    assert depot.told()[0]["state"] == "resolved"
    assert standin.counts()["attempts"] == 1


@pytest.mark.parametrize("lie", ["html", "no_number", "bad_json", "wrong_order", "wrong_lines",
                                 "redirect", "huge", "drip_headers"])  # fmt: skip
def test_a_lie_never_gives_an_order_a_number(depot: Depot, process: Process, lie: str) -> None:
    depot.point_at(process(lie=lie).url, deadline_s=1)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"unknown": 1}
    assert dispatch_once(depot.engine, later(5)) == {"queued": 1}
    assert dispatch_once(depot.engine, later(5)) == {"unknown": 1}
    assert depot.order(order)["external_no"] is None
    assert depot.delivery(order)["external_no"] is None


def test_orders_of_one_store_go_in_the_order_of_acceptance(depot: Depot, process: Process) -> None:
    standin = process()
    depot.point_at(standin.url)
    first, second, other = depot.accept((0, 0), (0, 1), (1, 0))
    third = depot.accept((0, 2))[0]
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 2}
    assert {one["order_id"] for one in standin.documents()} == {first, other}
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    sent = [one["order_id"] for one in standin.documents() if one["order_id"] != other]
    assert sent == [first, second, third]


def test_a_store_whose_order_waits_holds_up_no_other_store(depot: Depot, process: Process) -> None:
    depot.point_at(process(fail_first=1).url)
    depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"queued": 1}
    depot.accept((0, 1), (1, 0))
    assert dispatch_once(depot.engine, now()) == {"queued": 1}
    assert depot.world.one("SELECT count(*) FROM delivery WHERE attempt = 0") == 1


def test_a_second_claim_finds_nothing_while_the_first_holds_its_lease(
    depot: Depot, process: Process
) -> None:
    depot.point_at(process().url)
    depot.accept((0, 0))
    first = claims_of(depot, "a", now())
    assert [one.act for one in first] == ["send"]
    assert claims_of(depot, "b", now()) == []
    assert claims_of(depot, "b", later(14)) == []  # deadline 5 s and ten more
    (again,) = claims_of(depot, "b", later(16))
    assert (again.act, again.attempt) == ("look_up", 2)


def test_a_dispatcher_killed_between_sending_and_answer_leaves_an_order_that_is_looked_up(
    depot: Depot, process: Process
) -> None:
    standin = process()
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    (claim,) = claims_of(depot, "killed", now())
    adapter_for(lane_of(depot)).send(claim.order, 5)  # and here the process dies
    assert depot.delivery(order)["state"] == "sending"
    assert dispatch_once(depot.engine, later(16)) == {"acknowledged": 1}
    assert depot.attempts(order) == [("send", None), ("look_up", "found")]
    assert standin.counts()["attempts"] == 1


def test_a_stale_holders_answer_is_refused_whole(depot: Depot, process: Process) -> None:
    standin = process(timeout_p=1.0, timeout_how="cut", look_up=False)
    depot.point_at(standin.url, can_look_up=False, dedupes=False)
    (order,) = depot.accept((0, 0))
    (slept,) = claims_of(depot, "slept", now())
    (taken_up,) = claims_of(depot, "other", later(16))
    late = Acknowledged("DS-LATE")
    with depot.world.begin() as conn:
        assert settle(conn, lane_of(depot), slept, late, later(17), 60) is None
    assert depot.delivery(order)["state"] == "unknown"
    assert depot.order(order)["external_no"] is None
    with depot.world.begin() as conn:
        step = settle(conn, lane_of(depot), taken_up, CannotLookUp("405"), later(17), 60)
    assert step is not None
    assert (step.state, depot.delivery(order)["state"]) == ("parked", "parked")
    with depot.world.begin() as conn:
        assert settle(conn, lane_of(depot), taken_up, late, later(18), 60) is None


def test_a_process_that_slept_through_its_claim_does_not_send(
    depot: Depot, process: Process
) -> None:
    standin = process()
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    dispatcher = Dispatcher(depot.engine, "slept", clock=now)
    claim = dispatcher._claim

    def claim_and_sleep(*args: Any) -> list[Claim]:
        return [dataclasses.replace(one, until_s=time.monotonic() - 1) for one in claim(*args)]

    dispatcher._claim = claim_and_sleep  # type: ignore[method-assign]
    dispatcher.start_due()
    dispatcher.close()
    assert dispatcher.counts == {"queued": 1}
    assert standin.counts()["attempts"] == 0
    assert depot.attempts(order) == [("send", "retry")]


def test_a_changed_document_is_not_sent_under_the_same_delivery(
    depot: Depot, process: Process
) -> None:
    standin = process(fail_first=1)
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, now())
    depot.run("UPDATE orders SET note = 'changed since' WHERE id = %s", order)
    dispatch_once(depot.engine, later(5))
    assert depot.delivery(order)["document"]["note"] is None
    assert depot.delivery(order)["state"] == "acknowledged"


def test_a_target_whose_row_cannot_be_used_waits_and_the_others_go_on(
    depot: Depot, process: Process
) -> None:
    depot.run(
        "INSERT INTO delivery_target SELECT cell, 'broken', 'pigeon', url, secret, deadline_s,"
        " can_look_up, dedupes, allow_private, enabled FROM delivery_target"
    )
    depot.point_at(process().url)
    depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    assert depot.states() == {"acknowledged": 1, "queued": 1}


def test_a_switched_off_target_is_left_alone(depot: Depot, process: Process) -> None:
    depot.point_at(process().url)
    depot.accept((0, 0))
    depot.run("UPDATE delivery_target SET enabled = false")
    assert dispatch_once(depot.engine, now()) == {}
    depot.run("UPDATE delivery_target SET enabled = true")
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}


def claims_of(depot: Depot, worker: str, moment: datetime) -> list[Claim]:
    with depot.world.begin() as conn:
        rows = queries.lanes(conn, moment)
    if not rows:
        return []
    with depot.world.begin() as conn:
        return take(conn, rows[0], worker, moment, 10)


def lane_of(depot: Depot) -> dict[str, Any]:
    """The target's row, as lanes tell it."""
    return {"cell": 2, **depot.rows("SELECT code AS target, * FROM delivery_target")[0]}
