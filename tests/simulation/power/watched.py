"""Everything that happens to a folder's files, written down in order: SQLite's doing and Python's.

SQLite's steps are seen by a VFS that lies over the system's own and passes every call on. Locks
and the shared-memory file are the system's: they do not outlive a power cut, and nothing is
written down of them. The system's VFS syncs the folder with the first sync of a journal or of a
write-ahead log that it made, and of no other file; so that is written down then.

What Python does to files (folders made, markers renamed, syncs) is seen by standing before the
calls of `os` while a life is watched.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from tests.simulation.power.disk import Step, folder_of

VFS = "watched"
NONE = "(?!)"
JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_SUPER_JOURNAL


class Trace:
    """The steps below one folder so far. unheard: paths (a pattern) whose syncs do nothing, for
    disks that lie and programs that forget."""

    def __init__(self, place: Path, unheard: str = NONE) -> None:
        self.place = os.path.realpath(place)
        self.steps: list[Step] = []
        self.unheard = unheard

    def inside(self, path: Any) -> str | None:
        """The path as the disk knows it; None for what is elsewhere."""
        whole = os.path.abspath(os.fspath(path))
        if not whole.startswith(self.place + os.sep) or whole.endswith("-shm"):
            return "" if whole == self.place else None
        return whole[len(self.place) + 1 :]

    def add(self, do: str, path: str, at: int = 0, data: bytes = b"", to: str = "") -> None:
        self.steps.append(Step(do, path, at, data, to))

    def sync(self, path: str) -> None:
        """A file or a folder was synced."""
        if not re.fullmatch(self.unheard, path):
            is_folder = os.path.isdir(os.path.join(self.place, path))
            self.add("sync_folder" if is_folder else "sync", path)


_trace: Trace | None = None


class WatchedFile(apsw.VFSFile):
    """One open file of SQLite's."""

    def __init__(self, name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.path = _trace.inside(path) if _trace and path else None
        is_new = self.path is not None and not os.path.exists(path)
        super().__init__("", name, flags)
        self.owes_folder = is_new and bool(flags[0] & JOURNALS)
        if is_new and _trace and self.path:
            _trace.add("make", self.path)

    def xWrite(self, data: bytes, offset: int) -> None:
        if _trace and self.path:
            _trace.add("write", self.path, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        if _trace and self.path:
            _trace.add("truncate", self.path, size)
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        if _trace and self.path:
            _trace.sync(self.path)
            if self.owes_folder:
                _trace.add("sync_folder", folder_of(self.path))
                self.owes_folder = False
        super().xSync(flags)


class Watched(apsw.VFS):
    """The system's VFS, watched."""

    def __init__(self) -> None:
        super().__init__(VFS, base="")

    def xOpen(self, name: Any, flags: list[int]) -> WatchedFile:
        return WatchedFile(name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        path = _trace.inside(name) if _trace else None
        if _trace and path and os.path.exists(name):
            _trace.add("remove", path)
            if sync_folder:
                _trace.add("sync_folder", folder_of(path))
        super().xDelete(name, sync_folder)


_vfs = Watched()
"""Registered for as long as the process lives."""


@contextmanager
def watching(trace: Trace) -> Iterator[None]:
    """Write down everything that happens, until the end of the block."""
    global _trace
    assert _trace is None, "one trace at a time"
    real = {name: getattr(os, name) for name in ("mkdir", "rename", "unlink", "open", "fsync")}
    _trace = trace
    try:
        for name, stand_in in _stand_ins(trace, real).items():
            setattr(os, name, stand_in)
        yield
    finally:
        for name, call in real.items():
            setattr(os, name, call)
        _trace = None


def _stand_ins(trace: Trace, real: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    opened: dict[int, str] = {}

    def mkdir(path: Any, *more: Any, **named: Any) -> None:
        real["mkdir"](path, *more, **named)
        if inside := trace.inside(path):
            trace.add("folder", inside)

    def rename(path: Any, to: Any, **named: Any) -> None:
        real["rename"](path, to, **named)
        inside, target = trace.inside(path), trace.inside(to)
        if inside and target:
            trace.add("rename", inside, to=target)

    def unlink(path: Any, **named: Any) -> None:
        real["unlink"](path, **named)
        if inside := trace.inside(path):
            trace.add("remove", inside)

    def open_(path: Any, flags: int, *more: Any, **named: Any) -> int:
        inside = trace.inside(path)
        is_new = bool(inside) and flags & os.O_CREAT and not os.path.exists(path)
        file: int = real["open"](path, flags, *more, **named)
        opened.pop(file, None)
        if inside is not None:
            opened[file] = inside
        if is_new and inside:
            trace.add("make", inside)
        return file

    def fsync(file: int) -> None:
        inside = opened.get(file)
        if inside is not None:
            trace.sync(inside)
        real["fsync"](file)

    return {"mkdir": mkdir, "rename": rename, "unlink": unlink, "open": open_, "fsync": fsync}
