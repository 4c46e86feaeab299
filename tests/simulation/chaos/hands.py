"""A process with some of the handhelds, each in a folder of its own, and reps who use them.

    python -m tests.simulation.chaos.hands CHARGE.json

A turn of a handheld is a child of this process: it opens the folder as the program does after a
start, works, syncs over the bad line, closes. Some children are killed with -9 on the way, at a
named failpoint or just then. What a rep was told is written to the one history before the next
thing is done; a single write to a file that all append to, so no kill can tear it.

Told on standard input: `work` (turn after turn), `settle` (each syncs until everything is there;
answered by `settled`), end of file (stop).
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from handhelds.reference import link
from handhelds.reference.answers import Call, Ending, Page, Reply, read
from handhelds.reference.clock import MachineClock, instant
from handhelds.reference.local import Local
from handhelds.reference.pad import Refused
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.visit import Rep
from schemas.ids import uuid7
from tests.simulation.chaos.work import Work

POINTS = (
    *("between_change_and_row", "before_commit", "after_commit"),
    *("before_send", "after_reply", "between_pages", "before_swap_commit", "after_swap_commit"),
)
LONGEST_S = 0.6
NICE = 5
"""Reps do not capture as fast as a machine can: the server goes first."""
TWIN_P = 0.03
"""How often a handheld's program runs twice at once, and both sync."""
ROUNDS = 12
"""So many syncs a handheld is given after healing; more than two are told as such."""
TIMEOUT = httpx.Timeout(6.0, connect=3.0)
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
    pause_s: float
    pages: bool
    twin_p: float
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
        self.local.failpoint = cord
        self.rep = Rep(self.local, self.clock, uuid7)

    def work(self) -> None:
        """Some visits; each thing the rep was told is in the history at once."""
        if self.local.copy.mark("cursor") is None:
            return  # nothing was pulled yet
        work = Work(self.rep, self.chance)
        if not work.stores():
            return  # all went to others
        for _ in range(self.chance.randint(0, self.charge.visits)):
            for act in work.visit():
                with contextlib.suppress(Refused, NotSaved):
                    self.captured(act())

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
            ending = link.sync(self.local, send, self.clock, uuid7, tries=tries, why=why)
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
            "SELECT n, id, outcome, verdict FROM main.change WHERE answer > ?", (before,)
        ):
            verdict = msgspec.json.decode(one["verdict"])
            self.told.note(
                "verdict", device=self.hand.name, of=enrolment["device"], n=one["n"], id=one["id"],
                outcome=one["outcome"], state=verdict.get("state"), refs=verdict.get("refs", {}),
                rules=[c.get("rule") for c in verdict.get("conflicts", ())],
                replayed=verdict.get("replayed", False),
            )  # fmt: skip

    def pulled(self, reply: Reply | None) -> None:
        page = read(reply, Page) if reply is not None and reply.status == 200 else None
        if page is None or not page.is_whole():
            return
        rows = {}
        for kind, part in page.rows.items():
            id, version = part.columns.index("id"), part.columns.index("version")
            rows[kind] = [[row[id], row[version]] for row in part.data]
        self.told.note(
            "pulled", device=self.hand.name, complete=page.complete, cursor=page.cursor, rows=rows,
            gone=page.gone, epoch=page.epoch, added=page.scopes.added, dropped=page.scopes.dropped,
        )  # fmt: skip

    @contextlib.contextmanager
    def line(self) -> Iterator[Any]:
        no = self.hand.no
        told = {"X-Forwarded-For": f"10.{no >> 8}.{no & 255}.7"}
        with httpx.Client(timeout=TIMEOUT, headers=told, trust_env=False, verify=False) as client:  # noqa: S501 - plain HTTP
            wire = link.Wire(self.charge.url, client)

            def send(call: Call) -> Reply | None:
                self.cord("before_send")
                reply = wire.send(call)
                if reply is None and self.charge.plant == "forgets" and call.path.endswith("/push"):
                    self.local.db.execute("DELETE FROM main.change WHERE outcome IS NULL AND n > 0")
                if self.charge.pages and call.path.endswith("/pull"):
                    self.pulled(reply)
                self.cord("after_reply")
                return reply

            yield send

    def settle(self) -> None:
        """After healing: sync until nothing waits and the copy is as the server's."""
        began_s = time.monotonic()
        for count in range(1, ROUNDS + 1):
            ending = self.sync(tries=3)
            if ending.state == "done" and not self.local.queue().pending:
                took_s = round(time.monotonic() - began_s, 3)
                self.told.note("settled", device=self.hand.name, rounds=count, took_s=took_s)
                return

    def close(self) -> None:
        self.local.close()


