"""The network: what goes over the line, when it is tried again, and that one pushes at a time."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handhelds.reference import link
from handhelds.reference.answers import Call, Reply
from handhelds.reference.visit import Wanted
from tests.handhelds.conftest import Handheld
from tests.handhelds.over_http import listening


@pytest.fixture
def address(handheld: Handheld) -> Iterator[str]:
    with listening(handheld.server) as server:
        yield server


def syncing(handheld: Handheld, send: link.Send, **more: object) -> link.Ending:
    return link.sync(handheld.local, send, handheld.clock, handheld.rep.new_id, **more)  # type: ignore[arg-type]


def test_a_days_work_goes_over_the_line_packed_and_comes_back(
    handheld: Handheld, address: str
) -> None:
    for _ in range(20):
        handheld.rep.order("1042", [Wanted("904", "2")])
    with closing(link.Wire(address)) as wire:
        assert syncing(handheld, wire.send).answered == 20
    assert len(handheld.server.pushed("order")) == 20
    plain = sum(len(call.body) for call in handheld.server.calls[-2:])
    assert wire.sent_bytes < plain / 4
    assert wire.received_bytes > 0


def test_a_line_cut_after_the_server_took_the_order_makes_no_second_one(
    handheld: Handheld, address: str
) -> None:
    handheld.rep.order("1042", [Wanted("904", "2")])
    handheld.server.lose = {len(handheld.server.calls) + 1}
    waited: list[float] = []
    with closing(link.Wire(address)) as wire:
        ending = syncing(handheld, wire.send, tries=3, wait=waited.append)
    assert ending.state == "done"
    assert len(waited) == 1
    assert len(handheld.server.pushed("order")) == 1


def test_without_a_server_there_is_no_answer_and_nothing_breaks() -> None:
    with closing(link.Wire("http://127.0.0.1:9")) as wire:
        assert wire.send(Call("POST", "/sync/v1/push", b"{}", None)) is None
    with closing(link.Wire("no address at all")) as wire:
        assert wire.send(Call("POST", "/sync/v1/push", b"{}", None)) is None


@pytest.mark.parametrize(
    ("headers", "body"),
    [({"Content-Encoding": "gzip"}, b"not gzip"), ({}, b"x" * (link.MOST_BYTES + 1))],
)
def test_an_answer_that_does_not_unpack_or_does_not_end_is_no_answer(
    headers: dict[str, str], body: bytes
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))

    client = httpx.Client(transport=httpx.MockTransport(answer))
    with closing(link.Wire("http://server", client)) as wire:
        assert wire.send(Call("POST", "/", b"{}", None)) is None


@given(
    st.integers(1, 40),
    st.one_of(st.none(), st.floats(0, 10_000)),
    st.floats(0, 1, exclude_max=True),
)
def test_a_wait_is_never_longer_than_a_minute_and_never_nothing(
    count: int, asked_s: float | None, chance: float
) -> None:
    wait_s = link.wait_before(count, asked_s, lambda: chance)
    assert 0.5 <= wait_s <= 60
    if asked_s is not None and asked_s <= 60:
        assert wait_s >= asked_s


def test_waits_double_and_are_spread() -> None:
    assert [link.wait_before(n, None, lambda: 1.0) for n in range(1, 9)] == [
        *(1, 2, 4, 8, 16, 32, 60, 60)
    ]
    assert link.wait_before(4, None, lambda: 0.0) == 4


def test_a_state_that_only_the_rep_can_mend_is_not_tried_again(handheld: Handheld) -> None:
    handheld.rep.order("1042", [Wanted("904", "2")])
    calls: list[Call] = []

    def send(call: Call) -> Reply:
        calls.append(call)
        return Reply(401, b'{"title":"Unknown.","next":"enrol","status":401}')

    assert syncing(handheld, send, tries=9, wait=lambda seconds: None).state == "enrol"
    assert len(calls) == 1


def test_what_will_be_tried_again_is_told(handheld: Handheld) -> None:
    handheld.rep.order("1042", [Wanted("904", "2")])
    told: list[tuple[str, float]] = []
    syncing(
        handheld,
        lambda call: Reply(503, b'{"next":"retry"}', 7.0),
        tries=3,
        wait=lambda seconds: None,
        tell=lambda ending, wait_s: told.append((ending.state, wait_s)),
    )
    assert told == [("later", 7.0), ("later", 7.0)]


def test_two_programs_of_one_handheld_do_not_sync_at_once(handheld: Handheld) -> None:
    handheld.rep.order("1042", [Wanted("904", "2")])
    inside, go_on = threading.Event(), threading.Event()

    def slow(call: Call) -> Reply | None:
        inside.set()
        go_on.wait(10)
        return handheld.server.send(call)

    other = threading.Thread(
        target=lambda: link.play(_held(handheld, inside, go_on), lambda call: None)
    )
    other.start()
    inside.wait(10)
    with pytest.raises(link.Busy):
        syncing(handheld, slow)
    go_on.set()
    other.join()
    assert syncing(handheld, handheld.server.send).state == "done"


def _held(handheld: Handheld, inside: threading.Event, go_on: threading.Event) -> link.device.Talk:
    """A talk of another program that holds the lock until told."""
    with link.only_one(handheld.local.home):
        inside.set()
        go_on.wait(10)
    yield Call("POST", "/", b"", None)
    return link.Ending("cut")


def test_the_lock_goes_with_the_program_that_held_it(handheld: Handheld) -> None:
    home = handheld.local.home
    words = (
        "import os, sys; from pathlib import Path; from handhelds.reference.link import only_one\n"
        "with only_one(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    died = subprocess.run([sys.executable, "-c", words, str(home)], check=False)
    assert died.returncode == -9
    assert handheld.sync().state == "done"


def test_a_page_comes_whole_or_not_at_all(handheld: Handheld) -> None:
    """Whatever the line does to the answer of a pull, the copy is the old one or the new one."""
    handheld.server.put("warehouse", *handheld.server.rows["warehouse"])
    reply = handheld.server.send(
        Call("POST", "/sync/v1/pull", json.dumps(_asked(handheld)).encode(), None)
    )
    assert reply is not None
    for at in range(0, len(reply.body) - 1, 37):
        talk = link.device.pull(handheld.local, handheld.clock)
        cut = Reply(200, reply.body[:at])
        assert link.play(talk, lambda call, cut=cut: cut).state == "cut"  # type: ignore[misc]
        assert handheld.local.copy.mark("cursor") == "c-0"
    talk = link.device.pull(handheld.local, handheld.clock)
    assert link.play(talk, lambda call: reply).state == "done"
    assert handheld.local.copy.mark("cursor") == "c-1"


def _asked(handheld: Handheld) -> dict[str, object]:
    return {"cursor": "c-0", "page": None, "epoch": "e-9"}
