"""Was this handheld closed cleanly? Whoever opens it leaves a locked file and takes it away again.

The system lets go of a dead process's locks, whatever killed it; its file stays. So a file that
nobody holds says that some program of this handheld ended in the middle of something, even while
others have it open.
"""

import fcntl
import os
from pathlib import Path
from uuid import uuid4


class Opened:
    """One opening of a handheld's folder. `unclean`: an earlier one was never closed."""

    def __init__(self, home: Path) -> None:
        folder = home / "open"
        folder.mkdir(exist_ok=True, mode=0o700)
        self.unclean = sum(map(_is_left_behind, folder.iterdir())) > 0  # each is looked at
        name = uuid4().hex
        made = home / f"opening-{name}"
        self._path = folder / name
        self._file = os.open(made, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        made.rename(self._path)  # locked before anybody can see it

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
