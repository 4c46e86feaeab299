"""The stand-in server in a process of its own, over a local socket that loses answers.

It outlives the handhelds that are killed while they talk to it. A third of the answers are lost
after the server took the change in; a tenth of the requests never reach it.
"""

import os
import pickle
import random
import signal
import socket
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handhelds.reference.answers import Call, Reply
from tests.handhelds.double import Clock, Double


class Line:
    """A handheld's end: one connection a call, so that a killed caller leaves nothing behind."""

    def __init__(self, path: Path, pid: int) -> None:
        self.path, self.pid = path, pid

    def send(self, call: Call) -> Reply | None:
        found: Reply | None = self._ask(call)
        return found

    def heal(self) -> None:
        """From now on nothing is lost."""
        self._ask("heal")

    def orders(self) -> list[str]:
        """Ids of the orders and receipts the server took in, one for each change."""
        return list(self._ask("orders"))

    def faults(self) -> int:
        """How often a change came again with another body."""
        return int(self._ask("faults"))

    def _ask(self, question: Any) -> Any:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.path))
            _write(line, question)
            return _read(line)

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def serve(path: Path, seed: int) -> Line:
    """Start the server; it listens before this returns."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(8)
    pid = os.fork()
    if pid == 0:
        try:
            _serve(listening, random.Random(seed))
        finally:
            os._exit(3)
    listening.close()
    return Line(path, pid)


def _serve(listening: socket.socket, chance: random.Random) -> None:
    double, healed, faults = Double(clock=Clock(wall=datetime.now(UTC))), False, 0
    double.paged = True
    for line in _lines(listening):
        try:
            asked = _read(line)
            if isinstance(asked, Call):
                answer: Any = None
                if healed or chance.random() > 0.1:
                    try:
                        answer = double.send(asked)
                    except AssertionError:
                        faults += 1
                if not healed and chance.random() < 0.33:
                    answer = None
            elif asked == "heal":
                healed, answer = True, True
            elif asked == "orders":
                answer = [
                    body["id"] for kind in ("order", "collection") for body in double.pushed(kind)
                ]
            else:
                answer = faults
            _write(line, answer)
        except (OSError, EOFError):
            continue  # the other end was killed


def _lines(listening: socket.socket) -> Iterator[socket.socket]:
    while True:
        line, _ = listening.accept()
        with line:
            yield line


def _write(line: socket.socket, value: Any) -> None:
    data = pickle.dumps(value)
    line.sendall(struct.pack("!I", len(data)) + data)


def _read(line: socket.socket) -> Any:
    (size,) = struct.unpack("!I", _exactly(line, 4))
    return pickle.loads(_exactly(line, size))  # noqa: S301 - written by ourselves


def _exactly(line: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        part = line.recv(size - len(parts))
        if not part:
            raise EOFError
        parts += part
    return parts
