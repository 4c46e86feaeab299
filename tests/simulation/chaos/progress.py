"""How a long run goes: a line each minute, from what was added to the history meanwhile."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import psutil

CAPTURED, FAULT = b'"what":"captured"', b'"what": "fault"'
"""As entries begin: those of handhelds are written without spaces, those of the server with."""
PIECE_BYTES = 4 * 1024 * 1024


class Progress:
    """What the history's file tells, read on from where the last look ended."""

    def __init__(self, file: Path) -> None:
        self.file, self.changes, self.faults = file, 0, 0
        self._began_s = self._last_s = time.monotonic()
        self._before, self._read_to = 0, 0

    def look(self) -> None:
        """Count what has come since; a line that is not whole yet is counted the next time."""
        with self.file.open("rb") as file:
            file.seek(self._read_to)
            while piece := file.read(PIECE_BYTES):
                whole = piece.rfind(b"\n") + 1
                if not whole:
                    break
                part = piece[:whole]
                self.changes += part.count(CAPTURED)
                self.faults += part.count(FAULT) + part.count(FAULT.replace(b" ", b""))
                self._read_to += whole
                file.seek(self._read_to)

    def tell(self, requests: int, faults: int, kills: int) -> None:
        """Look, and print the line; requests, faults, kills: what the caller counted besides."""
        self.look()
        now_s = time.monotonic()
        pace = (self.changes - self._before) / (now_s - self._last_s)
        self._before, self._last_s = self.changes, now_s
        memory = psutil.virtual_memory().available
        print(
            f"{(now_s - self._began_s) / 60:.0f} min: {self.changes} changes ({pace:.0f}/s),"
            f" {requests} requests, {faults + self.faults} faults, {kills} kills of the server;"
            f" {memory >> 20} MB of memory and"
            f" {shutil.disk_usage(self.file.parent).free >> 30} GB of disk left",
            file=sys.stderr, flush=True,
        )  # fmt: skip
