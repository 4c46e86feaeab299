"""gunicorn's threaded worker, which spends threads on answering and on nothing else.

The main loop reads requests as they come in and gives a thread only what has arrived whole; what
the line does not take of an answer the main loop sends later. So two hundred senders of one byte
a second cost sockets and some memory, and nobody else waits for them; and a rep on a 56 kbit/s
line, whose batch takes a minute, is no worse than they are to the others, and is let through:

    a request has `body_timeout_s`, and 1 s more for every SLOWEST_BYTES that arrive
    an answer the same, counted from the moment its thread let go of it

Connections beyond what the process can carry push out those that have waited longest.
"""

import contextlib
import errno
import resource
import selectors
import socket
import time
from concurrent.futures import Future
from functools import partial
from typing import Any

import structlog
from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import ThreadWorker

from server.running.connection import (
    CONTINUE,
    STOPPING,
    TOO_LATE,
    TOO_MANY,
    TOO_MUCH,
    Connection,
)
from server.running.framing import Framing, Has
from server.running.wire import Spool

PIECE_BYTES = 64 * 1024
READS_AT_ONCE = 16
SWEEP_S = 0.25
LINGER_S = 2.0
STOP_IDLE_S = 2.0
ORPHAN_S = 5
SPOOLED_BYTES = 512 * 1024 * 1024
"""What one process keeps of requests that are still arriving; the oldest go first beyond it."""
QUEUED = 512
"""Whole requests that may wait for a thread; more are told to come again."""

log = structlog.get_logger("talaria.web")