class Hands:
    """All handhelds of this process, one after the other, until told to stop."""

    def __init__(self, charge: Charge) -> None:
        self.charge = charge
        self.told = Told(charge.history)
        self.chance = random.Random(f"{charge.seed}|hands|{charge.index}")
        self.turns = 0

    def run(self) -> None:
        word = self.heard(None)
        while word != "end":
            if word == "work":
                word = self.work()
                continue
            for hand in self.charge.hands:
                self.child(hand, "settle", None, 0, None)
            print("settled", flush=True)
            word = self.heard(None)

    def work(self) -> str:
        """Turn after turn, until there is a word; which."""
        hands = list(self.charge.hands)
        while True:
            self.chance.shuffle(hands)
            for hand in hands:
                word = self.heard(self.charge.pause_s)
                if word:
                    return word
                self.turn(hand)

    def heard(self, wait_s: float | None) -> str:
        """The next word, waited for so long (None: until it comes); "" when none came."""
        if not select.select([0], [], [], wait_s)[0]:
            return ""
        return os.read(0, 64).decode().strip() or "end"

    def turn(self, hand: Hand) -> None:
        self.turns += 1
        point, delay_s, passing = None, None, self.chance.randint(1, 4)
        if self.chance.random() < self.charge.kill_p:
            if self.chance.random() < 0.5:
                point = self.chance.choice(POINTS)
            else:
                delay_s = self.chance.uniform(0.005, LONGEST_S)
        twin = None
        if self.chance.random() < self.charge.twin_p:
            self.told.note("fault", kind="handheld_twice", device=hand.name)
            twin = self._forked(hand, "sync", None, 0)
        self.child(hand, "work", point, passing, delay_s)
        if twin is not None:
            os.waitpid(twin, 0)

    def child(
        self, hand: Hand, what: str, point: str | None, passing: int, delay_s: float | None
    ) -> None:
        pid = self._forked(hand, what, point, passing)
        if delay_s is not None and self._still_there(pid, delay_s):
            self.told.note("fault", kind="handheld_killed", device=hand.name)
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def _forked(self, hand: Hand, what: str, point: str | None, passing: int) -> int:
        seed = f"{self.charge.seed}|{self.charge.index}|{self.turns}|{what}"
        pid = os.fork()
        if pid == 0:
            self._child(hand, what, seed, Cord(self.told, hand.name, point, passing))
        return pid

    def _child(self, hand: Hand, what: str, seed: str, cord: Cord) -> None:
        """Never returns."""
        try:
            turn = Turn(self.charge, hand, self.told, seed, cord)
            if what == "settle":
                turn.settle()
            else:
                if what == "work":
                    turn.work()
                with contextlib.suppress(link.Busy):
                    turn.sync()
            turn.close()
            os._exit(0)
        except BaseException:
            self.told.note("broke", device=hand.name, says=traceback.format_exc()[-1500:])
            os._exit(3)

    def _still_there(self, pid: int, delay_s: float) -> bool:
        """Wait so long; whether the child still runs then. Its death is left to be collected."""
        fd = os.pidfd_open(pid)
        try:
            return not select.select([fd], [], [], delay_s)[0]
        finally:
            os.close(fd)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    charge = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Charge)
    Hands(charge).run()


if __name__ == "__main__":
    main()
