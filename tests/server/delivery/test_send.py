"""The dispatcher on a real database against the real stand-in: each order there once."""

from __future__ import annotations

import dataclasses
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from server.delivery import claims, send
from server.delivery.claims import Claim
from server.delivery.contract import Answer, Finding, Unknown
from server.delivery.send import Dispatcher, run
from server.delivery.steps import Abilities, Step, Tried, after
from server.hints import Hints
from sync.delivery.resend import enter_number, send_again
from tests.server.delivery.conftest import Depot, Process, Start, dispatch_once, later, now


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
def test_a_lie_never_gives_an_order_a_number(depot: Depot, start: Start, lie: str) -> None:
    depot.point_at(start(lie=lie).url, deadline_s=1)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"unknown": 1}
    assert dispatch_once(depot.engine, later(5)) == {"queued": 1}
    assert dispatch_once(depot.engine, later(5)) == {"unknown": 1}
    assert depot.order(order)["external_no"] is None
    assert depot.delivery(order)["external_no"] is None


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

    dispatcher._claim = claim_and_sleep  # type: ignore[method-assign, assignment]
    dispatcher.start_due()
    dispatcher.close()
    assert dispatcher.counts == {"queued": 1}
    assert standin.counts()["attempts"] == 0
    assert depot.attempts(order) == [("send", "retry")]


def test_an_answer_that_cannot_be_written_is_found_again_by_look_up(
    depot: Depot, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away between the request and its answer."""
    standin = start()
    depot.point_at(standin.url)
    (order,) = depot.accept((0, 0))

    def gone(*_: Any) -> None:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(send, "settle", gone)
        assert dispatch_once(depot.engine, now()) == {"unsettled": 1}
    assert depot.delivery(order)["state"] == "sending"
    assert dispatch_once(depot.engine, later(16)) == {"acknowledged": 1}
    assert standin.counts()["attempts"] == 1


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


def test_a_slow_delivery_system_holds_up_no_other(depot: Depot, process: Process) -> None:
    """Two systems get every order; one of them thinks for two seconds about each."""
    slow, quick = process(delay_s=3.0), process()
    depot.run(
        "INSERT INTO delivery_target SELECT cell, 'quick', kind, url, secret, deadline_s,"
        " can_look_up, dedupes, allow_private, enabled FROM delivery_target"
    )
    depot.point_at(slow.url)
    depot.run("UPDATE delivery_target SET url = %s WHERE code = 'quick'", quick.url)
    depot.accept((0, 0), (1, 1), (2, 2))
    dispatcher = Dispatcher(depot.engine, "one", per_target=2)
    began = time.monotonic()
    assert dispatcher.start_due() == 4
    while len(quick.documents()) < 3:
        assert time.monotonic() - began < 3, "the slow system was waited for"
        dispatcher.wake.wait(0.05)
        dispatcher.start_due()
    assert slow.documents() == []
    dispatcher.close()


def test_a_breaker_leaves_a_system_that_is_down_alone(depot: Depot, start: Start) -> None:
    standin = start(fail_p=1.0)
    depot.point_at(standin.url)
    depot.accept((0, 0), (1, 1), (2, 2))
    moment = [now()]
    dispatcher = Dispatcher(depot.engine, "one", clock=lambda: moment[0])
    for _ in range(3):
        dispatcher.start_due()
        dispatcher.wait()
        moment[0] += timedelta(seconds=100)
    tried = standin.counts()["attempts"]
    assert tried == 7  # three, three: that opens it; then one that finds out for all
    dispatcher.start_due()
    dispatcher.wait()
    assert standin.counts()["attempts"] == tried + 1
    standin.behave(fail_p=0.0)
    for _ in range(4):
        moment[0] += timedelta(seconds=2000)
        dispatcher.start_due()
        dispatcher.wait()
    assert depot.states() == {"acknowledged": 3}
    dispatcher.close()


def test_a_running_dispatcher_is_woken_by_a_hint_and_finishes_when_told_to_stop(
    depot: Depot, database_url: str, start: Start
) -> None:
    depot.point_at(start().url)
    stop = threading.Event()
    told: list[int] = []
    thread = threading.Thread(
        target=run,
        args=(stop, depot.engine, "one", database_url, "test"),
        kwargs={"sweep_s": 30.0, "told": told.append},
    )
    thread.start()
    hints = Hints(database_url, "test")
    try:
        until = time.monotonic() + 15
        (order,) = depot.accept((0, 0))
        while depot.delivery(order)["state"] != "acknowledged":
            assert time.monotonic() < until, "the hint woke nobody"
            hints.send("orders 2")
            stop.wait(0.1)
    finally:
        stop.set()
        thread.join(timeout=10)
        hints.close()
    assert not thread.is_alive()
    assert set(told) == {2}


def send_again_blindly(answer: Answer | Finding, tried: Tried, can: Abilities, seed: str) -> Step:
    """The bug everybody writes first: no answer, so send it again."""
    return Step("queued") if isinstance(answer, Unknown) else after(answer, tried, can, seed)


@pytest.mark.parametrize(("step", "documents"), [(after, 1), (send_again_blindly, 2)])
def test_a_dispatcher_that_sends_again_without_looking_up_would_be_caught(
    depot: Depot, start: Start, monkeypatch: pytest.MonkeyPatch, step: Any, documents: int
) -> None:
    monkeypatch.setattr(claims, "after", step)
    standin = start(timeout_first=1, timeout_how="cut", dedupe=False)
    depot.point_at(standin.url, dedupes=False)
    depot.accept((0, 0))
    for wait_s in (0, 100, 200):
        dispatch_once(depot.engine, later(wait_s))
    assert depot.states() == {"acknowledged": 1}
    assert standin.counts()["documents"] == documents
