"""The stand-in's list of a day: what stands of each document, page by page, to who signs for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from server.demo.standin.reckoning import page_of
from tests.server.demo.standin.conftest import Caller, order

DAY = datetime.now(UTC).date().isoformat()


def ask(caller: Caller, hours: int = 1, signed_as: str = "", **more: str) -> Any:
    """Ask for everything of the last `hours`."""
    now = datetime.now(UTC)
    span = {
        "day": DAY, "from": (now - timedelta(hours=hours)).isoformat(),
        "to": (now + timedelta(hours=1)).isoformat(), "after": "", **more,
    }  # fmt: skip
    headers = caller.signed(signed_as or f"reconcile/{span['day']}/{span['after']}", "", None)
    return caller.client.get(f"{caller.url}/reconcile", params=span, headers=headers)


def test_what_stands_of_each_document_is_listed_with_its_sums(
    start: Callable[..., Caller],
) -> None:
    caller = start(stock={"20041": 5}, short_as="cut")
    caller.send(order(1))
    caller.send(order(2))
    said = ask(caller).json()
    assert [(one["external_no"], one["lines"], one["quantity"]) for one in said["orders"]] == [
        ("DS-000001", 2, 11), ("DS-000002", 1, 6),
    ]  # fmt: skip
    assert said["totals"] == {"orders": 2, "lines": 3, "quantity": 17, "value_minor": 0}
    assert (said["day"], said["next"]) == (DAY, "")


def test_only_what_came_in_the_span_is_listed(start: Callable[..., Caller]) -> None:
    caller = start()
    caller.send(order(1))
    assert ask(caller, hours=-1, to="2026-01-01T00:00:00Z").json()["orders"] == []


def test_what_was_on_backorder_stands_until_the_invoice(start: Callable[..., Caller]) -> None:
    caller = start(stock={"20041": 5})
    caller.send(order(1))
    for stage, quantity in (("delivered", 18), ("invoiced", 11)):
        caller.client.post(f"{caller.url}/progress", json={"to": stage}).raise_for_status()
        assert ask(caller).json()["totals"]["quantity"] == quantity


def test_nobody_is_told_without_the_right_signature(start: Callable[..., Caller]) -> None:
    caller = start()
    assert ask(caller, signed_as="reconcile/2020-01-01/").status_code == 401
    assert caller.client.get(f"{caller.url}/reconcile").status_code == 401
    caller.behave(reconcile=False)
    assert ask(caller).status_code == 404


def test_pages_follow_each_other_and_carry_the_sums_of_the_day() -> None:
    rows = [{"order": str(n), "lines": 1, "quantity": n, "value_minor": 2 * n} for n in range(5)]
    pages = [page_of(rows, DAY, after, "now", size=2) for after in ("", "2", "4")]
    assert [one["order"] for page in pages for one in page["orders"]] == list("01234")
    assert [page["next"] for page in pages] == ["2", "4", ""]
    assert {page["totals"]["quantity"] for page in pages} == {10}
