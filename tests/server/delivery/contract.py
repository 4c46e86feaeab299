"""The suite every adapter passes: the same questions to each, whatever is at the far end.

A test module takes part by a class that inherits `Contract` and a fixture `far` that is a `FarEnd`
of its kind:

    class TestContract(Contract):
        @pytest.fixture
        def far(self, ...) -> FarEnd: ...
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from server.delivery.contract import (
    Acknowledged,
    Adapter,
    Answer,
    CannotLookUp,
    CheckFailed,
    Finding,
    HandedOver,
    News,
    NoNews,
    NotFound,
    Reckoning,
    Refused,
    Retry,
    Unknown,
)
from server.delivery.document import LineOutcome, OutgoingOrder
from server.delivery.reckoning import CannotReckon, Reckoned
from sync.delivery.status import StatusUpdate
from tests.server.delivery.conftest import outgoing

DEADLINE_S = 5.0


class FarEnd(Protocol):
    """A delivery system that does what a test wants."""

    def adapter(self, **target: Any) -> Adapter:
        """An adapter for it; `target` changes its row (can_look_up=False, ...)."""
        ...

    def shall(self, do: str) -> None:
        """What it does with orders from now on.

        take; short (5 of the first line, the rest on backorder); refuse (reason "unknown
        ship-to"); silent (takes, and no answer comes until `work("answer")`); garbage (answers
        with something that is no answer, and takes nothing).
        """
        ...

    def work(self, answer: bool = True) -> None:
        """It does what it does in its own time: takes documents, writes its answers."""
        ...

    def holds(self) -> list[str]:
        """The references of the documents it has taken, one a document."""
        ...

    def happens(self, *updates: dict[str, Any]) -> None:
        """It tells these status updates (JSON values as in statuses.py), in this order."""
        ...

    def gone(self) -> None:
        """It cannot be reached any more."""
        ...


def settled(far: FarEnd, adapter: Adapter, order: OutgoingOrder) -> Answer | Finding:
    """Send; where the answer comes later, let them work, and look it up."""
    answer: Answer | Finding = adapter.send(order, DEADLINE_S)
    if isinstance(answer, (HandedOver, Unknown)):
        far.work()
        heard(adapter)
        answer = adapter.look_up(order, DEADLINE_S)
    return answer


def heard(adapter: Adapter, since: str = "") -> tuple[list[StatusUpdate], str]:
    """All there is to read, confirmed as it is read, and where to go on."""
    updates: list[StatusUpdate] = []
    for _ in range(50):
        news = adapter.read_status(since, DEADLINE_S)
        if isinstance(news, NoNews):
            return updates, since
        assert isinstance(news, News), news
        updates += news.updates
        since = news.since
        adapter.confirm(news)
        if not news.more:
            return updates, since
    raise AssertionError("there is always more")


def update(key: str, status: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "order": "order-1", "revision": 1, "status": status,
            "at": "2026-11-21T14:05:00Z", **more}  # fmt: skip


def day_of(adapter: Adapter, deadline_s: float = DEADLINE_S) -> Reckoning:
    """What it has of today, in UTC."""
    begins_at = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return adapter.reckon(begins_at.date(), begins_at, begins_at + timedelta(days=1), deadline_s)


WHOLE = (LineOutcome(1, 12, 0, 0), LineOutcome(2, 6, 0, 0))


class Contract:
    """What is asked of every adapter."""

    def test_an_order_taken_is_acknowledged_with_its_number(self, far: FarEnd) -> None:
        answer = settled(far, far.adapter(), outgoing())
        assert isinstance(answer, Acknowledged), answer
        assert answer.external_no
        assert answer.lines == WHOLE
        assert far.holds() == ["order-1/1"]

    def test_a_short_answer_tells_every_line(self, far: FarEnd) -> None:
        far.shall("short")
        answer = settled(far, far.adapter(), outgoing())
        assert isinstance(answer, Acknowledged), answer
        one, two = answer.lines
        assert (one.n, one.allocated, one.backordered, one.cut) == (1, 5, 7, 0)
        assert two == WHOLE[1]

    def test_a_refusal_comes_with_its_reason(self, far: FarEnd) -> None:
        far.shall("refuse")
        answer = settled(far, far.adapter(), outgoing())
        assert isinstance(answer, Refused), answer
        assert answer.permanent
        assert "unknown ship-to" in answer.reason

    def test_after_a_refusal_the_order_may_be_sent_again(self, far: FarEnd) -> None:
        far.shall("refuse")
        adapter = far.adapter()
        assert isinstance(settled(far, adapter, outgoing()), Refused)
        far.shall("take")
        assert isinstance(settled(far, adapter, outgoing()), Acknowledged)
        assert far.holds().count("order-1/1") == 1

    def test_an_answer_that_got_lost_is_found_by_looking_up(self, far: FarEnd) -> None:
        far.shall("silent")
        adapter = far.adapter()
        answer = adapter.send(outgoing(), DEADLINE_S)
        assert isinstance(answer, (Unknown, HandedOver)), answer
        far.work(answer=False)
        finding = adapter.look_up(outgoing(), DEADLINE_S)
        assert not isinstance(finding, (NotFound, CannotLookUp)), finding  # else it is sent twice
        far.work()
        heard(adapter)
        finding = adapter.look_up(outgoing(), DEADLINE_S)
        assert isinstance(finding, Acknowledged)
        assert finding.lines == WHOLE
        assert far.holds() == ["order-1/1"]

    def test_an_order_that_never_left_is_stated_to_be_missing(self, far: FarEnd) -> None:
        adapter = far.adapter()
        assert adapter.look_up(outgoing(), DEADLINE_S) == NotFound()
        settled(far, adapter, outgoing(1))
        assert adapter.look_up(outgoing(2), DEADLINE_S) == NotFound()

    def test_another_revision_is_another_document(self, far: FarEnd) -> None:
        adapter = far.adapter()
        settled(far, adapter, outgoing())
        second = OutgoingOrder("delivery-1b", "order-1", 2, "2026-11-21T09:00:00Z",
                               {**outgoing().document, "revision": 2})  # fmt: skip
        assert adapter.look_up(second, DEADLINE_S) == NotFound()
        assert isinstance(settled(far, adapter, second), Acknowledged)
        assert sorted(far.holds()) == ["order-1/1", "order-1/2"]

    def test_what_cannot_be_asked_says_so(self, far: FarEnd) -> None:
        adapter = far.adapter(can_look_up=False)
        assert isinstance(adapter.look_up(outgoing(), DEADLINE_S), CannotLookUp)

    def test_the_same_document_again_is_one_document_there(self, far: FarEnd) -> None:
        adapter = far.adapter(dedupes=True)
        first = settled(far, adapter, outgoing())
        for _ in range(3):
            assert settled(far, far.adapter(dedupes=True), outgoing()) == first
        assert far.holds() == ["order-1/1"]

    def test_the_same_document_again_before_it_was_answered_is_one_document_there(
        self, far: FarEnd
    ) -> None:
        far.shall("silent")
        for answered in (False, False, True):
            assert isinstance(far.adapter(dedupes=True).send(outgoing(), DEADLINE_S),
                              (Unknown, HandedOver, Acknowledged))  # fmt: skip
            far.work(answer=answered)
        assert far.holds() == ["order-1/1"]

    def test_garbage_is_never_taken_for_an_answer(self, far: FarEnd) -> None:
        far.shall("garbage")
        adapter = far.adapter()
        answer = adapter.send(outgoing(), DEADLINE_S)
        assert isinstance(answer, (Unknown, HandedOver)), answer
        far.work()
        news = adapter.read_status("", DEADLINE_S)
        assert not isinstance(news, News) or news.answered == ()
        finding = adapter.look_up(outgoing(), DEADLINE_S)
        assert not isinstance(finding, (Acknowledged, Refused)), finding

    def test_a_system_that_is_away_harms_nothing(self, far: FarEnd) -> None:
        far.gone()
        adapter = far.adapter()
        assert isinstance(adapter.send(outgoing(), 1.0), (Retry, Unknown))
        assert isinstance(adapter.look_up(outgoing(), 1.0), Retry)
        assert isinstance(adapter.read_status("", 1.0), (Retry, NoNews))
        assert isinstance(day_of(adapter, 1.0), (Retry, CannotReckon))
        with pytest.raises(CheckFailed):
            adapter.check(1.0)

    def test_checking_a_connection_sends_nothing(self, far: FarEnd) -> None:
        assert len(far.adapter().check(DEADLINE_S)) > 20
        far.work()
        assert far.holds() == []

    def test_a_list_of_a_day_that_is_not_whole_is_not_believed(self, far: FarEnd) -> None:
        """Nobody here has one, or has one of everything: it is never half a list."""
        adapter = far.adapter()
        settled(far, adapter, outgoing())
        said = day_of(adapter)
        if isinstance(said, Reckoned):
            assert [f"{one.order}/{one.revision}" for one in said.orders] == far.holds()
        else:
            assert isinstance(said, (Retry, CannotReckon)), said
            assert said.reason

    def test_what_a_person_says_is_gone_can_be_sent_again(self, far: FarEnd) -> None:
        """`forget` is for what was handed over; what they know by itself they know again."""
        adapter = far.adapter()
        settled(far, adapter, outgoing())
        if adapter.forget(outgoing()):
            assert adapter.look_up(outgoing(), DEADLINE_S) == NotFound()
            assert isinstance(settled(far, adapter, outgoing()), Acknowledged)
            assert far.holds() == ["order-1/1"] * 2
        else:
            assert isinstance(adapter.look_up(outgoing(), DEADLINE_S), Acknowledged)

    def test_statuses_are_read_once(self, far: FarEnd) -> None:
        adapter = far.adapter()
        settled(far, adapter, outgoing())
        far.happens(update("e-1", "picking"), update("e-2", "dispatched"))
        updates, since = heard(adapter)
        mine = [one for one in updates if one.id in ("e-1", "e-2")]
        assert [(one.order, one.revision, one.status) for one in mine] == [
            ("order-1", 1, "picking"), ("order-1", 1, "dispatched"),
        ]  # fmt: skip
        assert heard(far.adapter(), since) == ([], since)

    def test_statuses_are_told_again_until_they_are_confirmed(self, far: FarEnd) -> None:
        adapter = far.adapter()
        settled(far, adapter, outgoing())
        far.happens(update("e-1", "picking"))
        first, again = (far.adapter().read_status("", DEADLINE_S) for _ in range(2))
        assert isinstance(first, News)
        assert isinstance(again, News)
        assert first.updates
        assert first.updates == again.updates
        adapter.confirm(first)
        adapter.confirm(again)  # by another process that had read the same

    def test_statuses_come_in_any_order_and_more_than_once(self, far: FarEnd) -> None:
        adapter = far.adapter()
        settled(far, adapter, outgoing())
        late = update("e-2", "delivered", at="2026-11-21T16:00:00Z")
        far.happens(late, update("e-1", "picking"), late)
        updates, _ = heard(adapter)
        told = [one.id for one in updates if one.id.startswith("e-")]
        assert told[0] == "e-2"
        assert set(told) == {"e-1", "e-2"}
        same = [one for one in updates if one.id == "e-2"]
        assert all(one == same[0] for one in same)

    def test_a_status_tells_lines_times_and_numbers(self, far: FarEnd) -> None:
        adapter = far.adapter()
        settled(far, adapter, outgoing())
        lines = [{"n": 1, "delivered": 10, "reason": "two broken"}]
        far.happens(update("e-1", "delivered", lines=lines, at="2026-11-21T15:05:00+01:00"))
        one = next(one for one in heard(adapter)[0] if one.id == "e-1")
        assert one.at.isoformat() == "2026-11-21T14:05:00+00:00"
        (line,) = one.lines
        assert (line.n, line.delivered, line.reason) == (1, 10, "two broken")
