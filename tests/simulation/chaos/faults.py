"""FAULTS: what a bad line does to one request, or to its answer.

Each is a coroutine over a `Talk`; it returns whether the handheld's connection stays open. What the
line does by itself besides (an old push once more, a bomb) goes to the server on connections of
its own, and the server's answer to that is judged here: `Talk.judge`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import random
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import zstandard

from tests.simulation.chaos.wire import BROKEN, Message, read, said

BUSY = frozenset({429, 503})
"""A server that is being killed all the time may always say so."""
BOMB_BYTES = 256 * 1024 * 1024
HTML = b"<!doctype html><title>Guest network</title><p>Please accept our terms."


class Talk(Protocol):
    """One request on its way, and what can be done with it (proxy.py)."""

    request: Message
    dice: random.Random
    patience_s: float

    async def ask(self, request: Message | None = None, *, apart: bool = False) -> Message: ...
    async def begin(self, raw: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]: ...
    async def tell(self, raw: bytes) -> None: ...
    async def hung_up(self) -> None: ...
    def old(self) -> Message | None: ...
    def later(self, act: Awaitable[None]) -> None: ...
    def judge(self, what: str, answer: Message, allowed: frozenset[int]) -> None: ...
    def wrong(self, what: str) -> None: ...


Fault = Callable[[Talk], Awaitable[bool]]


async def plain(talk: Talk) -> bool:
    """No fault: there and back."""
    answer = await talk.ask()
    await talk.tell(answer.raw)
    return answer.keeps


# --- the request ----------------------------------------------------------------------------


async def refused(talk: Talk) -> bool:
    """Nobody answers at all."""
    return False


async def request_cut(talk: Talk) -> bool:
    """The line goes after k bytes of the request."""
    raw = talk.request.raw
    _, writer = await talk.begin(raw[: talk.dice.randrange(1, len(raw))])
    writer.close()
    return False


async def delayed(talk: Talk) -> None:
    await asyncio.sleep(talk.dice.uniform(0.02, 0.8))


async def request_delayed(talk: Talk) -> bool:
    await delayed(talk)
    return await plain(talk)


async def request_dripped(talk: Talk) -> bool:
    """The request arrives in small pieces, and does arrive."""
    raw, pieces = talk.request.raw, talk.dice.randint(3, 12)
    reader, writer = await talk.begin(b"")
    size = len(raw) // pieces + 1
    try:
        for at in range(0, len(raw), size):
            writer.write(raw[at : at + size])
            await writer.drain()
            await asyncio.sleep(0.03)
        answer = await read(reader)
    finally:
        writer.close()
    if answer is not None:
        await talk.tell(answer.raw)
    return answer is not None


async def request_endless(talk: Talk) -> bool:
    """Half a request, and then nothing for ever: the server must let go of it."""
    raw = talk.request.raw
    reader, writer = await talk.begin(raw[: max(1, len(raw) // 2)])

    async def wait() -> None:
        try:
            async with asyncio.timeout(talk.patience_s):
                while await reader.read(4096):
                    pass
        except TimeoutError:
            talk.wrong(f"half a request was waited for longer than {talk.patience_s:.0f} s")
        except BROKEN:
            pass
        finally:
            writer.close()

    talk.later(wait())
    return False


async def request_late(talk: Talk) -> bool:
    """The handheld hears nothing; its request arrives when it has long gone on."""
    wait_s, request = talk.dice.uniform(0.5, 15.0), talk.request

    async def send() -> None:
        await asyncio.sleep(wait_s)
        with contextlib.suppress(*BROKEN):
            talk.judge("a late request", await talk.ask(request, apart=True), LATE)

    talk.later(send())
    return False


LATE = frozenset({200, 206, 304, 400, 403, 404, 409, 410, 412, 416, 422}) | BUSY


async def request_twice(talk: Talk) -> bool:
    """The same request on two connections at once; both answers must say the same."""
    both = await asyncio.gather(
        talk.ask(talk.request, apart=True), talk.ask(talk.request, apart=True),
        return_exceptions=True,
    )  # fmt: skip
    answers = [one for one in both if isinstance(one, Message)]
    good = [one for one in answers if one.status == 200 and talk.request.path.endswith("/push")]
    if len(good) == 2:
        one, other = (answer.outcomes() for answer in good)
        if any(one[id] != other.get(id, one[id]) for id in one):
            talk.wrong(f"two answers to one push differ: {one} {other}")
    if not answers:
        return False
    answer = talk.dice.choice(answers)
    await talk.tell(answer.raw)
    return answer.keeps


async def old_request_again(talk: Talk) -> bool:
    """Before this request, one from long ago arrives once more."""
    before = talk.old()
    if before is not None:
        talk.judge("an old request", await talk.ask(before, apart=True), LATE)
    return await plain(talk)


# --- the answer -----------------------------------------------------------------------------


async def answer_dropped(talk: Talk) -> bool:
    """The server has done it, and nobody hears of it."""
    await talk.ask()
    return False


async def answer_not_awaited(talk: Talk) -> bool:
    """The request is there and the line is gone before the server answers."""
    _, writer = await talk.begin(talk.request.raw)
    writer.close()
    return False


async def answer_cut(talk: Talk) -> bool:
    """The line goes within the answer."""
    answer = await talk.ask()
    await talk.tell(answer.raw[: talk.dice.randrange(1, len(answer.raw))])
    return False


async def answer_short(talk: Talk) -> bool:
    """Somebody on the way shortens the answer, and says it is all of it."""
    answer = await talk.ask()
    if not answer.body:
        return False
    short = answer.with_body(answer.body[: talk.dice.randrange(len(answer.body))])
    await talk.tell(short.raw)
    return answer.keeps


async def answer_dripped(talk: Talk) -> bool:
    answer = await talk.ask()
    size = len(answer.raw) // talk.dice.randint(3, 12) + 1
    for at in range(0, len(answer.raw), size):
        await talk.tell(answer.raw[at : at + size])
        await asyncio.sleep(0.03)
    return answer.keeps


async def answer_never(talk: Talk) -> bool:
    """A black hole: taken, not passed on, never answered."""
    await talk.hung_up()
    return False


# --- somebody in between ---------------------------------------------------------------------


async def gateway_before(talk: Talk) -> bool:
    await talk.tell(said("502 Bad Gateway", HTML, content_type="text/html").raw)
    return True


async def gateway_after(talk: Talk) -> bool:
    """A gateway lost patience; the server has done it all the same."""
    await talk.ask()
    await talk.tell(said("504 Gateway Timeout", HTML, content_type="text/html").raw)
    return True


async def gateway_busy(talk: Talk) -> bool:
    await talk.tell(said("429 Too Many Requests", b"", retry_after="1").raw)
    return True


async def portal(talk: Talk) -> bool:
    """The guest network of a supermarket answers in the server's place."""
    if talk.dice.random() < 0.5:
        await talk.ask()
    await talk.tell(said("200 OK", HTML, content_type="text/html").raw)
    return True


