"""Claims: who holds a delivery, in which order, and what somebody who lost it may still write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from server.delivery import queries
from server.delivery.claims import Claim, settle
from server.delivery.claims import claim as take
from server.delivery.contract import Acknowledged, CannotLookUp
from server.delivery.send import adapter_for
from sync.delivery.anew import send_anew
from tests.server.delivery.conftest import Depot, Process, dispatch_once, later, now
from tests.sync.test_gather import promotion


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


@pytest.mark.parametrize("is_change", [False, True])
def test_a_line_names_the_promotions_it_got(
    depot: Depot, process: Process, is_change: bool
) -> None:
    """Those at the other side know no ids of ours: a code, a name, and what it took off."""
    depot.point_at(process().url)
    (order,) = depot.accept((0, 0))
    ten = promotion(depot.world, code="ten", name="Ten off")
    gone = "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"  # nobody knows its name any more
    depot.run("UPDATE order_line SET promotions = %s WHERE n = 1", f'{{"{ten}": 30, "{gone}": 5}}')
    if is_change:
        dispatch_once(depot.engine, now())
        with depot.world.begin() as conn:
            assert send_anew(conn, 2, order, "other goods", "user:dora", now()) == 2
    (claim,) = claims_of(depot, "a", later(1))
    assert (claim.order.revision, claim.order.document["lines"][0]["promotions"]) == (
        1 + is_change, [{"code": "ten", "name": "Ten off", "discount_minor": 30}],
    )  # fmt: skip
