"""A delivery system that acknowledges nothing while orders wait is noticed, and heard again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import REGISTRY

from server.database import transaction
from server.delivery import queries_silence as queries
from server.delivery.reconcile import Run
from server.delivery.silence import watch
from tests.auditor import Auditor
from tests.server.delivery.conftest import Caller, Depot, dispatch_once, later, now
from tests.world import COMPANY_CELL

Start = Callable[..., Caller]


def look(depot: Depot, at: datetime) -> int:
    return watch(Run(lambda: transaction(depot.engine), at))


def item(depot: Depot) -> dict[str, Any] | None:
    found = depot.rows("SELECT * FROM conflict WHERE rule = 'delivery_silent' ORDER BY at DESC")
    return found[0] if found else None


def minutes(n: float) -> datetime:
    return now() + timedelta(minutes=n)


def test_nothing_waits_so_nothing_is_silent(depot: Depot) -> None:
    assert look(depot, minutes(600)) == 0
    assert item(depot) is None


def test_after_thirty_minutes_without_an_acknowledgement_somebody_is_told(depot: Depot) -> None:
    auditor = Auditor(depot.world)
    depot.accept((0, 0), (1, 1))
    assert look(depot, minutes(29)) == 0
    assert look(depot, minutes(31)) == 1
    told = item(depot)
    assert told is not None
    assert (told["item"], told["owner"], told["needs"], told["state"]) == (
        "alarm", "admin", "office", "waiting",
    )  # fmt: skip
    assert told["says"].startswith("main has acknowledged no order since ")
    assert "and 2 wait for it" in told["says"]
    (row,) = depot.rows("SELECT * FROM delivery_silence")
    assert (row["waiting"], row["cleared_at"]) == (2, None)
    silent_s = REGISTRY.get_sample_value("talaria_delivery_silent_seconds", {"target": "main"})
    assert silent_s is not None
    assert silent_s > 30 * 60
    assert look(depot, minutes(45)) == 0  # it stands; it is not told again
    assert auditor.look() == []


def test_an_acknowledgement_clears_the_alarm_and_the_next_silence_is_another(
    depot: Depot, start: Start
) -> None:
    depot.accept((0, 0))
    assert look(depot, minutes(31)) == 1
    depot.point_at(start().url)
    dispatch_once(depot.engine, later(1))
    assert look(depot, minutes(32)) == 1
    told = item(depot)
    assert told is not None
    assert (told["state"], told["resolution"]) == ("resolved", "answered")
    silent_s = REGISTRY.get_sample_value("talaria_delivery_silent_seconds", {"target": "main"})
    assert silent_s == 0.0
    depot.accept((1, 1))
    assert look(depot, minutes(20)) == 0
    assert look(depot, minutes(40)) == 1
    assert depot.world.one("SELECT count(*) FROM conflict WHERE rule = 'delivery_silent'") == 2


def test_a_system_that_answered_lately_is_not_silent_however_old_an_order_is(
    depot: Depot, start: Start
) -> None:
    depot.point_at(start().url)
    depot.accept((0, 0))
    dispatch_once(depot.engine, later(1))
    depot.accept((1, 1))
    depot.run("UPDATE delivery SET created_at = created_at - interval '5 days'"
              " WHERE state = 'queued'")  # fmt: skip
    assert look(depot, minutes(29)) == 0
    assert look(depot, minutes(31)) == 1


def test_an_order_waits_since_it_was_last_taken_up(depot: Depot, start: Start) -> None:
    """A week old and sent again a minute ago: the system has had a minute."""
    (order,) = depot.accept((0, 0))
    depot.run("UPDATE delivery SET created_at = created_at - interval '7 days'")
    depot.run(
        "INSERT INTO delivery_attempt (cell, delivery, attempt, act, began_at, ended_at, outcome)"
        " SELECT cell, id, 1, 'send', now(), now(), 'refused' FROM delivery"
    )
    assert depot.order(order)
    assert look(depot, minutes(29)) == 0
    assert look(depot, minutes(31)) == 1


def test_the_minutes_are_the_targets_own_and_none_means_never(depot: Depot) -> None:
    depot.accept((0, 0))
    for own, at, expected in ((120, 90, 0), (0, 900, 0), (5, 6, 1)):
        with depot.world.begin() as conn:
            queries.set_minutes(conn, COMPANY_CELL, "main", own)
        assert look(depot, minutes(at)) == expected


def test_a_target_that_is_switched_off_is_not_silent(depot: Depot) -> None:
    depot.accept((0, 0))
    assert look(depot, minutes(31)) == 1
    depot.run("UPDATE delivery_target SET enabled = false")
    assert look(depot, minutes(32)) == 1
    told = item(depot)
    assert told is not None
    assert told["state"] == "resolved"


def test_orders_that_wait_for_a_person_do_not_make_a_system_silent(depot: Depot) -> None:
    depot.accept((0, 0))
    for state in ("failed", "parked", "acknowledged"):
        depot.run("UPDATE delivery SET state = %s", state)
        assert look(depot, minutes(600)) == 0
    depot.run("UPDATE delivery SET state = 'handed', changed_at = now()")
    assert look(depot, minutes(600)) == 1
