"""A handheld with a bad line: pushes die before their commit, answers get lost on the way."""

import random
from collections import Counter
from typing import Any

import psycopg

from sync.carrier import Carrier
from tests.world import World

CRASH, LOSE = 0.15, 0.30


class Crash(BaseException):
    """The server process dies here."""


class Phone:
    """A handheld's outbox, by the numbers of its changes; several senders may race with it."""

    may_deadlock = False

    def __init__(self, world: World, name: str, carrier: Carrier) -> None:
        self.world, self.name, self.carrier = world, name, carrier
        self.outbox: dict[int, dict[str, Any]] = {}
        self.counts: Counter[str] = Counter()

    def send_all(self, seed: str, check_receipts: bool) -> None:
        """Send until everything is answered. Without receipts the planted bug is let in."""
        dice = random.Random(seed)

        def failpoint(name: str) -> None:
            if dice.random() < CRASH:
                raise Crash(name)

        while self.outbox:
            batch = [self.outbox[n] for n in sorted(self.outbox)[: dice.randint(1, 6)]]
            try:
                verdicts, answer = self.world.push(
                    self.carrier, batch, failpoint=failpoint, check_receipts=check_receipts
                )
            except Crash:
                self.counts["crashed"] += 1
                continue
            except psycopg.errors.DeadlockDetected:
                if not self.may_deadlock:
                    raise
                self.counts["deadlocked"] += 1  # the handheld comes again
                continue
            assert answer.faults == [] or not check_receipts, answer.faults
            if dice.random() < LOSE:
                self.counts["lost"] += 1
                continue
            for verdict in verdicts:
                self.answered(verdict)
                self.outbox.pop(verdict["n"], None)

    def answered(self, verdict: dict[str, Any]) -> None:
        """What a verdict must say, whatever happened before it."""
        self.counts["replayed"] += verdict["replayed"]
