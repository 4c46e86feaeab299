"""One handheld from being switched on to being switched off, in a process of its own.

What the rep was told is written to the one history before the next thing is done: a single write
to a file that all append to, so no kill can tear it.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from handhelds.reference import link
from handhelds.reference.answers import Call, Ending, Page, Reply, Rows, VerifyAnswer, read
from handhelds.reference.clock import MachineClock, instant
from handhelds.reference.local import Local
from handhelds.reference.pad import Refused
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.visit import Rep
from schemas.failpoint import acting
from schemas.ids import uuid7
from tests.simulation.chaos.work import Work

ROUNDS = 12
"""So many syncs a handheld is given after healing; more than two are told as such."""
TIMEOUT = httpx.Timeout(6.0, connect=3.0)
SHORTLY_S = 0.1
"""No try is waited for longer while there is trouble: reps who see it failed touch the button
again."""
_encode = msgspec.json.Encoder(order="deterministic").encode


class Hand(msgspec.Struct):
    """One handheld and its rep."""

    home: str
    no: int
    rep: str

    @property
    def name(self) -> str:
        return f"h{self.no:03d}"


class Charge(msgspec.Struct):
    """What one process is given. `kill_p`: how often a turn ends by kill -9. `pages`:
    whether the history has the bytes of each change and the rows of each page."""

    index: int
    seed: int
    url: str
    history: str
    hands: list[Hand]
    kill_p: float
    visits: int
    stretches: int
    tries: int
    pause_s: float
    pages: bool
    twin_p: float
    most_unsent: int
    plant: str = ""


class Told:
    """The history, as one of its many writers."""

    def __init__(self, file: str) -> None:
        self.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def note(self, what: str, **more: Any) -> None:
        entry = {"at": instant(datetime.now(UTC)), "what": what, **more}
        os.write(self.file, _encode(entry) + b"\n")


class Cord:
    """Kills this very process at the nth passing of a named point."""

    def __init__(self, told: Told, name: str, point: str | None, passing: int) -> None:
        self.told, self.name, self.point, self.passing = told, name, point, passing

    def __call__(self, passed: str) -> None:
        if passed == self.point:
            self.passing -= 1
            if self.passing <= 0:
                self.told.note("fault", kind="handheld_killed_at_point", device=self.name,
                               point=passed)  # fmt: skip
                os.kill(os.getpid(), signal.SIGKILL)


class Turn:
    """One handheld from being switched on to being switched off, in a process of its own."""

    def __init__(self, charge: Charge, hand: Hand, told: Told, seed: str, cord: Cord) -> None:
        self.charge, self.hand, self.told, self.cord = charge, hand, told, cord
        self.chance = random.Random(seed)
        self.clock = MachineClock()
        self.local = Local(Path(hand.home), self.clock)
        self.held = contextlib.ExitStack()
        self.held.enter_context(acting(cord))
        self.rep = Rep(self.local, self.clock, uuid7)
        self.timeout, self.longest_wait_s = TIMEOUT, SHORTLY_S

    def day(self) -> None:
        """Stretches without a network, each with a sync at its end."""
        for _ in range(self.chance.randint(1, self.charge.stretches)):
            self.work()
            with contextlib.suppress(link.Busy):
                self.sync(self.charge.tries)

    def work(self) -> None:
        """Some visits; each thing the rep was told is in the history at once."""
        if self.local.copy.mark("cursor") is None:
            return  # nothing was pulled yet
        if self.local.queue().pending >= self.charge.most_unsent:
            return
        work = Work(self.rep, self.chance)
        if not work.stores():
            return  # all went to others
        for _ in range(self.chance.randint(0, self.charge.visits)):
            with contextlib.suppress(Refused):  # a twin has just pulled that its store is gone
                for act in work.visit():
                    with contextlib.suppress(Refused, NotSaved):
                        row = act()
                        if "change" in row:
                            self.captured(row)

    def captured(self, row: dict[str, Any]) -> None:
        found = self.local.db.execute(
            "SELECT id, kind, act, row_id, store, raw FROM main.change WHERE id = ?",
            (row["change"],),
        ).fetchone()
        raw = {"raw": found["raw"].decode()} if self.charge.pages else {}
        self.told.note(
            "captured", device=self.hand.name, rep=self.hand.rep, id=found["id"],
            kind=found["kind"], act=found["act"], row=found["row_id"], store=found["store"],
            how="saved", **raw,
        )  # fmt: skip

    def sync(self, tries: int = 1, why: str | None = None) -> Ending:
        before = self.local.counted("answer")
        with self.line() as send:
            ending = link.sync(
                self.local, send, self.clock, uuid7, tries=tries, why=why,
                wait=lambda asked_s: time.sleep(min(asked_s, self.longest_wait_s)),
            )  # fmt: skip
        self.answered_since(before)
        queue = self.local.queue()
        self.told.note(
            "synced", device=self.hand.name, ending=ending.state, answered=ending.answered,
            pending=queue.pending, rows=ending.rows, compared=ending.compared,
            repaired=ending.repaired, **({"detail": ending.detail} if ending.detail else {}),
        )  # fmt: skip
        return ending

    def answered_since(self, before: int) -> None:
        enrolment = self.local.fact("enrolment")
        for one in self.local.db.execute(
            "SELECT n, id, outcome, verdict FROM main.change"
            " WHERE answer > ? AND outcome IS NOT NULL",  # offered again since: nothing was shown
            (before,),
        ):
            verdict = msgspec.json.decode(one["verdict"])
            self.told.note(
                "verdict", device=self.hand.name, of=enrolment["device"], n=one["n"], id=one["id"],
                outcome=one["outcome"], state=verdict.get("state"), refs=verdict.get("refs", {}),
                rules=[c.get("rule") for c in verdict.get("conflicts", ())],
                replayed=verdict.get("replayed", False),
            )  # fmt: skip

    def heard(self, call: Call, reply: Reply | None) -> None:
        """Note what rows came."""
        if reply is None or reply.status != 200:
            return
        if call.path.endswith("/pull"):
            page = read(reply, Page)
            if page is not None and page.is_whole():
                self.told.note(
                    "pulled", device=self.hand.name, complete=page.complete, cursor=page.cursor,
                    rows=versions(page.rows), gone=page.gone, epoch=page.epoch,
                    added=page.scopes.added, dropped=page.scopes.dropped,
                )  # fmt: skip
        elif call.path.endswith("/verify"):
            answer = read(reply, VerifyAnswer)
            if answer is not None and (answer.rows or answer.gone):
                self.told.note(
                    "repaired", device=self.hand.name, rows=versions(answer.rows),
                    gone=answer.gone, epoch=answer.epoch,
                )  # fmt: skip

    @contextlib.contextmanager
    def line(self) -> Iterator[Any]:
        no = self.hand.no
        told = {"X-Forwarded-For": f"10.{no >> 8}.{no & 255}.7"}
        with httpx.Client(
            timeout=self.timeout, headers=told, trust_env=False,
            verify=False,  # noqa: S501 - plain HTTP
        ) as client:  # fmt: skip
            wire = link.Wire(self.charge.url, client)

            def send(call: Call) -> Reply | None:
                self.cord("before_send")
                reply = wire.send(call)
                if reply is None and self.charge.plant == "forgets" and call.path.endswith("/push"):
                    self.local.db.execute("DELETE FROM main.change WHERE outcome IS NULL AND n > 0")
                if self.charge.pages:
                    self.heard(call, reply)
                self.cord("after_reply")
                return reply

            yield send

    def settle(self) -> None:
        """After healing: sync until nothing waits and the copy is as the server's; as patiently as
        the program is."""
        self.timeout, self.longest_wait_s = link.TIMEOUT, link.LONGEST_WAIT_S
        began_s = time.monotonic()
        for count in range(1, ROUNDS + 1):
            ending = self.sync(tries=3)
            if ending.state == "done" and not self.local.queue().pending:
                took_s = round(time.monotonic() - began_s, 3)
                self.told.note("settled", device=self.hand.name, rounds=count, took_s=took_s)
                return

    def close(self) -> None:
        self.local.close()
        self.held.close()


def versions(rows: dict[str, Rows]) -> dict[str, list[list[Any]]]:
    """Kind -> [[id, version]] of rows that came."""
    found = {}
    for kind, part in rows.items():
        id, version = part.columns.index("id"), part.columns.index("version")
        found[kind] = [[row[id], row[version]] for row in part.data]
    return found
