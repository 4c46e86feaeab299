"""The dispatcher on a real database against the real stand-in: each order there once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from server.delivery.send import dispatch_once
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
