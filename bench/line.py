"""A slow line as a proxy: so many bits a second each way, and half the round trip of delay.

Charged as the line would charge it: each segment of at most 1,400 bytes carries 40 bytes of IP
and TCP headers, a new connection costs a round trip before its first byte, and a segment waits
for those before it. (56 kbit/s times 600 ms is 4.2 kB, less than TCP's first window of ten
segments: slow start never binds here, so it is not played.) TLS is not part of it.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

SEGMENT_BYTES, HEADER_BYTES = 1400, 40
_END = b""


class Direction:
    """One way of the line, shared by all connections: when the next byte may leave."""

    def __init__(self, bits_s: float) -> None:
        self.bytes_s = bits_s / 8
        self.bytes = 0
        self._free_s = 0.0
        self._lock = threading.Lock()

    def leave_s(self, size: int) -> float:
        """Charge a segment; the moment its last bit has left."""
        charged = size + HEADER_BYTES
        with self._lock:
            self._free_s = max(self._free_s, time.monotonic()) + charged / self.bytes_s
            self.bytes += charged
            return self._free_s


class SlowLine:
    """`with SlowLine(url) as line:` then talk to `line.url`."""

    def __init__(self, url: str, bits_s: float = 56_000, round_trip_s: float = 0.6) -> None:
        told = urlsplit(url)
        self._far = (told.hostname or "127.0.0.1", told.port or 80)
        self._half_s = round_trip_s / 2
        self.up, self.down = Direction(bits_s), Direction(bits_s)
        self.connections = 0
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "SlowLine":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up: nothing is left running, nothing open."""
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for one in (self._listener, *self._open):
            one.close()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(self._far)
            self._open += [near, far]
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            first_s = time.monotonic() + 2 * self._half_s  # SYN there, SYN and ACK back
            self._carry(near, far, self.up, first_s)
            self._carry(far, near, self.down, 0.0)

    def _carry(
        self, source: socket.socket, sink: socket.socket, way: Direction, not_before_s: float
    ) -> None:
        """Two threads: one charges what comes in, one lets go of it when it has arrived."""
        flying: queue.Queue[tuple[float, bytes]] = queue.Queue()

        def take() -> None:
            with suppress(OSError):
                time.sleep(max(0.0, not_before_s - time.monotonic()))
                while piece := source.recv(SEGMENT_BYTES):
                    flying.put((way.leave_s(len(piece)) + self._half_s, piece))
            flying.put((time.monotonic() + self._half_s, _END))

        def give() -> None:
            with suppress(OSError):
                while True:
                    arrives_s, piece = flying.get()
                    time.sleep(max(0.0, arrives_s - time.monotonic()))
                    if piece == _END:
                        sink.shutdown(socket.SHUT_WR)
                        return
                    sink.sendall(piece)

        self._start(take)
        self._start(give)
