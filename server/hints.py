"""Hints between processes: "there may be something for you", by NOTIFY.

A hint is sent after the commit, on a connection of its own, by a thread of its own: the request
never waits for it and never fails with it. Losing one costs seconds, not data, because whoever
listens also looks by itself now and then. Neither side uses the engine's pool: LISTEN needs a
connection that stays, and a pooler in transaction mode gives none (name the server itself then).
"""

import threading
import time
from collections.abc import Iterator

import psycopg
import structlog
from sqlalchemy import make_url

from server import queries

log = structlog.get_logger("talaria.hints")

TEXT_BYTES = 7_999  # PostgreSQL's limit
RETRY_S = 1.0
STOP_S = 0.5  # how soon a listener notices that it should stop


def conninfo(url: str) -> str:
    """An SQLAlchemy address as psycopg's own connect wants it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def connect(url: str, application_name: str) -> queries.Raw:
    """A connection outside every pool, each statement its own transaction.

    Nothing is prepared on it, and it notices within a minute that the other end is gone.
    """
    return psycopg.connect(
        conninfo(url),
        autocommit=True,
        prepare_threshold=None,
        application_name=application_name,
        connect_timeout=5,
        keepalives_idle=20,
        keepalives_interval=10,
        keepalives_count=3,
    )


class Hints:
    """Sends hints. Equal texts waiting together go out once.

    Make one in each process, after the fork; its thread starts with the first hint.
    """

    def __init__(self, url: str, channel: str) -> None:
        self._url = url
        self._channel = channel
        self._waiting: dict[str, None] = {}  # a set that keeps its order
        self._changed = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def send(self, text: str = "") -> None:
        """Hint `text` to everybody who listens. Returns at once and raises nothing.

        Call it after the commit: whoever is woken earlier would find nothing.
        """
        if len(text.encode(errors="replace")) > TEXT_BYTES:
            text = ""  # too long to say: "look at everything" is true as well
        with self._changed:
            if self._closing:
                return
            self._waiting[text] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self, wait_s: float = 2) -> None:
        """Send what waits, if that is quick, and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join(wait_s)

    def _run(self) -> None:
        raw: queries.Raw | None = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                texts, self._waiting = list(self._waiting), {}
                closing = self._closing
            if not texts:
                break
            raw = self._deliver(raw, texts, tries=1 if closing else 2)
        if raw is not None:
            raw.close()

    def _deliver(self, raw: queries.Raw | None, texts: list[str], tries: int) -> queries.Raw | None:
        """Send all texts on one connection, a new one when it died; give up after `tries`."""
        for _ in range(tries):
            try:
                raw = raw or connect(self._url, "talaria hints")
                while texts:
                    queries.notify(raw, self._channel, texts[0])
                    texts.pop(0)
                return raw
            except psycopg.Error as error:
                log.warning("hints.not_sent", waiting=len(texts), error=type(error).__name__)
                if raw is not None:
                    raw.close()
                raw = None
        return None


def listen(
    url: str, channel: str, sweep_s: float, stop: threading.Event | None = None
) -> Iterator[tuple[str, ...]]:
    """Yield whenever it is time to look: the texts of the hints that came, () for a sweep.

    A sweep is due every `sweep_s`, and at once whenever listening begins, for what was hinted
    before. Hints that come together are yielded together, each text once. When the database is
    away it keeps trying and sweeping. Ends soon after `stop` is set; never raises.
    """
    stop = stop or threading.Event()
    while not stop.is_set():
        try:
            with connect(url, "talaria listener") as raw:
                queries.listen(raw, channel)
                yield ()
                yield from _heard(raw, sweep_s, stop)
        except psycopg.Error as error:
            log.warning("hints.not_listening", error=type(error).__name__)
            stop.wait(min(RETRY_S, sweep_s))
            yield ()


def _heard(raw: queries.Raw, sweep_s: float, stop: threading.Event) -> Iterator[tuple[str, ...]]:
    due = time.monotonic() + sweep_s
    while not stop.is_set():
        left = max(0.0, due - time.monotonic())
        first = [hint.payload for hint in raw.notifies(timeout=min(left, STOP_S), stop_after=1)]
        if first:
            more = [hint.payload for hint in raw.notifies(timeout=0)]
            due = time.monotonic() + sweep_s
            yield tuple(dict.fromkeys(first + more))
        elif time.monotonic() >= due:
            due = time.monotonic() + sweep_s
            yield ()
