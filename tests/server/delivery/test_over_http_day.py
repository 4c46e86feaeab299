"""Asking for a day over HTTP: page by page, held to its sums, within one deadline."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.delivery.connection import Interrupted, NotAllowed, NotReached, Reply
from server.delivery.contract import Reckoning, Retry
from server.delivery.over_http_day import PAGES, list_of_day
from server.delivery.reckoning import CannotReckon, Reckoned

DAY = date(2026, 11, 21)
BEGINS = datetime(2026, 11, 21, 6, tzinfo=UTC)
JSON = {"content-type": "application/json"}


def page(n: int, of: int, after: str = "", **more: Any) -> Reply:
    orders = [{"order": f"o{n}", "external_no": f"DS-{n}", "lines": 1}]
    said = {"day": str(DAY), "totals": {"orders": of}, "orders": orders, "next": after, **more}
    return Reply(200, JSON, json.dumps(said).encode(), whole=True)


def ask(*answers: Reply | Exception, deadline_s: float = 5) -> tuple[Reckoning, list[str]]:
    """Ask somebody who gives these answers; what it came to, and the paths that were asked."""
    paths: list[str] = []
    left = list(answers)

    def one(path: str, webhook_id: str, left_s: float) -> Reply:
        paths.append(path)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    ends = BEGINS + timedelta(days=1)
    return list_of_day(one, lambda reply: 7.0, DAY, BEGINS, ends, deadline_s), paths


def test_all_pages_make_one_list() -> None:
    said, paths = ask(page(1, 3, "a&b"), page(2, 3, "c"), page(3, 3))
    assert isinstance(said, Reckoned)
    assert [one.order for one in said.orders] == ["o1", "o2", "o3"]
    assert paths[0] == (
        "/reconcile?day=2026-11-21&from=2026-11-21T06%3A00%3A00Z&to=2026-11-22T06%3A00%3A00Z&after="
    )
    assert [path.rpartition("=")[2] for path in paths] == ["", "a%26b", "c"]


@pytest.mark.parametrize(
    "answers",
    [
        (page(1, 2),), (page(1, 2, "a"), page(2, 3)), (page(1, 2, "a"), NotReached("away")),
        (page(1, 2, "a"), Interrupted("cut")), (page(1, 1, day="2026-11-20"),),
        (Reply(200, {"content-type": "text/html"}, b"<html>", whole=True),),
        (Reply(200, JSON, b'{"day"', whole=True),),
        (Reply(200, JSON, page(1, 1).body, whole=False),),
        (Reply(500, JSON, b"{}", whole=True),), (Reply(401, JSON, b"{}", whole=True),),
    ],
)  # fmt: skip
def test_half_a_list_is_no_list(answers: tuple[Reply | Exception, ...]) -> None:
    said, _ = ask(*answers)
    assert isinstance(said, Retry)
    assert said.reason.startswith("the list of the day: ")


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_system_without_a_list_is_asked_no_more(status: int) -> None:
    assert isinstance(ask(Reply(status, JSON, b"", whole=True))[0], CannotReckon)
    assert isinstance(ask(NotAllowed("no"))[0], CannotReckon)


def test_patience_that_is_asked_for_is_kept() -> None:
    said, _ = ask(Reply(503, JSON, b"{}", whole=True))
    assert isinstance(said, Retry)
    assert said.after_s == 7.0


def test_a_list_without_an_end_is_given_up() -> None:
    said, paths = ask(page(1, 1, "again"))
    assert isinstance(said, Retry)
    assert len(paths) == PAGES
    said, paths = ask(page(1, 1, "again"), deadline_s=0)
    assert isinstance(said, Retry)
    assert paths == []
