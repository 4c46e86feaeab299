"""The two ends of a connection as a thread sees them: all has arrived, and all goes out at once.

`Spool` keeps what has arrived, in memory while it is small. `Unhurried` is a socket for writing:
what the line does not take at once is left behind for the main loop to send, so that a handheld
on a slow line occupies no thread while its page trickles out.
"""

import selectors
import socket
import tempfile
import threading
import time
from typing import Any

from gunicorn.http.unreader import SocketUnreader

IN_MEMORY_BYTES = 128 * 1024
LEFT_BYTES = 64 * 1024 * 1024
"""What one process keeps of unsent answers; beyond it, threads wait for their own line."""
STREAM_BYTES = 8 * 1024 * 1024
"""What one connection may have unsent while its answer is still being made."""
READ_S = 5.0
"""A thread waits this long for a byte; only a request handed over early makes it wait at all."""


class Spool:
    """Bytes that have arrived; written by the main loop, then read by one thread."""

    def __init__(self) -> None:
        # Closed with its connection, not here.
        self._file: Any = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115
        self.size = 0

    def add(self, data: bytes) -> None:
        self._file.write(data)
        self.size += len(data)

    def rewind(self) -> None:
        self._file.seek(0)

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(size)
        return data

    def close(self) -> None:
        self._file.close()


class SpoolUnreader(SocketUnreader):  # type: ignore[misc]
    """Where gunicorn's parser reads: first what has arrived, then the line itself."""

    def __init__(self, sock: "Unhurried") -> None:
        super().__init__(sock)
        self.spool: Spool | None = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        if self.spool is not None:
            size = max(self.mxchunk, min(size_hint or 0, self.max_body_chunk))
            if data := self.spool.read(size):
                return data
        rest: bytes = super().chunk(size_hint)
        return rest

    def take_rest(self) -> bytes:
        """What came behind the request: the beginning of the next one."""
        rest: bytes = self.take_buffered()
        if self.spool is not None:
            rest += self.spool.read()
            self.spool.close()
            self.spool = None
        return rest


class Unhurried:
    """A socket that never makes its writer wait, within bounds."""

    _all_left = 0
    _lock = threading.Lock()

    def __init__(self, sock: socket.socket, patience_s: float) -> None:
        self._sock = sock
        self._patience_s = patience_s
        self._left = bytearray()
        self._at = 0  # what of `_left` is sent already
        self.moved_s = time.monotonic()  # when the line last took something
        self.sent_bytes = 0

    @property
    def left_bytes(self) -> int:
        return len(self._left) - self._at

    def sendall(self, data: bytes) -> None:
        """Send what the line takes, keep the rest. TimeoutError when the line takes nothing."""
        if self.left_bytes:
            self.flush()
        rest = memoryview(data)
        if not self.left_bytes:
            rest = rest[self._send(rest) :]
        if not rest:
            return
        self._keep(rest)
        while self.left_bytes > STREAM_BYTES or Unhurried._all_left > LEFT_BYTES:
            self._wait()
            if self.flush():
                return
        if time.monotonic() - self.moved_s > self._patience_s:
            raise TimeoutError("the other side does not read")

    def send(self, data: bytes) -> int:
        self.sendall(data)
        return len(data)

    def flush(self) -> bool:
        """Send what the line takes of what is left; whether nothing is left."""
        while self.left_bytes:
            sent = self._send(memoryview(self._left)[self._at : self._at + 256 * 1024])
            if not sent:
                return False
            self._at += sent
            with Unhurried._lock:
                Unhurried._all_left -= sent
            if self._at > 1024 * 1024:
                self._left = self._left[self._at :]
                self._at = 0
        self._left, self._at = bytearray(), 0
        return True

    def _keep(self, rest: memoryview) -> None:
        self._left += rest
        with Unhurried._lock:
            Unhurried._all_left += len(rest)

    def _send(self, data: memoryview) -> int:
        try:
            sent = self._sock.send(data, socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            return 0
        self.moved_s = time.monotonic()
        self.sent_bytes += sent
        return sent

    def _wait(self) -> None:
        """Wait until the line takes more. TimeoutError when it does not."""
        with selectors.DefaultSelector() as poller:
            poller.register(self._sock, selectors.EVENT_WRITE)
            if not poller.select(self._patience_s):
                raise TimeoutError("the other side does not read")

    # -- the rest of what gunicorn asks of a socket

    def fileno(self) -> int:
        return self._sock.fileno()

    def recv(self, size: int, flags: int = 0) -> bytes:
        return self._sock.recv(size, flags)

    def setblocking(self, blocking: bool) -> None:
        self._sock.settimeout(READ_S if blocking else 0)

    def settimeout(self, seconds: float | None) -> None:
        self._sock.settimeout(READ_S if seconds is None else min(seconds, READ_S))

    def gettimeout(self) -> float | None:
        return self._sock.gettimeout()

    def shutdown(self, how: int) -> None:
        self._sock.shutdown(how)

    def getsockname(self) -> Any:
        return self._sock.getsockname()

    def getpeername(self) -> Any:
        return self._sock.getpeername()

    def close(self) -> None:
        with Unhurried._lock:
            Unhurried._all_left -= self.left_bytes
        self._left, self._at = bytearray(), 0
        self._sock.close()
