"""The talks: what is asked, batch by batch and page by page."""

import json
from typing import Any

import pytest

from handhelds.reference import device, link
from handhelds.reference.answers import Call, Ending, Reply
from handhelds.reference.link import play
from handhelds.reference.visit import Wanted
from schemas.page import EnrolRequest, PullRequest
from schemas.wire import WIRE
from tests.handhelds.conftest import Handheld


def pushing(handheld: Handheld, **more: Any) -> device.Talk:
    return device.push(handheld.local, handheld.clock, handheld.rep.new_id, **more)


def sent(handheld: Handheld) -> list[dict[str, Any]]:
    """Every push that arrived."""
    return [json.loads(c.body) for c in handheld.server.calls if c.path.endswith("/push")]


def take(handheld: Handheld, count: int) -> None:
    for _ in range(count):
        handheld.rep.order("1042", [Wanted("904", "2")])


def test_nothing_waits_nothing_is_sent(handheld: Handheld) -> None:
    assert play(pushing(handheld), handheld.server.send) == Ending("done")
    assert sent(handheld) == []


def test_what_is_asked_is_what_the_contract_lets_a_handheld_ask(handheld: Handheld) -> None:
    take(handheld, 2)
    handheld.sync()
    shapes = {"enrol": EnrolRequest, "push": WIRE["batch"], "pull": PullRequest}
    for call in handheld.server.calls:
        shapes[call.path.rpartition("/")[2]]().load(json.loads(call.body))
    assert {call.path.rpartition("/")[2] for call in handheld.server.calls} == set(shapes)


def test_only_the_enrolment_goes_without_the_secret(handheld: Handheld) -> None:
    handheld.sync()
    secrets = {call.path: call.secret for call in handheld.server.calls}
    assert secrets == {"/sync/v1/enrol": None, "/sync/v1/pull": "s3cret"}


def test_a_long_outbox_goes_out_in_batches_in_order(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "MOST_CHANGES", 4)
    take(handheld, 10)
    assert play(pushing(handheld), handheld.server.send).answered == 10
    numbers = [[change["n"] for change in push["changes"]] for push in sent(handheld)]
    assert numbers == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]


def test_a_batch_stops_growing_before_it_is_too_large(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(handheld, 5)
    one = len(handheld.local.batch(1, 10**9, 0)[0].raw)
    monkeypatch.setattr(device, "BATCH_BYTES", 2 * one)
    play(pushing(handheld), handheld.server.send)
    assert [len(push["changes"]) for push in sent(handheld)] == [2, 2, 1]


def test_a_change_larger_than_a_batch_still_goes_alone(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "BATCH_BYTES", 10)
    take(handheld, 2)
    assert play(pushing(handheld), handheld.server.send).answered == 2


@pytest.mark.parametrize("odd", [0, 3, 7])
def test_one_change_the_server_cannot_read_stops_no_other(handheld: Handheld, odd: int) -> None:
    take(handheld, 8)
    ids = [change["id"] for change in handheld.queries.changes()]

    def send(call: Call) -> Reply | None:
        if ids[odd].encode() in call.body:
            return Reply(400, b'{"title":"It is not JSON.","next":"split","status":400}')
        return handheld.server.send(call)

    ending = play(pushing(handheld), send)
    assert (ending.state, ending.answered) == ("refused", 7)
    assert [change["id"] for change in handheld.queries.changes()] == [ids[odd]]


def test_a_server_that_refuses_everything_is_not_asked_for_ever(handheld: Handheld) -> None:
    take(handheld, 64)
    calls = []

    def send(call: Call) -> Reply:
        calls.append(call)
        return Reply(422, b'{"title":"No.","next":"mend","status":422}')

    assert play(pushing(handheld), send).state == "refused"
    assert len(calls) < 30
    assert handheld.local.queue().pending == 64


def test_a_server_that_says_nothing_of_our_changes_is_not_asked_for_ever(
    handheld: Handheld,
) -> None:
    take(handheld, 1)
    empty = {"verdicts": [], "acknowledged_through": 0, "epoch": "e-9"}
    reply = Reply(200, json.dumps(empty | {"server_time": "2026-11-21T00:00:00Z"}).encode())
    assert play(pushing(handheld), lambda call: reply).state == "later"
    assert handheld.local.queue().pending == 1


def test_a_server_that_forgets_again_is_offered_again(handheld: Handheld) -> None:
    take(handheld, 3)
    handheld.sync()
    for _ in range(2):
        handheld.server.receipts.clear()
        handheld.server.bodies.clear()
        assert play(pushing(handheld, ask_mark=True), handheld.server.send).answered == 3


def test_a_server_whose_mark_never_rises_is_offered_the_same_once(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(handheld, 3)
    monkeypatch.setattr(handheld.server, "mark", lambda: 0)
    answered = [
        play(pushing(handheld, ask_mark=True), handheld.server.send).answered for _ in range(3)
    ]
    assert answered == [3, 3, 0]


def test_a_pull_reports_the_outbox(handheld: Handheld) -> None:
    take(handheld, 2)
    talk = device.pull(handheld.local, handheld.clock)
    asked = json.loads(next(talk).body)
    assert asked["outbox"] == {
        "pending": 2,
        "oldest": "2026-11-21T10:42:03.000Z",
        "acknowledged_through": 0,
    }
    assert asked["clock"] == {
        "wall": "2026-11-21T10:42:03.000Z",
        "monotonic_ms": 8_000_000,
        "boot": "b-19",
    }


def test_a_sync_with_a_full_disk_fetches_nothing_but_still_sends(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(handheld, 1)
    monkeypatch.setattr(handheld.local, "has_room", lambda: False)
    ending = handheld.sync()
    assert (ending.state, ending.answered) == ("no_room", 1)
    assert handheld.local.queue().pending == 0


def test_what_waits_for_something_else_is_asked_after_at_every_sync(handheld: Handheld) -> None:
    order = handheld.rep.order("1042", [Wanted("904", "2")])
    handheld.server.outcomes[order["id"]] = {"outcome": "waiting"}
    handheld.sync()
    assert handheld.local.queue().pending == 0
    pushes = len(sent(handheld))
    handheld.sync()
    assert [push["changes"] for push in sent(handheld)[pushes:]] == [[]]


def test_who_was_set_back_is_told_so_although_the_server_lost_time_too(handheld: Handheld) -> None:
    """Found by the simulation: it was told to try once more, for ever."""
    take(handheld, 1)
    handheld.local.stop_being()
    other = b'{"title":"Another database.","next":"verify","status":409}'

    def send(call: Call) -> Reply | None:
        return Reply(409, other) if call.path.endswith("/pull") else handheld.server.send(call)

    ending = link.sync(handheld.local, send, handheld.clock, handheld.rep.new_id)
    assert ending.state == "set_back"
    assert handheld.local.queue().pending == 1
