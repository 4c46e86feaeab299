"""A folder that two programs hand each other files through, and everything that can go wrong there.

    out/      documents for them: NAME, then NAME.done when NAME may be taken
    in/       what they put for us
    done/     what of it was read             failed/   what could not be, each with a NAME.why
    sent/     our own records of what was handed over and answered; nobody else's business

They take a document in this order: move NAME away, then delete NAME.done. So a document without a
marker is one that was never marked, and where both are gone it was taken.

Every file is reached through a descriptor of its own folder, by a bare name, and never through a
link: nothing that a name or a link says leads anywhere else. Nothing is made where a folder is
missing, because a missing folder may be a network drive that is away.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("out", "in", "done", "failed", "sent")
FILE_BYTES = 4 * 1024 * 1024
"""The most of an incoming file; an acknowledgement of 1,000 orders has about 0.3 MB."""
NAME = re.compile(r"\A[^/\\\x00-\x1f\x7f]{1,200}\Z")
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC

_NOT_FOR_US = (errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EACCES, errno.EPERM)


class Away(Exception):
    """The folder, or one of its five, is not there or cannot be used just now."""


class Unfit(Exception):
    """This is no file that is read: a link, a device, too large. The text says which."""


@dataclass(frozen=True)
class Found:
    """A name in a folder, its age by the folder's own clock unknown: `changed_s` since 1970."""

    name: str
    changed_s: float
    size_bytes: int


@dataclass(frozen=True)
class Drop:
    """The folder. Methods raise `Away` for what the file system refuses; no other OSError."""

    root: Path

    def make(self) -> None:
        """Make the five folders below a root that is there. Only for setting a target up."""
        with _told(self.root):
            os.close(os.open(self.root, os.O_RDONLY | os.O_DIRECTORY))
            for name in FOLDERS:
                with contextlib.suppress(FileExistsError):
                    (self.root / name).mkdir(mode=0o770)

    def put(self, folder: str, name: str, content: bytes) -> None:
        """Write a whole file or none: a temporary name first, on disk, then its own name."""
        with self._open(folder) as at:
            part = f".{_fit(name)}.part"
            with contextlib.suppress(FileNotFoundError):
                os.unlink(part, dir_fd=at)  # what a crash left, or a link that somebody laid
            handle = os.open(part, _WRITE | os.O_EXCL, 0o660, dir_fd=at)
            try:
                left = memoryview(content)
                while left:
                    left = left[os.write(handle, left) :]
                os.fsync(handle)
            finally:
                os.close(handle)
            os.rename(part, name, src_dir_fd=at, dst_dir_fd=at)
            os.fsync(at)

    def there(self, folder: str, name: str) -> bool:
        """Whether the folder has this name, whatever it is."""
        with self._open(folder) as at:
            try:
                os.stat(_fit(name), dir_fd=at, follow_symlinks=False)
            except FileNotFoundError:
                return False
            return True

    def read(self, folder: str, name: str, most_bytes: int = FILE_BYTES) -> bytes | None:
        """A file's content, or None when there is none of this name. Raises `Unfit`."""
        with self._open(folder) as at:
            try:
                handle = os.open(_fit(name), _READ, dir_fd=at)
            except FileNotFoundError:
                return None
            except OSError as error:
                if error.errno in _NOT_FOR_US:
                    raise Unfit(f"it is a link, or may not be read ({error.strerror})") from None
                raise
            try:
                about = os.fstat(handle)
                if not stat.S_ISREG(about.st_mode):
                    raise Unfit("it is no file")
                if about.st_size > most_bytes:
                    raise Unfit(f"it has {about.st_size:,} bytes, more than {most_bytes:,}")
                pieces = []
                while piece := os.read(handle, 1 << 20):
                    pieces.append(piece)
                return b"".join(pieces)[:most_bytes]
            finally:
                os.close(handle)

    def names(self, folder: str, most: int = 100_000) -> list[Found]:
        """What is in a folder, oldest first; names that begin with a dot are nobody's yet."""
        found = []
        with self._open(folder) as at, os.scandir(at) as listing:
            for one in listing:
                if one.name.startswith("."):
                    continue
                with contextlib.suppress(FileNotFoundError):
                    about = one.stat(follow_symlinks=False)
                    found.append(Found(one.name, about.st_mtime, about.st_size))
                if len(found) >= most:
                    break
        return sorted(found, key=lambda one: (one.changed_s, one.name))

    def move(self, name: str, folder: str, to: str) -> str:
        """Move a file that `names` told of; return its name there.

        A file of that name there stays, ours gets a longer one.
        """
        with self._open(folder) as here, self._open(to) as there:
            for candidate in _candidates(name):
                try:
                    os.stat(candidate, dir_fd=there, follow_symlinks=False)
                    continue
                except FileNotFoundError:
                    pass
                with contextlib.suppress(FileNotFoundError):  # moved already, by another of us
                    os.rename(name, candidate, src_dir_fd=here, dst_dir_fd=there)
                os.fsync(there)
                return candidate
        raise Away(f"{self.root / to}: too many files are called {name!r}")

    def drop(self, folder: str, name: str) -> None:
        """Delete a file if it is there."""
        with self._open(folder) as at, contextlib.suppress(FileNotFoundError):
            os.unlink(_fit(name), dir_fd=at)

    def changed_ns(self, folder: str) -> int:
        """A number that changes when names come or go: cheap to ask again and again."""
        with self._open(folder) as at:
            return os.fstat(at).st_mtime_ns

    @contextlib.contextmanager
    def _open(self, folder: str) -> Iterator[int]:
        with _told(self.root / folder):
            at = os.open(self.root / folder, _DIRECTORY)
            try:
                yield at
            finally:
                os.close(at)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """File system errors as `Away`, in words that name the folder."""
    try:
        yield
    except OSError as error:
        raise Away(f"{path}: {error.strerror or error}") from error


def _fit(name: str) -> str:
    """The name, if it is a bare one. A ValueError here is our own fault: names are made to fit."""
    if not NAME.match(name) or name in (".", ".."):
        raise ValueError(f"{name!r} is no name of a file")
    return name


def _candidates(name: str) -> Iterator[str]:
    """Names like `name`, printable, with room for what is hung on them (.done, .why, .part)."""
    plain = re.sub(r"[^ -~\w]|[/\\]", "-", name)
    short = plain.encode("utf-8", "replace")[:180].decode("utf-8", "ignore")
    yield short
    for n in range(2, 10_000):
        yield f"{short}.{n}"


def safe(text: str) -> str:
    """`text` as a part of a file's name: what is not a letter, digit or dash becomes a dash."""
    return re.sub(r"[^A-Za-z0-9-]", "-", text)[:60]


def trail_name(order: str, revision: int) -> str:
    """The name of our record of a reference: legible where it can be, always its own."""
    digest = hashlib.sha256(f"{order}/{revision}".encode()).hexdigest()[:12]
    return f"{safe(order)}_{revision}_{digest}"
