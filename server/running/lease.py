"""Who schedules: a lease row with a fencing token.

A lock held by a connection would do on one server, but not behind a pooler, and not against a
holder that was stopped for five minutes and wakes up believing that nothing happened. So every
transaction of a holder proves, as its last statement, that its token is still the lease's, and
keeps it so until it has committed: whoever lost the lease writes nothing, however late it wakes.

The proof comes last because the lease row is then locked for the blink of a commit: a slow job
delays neither its own renewals nor a takeover.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection, Engine

from server.database import transaction
from server.running import queries

TTL_S = 8.0
"""A holder that died is replaced after this long."""
RENEW_S = 2.0

log = structlog.get_logger("talaria.lease")


class Superseded(Exception):
    """Another worker holds the lease by now; nothing of this transaction was written."""


class Lease:
    """One worker's wish for one lease. `token` is set while it is held, as far as is known."""

    def __init__(self, engine: Engine, name: str, holder: str, ttl_s: float = TTL_S) -> None:
        self._engine, self.name, self.holder, self.ttl_s = engine, name, holder, ttl_s
        self.token: int | None = None
        self._good_until_s = 0.0

    def hold(self) -> bool:
        """Take or renew; whether it is ours now. Raises what the database raises when away."""
        asked_s = time.monotonic()
        with transaction(self._engine) as conn:
            if self.token is not None and not queries.renew_lease(
                conn, self.name, self.token, self.ttl_s
            ):
                log.warning("lease.lost", lease=self.name, token=self.token)
                self.token = None
            if self.token is None:
                self.token = queries.take_lease(conn, self.name, self.holder, self.ttl_s)
        if self.token is not None:
            self._good_until_s = asked_s + self.ttl_s
        return self.token is not None

    @property
    def lapsed(self) -> bool:
        """Whether it was not renewed in time: somebody may have taken it."""
        return time.monotonic() >= self._good_until_s

    def leave(self) -> None:
        """Hand it on at once; an error only means that the next holder waits for it to lapse."""
        token, self.token = self.token, None
        if token is not None:
            with transaction(self._engine) as conn:
                queries.leave_lease(conn, self.name, token)

    @contextmanager
    def fenced(self) -> Iterator[Connection]:
        """A transaction that commits only if the lease was ours until the very end.

        Raises Superseded, and has then written nothing.
        """
        token = self.token
        if token is None:
            raise Superseded(self.name)
        with transaction(self._engine) as conn:
            if not queries.holds_lease(conn, self.name, token):
                raise Superseded(self.name)
            yield conn
            if not queries.holds_lease(conn, self.name, token, until_commit=True):
                raise Superseded(self.name)

    def keep(self, stop: threading.Event, pause_s: float = RENEW_S) -> Iterator[bool]:
        """Yield, every `pause_s`, whether the lease is ours; ends when `stop` is set.

        A database that is away costs the lease when it has lapsed, not before.
        """
        while not stop.is_set():
            try:
                yield self.hold()
            except Exception as error:
                log.warning("lease.not_renewed", lease=self.name, error=type(error).__name__)
                yield self.token is not None and not self.lapsed
            stop.wait(pause_s)
