"""Keeps rejected rows beside the file they came from, as FILE.rejects.csv."""

import os
from pathlib import Path

from server.feeds.all import REJECTS
from server.feeds.validate import Rejects


def keep_rejects(rejects: Rejects, path: Path, feed: str | None = None) -> Path | None:
    """Write FILE.rejects.csv (FILE.FEED.rejects.csv when one file feeds two) and return its path.

    Without rejects an old one is removed: it would be read as this load's. Where the file's own
    folder cannot be written, the current one is taken.
    """
    name = f"{path.name}.{feed}{REJECTS}" if feed else path.name + REJECTS
    folder = path.parent if os.access(path.parent, os.W_OK) else Path.cwd()
    kept = folder / name
    if not rejects.rows:
        kept.unlink(missing_ok=True)
        return None
    rejects.save(kept)
    return kept
