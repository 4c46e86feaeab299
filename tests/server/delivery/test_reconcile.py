"""The comparison at night: planted differences are found, what only looks like one is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.database import transaction
from server.delivery.adapters import adapter_for
from server.delivery.contract import News
from server.delivery.queries_status import targets
from server.delivery.receive import take
from server.delivery.reconcile import HOUR, Run, ask_nightly, run_due
from sync.queries import doubts
from tests.server.delivery.conftest import Depot, dispatch_once, later, now
from tests.server.delivery.nightly import (
    ZONE,
    Start,
    acknowledged,
    books,
    compare,
    documents,
    kinds,
    not_at_midnight,
    settle,
    tamper,
    today,
)
from tests.world import COMPANY_CELL

__all__ = ["books", "not_at_midnight"]


# --- what is found -------------------------------------------------------------------------------


def test_books_that_agree_are_said_to(depot: Depot, start: Start) -> None:
    acknowledged(depot, start(), (0, 0), (1, 1), (2, 2))
    row = compare(depot)
    assert (row["state"], row["lines"], row["moved"], row["under_way"]) == ("agrees", [], 0, 0)
    assert row["ours"] == row["theirs"]
    assert row["ours"]["orders"] == 3
    assert row["ours"]["value_minor"] == {"USD": 3 * 12 * 250}


def test_a_short_answer_counts_the_same_on_both_sides(depot: Depot, start: Start) -> None:
    acknowledged(depot, start(stock={"p001": 5}, short_as="cut"), (0, 0))
    row = compare(depot)
    assert row["state"] == "agrees"
    assert row["ours"]["value_minor"] == {"USD": 5 * 250}


@pytest.mark.parametrize("stage", ["allocated", "dispatched", "delivered", "invoiced"])
def test_a_short_order_agrees_at_every_stage_of_its_way(
    depot: Depot, start: Start, stage: str
) -> None:
    """A line on backorder stands on both sides until the invoice, and on neither after it."""
    caller = start(stock={"p001": 5, "p002": 0})
    acknowledged(depot, caller, (0, 0), (1, 1))
    depot.run("UPDATE delivery_target SET options = '{\"ask_status\": true}'")
    caller.client.post(f"{caller.url}/progress", json={"to": stage}).raise_for_status()
    with depot.world.begin() as conn:
        (target,) = targets(conn, "main")
    news = adapter_for(target).read_status("", 5)
    assert isinstance(news, News)
    outcomes = {one.outcome for one in take(depot.engine, target, news, now())}
    assert outcomes == {"applied"}
    settle(depot)
    row = compare(depot)
    assert (row["state"], row["lines"], row["under_way"]) == ("agrees", [], 0)
    assert row["ours"] == row["theirs"]


def test_an_order_that_vanished_there_is_missing(depot: Depot, start: Start, books: Path) -> None:
    lost, _ = acknowledged(depot, start(), (0, 0), (1, 1))
    tamper(books, "DELETE FROM document WHERE order_id = ?", lost)
    row = compare(depot)
    assert kinds(row) == [("missing_there", lost)]
    assert row["lines"][0]["note"] == "a look-up does not find it either"
    assert (row["ours"]["orders"], row["theirs"]["orders"]) == (2, 1)


def test_an_order_that_is_in_their_books_but_not_in_their_list_is_not_missing(
    depot: Depot, start: Start, books: Path
) -> None:
    """Received, by their clock, a week ago: no list of these days has it."""
    acknowledged(depot, start(), (0, 0))
    tamper(books, "UPDATE document SET received_at = '2020-01-01T00:00:00Z'")
    row = compare(depot)
    assert (row["state"], row["lines"]) == ("agrees", [])
    assert row["says"] == "1 orders are in their books and not in their list of the day"


def test_an_order_nobody_sent_is_unknown_here(depot: Depot, start: Start, books: Path) -> None:
    acknowledged(depot, start(), (0, 0))
    stranger = "0198f000-0000-7000-8000-000000000001"
    tamper(
        books,
        "INSERT INTO document SELECT 99, 'DS-000099', 'w', ?, 1, 'X', 'S', received_at, body,"
        " answer FROM document",
        stranger,
    )
    tamper(
        books,
        "INSERT INTO document SELECT 98, 'DS-000098', 'v', 'no id', 1, 'X', 'S', received_at, body,"
        " answer FROM document LIMIT 1",
    )
    row = compare(depot)
    assert kinds(row) == [("unknown_here", stranger), ("unknown_here", "no id")] or kinds(row) == [
        ("unknown_here", "no id"), ("unknown_here", stranger),
    ]  # fmt: skip


def test_an_order_that_lies_stuck_here_is_found_with_its_number(depot: Depot, start: Start) -> None:
    acknowledged(depot, start(), (0, 0))
    depot.run("UPDATE delivery SET state = 'parked', external_no = NULL")
    row = compare(depot)
    (line,) = row["lines"]
    assert line["kind"] == "stuck_here"
    assert line["theirs"][0]["external_no"] == "DS-000001"


def test_an_order_that_was_taken_twice_is_found(depot: Depot, start: Start) -> None:
    """The planted fault: a system that does not dedupe, and a sender that had to send again."""
    caller = start(dedupe=False)
    (order,) = acknowledged(depot, caller, (0, 0))
    depot.run("UPDATE delivery SET state = 'queued', not_before = now() - interval '1 minute'")
    dispatch_once(depot.engine, later(1))
    settle(depot)
    assert caller.counts()["documents"] == 2
    row = compare(depot)
    assert kinds(row) == [("twice_there", order)]
    said = {one["external_no"] for one in row["lines"][0]["theirs"]}
    assert said == {"DS-000001", "DS-000002"}


def test_other_lines_another_value_and_another_number_are_found(
    depot: Depot, start: Start, books: Path
) -> None:
    lines, value, number = acknowledged(depot, start(), (0, 0), (1, 1), (2, 2))
    for order in (lines, value):
        (document,) = [one for one in documents(books) if one["order_id"] == order]
        body, answer = json.loads(document["body"]), json.loads(document["answer"])
        if order == lines:
            answer["lines"][0] |= {"allocated": 7, "cut": 5}
        else:
            body["data"]["lines"][0]["net_minor"] += 100
        tamper(
            books, "UPDATE document SET body = ?, answer = ? WHERE order_id = ?",
            json.dumps(body), json.dumps(answer), order,
        )  # fmt: skip
    tamper(books, "UPDATE document SET external_no = 'DS-X' WHERE order_id = ?", number)
    row = compare(depot)
    assert set(kinds(row)) == {
        ("lines_differ", lines), ("value_differs", value), ("number_differs", number),
    }  # fmt: skip
    assert {line["note"] for line in row["lines"]} == {
        "7 each there, 12 here", "", "there DS-X, here DS-000003",
    }  # fmt: skip


# --- what is no difference -----------------------------------------------------------------------


def test_orders_around_midnight_are_on_one_day_here_and_on_the_other_there(
    depot: Depot, start: Start, books: Path
) -> None:
    """Taken there at 23:59:59 of yesterday, acknowledged here at 00:00:01 of today, and so on."""
    early, late = acknowledged(depot, start(), (0, 0), (1, 1))
    midnight = datetime.combine(today(), datetime.min.time(), ZONE)
    before, after = midnight - timedelta(seconds=1), midnight + timedelta(seconds=1)
    tamper(books, "UPDATE document SET received_at = ? WHERE order_id = ?",
           before.astimezone(UTC).isoformat(), early)  # fmt: skip
    tamper(books, "UPDATE document SET received_at = ? WHERE order_id = ?",
           after.astimezone(UTC).isoformat(), late)  # fmt: skip
    depot.run("UPDATE delivery SET changed_at = %s WHERE order_id = %s", after, early)
    depot.run("UPDATE delivery SET changed_at = %s WHERE order_id = %s", before, late)
    for day, moved in ((today(), 1), (today() - timedelta(days=1), 1)):
        row = compare(depot, day)
        assert (row["state"], row["lines"], row["moved"]) == ("agrees", [], moved)


def test_the_business_day_is_that_of_the_companys_zone(depot: Depot, start: Start) -> None:
    acknowledged(depot, start(), (0, 0))
    moment = datetime.combine(today(), datetime.min.time(), ZONE) + timedelta(minutes=1)
    depot.run("UPDATE delivery SET changed_at = %s", moment)
    assert compare(depot)["ours"]["orders"] == 1
    assert compare(depot, today() - timedelta(days=1))["ours"] == {
        "orders": 0, "lines": 0, "value_minor": {},
    }  # fmt: skip


def test_what_was_acknowledged_just_now_and_is_not_in_their_list_waits(
    depot: Depot, start: Start, books: Path
) -> None:
    caller = start()
    depot.point_at(caller.url)
    depot.accept((0, 0))
    dispatch_once(depot.engine, later(1))
    tamper(books, "DELETE FROM document")
    row = compare(depot)
    assert (row["state"], row["under_way"]) == ("agrees", 1)


def test_what_is_still_being_sent_while_they_have_it_already_waits(
    depot: Depot, start: Start
) -> None:
    acknowledged(depot, start(), (0, 0))
    depot.run("UPDATE delivery SET state = 'unknown', external_no = NULL")
    row = compare(depot)
    assert (row["state"], row["under_way"]) == ("agrees", 1)


class _Busy:
    """An adapter during whose listing more orders are sent: before the list is made, or after."""

    def __init__(self, depot: Depot, inner: Any, when: str) -> None:
        self._depot, self._inner, self._when, self._store = depot, inner, when, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def reckon(self, *args: Any) -> Any:
        if self._when == "before":
            self._send()
        said = self._inner.reckon(*args)
        if self._when == "after":
            self._send()
        return said

    def _send(self) -> None:
        self._depot.accept((self._store % 3, 3))
        self._store += 1
        dispatch_once(self._depot.engine, later(1))


@pytest.mark.parametrize("when", ["before", "after"])
def test_orders_that_are_sent_during_the_run_are_no_difference(
    depot: Depot, start: Start, when: str
) -> None:
    acknowledged(depot, start(), (0, 0), (1, 1))
    run = Run(
        lambda: transaction(depot.engine), now(),
        lambda row: _Busy(depot, adapter_for(row), when),  # type: ignore[arg-type, return-value]
    )  # fmt: skip
    with run.begin() as conn:
        doubts.ask_day(conn, COMPANY_CELL, "main", today(), "user:admin", run.now)
    assert run_due(run) == 1
    (row,) = depot.rows("SELECT * FROM reconciliation")
    assert row["state"] == "agrees", depot.rows("SELECT * FROM reconciliation_line")
    assert depot.states()["acknowledged"] > 2


# --- systems that do not answer, or cannot -------------------------------------------------------


def test_a_system_without_a_list_says_so_once(depot: Depot, start: Start) -> None:
    acknowledged(depot, start(reconcile=False), (0, 0))
    row = compare(depot)
    assert row["state"] == "cannot_be_asked"
    assert row["says"] == "it has no list of a day (HTTP 404)"
    assert run_due(Run(lambda: transaction(depot.engine), later(86_400))) == 0


def test_a_system_that_is_away_is_asked_again_and_nothing_is_called_missing(
    depot: Depot, start: Start
) -> None:
    acknowledged(depot, start(), (0, 0))
    url = depot.rows("SELECT url FROM delivery_target")[0]["url"]
    depot.point_at("http://127.0.0.1:1")
    row = compare(depot)
    assert (row["state"], row["lines"]) == ("unanswered", [])
    assert "Connection refused" in row["says"]
    depot.point_at(url)
    assert run_due(Run(lambda: transaction(depot.engine), later(60))) == 0
    assert run_due(Run(lambda: transaction(depot.engine), later(31 * 60))) == 1
    assert depot.rows("SELECT state FROM reconciliation")[0]["state"] == "agrees"


def test_every_night_yesterday_is_asked_for_once_and_after_two_o_clock(
    depot: Depot, start: Start
) -> None:
    acknowledged(depot, start(), (0, 0))
    early = datetime.combine(today(), datetime.min.time(), ZONE) + timedelta(hours=HOUR, minutes=-1)
    begin = lambda: transaction(depot.engine)  # noqa: E731
    assert ask_nightly(Run(begin, early)) == 0
    assert ask_nightly(Run(begin, early + timedelta(minutes=2))) == 1
    assert ask_nightly(Run(begin, early + timedelta(hours=5))) == 0
    (row,) = depot.rows("SELECT * FROM reconciliation")
    assert (row["day"], row["asked_by"]) == (today() - timedelta(days=1), "job:reconcile")


def test_a_day_that_differed_is_compared_again_the_next_night(
    depot: Depot, start: Start, books: Path
) -> None:
    (lost,) = acknowledged(depot, start(), (0, 0))
    tamper(books, "UPDATE document SET order_id = order_id || 'x'")
    assert [kind for kind, _ in kinds(compare(depot))] == ["missing_there", "unknown_here"]
    first = depot.rows("SELECT first_seen_at FROM reconciliation_line")[0]["first_seen_at"]
    tomorrow = datetime.combine(today() + timedelta(days=2), datetime.min.time(), ZONE)
    night = Run(lambda: transaction(depot.engine), tomorrow + timedelta(hours=3))
    assert ask_nightly(night) == 2
    tamper(books, "UPDATE document SET order_id = ?", lost)
    assert run_due(night) == 2
    assert {row["state"] for row in depot.rows("SELECT state FROM reconciliation")} == {"agrees"}
    gone = depot.rows("SELECT * FROM reconciliation_line")
    assert {line["state"] for line in gone} == {"gone"}
    assert {line["first_seen_at"] for line in gone} == {first}