async def redirected(talk: Talk) -> bool:
    there = "http://127.0.0.1:9/login"
    await talk.tell(said("302 Found", b"", location=there).raw)
    return True


# --- spoilt bodies ---------------------------------------------------------------------------

REFUSED = frozenset({400, 413, 415, 422}) | BUSY


async def gzip_cut(talk: Talk) -> bool:
    packed = gzip.compress(_body(talk), mtime=0)
    return await _spoilt(talk, "half a gzip body", packed[: len(packed) // 2], "gzip")


async def gzip_flipped(talk: Talk) -> bool:
    packed = bytearray(gzip.compress(_body(talk), mtime=0))
    packed[talk.dice.randrange(10, len(packed) - 9)] ^= 1 << talk.dice.randrange(8)
    packed[-5] ^= 1  # of the checksum: some bits within a gzip body mean nothing
    return await _spoilt(talk, "a gzip body with a flipped bit", bytes(packed), "gzip")


async def gzip_bomb(talk: Talk) -> bool:
    return await _spoilt(talk, "a bomb", bomb(), "gzip")


async def zstd_cut(talk: Talk) -> bool:
    packed = zstandard.ZstdCompressor().compress(_body(talk))
    return await _spoilt(talk, "half a zstd body", packed[: len(packed) // 2], "zstd")


async def zstd_bomb(talk: Talk) -> bool:
    return await _spoilt(talk, "a bomb of zstd", bomb("zstd"), "zstd")


async def half_json(talk: Talk) -> bool:
    body = _body(talk)
    return await _spoilt(talk, "half a JSON body", body[: len(body) // 2], "identity")


def _body(talk: Talk) -> bytes:
    packed = talk.request.headers.get("content-encoding") == "gzip"
    body = gzip.decompress(talk.request.body) if packed else talk.request.body
    return body or b'{"device":"nobody"}'


async def _spoilt(talk: Talk, what: str, body: bytes, coding: str) -> bool:
    """A spoilt copy arrives before the good one, and is refused without a trace."""
    if talk.request.start.startswith(b"POST"):
        spoilt = talk.request.with_body(body, content_encoding=coding)
        answer = await talk.ask(spoilt, apart=True)
        talk.judge(what, answer, REFUSED)
    return await plain(talk)


_bombs: dict[str, bytes] = {}


def bomb(coding: str = "gzip") -> bytes:
    """A quarter of a megabyte, or less, that inflates to 256; made once."""
    if coding not in _bombs:
        zeros = bytes(1024 * 1024)
        press: Any = zlib.compressobj(9, wbits=31)
        if coding == "zstd":
            press = zstandard.ZstdCompressor().compressobj()
        parts = [press.compress(zeros) for _ in range(BOMB_BYTES // len(zeros))]
        _bombs[coding] = b"".join(parts) + press.flush()
    return _bombs[coding]


SLOW = "request_delayed"
"""What meets requests besides everything else."""
FAULTS: dict[str, tuple[Fault, int, str]] = {
    "refused": (refused, 10, "F1"),
    "request_cut": (request_cut, 12, "F1"),
    "request_delayed": (request_delayed, 4, "F5"),
    "request_dripped": (request_dripped, 2, "F8"),
    "request_endless": (request_endless, 1, "F8"),
    "request_late": (request_late, 5, "F5"),
    "request_twice": (request_twice, 8, "F4"),
    "old_request_again": (old_request_again, 6, "F5"),
    "answer_dropped": (answer_dropped, 8, "F2"),
    "answer_not_awaited": (answer_not_awaited, 6, "F2"),
    "answer_cut": (answer_cut, 6, "F3"),
    "answer_short": (answer_short, 5, "F3"),
    "answer_dripped": (answer_dripped, 2, "F3"),
    "answer_never": (answer_never, 1, "F1"),
    "gateway_before": (gateway_before, 8, "F1"),
    "gateway_after": (gateway_after, 4, "F2"),
    "gateway_busy": (gateway_busy, 6, "F1"),
    "portal": (portal, 6, "F2"),
    "redirected": (redirected, 6, "F1"),
    "gzip_cut": (gzip_cut, 2, "F6"),
    "gzip_flipped": (gzip_flipped, 2, "F6"),
    "gzip_bomb": (gzip_bomb, 1, "F7"),
    "zstd_cut": (zstd_cut, 2, "F6"),
    "zstd_bomb": (zstd_bomb, 1, "F7"),
    "half_json": (half_json, 2, "F6"),
}
"""Name -> what happens, how often in proportion, and which fault of the catalogue it is. What never
reaches the server is the most frequent, as it is in the field."""