class ArrivingWorker(ThreadWorker):  # type: ignore[misc]
    """See the module. Every connection is in one place: with a thread, or in one of `_waiting`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._settings = self.cfg.settings_of_talaria
        self._idle: dict[Connection, None] = {}  # kept alive, nothing asked yet
        self._arriving: dict[Connection, None] = {}
        self._leaving: dict[Connection, None] = {}  # answered; the line is taking it
        self._lingering: dict[Connection, None] = {}  # closed by us; the other side reads the end
        self._waiting = (self._idle, self._arriving, self._leaving, self._lingering)
        self._spooled_bytes = 0
        self._queued = 0
        self._swept_s = 0.0
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
        self.worker_connections: int = min(self.cfg.worker_connections, max(soft, most) // 2)

    # --- in --------------------------------------------------------------------------------------

    def accept(self, listener: socket.socket) -> None:
        """Take one connection and read what is there already."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                self._shed()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._arrive(Connection(self.cfg, sock, client, listener.getsockname()), b"")
        if self.nr_conns >= self.worker_connections:
            self._shed()

    def _shed(self) -> None:
        """Make room: whoever has waited longest for nothing."""
        for waiting in self._waiting:
            for conn in waiting:
                self._drop(conn)
                return

    def _arrive(self, conn: Connection, rest: bytes) -> None:
        """A connection that is to bring a request; `rest` of it was read before."""
        conn.framing = Framing(self._settings.max_body_bytes)
        conn.spool = Spool()
        conn.begin(self._settings.body_timeout_s)
        conn.sock.setblocking(False)
        self._arriving[conn] = None
        if not rest or not self._take(conn, rest):
            self._readable(conn, conn.sock)
        if conn in self._arriving:  # most requests have come whole by now
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._readable, conn))

    def _readable(self, conn: Connection, _: Any) -> None:
        """Read what is there; hand over when it is whole."""
        if conn not in self._arriving:  # dropped by another callback of the same turn
            return
        for _ in range(READS_AT_ONCE):
            try:
                data = conn.sock.recv(PIECE_BYTES)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                data = b""
            if not data:
                return self._drop(conn)
            if self._take(conn, data) or len(data) < PIECE_BYTES:
                return

    def _take(self, conn: Connection, data: bytes) -> bool:
        """Take bytes in; whether the connection is not arriving any more."""
        framing, spool = conn.framing, conn.spool
        if framing is None or spool is None:
            return True
        before, state = framing.state, framing.feed(data)
        spool.add(data)
        self._spooled_bytes += len(data)
        conn.took(len(data), self._settings.body_timeout_s)
        if state is Has.TOO_MUCH:
            self._refuse(conn, TOO_MUCH)
            return True
        if state is Has.ALL:
            self._hand_over(conn)
            return True
        if before is Has.BEGUN and state is Has.HEAD and framing.expects_continue:
            conn.sock.sendall(CONTINUE)
        while self._spooled_bytes > SPOOLED_BYTES and self._arriving:
            self._drop(next(iter(self._arriving)))
        return conn not in self._arriving

    def _hand_over(self, conn: Connection) -> None:
        self._forget(conn)
        if self._queued >= QUEUED:
            return self._refuse(conn, TOO_MANY)
        self._queued += 1
        self.enqueue_req(conn)

    # --- with a thread ---------------------------------------------------------------------------

    def handle(self, conn: Connection) -> Any:
        """Answer one request; in a thread."""
        try:
            return super().handle(conn)
        except (TimeoutError, NoMoreData):
            return False

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """A request that was handed over early is answered, and that is all."""
        if conn.framing is not None and not conn.framing.whole:
            return False
        return bool(super()._keepalive_after(conn, keepalive))

    def finish_request(self, conn: Connection, fs: "Future[Any]") -> None:
        """The thread is free again; called on the main loop."""
        self._queued -= 1
        try:
            conn.keep = bool(fs.result()) if not fs.cancelled() else False
        except Exception:
            conn.keep = False
        if conn.sock.left_bytes:
            conn.begin(self._settings.body_timeout_s)
            conn.sock.setblocking(False)
            self._leaving[conn] = None
            self.poller.register(conn.sock, selectors.EVENT_WRITE, partial(self._writable, conn))
        else:
            self._answered(conn)

    # --- out -------------------------------------------------------------------------------------

    def _writable(self, conn: Connection, _: Any) -> None:
        if conn not in self._leaving:
            return
        before = conn.sock.sent_bytes
        try:
            done = conn.sock.flush()
        except OSError:
            return self._drop(conn)
        conn.took(conn.sock.sent_bytes - before, self._settings.body_timeout_s)
        if done:
            self._forget(conn)
            self._answered(conn)

    def _answered(self, conn: Connection) -> None:
        """Wait for the next request on this connection, or close it."""
        if not conn.keep:
            return self._linger(conn)
        rest = conn.parser.unreader.take_rest()
        if rest:
            return self._arrive(conn, rest)
        conn.sock.setblocking(False)
        alive_s = self.cfg.keepalive if self.alive else STOP_IDLE_S
        conn.until_s = time.monotonic() + alive_s
        self._idle[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._asked_again, conn))

    def _asked_again(self, conn: Connection, _: Any) -> None:
        if conn not in self._idle:
            return
        self._forget(conn)
        self._arrive(conn, b"")

    def _refuse(self, conn: Connection, words: bytes) -> None:
        """Say why in one packet, if the line takes it, and close."""
        self._forget(conn)
        with contextlib.suppress(OSError):
            conn.sock.sendall(words)
        self._linger(conn)

    def _linger(self, conn: Connection) -> None:
        """Close our half, and wait a moment for the other side to have read its end.

        Closing at once would take the answer back when bytes of the request are still unread.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            conn.until_s = time.monotonic() + LINGER_S
            self._lingering[conn] = None
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._ending, conn))
        except (OSError, ValueError):
            self._drop(conn)

    def _ending(self, conn: Connection, _: Any) -> None:
        if conn not in self._lingering:
            return
        try:
            if conn.sock.recv(PIECE_BYTES):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self._drop(conn)

    def _forget(self, conn: Connection) -> None:
        """It leaves the main loop: for a thread, another phase, or good."""
        for waiting in self._waiting:
            if conn in waiting:
                del waiting[conn]
                if waiting is self._arriving and conn.spool is not None:
                    self._spooled_bytes -= conn.spool.size
                with contextlib.suppress(KeyError, ValueError, OSError):
                    self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    # --- time ------------------------------------------------------------------------------------

    def murder_keepalived(self, force: bool = False) -> None:
        """End what has had its time, or all that is left (`force`: the process ends). gunicorn's
        name for what its main loop does every turn."""
        now_s = time.monotonic()
        if not force and now_s < self._swept_s + SWEEP_S:
            return
        self._swept_s = now_s
        for waiting in self._waiting:
            for conn in [one for one in waiting if force or one.until_s <= now_s]:
                if waiting is not self._arriving:
                    self._drop(conn)
                elif force:
                    self._refuse(conn, STOPPING)
                else:
                    self._end_arriving(conn, now_s)

    def _end_arriving(self, conn: Connection, now_s: float) -> None:
        """Refuse what came too slowly. What lies on the socket by now has come: a busy process may
        have been too slow to read it."""
        self._readable(conn, conn.sock)
        if conn not in self._arriving or conn.until_s > now_s:
            return
        if conn.spool is not None and conn.spool.size:
            log.info("request.too_slow", bytes=conn.spool.size)
            self._refuse(conn, TOO_LATE)
        else:
            self._drop(conn)

    def murder_pending(self) -> None:
        """Nothing is pending here: what has not arrived is in `_arriving`."""

    def _cap_keepalive(self, deadline: float) -> None:
        for conn in self._idle:
            conn.until_s = min(conn.until_s, deadline)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop taking connections, finish what has begun; open streams end now."""
        if self.alive:
            self.method_queue.defer(self._end_streams)
        super().handle_exit(sig, frame)

    def is_parent_alive(self) -> bool:
        """Whoever minded us was killed: make way for the next one soon."""
        alive = bool(super().is_parent_alive())
        if not alive:
            self._end_streams()
            self.cfg.set("graceful_timeout", ORPHAN_S)
        return alive

    def _end_streams(self) -> None:
        live = getattr(self.wsgi, "extensions", {}).get("live")
        if live is not None:
            live.end()
