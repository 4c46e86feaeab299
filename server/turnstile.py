"""A few at a time, and the others in the order they came.

Pushes of one depot take turns at its stock rows whatever we do. Left to themselves, two hundred
handhelds behind one revived server all wait inside PostgreSQL until their time is up, are told to
come again, and do: most of the work is waiting, and who is served is chance. Here they wait
outside, first come, first served, and hold no connection meanwhile; nobody else waits with them.
"""

import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
"""One thread of Python computes while the other waits for the database."""
WAIT_S = 25.0
"""Handhelds wait 60 s for an answer."""


class Full(Exception):
    """Too many are waiting, or the wait was too long."""


class Turnstile:
    """`at_once` inside for each key, at most `most_waiting` outside for all keys together."""

    def __init__(
        self, *, at_once: int = AT_ONCE, most_waiting: int = 16, wait_s: float = WAIT_S
    ) -> None:
        self.at_once, self.most_waiting, self.wait_s = at_once, most_waiting, wait_s
        self._lock = threading.Lock()
        self._inside: Counter[int] = Counter()
        self._waiting: dict[int, deque[threading.Event]] = {}

    @contextmanager
    def turn(self, key: int) -> Iterator[bool]:
        """Be inside for as long as the block lasts; the value says whether others are there.
        Raises Full."""
        crowded = self._enter(key)
        try:
            yield crowded
        finally:
            self._leave(key)

    def waiting(self) -> int:
        """How many wait outside."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def _enter(self, key: int) -> bool:
        with self._lock:
            if self._inside[key] < self.at_once:
                self._inside[key] += 1
                return self._inside[key] > 1
            if sum(map(len, self._waiting.values())) >= self.most_waiting:
                raise Full
            ticket = threading.Event()
            self._waiting.setdefault(key, deque()).append(ticket)
        if not ticket.wait(self.wait_s):
            with self._lock:
                if not ticket.is_set():  # else it was called in this very moment
                    self._drop(key, ticket)
                    raise Full
        return True

    def _leave(self, key: int) -> None:
        """Who came first of those outside has the place; nobody can slip in between."""
        with self._lock:
            if key in self._waiting:
                ticket = self._waiting[key][0]
                self._drop(key, ticket)
                ticket.set()
                return
            self._inside[key] -= 1
            if not self._inside[key]:
                del self._inside[key]

    def _drop(self, key: int, ticket: threading.Event) -> None:
        self._waiting[key].remove(ticket)
        if not self._waiting[key]:
            del self._waiting[key]
