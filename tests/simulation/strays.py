"""What runs that were killed left behind is cleared away by the next one; asked to end, they end.

A run's PostgreSQL is nobody's child any more once it is up: a run that is killed leaves it behind,
with its folder. Whoever plays holds the folder's lock (EmbeddedPostgres), so one that is free is of
a run that is over.
"""

import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests import conftest

PREFIXES = ("talaria-sim-", "talaria-mutants-")
YOUNG_S = 60.0
"""A folder that was just made may not have its lock yet."""


def tidy() -> None:
    """At the beginning of a run: clear away what others left, and leave nothing when terminated."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    for prefix in PREFIXES:
        for folder in Path(tempfile.gettempdir()).glob(prefix + "*"):
            with suppress(OSError):
                if _is_over(folder):
                    conftest._remove(folder)


def _is_over(folder: Path) -> bool:
    """Whether it is ours, held a server, and is not being made just now; the lock says the rest."""
    made = folder.stat()
    is_young = time.time() - made.st_mtime < YOUNG_S
    return made.st_uid == os.geteuid() and not is_young and (folder / "ref.lock").exists()
