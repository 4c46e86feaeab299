"""When to leave a failing delivery system alone, and when to try an order again. Pure.

Two things, apart: the *breaker* is about a system (down is down for every order), the *schedule*
is about one delivery. Both take `now` or a seed from the caller, so a week passes in a test.

The schedule follows the idea of Standard Webhooks (few quick tries, then longer and longer waits,
three days in all) with shorter steps, because an order is worth more than a notice: its longest
wait is half an hour. The breaker keeps a short schedule from becoming a storm: while a system is
down, one delivery at a time finds out for all of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

FAILURES_TO_OPEN = 5
COOL_DOWN_S = 2.0
COOL_DOWN_MOST_S = 60.0
PROBE_FREE_AFTER_S = 120.0

FIRST_WAITS_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0)
LATER_WAIT_S = 1800.0
GIVE_UP_AFTER_S = 76 * 3600.0
JITTER = 0.2

State = Literal["closed", "open", "half_open"]


@dataclass(frozen=True)
class Breaker:
    """What one dispatcher knows about one system's health. Every method returns a new one.

    closed: send. open: do not. half_open: the cool-down is over, one delivery may try; its success
    closes, its failure opens again for twice as long.
    """

    failures: int = 0  # in a row
    trips: int = 0  # how often it opened in a row; doubles the cool-down
    open_until: datetime | None = None
    probe_since: datetime | None = None
    quiet_until: datetime | None = None  # the system asked for patience (429, Retry-After)

    def state(self, now: datetime) -> State:
        if self.open_until is None:
            return "closed"
        return "open" if now < self.open_until else "half_open"

    def allows(self, now: datetime) -> bool:
        """Whether a delivery may be sent now. In half_open only while nobody else is probing."""
        if self.quiet_until is not None and now < self.quiet_until:
            return False
        state = self.state(now)
        return state == "closed" or (state == "half_open" and not self._probing(now))

    def room(self, now: datetime, wanted: int) -> int:
        """How many of `wanted` deliveries may be sent at once."""
        if wanted <= 0 or not self.allows(now):
            return 0
        return wanted if self.state(now) == "closed" else 1

    def sending(self, now: datetime) -> Breaker:
        """A delivery is on its way; in half_open it takes the one place of the probe."""
        return replace(self, probe_since=now) if self.state(now) == "half_open" else self

    def not_sent(self) -> Breaker:
        """The delivery that took the place came to nothing; the place is free again."""
        return replace(self, probe_since=None)

    def succeeded(self) -> Breaker:
        """The system answered sensibly, be it yes or a reasoned no."""
        return Breaker(quiet_until=self.quiet_until)

    def failed(self, now: datetime) -> Breaker:
        """The system is unreachable, out of order, or answers nonsense."""
        failures = self.failures + 1
        state = self.state(now)
        if state == "open" or (state == "closed" and failures < FAILURES_TO_OPEN):
            return replace(self, failures=failures)
        trips = self.trips + 1
        until = now + timedelta(seconds=cool_down_s(trips))
        return replace(self, failures=failures, trips=trips, open_until=until, probe_since=None)

    def asked_for_patience(self, now: datetime, wait_s: float) -> Breaker:
        """The system is well and wants no more orders for `wait_s` seconds."""
        until = now + timedelta(seconds=wait_s)
        if self.quiet_until is not None and self.quiet_until > until:
            until = self.quiet_until
        return replace(self.succeeded(), quiet_until=until)

    def _probing(self, now: datetime) -> bool:
        """A probe whose dispatcher died must not close the way for ever."""
        return self.probe_since is not None and now < self.probe_since + timedelta(
            seconds=PROBE_FREE_AFTER_S
        )


def cool_down_s(trips: int) -> float:
    """Seconds that the `trips`-th opening in a row lasts: doubling, at most a minute."""
    return min(COOL_DOWN_S * 2.0 ** min(trips - 1, 16), COOL_DOWN_MOST_S)


def wait_s(attempt: int, seed: str) -> float:
    """Seconds to wait after the `attempt`-th failed try (from 1), with jitter of 20 % either way.

    The same `seed` (the delivery's id) gives the same wait; different ones spread, so orders that
    failed together do not come back together.
    """
    if attempt < 1:
        raise ValueError("attempts are counted from 1")
    steady = FIRST_WAITS_S[attempt - 1] if attempt <= len(FIRST_WAITS_S) else LATER_WAIT_S
    throw = hashlib.blake2b(f"{seed}|{attempt}".encode(), digest_size=7).digest()
    spread = int.from_bytes(throw, "big") / 2**56  # 0..1
    return steady * (1.0 - JITTER + 2.0 * JITTER * spread)


def next_try_s(attempt: int, seed: str, waited_s: float, asked_s: float | None) -> float | None:
    """Seconds until the next try, or None when it is time to give the delivery to a person.

    `waited_s` is how long the delivery has been tried already; `asked_s` what the system asked for
    (Retry-After), which is never undercut.
    """
    if waited_s >= GIVE_UP_AFTER_S:
        return None
    return max(wait_s(attempt, seed), asked_s or 0.0)
