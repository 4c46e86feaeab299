"""Three wrong rows among 60,000 of a handheld: found and repaired, and what travels for it.

Rows are rows of the handheld's tables. Bytes are bodies as they travel plus every header line,
both ways together. Before and after, the same comparison of a copy that is right.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec

from bench import queries
from bench.company import CELL, SCOPES
from bench.field import Handheld
from bench.run import Run
from bench.table import Row, figure, times
from bench.timing import median, timed
from handhelds.reference import link
from handhelds.reference.answers import Call, Ending, Reply
from schemas.ids import uuid7

GOAL_ROWS, GOAL_KB, COPY_ROWS = 200, 40, 60_000
NAME = f"3 wrong rows of {COPY_ROWS:,}"


class Counted:
    """A line that counts what travels, headers too, and the rows named or sent."""

    def __init__(self, url: str) -> None:
        hooks: dict[str, list[Callable[..., Any]]] = {
            "request": [self._asked],
            "response": [self._answered],
        }
        self.wire = link.Wire(url, httpx.Client(timeout=link.TIMEOUT, event_hooks=hooks))
        self.bytes = self.rows = self.named = self.calls = 0

    def _asked(self, request: httpx.Request) -> None:
        self.bytes += sum(len(name) + len(value) + 4 for name, value in request.headers.raw)

    def _answered(self, response: httpx.Response) -> None:
        self.bytes += sum(len(name) + len(value) + 4 for name, value in response.headers.raw)

    def send(self, call: Call) -> Reply | None:
        before = self.wire.sent_bytes + self.wire.received_bytes
        reply = self.wire.send(call)
        if not call.path.endswith("/verify"):
            return reply
        self.calls += 1
        self.bytes += self.wire.sent_bytes + self.wire.received_bytes - before
        asked: Any = msgspec.json.decode(call.body)
        self.named += sum(
            len(part) for one in asked.get("have", ()) for part in (one["rows"] or {}).values()
        )
        told: Any = msgspec.json.decode(reply.body) if reply is not None else {}
        self.rows += sum(len(part["data"]) for part in told.get("rows", {}).values())
        return reply


def measure(run: Run) -> list[Row]:
    rounds = run.rounds(quick=2, full=7)
    stores = run.company.stores[: SCOPES - 4]
    with run.ground.plain() as raw:
        queries.add_contacts(raw, CELL, stores, -(-COPY_ROWS // len(stores)))
    run.ground.tidy()
    with tempfile.TemporaryDirectory(dir=run.ground.folder) as folder:
        handheld = Handheld(Path(folder))
        try:
            handheld.enrol(run.company, "wide", run.ground.url)
            handheld.sync(run.ground.url)
            return _rounds(run, handheld, rounds)
        finally:
            handheld.close()


def _rounds(run: Run, handheld: Handheld, rounds: int) -> list[Row]:
    clean_ms, wrong_ms, clean, wrong = [], [], [], []
    cpu_ms = 0.0
    for n in range(-1, rounds):
        meter = run.ground.server_cpu()
        (calm, ending), calm_ms = timed(lambda: _verify(run, handheld))
        spent_ms = meter.ms()
        assert (ending.repaired, calm.calls) == (0, 1), ending
        for sql in queries.SPOILED:
            assert handheld.local.db.execute(sql).rowcount == 1
        (line, ending), ms = timed(lambda: _verify(run, handheld))
        assert ending.repaired == len(queries.SPOILED), ending
        if n >= 0:
            cpu_ms += spent_ms / rounds
            clean_ms.append(calm_ms)
            wrong_ms.append(ms)
            clean.append(calm)
            wrong.append(line)
    with run.ground.plain() as raw:
        kept = queries.count(raw, "repair")
    assert kept == (rounds + 1) * len(queries.SPOILED), f"{kept} defects kept"
    run.notes.append(
        f"The handheld that is verified carries {ending.compared:,} rows in {SCOPES} scopes; "
        f"{wrong[0].calls} calls repair it, {max(one.named for one in wrong)} rows are named "
        f"at most and {max(one.rows for one in wrong)} sent."
    )
    return [
        figure(f"{NAME}: rows named and sent", median([x.named + x.rows for x in wrong]), "rows",
               rounds=rounds, most=GOAL_ROWS),
        figure(f"{NAME}: both ways, with headers", median([x.bytes / 1000 for x in wrong]), "kB",
               rounds=rounds, most=GOAL_KB),
        times(f"{NAME}: push, pull, found and repaired", wrong_ms),
        figure("no row wrong: both ways, with headers", median([x.bytes / 1000 for x in clean]),
               "kB", rounds=rounds),
        times("no row wrong: push, pull, compared", clean_ms, cpu_ms=cpu_ms),
    ]  # fmt: skip


def _verify(run: Run, handheld: Handheld) -> tuple[Counted, Ending]:
    line = Counted(run.ground.url)
    ending = link.sync(handheld.local, line.send, handheld.clock, uuid7, why="asked")
    line.wire.close()
    assert ending.state == "done", ending
    return line, ending
