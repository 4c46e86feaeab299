"""A process with some of the handhelds, each in a folder of its own, and reps who use them.

    python -m tests.simulation.chaos.hands CHARGE.json

A turn of a handheld is a child of this process: it opens the folder as the program does after a
start, works, syncs over the bad line, closes. Some children are killed with -9 on the way, at a
named failpoint or just then; now and then two run at once.

Told on standard input: `work` (turn after turn), `settle` (each syncs until everything is there;
answered by `settled`), end of file (stop).
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import select
import signal
import sys
import traceback
from pathlib import Path

import httpx
import msgspec

from handhelds.reference import link
from tests.simulation.chaos.turn import Charge, Cord, Hand, Told, Turn

POINTS = (
    *("between_change_and_row", "before_commit", "after_commit"),
    *("before_send", "after_reply", "between_pages", "before_swap_commit", "after_swap_commit"),
)
LONGEST_S = 0.6


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
            elif what == "work":
                turn.day()
            else:
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


def warm() -> None:
    """Load what a first request loads, and leave it to all children: half their time otherwise."""
    client = httpx.Client(trust_env=False, verify=False)  # noqa: S501 - plain HTTP
    with contextlib.suppress(httpx.HTTPError), client:
        client.get("http://127.0.0.1:9/")
    gc.collect()
    gc.freeze()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    charge = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Charge)
    warm()
    Hands(charge).run()


if __name__ == "__main__":
    main()
