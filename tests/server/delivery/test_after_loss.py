"""After a restore no order is sent twice: what lost hours may have sent is looked up first."""

from datetime import UTC, datetime
from typing import Any

import pytest

from server.access.epochs import begin_after_loss
from server.delivery.send import Dispatcher
from tests.server.delivery.conftest import Depot, Process, dispatch_once, later, now


def lose(depot: Depot, *, epoch: bool = True) -> None:
    """Take the database back to before anything was sent. `epoch` False: and nobody notices."""
    depot.run("DELETE FROM delivery_attempt")
    depot.run("UPDATE delivery SET state = 'queued', attempt = 0, external_no = NULL")
    depot.run("UPDATE orders SET state = 'accepted', external_no = NULL, acknowledged_at = NULL")
    if epoch:
        with depot.world.begin() as conn:
            begin_after_loss(conn, "restored", datetime.now(UTC), reason="restored")


def sent_before(depot: Depot, process: Process, **far: Any) -> tuple[str, Any]:
    """An order that the delivery system has, in a database that has forgotten it."""
    standin = process(dedupe=far.get("dedupes", False))
    depot.point_at(standin.url, **far)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    return order, standin


@pytest.mark.parametrize("dedupes", [True, False])
def test_what_may_have_been_sent_is_looked_up_first_and_found(
    depot: Depot, process: Process, dedupes: bool
) -> None:
    order, standin = sent_before(depot, process, dedupes=dedupes)
    lose(depot)
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    assert depot.attempts(order) == [("look_up", "found")]
    row = depot.order(order)
    assert (row["state"], row["external_no"]) == ("acknowledged", "DS-000001")
    assert standin.counts()["documents"] == 1


@pytest.mark.parametrize("reckoned", ["1954-01-02T08:00:00Z", "2093-01-02T08:00:00Z"])
def test_a_clock_wrong_by_years_since_a_handheld_started_again_does_not_hide_it(
    depot: Depot, process: Process, reckoned: str
) -> None:
    """Of another boot the wall clock plus today's offset is all there is (seed 1 of a whole firm:
    an order offered again after a restart, its clock 73 years ahead, was there twice)."""
    order, standin = sent_before(depot, process, dedupes=False)
    lose(depot)
    depot.run("UPDATE orders SET captured_at = %s, captured_uncertain = true", reckoned)
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    assert depot.attempts(order) == [("look_up", "found")]
    assert standin.counts()["documents"] == 1


def test_without_a_new_epoch_it_would_be_sent_twice(depot: Depot, process: Process) -> None:
    _, standin = sent_before(depot, process, dedupes=False)
    lose(depot, epoch=False)
    dispatch_once(depot.engine, now())
    assert standin.counts()["documents"] == 2


def test_what_cannot_be_looked_up_waits_for_a_person(depot: Depot, process: Process) -> None:
    order, standin = sent_before(depot, process, dedupes=False, can_look_up=False)
    lose(depot)
    assert dispatch_once(depot.engine, now()) == {"parked": 1}
    assert dispatch_once(depot.engine, later(3_600)) == {}
    assert standin.counts()["documents"] == 1
    (told,) = depot.told()
    assert (told["rule"], told["state"]) == ("delivery_unknown", "waiting")
    assert depot.order(order)["state"] == "sent"


def test_a_system_that_knows_repeats_gets_it_again_under_the_same_id(
    depot: Depot, process: Process
) -> None:
    order, standin = sent_before(depot, process, dedupes=True, can_look_up=False)
    lose(depot)
    assert dispatch_once(depot.engine, now()) == {"queued": 1}
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    assert standin.counts()["documents"] == 1
    assert depot.order(order)["external_no"] == "DS-000001"


def test_what_was_never_sent_goes_out_once_it_cannot_be_on_its_way(
    depot: Depot, process: Process
) -> None:
    standin = process(dedupe=False)
    depot.point_at(standin.url, dedupes=False)
    (order,) = depot.accept((0, 0))
    lose(depot)
    assert dispatch_once(depot.engine, now()) == {"unknown": 1}  # the lost server's may still come
    assert dispatch_once(depot.engine, later(70)) == {"queued": 1}
    assert dispatch_once(depot.engine, later(71)) == {"acknowledged": 1}
    assert [act for act, _ in depot.attempts(order)] == ["look_up", "look_up", "send"]
    assert standin.counts()["documents"] == 1


def test_orders_of_the_new_epoch_are_sent_at_once(depot: Depot, process: Process) -> None:
    depot.point_at(process().url)
    with depot.world.begin() as conn:
        begin_after_loss(conn, "restored", datetime.now(UTC), reason="restored")
    depot.run("UPDATE incarnation SET began_at = began_at - interval '1 hour'")
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
    assert depot.attempts(order) == [("send", "acknowledged")]


def test_what_was_captured_before_a_start_is_looked_up_too_where_that_costs_nothing(
    depot: Depot, process: Process
) -> None:
    """A database may have been put back with its own mark: nothing on the server can tell."""
    order, standin = sent_before(depot, process, dedupes=False)
    lose(depot, epoch=False)
    dispatcher = Dispatcher(depot.engine, "w", clock=now, started=now())
    dispatcher.start_due()
    dispatcher.close()
    assert depot.attempts(order) == [("look_up", "found")]
    assert standin.counts()["documents"] == 1
