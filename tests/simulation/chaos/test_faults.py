"""Each fault of the bad line does to a request what it says, seen from both ends."""

import asyncio
import contextlib
import gzip
import json
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest

from tests.simulation.chaos import faults
from tests.simulation.chaos.faults import FAULTS
from tests.simulation.chaos.proxy import Carried, Proxy, end_all
from tests.simulation.chaos.proxy import Far as Onward
from tests.simulation.chaos.wire import Message, read, said

BODY = gzip.compress(json.dumps({"device": "d-1", "changes": ["x" * 400]}).encode(), mtime=0)
ANSWER = b'{"verdicts":[{"id":"a","outcome":"applied"}]}'


@dataclass
class Far:
    """A server that takes requests down, and answers good ones with ANSWER."""

    heard: list[Message] = field(default_factory=list)
    cut: int = 0  # requests that never came to their end
    refuses: int = 400

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await read(reader)) is not None:
                self.heard.append(request)
                writer.write(self.answer(request).raw)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.cut += 1
        finally:
            writer.close()

    def answer(self, request: Message) -> Message:
        packed = request.headers.get("content-encoding") == "gzip"
        try:
            json.loads(gzip.decompress(request.body) if packed else request.body)
        except (ValueError, OSError, EOFError):
            return said(f"{self.refuses} Bad Request", b"{}")
        return said("200 OK", ANSWER, content_type="application/json")


@dataclass
class Line:
    """The bad line with one fault in it, and the server behind it."""

    far: Far
    proxy: Proxy
    fault: str

    async def push(self) -> httpx.Response | None:
        """What a handheld hears of a push; None: nothing whole."""
        listening = await asyncio.start_server(self.far.talk, "127.0.0.1", 0)
        self.proxy.port = listening.sockets[0].getsockname()[1]
        near = await asyncio.start_server(self.carry, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{near.sockets[0].getsockname()[1]}/sync/v1/push"
        try:
            async with httpx.AsyncClient(timeout=0.4, trust_env=False) as client:
                headers = {"Content-Encoding": "gzip", "X-Forwarded-For": "10.0.0.1"}
                return await client.post(url, content=BODY, headers=headers)
        except httpx.HTTPError:
            return None
        finally:
            while self.proxy._tasks:
                await asyncio.wait(self.proxy._tasks)
            near.close()
            listening.close()
            await end_all()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read(reader)
        assert request is not None
        onward = Onward(self.proxy.port)
        talk = Carried(self.proxy, request, random.Random(1), onward, reader, writer)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError):
                await FAULTS[self.fault][0](talk)
        finally:
            onward.close()
            writer.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waits of seconds, and a small bomb."""
    real = asyncio.sleep

    async def sleep(wait_s: float) -> None:
        await real(min(wait_s, 0.01))

    monkeypatch.setattr(faults.asyncio, "sleep", sleep)
    monkeypatch.setattr(faults, "BOMB_BYTES", 2 * 1024 * 1024)
    monkeypatch.setattr(faults, "_bombs", {})


def played(fault: str, far: Far | None = None) -> tuple[Far, Proxy, httpx.Response | None]:
    line = Line(far or Far(), Proxy(0, 1, 1.0, patience_s=0.3), fault)

    with ThreadPoolExecutor(1) as apart:  # a browser's tests leave a loop running in this thread
        heard = apart.submit(lambda: asyncio.run(line.push())).result()
    return line.far, line.proxy, heard


WHOLE = {  # fault -> (requests that arrived whole, status the handheld heard; None: nothing)
    "refused": (0, None), "request_cut": (0, None), "request_delayed": (1, 200),
    "request_dripped": (1, 200), "request_endless": (0, None), "request_late": (1, None),
    "request_twice": (2, 200), "old_request_again": (1, 200), "answer_dropped": (1, None),
    "answer_cut": (1, None), "answer_short": (1, 200), "answer_dripped": (1, 200),
    "answer_never": (0, None), "gateway_before": (0, 502), "gateway_after": (1, 504),
    "gateway_busy": (0, 429), "redirected": (0, 302), "gzip_cut": (2, 200),
    "gzip_flipped": (2, 200), "gzip_bomb": (2, 200), "zstd_cut": (2, 200),
    "zstd_bomb": (2, 200), "half_json": (2, 200),
}  # fmt: skip
SPOILT = ("gzip_cut", "gzip_flipped", "gzip_bomb", "zstd_cut", "zstd_bomb", "half_json")


@pytest.mark.parametrize("fault", WHOLE)
@pytest.mark.usefixtures("quick")
def test_a_fault_does_what_it_says(fault: str) -> None:
    far, proxy, heard = played(fault)
    arrived, status = WHOLE[fault]
    assert (len(far.heard), heard and heard.status_code) == (arrived, status)
    if fault != "request_endless":
        assert proxy.troubles == []


def test_every_fault_is_played_here() -> None:
    assert set(FAULTS) - set(WHOLE) == {"portal", "answer_not_awaited"}  # by chance or by race


@pytest.mark.usefixtures("quick")
def test_half_a_request_that_the_server_waits_for_too_long_is_told() -> None:
    _, proxy, _ = played("request_endless")
    assert ["half a request was waited for" in one for one in proxy.troubles] == [True]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "fault", ["gzip_cut", "gzip_flipped", "gzip_bomb", "zstd_cut", "zstd_bomb", "half_json"]
)
def test_a_spoilt_body_that_the_server_takes_or_stumbles_over_is_told(fault: str) -> None:
    for status in (200, 500):
        _, proxy, _ = played(fault, Far(refuses=status))
        assert any(f"was answered {status}" in one for one in proxy.troubles), proxy.troubles


@pytest.mark.usefixtures("quick")
def test_an_answer_cut_short_says_that_it_is_whole() -> None:
    _, _, heard = played("answer_short")
    assert heard is not None
    assert ANSWER.startswith(heard.content)
    assert len(heard.content) < len(ANSWER)


@pytest.mark.usefixtures("quick")
def test_two_answers_to_one_push_that_differ_are_told() -> None:
    class Fickle(Far):
        def answer(self, request: Message) -> Message:
            outcome = b"applied" if len(self.heard) % 2 else b"rejected"
            return said("200 OK", ANSWER.replace(b"applied", outcome))

    _, proxy, _ = played("request_twice", Fickle())
    assert any("differ" in one for one in proxy.troubles)
