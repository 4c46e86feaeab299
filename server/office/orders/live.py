"""Tells open pages that orders, signatures under them, or plans of visit routes, changed.

One listener a process (started by the first open board, so after the fork) hears the hints that
follow a commit and, for those that got lost, looks every two seconds whether any cell's feed
moved an order and when a company's plans last changed. Open streams each have a small queue; a
browser that does not keep up misses nothing, because an event only says "look again". The number of
an event names the position of every cell, so a browser that comes back with the last one it saw is
told at once if it is behind; of plans it is told each time it comes. A signature has no position
and no sweep: an order's page that shows one on its way asks for itself now and then.
"""

import queue
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping

import structlog
from sqlalchemy import Engine

from server.hints import listen
from server.office.orders import queries
from server.office.queries import plans_changed

log = structlog.get_logger("talaria.live")

SWEEP_S = 2.0
HEARTBEAT_S = 15.0
WAITING = 4
"""Events a stream may have waiting; more would say the same."""
PLANS = "plans "
"""How a hint begins that plans of a company changed (server/planning.py: changed)."""
PLANS_EVENT = "event: plans\ndata: changed\n\n"
SIGNED = "signed "
"""How a hint begins that a signature of a handheld in a cell came, or some more of it."""
SIGNED_EVENT = "event: signed\ndata: changed\n\n"


class Full(Exception):
    """As many streams are open as this process can carry."""


class Hub:
    """The listener of one process and the streams it serves."""

    def __init__(self, engine: Engine, url: str, channel: str, at_most: int) -> None:
        self.engine = engine
        self._url, self._channel = url, channel
        self._at_most = at_most
        self._streams: set[Stream] = set()
        self._positions: dict[int, int] = {}
        self._plans: dict[str, str] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def join(self, cells: Iterable[int], last: str = "", company: str = "") -> "Stream":
        """A stream of the orders of these cells, and of the company's plans; `last` = the number of
        the last event seen.

        Raises Full when there is no room. Whoever joins must close the stream.
        """
        stream = Stream(self, frozenset(cells), last, company)
        with self._lock:
            if len(self._streams) >= self._at_most:
                raise Full
            self._streams.add(stream)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
        return stream

    def leave(self, stream: "Stream") -> None:
        with self._lock:
            self._streams.discard(stream)

    def end(self) -> None:
        """Let every stream end, without waiting: browsers come back by themselves, elsewhere or
        to whoever follows us. From now on nobody joins."""
        self._stop.set()
        with self._lock:
            self._at_most = 0
            ending = list(self._streams)
        for stream in ending:
            stream.end()

    def close(self) -> None:
        """End, and wait for the listener."""
        self.end()
        if self._thread is not None:
            self._thread.join(2)

    def _run(self) -> None:
        for hints in listen(self._url, self._channel, SWEEP_S, self._stop):
            if not self._streams:
                continue
            planned = {hint.removeprefix(PLANS) for hint in hints if hint.startswith(PLANS)}
            try:
                self._tell_plans(planned)
                self._tell_signed({hint.removeprefix(SIGNED) for hint in hints
                                   if hint.startswith(SIGNED)})  # fmt: skip
                if not hints or any(hint.startswith("orders") for hint in hints):
                    self._look()
                if not hints:
                    self._look_at_plans()
            except Exception as error:  # the database is away: the next sweep looks again
                log.warning("live.cannot_look", error=type(error).__name__)

    def _look(self) -> None:
        with self.engine.begin() as conn:
            positions = queries.orders_positions(conn)
        with self._lock:
            moved = {cell for cell, at in positions.items() if self._positions.get(cell) != at}
            self._positions = positions
            concerned = [stream for stream in self._streams if stream.cells & moved]
        for stream in concerned:
            stream.tell(positions)

    def _look_at_plans(self) -> None:
        with self.engine.begin() as conn:
            changed = plans_changed(conn)
        before, self._plans = self._plans, changed
        self._tell_plans({one for one, at in changed.items() if before.get(one) != at})

    def _tell_plans(self, companies: Collection[str]) -> None:
        with self._lock:
            concerned = [stream for stream in self._streams if stream.company in companies]
        for stream in concerned:
            stream.tell_once(PLANS_EVENT)

    def _tell_signed(self, cells: Collection[str]) -> None:
        with self._lock:
            concerned = [one for one in self._streams if any(str(c) in cells for c in one.cells)]
        for stream in concerned:
            stream.tell_once(SIGNED_EVENT)


class Stream:
    """One open page: a small queue between the listener and the thread that writes to it."""

    def __init__(self, hub: Hub, cells: frozenset[int], last: str, company: str) -> None:
        self.cells, self.company = cells, company
        self._hub, self._last = hub, last
        self._waiting: queue.SimpleQueue[dict[int, int] | str] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._once: set[str] = set()

    def tell(self, positions: dict[int, int]) -> None:
        """Orders changed. A stream that has that many events waiting will look again anyway."""
        if self._waiting.qsize() < WAITING:
            self._waiting.put(positions)

    def tell_once(self, text: str) -> None:
        """An event that has no number. It waits once, so that it never keeps orders out."""
        if text in self._once:
            return
        self._once.add(text)
        self._waiting.put(text)

    def end(self) -> None:
        """Make whoever writes to the browser stop, at once."""
        self._ended.set()
        self.tell({})

    def close(self) -> None:
        self._hub.leave(self)

    def events(self, heartbeat_s: float = HEARTBEAT_S) -> Iterator[str]:
        """What is sent to the browser, for as long as it listens."""
        try:
            with self._hub.engine.begin() as conn:
                positions = queries.orders_positions(conn)
            yield "retry: 2000\n: open\n\n"
            yield from self._news(positions)
            if self.company:
                yield PLANS_EVENT
            while not self._ended.is_set():
                try:
                    told = self._waiting.get(timeout=heartbeat_s)
                except queue.Empty:
                    yield ": still here\n\n"  # also finds out that the browser has gone
                else:
                    if isinstance(told, str):
                        self._once.discard(told)
                    if not self._ended.is_set():
                        yield from (told,) if isinstance(told, str) else self._news(told)
        finally:
            self.close()

    def _news(self, positions: Mapping[int, int]) -> Iterator[str]:
        now = number(positions, self.cells)
        if self._last not in ("", now):
            yield event(now)
        self._last = now


def number(positions: Mapping[int, int], cells: Collection[int]) -> str:
    """The number of an event: "<cell>:<position>" of every cell, joined by dots."""
    return ".".join(f"{cell}:{positions[cell]}" for cell in sorted(positions) if cell in cells)


def event(at: str) -> str:
    """The event that orders changed, in the form browsers read."""
    return f"id: {at}\nevent: orders\ndata: {at}\n\n"
