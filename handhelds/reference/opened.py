"""Was this handheld closed cleanly? Whoever opens it leaves a locked file and takes it away again.

The system lets go of a dead process's locks, whatever killed it; its file stays. So a file that
nobody holds says that some program of this handheld ended in the middle of something, even while
others have it open.

A name in a folder outlives a power cut only once the folder was synced: not the new handheld's own
folder, nor the file left here. Syncing a file does not promise it (POSIX), though some systems do.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder that only we may look into, and those above it that are missing; a power cut
    takes none of them away again."""
    if folder.is_dir() and any(folder.iterdir()):
        return  # an empty one may be of a program that was killed before the next lines were done
    if not folder.parent.is_dir():
        make_folder(folder.parent, 0o777)
    folder.mkdir(exist_ok=True, mode=mode)
    keep_names(folder.parent)


def keep_names(folder: Path) -> None:
    """The names in a folder are on the disk when this returns."""
    with suppress(PermissionError):  # one that we may write into and not look into
        file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(file)
        finally:
            os.close(file)


class Opened:
    """One opening of a handheld's folder. `unclean`: an earlier one was never closed."""

    def __init__(self, home: Path) -> None:
        folder = home / "open"
        if not folder.is_dir():
            make_folder(folder)
        others = [*folder.iterdir()]
        name = uuid4().hex
        made = home / f"opening-{name}"
        self._path = folder / name
        self._file = os.open(made, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        made.rename(self._path)  # locked before anybody can see it
        keep_names(folder)
        # Only now: a power cut in between must not take both this file and those left behind.
        self.unclean = sum(map(_is_left_behind, others)) > 0  # each is looked at

    def close(self) -> None:
        """Closed as it should be. Twice is once."""
        if self._file >= 0:
            self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = -1

    def abandon(self) -> None:
        """What the system does for a process that dies."""
        os.close(self._file)
        self._file = -1


def _is_left_behind(path: Path) -> bool:
    """Whether its process is gone without having taken it away; then it is taken away here."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False  # closed just now
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_nlink == 0:
            return False  # closed cleanly between the two lines above
        path.unlink(missing_ok=True)
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(file)
