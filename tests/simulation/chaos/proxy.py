"""The bad line between all handhelds and the server: every request meets a seeded choice.

It runs in a thread of its own. The choice hangs on the seed, the handheld, and how many requests
that one has made, so it does not follow the order in which threads happen to run.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Awaitable
from typing import Any

from tests.simulation.chaos.faults import FAULTS, SLOW, delayed, plain
from tests.simulation.chaos.wire import BROKEN, Message, read

KEPT = 400
"""So many requests are kept, to arrive once more later."""
WHO = "x-forwarded-for"


class Proxy:
    """`with Proxy(port, seed, faulty) as line: line.url`. `faulty`: the share of requests that
    meet a fault; may be changed at any time."""

    def __init__(self, port: int, seed: int, faulty: float, patience_s: float) -> None:
        self.port, self.seed, self.faulty, self.patience_s = port, seed, faulty, patience_s
        self.faults: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self.requests = 0
        self.troubles: list[str] = []
        self.pushes_s: list[float] = []
        self.url = ""
        self._nth: Counter[str] = Counter()
        self._old: list[Message] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._talking: set[asyncio.Task[Any] | None] = set()
        self._loop: asyncio.AbstractEventLoop
        self._ending: asyncio.Event
        self._ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="bad line", daemon=True
        )
        self._names = list(FAULTS)
        self._weights = [FAULTS[name][1] for name in self._names]

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(30)

    async def _serve(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(
            self._connected, "127.0.0.1", 0, backlog=512
        ) as server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            self._ready.set()
            await self._ending.wait()
        await end_all()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far, me = Far(self.port), asyncio.current_task()
        self._talking.add(me)  # the loop itself holds a task only weakly
        try:
            while (request := await read(reader)) is not None:
                self.requests += 1
                if not await self._carry(Carried(self, request, self._dice(request), far,
                                                 reader, writer)):  # fmt: skip
                    break
        except BROKEN:
            pass  # the handheld's connection ends as the server's did
        finally:
            self._talking.discard(me)
            far.close()
            writer.close()

    async def _carry(self, talk: Carried) -> bool:
        if talk.is_slow(self.faulty):
            self.faults[SLOW] += 1
            await delayed(talk)
        name = talk.choice(self.faulty, self._names, self._weights)
        if name is None:
            began_s = time.monotonic()
            stays = await plain(talk)
            if talk.request.path.endswith("/push") and talk.status == 200:
                self.pushes_s.append(time.monotonic() - began_s)
        else:
            self.faults[name] += 1
            stays = await FAULTS[name][0](talk)
        self._keep(talk.request, talk.dice)
        return stays

    def _dice(self, request: Message) -> random.Random:
        who = request.headers.get(WHO, "")
        self._nth[who] += 1
        return random.Random(f"{self.seed}|{who}|{self._nth[who]}")

    def _keep(self, request: Message, dice: random.Random) -> None:
        if len(self._old) < KEPT:
            self._old.append(request)
        elif dice.random() < 0.1:
            self._old[dice.randrange(KEPT)] = request

    def old(self, dice: random.Random) -> Message | None:
        return dice.choice(self._old) if self._old else None

    def later(self, act: Awaitable[None]) -> None:
        async def do() -> None:
            await act

        task = asyncio.get_running_loop().create_task(do())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def heard(self, answer: Message) -> None:
        """Every answer of the server passes here: 503 it may say, other faults of its own never."""
        self.answers[answer.status] += 1
        if answer.status >= 500 and answer.status != 503:
            with contextlib.suppress(Exception):
                self.wrong(f"the server answered {answer.status}: {answer.text()[:300]!r}")

    def wrong(self, what: str) -> None:
        self.troubles.append(what)


class Far:
    """The connection to the server that belongs to one of a handheld."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, raw: bytes) -> Message:
        if self._open is None:
            self._open = await connect(self.port)
        reader, writer = self._open
        writer.write(raw)
        await writer.drain()
        answer = await read(reader)
        if answer is None:
            raise ConnectionResetError("the server hung up")
        if not answer.keeps:
            self.close()
        return answer

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


class Carried:
    """One request on its way (faults.Talk)."""

    def __init__(
        self, line: Proxy, request: Message, dice: random.Random, far: Far,
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
    ) -> None:  # fmt: skip
        self.line, self.request, self.dice, self.far = line, request, dice, far
        self.reader, self.writer = reader, writer
        self.patience_s = line.patience_s
        self.status = 0

    def is_slow(self, faulty: float) -> bool:
        """Whether it is late besides whatever else becomes of it."""
        return self.dice.random() < faulty / 2 and not self.request.path.endswith("/enrol")

    def choice(self, faulty: float, names: list[str], weights: list[int]) -> str | None:
        if self.dice.random() >= faulty or self.request.path.endswith("/enrol"):
            return None
        return self.dice.choices(names, weights)[0]

    async def ask(self, request: Message | None = None, *, apart: bool = False) -> Message:
        far = Far(self.line.port) if apart else self.far
        try:
            answer = await far.ask((request or self.request).raw)
        finally:
            if apart:
                far.close()
        self.line.heard(answer)
        self.status = answer.status
        return answer

    async def begin(self, raw: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await connect(self.line.port)
        writer.write(raw)
        await writer.drain()
        return reader, writer

    async def tell(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    async def hung_up(self) -> None:
        while await self.reader.read(4096):
            pass

    def old(self) -> Message | None:
        return self.line.old(self.dice)

    def later(self, act: Awaitable[None]) -> None:
        self.line.later(act)

    def judge(self, what: str, answer: Message, allowed: frozenset[int]) -> None:
        if answer.status not in allowed:
            text = answer.text()[:300]
            self.line.wrong(f"{what} was answered {answer.status}: {text!r}")

    def wrong(self, what: str) -> None:
        self.line.wrong(what)


async def end_all() -> None:
    """Cut whatever still talks in this loop, and let every connection close."""
    while left := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
    for _ in range(10):  # a closed connection is gone some turns of the loop later
        await asyncio.sleep(0)


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
