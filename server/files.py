"""Files that nobody else may read, and files that are there whole or not at all."""

import hashlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

SOCKET_PATH_BYTES = 103  # the shortest limit among the systems we run on, less its NUL
SOCKET_NAME_BYTES = len("/.s.PGSQL.5432.lock")


def private_folder(path: Path) -> None:
    """Make the folder, and those above it, for its owner alone; one that exists stays as it is."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def open_lock(path: Path) -> int:
    """Open a file to lock; the number is not inherited by programs we start."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file, readable by its owner alone, that appears under its name only when whole.

    What is left after an error or a power cut is the file that was there before, or none.
    """
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(number)
    try:
        with open(name, "wb") as file:  # by name, so that the caller can read it where it is
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    sync_folder(path.parent)


def first_file(path: Path, content: bytes) -> bytes:
    """Write the file unless it is there; return what it holds. Racing writers agree on one."""
    if not path.exists():
        private_folder(path.parent)
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was first: its content counts
                os.link(name, path)
        finally:
            os.unlink(name)
        sync_folder(path.parent)
    return path.read_bytes()


def passwords(path: Path, names: Iterable[str]) -> dict[str, str]:
    """One random password a name, made on first use and kept in the file ever after."""
    fresh = {name: secrets.token_hex(24) for name in names}
    kept: dict[str, str] = json.loads(first_file(path, json.dumps(fresh).encode()))
    return kept


def socket_folder(root: Path, server_uid: int | None = None) -> Path:
    """A private folder for the server's socket: root/run, or elsewhere when that cannot be used.

    A socket's path must fit in about 103 bytes, and clients read a comma as the start of another
    host. The folder elsewhere is named after the root, and refused when it is neither ours nor
    that of the account that runs the server.
    """
    folder = root / "run"
    if len(os.fsencode(folder)) + SOCKET_NAME_BYTES > SOCKET_PATH_BYTES or "," in str(folder):
        named = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"talaria-{os.geteuid()}-{named}"
    folder.mkdir(mode=0o700, exist_ok=True)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in (os.geteuid(), server_uid):
        raise PermissionError(f"{folder} belongs to somebody else: remove it, or set TMPDIR")
    folder.chmod(0o700)
    return folder
