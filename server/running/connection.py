"""One connection of the web process, and the few answers that are given without a thread."""

import socket
import time
from typing import Any

from gunicorn.workers.gthread import TConn

from server.running.framing import Framing
from server.running.wire import Spool, SpoolUnreader, Unhurried

SLOWEST_BYTES = 500
"""So many bytes earn a second."""
LONGEST_S = 900.0


def _raw(status: str, words: str, more: str = "") -> bytes:
    body = words + "\n"
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        f"{more}Connection: close\r\n\r\n{body}"
    ).encode()


TOO_LATE = _raw("408 Request Timeout", "The request did not arrive in time.")
STOPPING = _raw("503 Service Unavailable", "The server is stopping.", "Retry-After: 2\r\n")
TOO_MUCH = _raw("431 Request Header Fields Too Large", "The headers are too large.")
TOO_MANY = _raw("503 Service Unavailable", "Too many requests wait.", "Retry-After: 2\r\n")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection(TConn):  # type: ignore[misc]
    """One connection, and what it is doing while no thread has it."""

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(
            cfg, Unhurried(sock, cfg.settings_of_talaria.body_timeout_s), client, server
        )
        self.data_ready = True  # a thread gets it only then
        self.framing: Framing | None = None
        self.spool: Spool | None = None
        self.began_s = 0.0
        self.limit_s = 0.0
        self.until_s = 0.0
        self.keep = False

    def init(self) -> None:
        first = not self.initialized
        super().init()
        if first:
            self.parser.unreader = SpoolUnreader(self.sock)
        if self.spool is not None:
            self.spool.rewind()
            self.parser.unreader.spool, self.spool = self.spool, None

    def took(self, n: int, floor_s: float) -> None:
        """Note progress: every SLOWEST_BYTES earn a second."""
        self.limit_s += n / SLOWEST_BYTES
        self.until_s = self.began_s + min(floor_s + self.limit_s, LONGEST_S)

    def begin(self, floor_s: float) -> None:
        self.began_s, self.limit_s = time.monotonic(), 0.0
        self.took(0, floor_s)

    def close(self, graceful: bool = False) -> None:
        for spool in (self.spool, getattr(getattr(self.parser, "unreader", None), "spool", None)):
            if spool is not None:
                spool.close()
        self.spool = None
        super().close()
