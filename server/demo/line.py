"""The bad line between a handheld and the server: a TCP proxy that can be down or lose a reply."""

import contextlib
import socket
import threading
from collections.abc import Callable

PIECE = 64 * 1024


class Line:
    """Listens on a free port and carries connections to the server, as well as it is told to.

    `up = False`: nobody answers. `lose_replies(n)`: the next n connections carry the request to
    the server, and hang up when the answer comes.
    """

    def __init__(self, host: str, port: int) -> None:
        self._far = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.up = True
        self.lost = 0
        self._to_lose = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, name="line", daemon=True).start()

    def lose_replies(self, n: int) -> None:
        with self._lock:
            self._to_lose = n

    def close(self) -> None:
        self.up = False
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        if not self.up:
            _hang_up(near)
            return
        try:
            far = socket.create_connection(self._far, timeout=10)
        except OSError:
            _hang_up(near)
            return
        far.settimeout(None)
        back = threading.Thread(target=_pump, args=(far, near, self._answered), daemon=True)
        back.start()
        _pump(near, far, lambda: True)
        back.join()

    def _answered(self) -> bool:
        """Asked when the server begins to answer: whether the answer may pass."""
        with self._lock:
            if self._to_lose > 0:
                self._to_lose -= 1
                self.lost += 1
                return False
        return self.up


def _pump(source: socket.socket, sink: socket.socket, may_pass: Callable[[], bool]) -> None:
    try:
        while piece := source.recv(PIECE):
            if not may_pass():
                break
            sink.sendall(piece)
    except OSError:
        pass
    _hang_up(source)
    _hang_up(sink)


def _hang_up(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
