"""A photo's row and its file, kept in step: what the row says is received is on the disk.

Order matters. Bytes are written and synced before the row counts them; a file is removed after the
row says it is expired. So a crash in between leaves a file with more than the row says, which the
next piece writes over, or a file nobody names, never a row that promises what is not there.
"""

import hashlib
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from schemas.problem import Problem
from server.files import private_folder, sync_folder
from server.photos import queries
from server.photos.queries import SAID, Kept

FREE_BYTES = 512 * 1024 * 1024
"""With less room on the disk no new bytes are taken; orders need none of it."""
AT_ONCE = 500


def path_of(folder: Path, cell: int, key: str) -> Path:
    """Where a photo lies: by the last digits of its id, so that no folder grows without end."""
    return folder / str(cell) / key[-2:] / key


def begin(
    conn: Connection, cell: int, key: str, device: str, rep: str, said: dict[str, Any], at: datetime
) -> Kept:
    """Note a photo that is about to come; the same again tells how far it is.

    Raises Problem photo_different when the id stands for another picture.
    """
    queries.begin(conn, cell, key, device, rep, said, at)
    kept = queries.locked(conn, cell, key)
    if kept is None or kept.device != device or kept.said != tuple(said[name] for name in SAID):
        raise Problem("photo_different")
    return kept


def append(
    conn: Connection, folder: Path, kept: Kept, first: int, data: bytes, at: datetime
) -> Kept:
    """Take a piece that begins at byte `first`; `kept` is locked.

    With the last piece it is whole, or, when it does not fit its checksum, at 0 again.
    Raises Problem: photo_offset when another byte is next, photos_full.
    """
    whole: int = kept.of("bytes")
    if kept.state != "coming":
        return kept  # a piece sent again whose answer was lost
    if first != kept.received_bytes or first + len(data) > whole:
        raise Problem("photo_offset", received_bytes=kept.received_bytes)
    path = path_of(folder, kept.cell, kept.id)
    private_folder(path.parent)
    if shutil.disk_usage(path.parent).free - len(data) < FREE_BYTES:
        raise Problem("photos_full")
    _write(path, first, data)
    count = first + len(data)
    state = "whole" if count == whole else "coming"
    if state == "whole" and _sha256(path, whole) != kept.of("sha256"):
        queries.received(conn, kept.cell, kept.id, 0, "coming", at)
        return kept._replace(received_bytes=0)  # the caller commits this, then says so
    queries.received(conn, kept.cell, kept.id, count, state, at)
    return kept._replace(received_bytes=count, state=state)


def _write(path: Path, first: int, data: bytes) -> None:
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(number, first)
        done = 0
        while done < len(data):
            done += os.pwrite(number, data[done:], first + done)
        os.fsync(number)
    finally:
        os.close(number)
    if first == 0:
        sync_folder(path.parent)


def _sha256(path: Path, count: int) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(file.read(count)).hexdigest()


def expire(conn: Connection, before: datetime) -> list[tuple[int, str]]:
    """Let go of photos last heard of before an instant; remove their files once this commits."""
    due = queries.past_their_time(conn, before, AT_ONCE)
    if due:
        queries.expire(conn, due)
    return due


def remove(folder: Path, photos: list[tuple[int, str]]) -> None:
    """Delete the files of photos that are expired; one that is gone already is no fault."""
    for cell, key in photos:
        path_of(folder, cell, key).unlink(missing_ok=True)
