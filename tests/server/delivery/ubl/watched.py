"""Whether anybody looked: a file watched by the kernel, an address with somebody listening."""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path

_OPENED = 0x20 | 0x01  # IN_OPEN, IN_ACCESS
_libc = ctypes.CDLL(None, use_errno=True)


class WatchedFile:
    """A file with a secret in it; `touched` tells whether it was opened since, by any library."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text("a secret")
        self._watch = _libc.inotify_init1(os.O_NONBLOCK)
        assert self._watch >= 0
        assert _libc.inotify_add_watch(self._watch, os.fsencode(path), _OPENED) >= 0

    def touched(self) -> bool:
        try:
            return bool(os.read(self._watch, 4096))
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._watch)


class WatchedAddress:
    """A listening address; `called` tells whether anybody connected."""

    def __init__(self) -> None:
        self._line = socket.create_server(("127.0.0.1", 0))
        self._line.setblocking(False)
        self.url = f"http://127.0.0.1:{self._line.getsockname()[1]}/dtd"

    def called(self) -> bool:
        try:
            self._line.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._line.close()
