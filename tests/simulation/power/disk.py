"""A disk with a volatile cache: what is on it for sure, and what a power cut may leave of the rest.

It promises what POSIX does and no more. A file's bytes and size are on the disk once the file was
synced, a name once its folder was. Until then each sector written may be there or not, in any
order, a sector perhaps only in part; a file that grew may have any length between, filled with
zeros or with what the disk held before; a new name may be missing and a removed one be back. What
was not written is never damaged.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

Image = dict[str, bytes | None]
"""path -> bytes of a file, None for a folder; those above come first."""
SECTORS = (512, 4096)
MOODS = (0.0, 0.1, 0.5, 0.9, 1.0, None)
"""How likely each unsynced sector survives a cut; None: all up to some moment, none after it."""
TORN = 0.1
"""How often a surviving sector is there only in part."""
GROWN = 0.3
"""How often a file has its new length although its new sectors are not there."""


class Step(NamedTuple):
    """One thing done to the disk. do: write, truncate, sync, make, folder, remove, rename,
    sync_folder. Paths are relative to the disk. at: an offset, or the size to truncate to."""

    do: str
    path: str
    at: int = 0
    data: bytes = b""
    to: str = ""


@dataclass
class File:
    """synced: what is there for sure; since: (offset, bytes), or (size, None) of a truncation."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def settle(self) -> None:
        for at, data in self.since:
            _put(self.synced, at, data)
        self.since.clear()

    def left(self, chance: random.Random) -> bytes:
        """What may be there after a cut."""
        mood, sector = chance.choice(MOODS), chance.choice(SECTORS)
        left = bytearray(self.synced)
        until = chance.randint(0, len(self.since))
        longest = len(left)
        for no, (at, data) in enumerate(self.since):
            likely = (1.0 if no < until else 0.0) if mood is None else mood
            if data is None:
                if chance.random() < likely:
                    _put(left, at, None)
                    longest = at
                continue
            longest = max(longest, at + len(data))
            for first, part in _pieces(at, data, sector):
                if chance.random() < likely:
                    _put(left, *_torn(first, part, chance))
        if longest > len(left) and chance.random() < GROWN:
            more = chance.randint(0, longest - len(left))
            left += bytes(more) if chance.random() < 0.5 else chance.randbytes(more)
        return bytes(left)


def _put(content: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        if len(content) > at:
            del content[at:]
        else:
            content += bytes(at - len(content))
        return
    if len(content) < at:
        content += bytes(at - len(content))
    content[at : at + len(data)] = data


def _pieces(at: int, data: bytes, sector: int) -> Iterator[tuple[int, bytes]]:
    """A write as the disk does it: cut at the borders of sectors."""
    begun = 0
    while begun < len(data):
        ended = min(len(data), begun + sector - (at + begun) % sector)
        yield at + begun, data[begun:ended]
        begun = ended


def _torn(at: int, data: bytes, chance: random.Random) -> tuple[int, bytes]:
    """Mostly the whole piece, else its beginning or its end."""
    if len(data) < 2 or chance.random() >= TORN:
        return at, data
    middle = chance.randrange(1, len(data))
    return (at, data[:middle]) if chance.random() < 0.5 else (at + middle, data[middle:])


class Turn(NamedTuple):
    """A change of names in a folder that was not synced after it: (path, number of its file or
    None). What is renamed has one of its names until its new folder is synced."""

    where: str
    puts: tuple[str, int | None] | None
    takes: str | None

    def do(self, names: dict[str, int | None]) -> None:
        if self.takes is not None:
            names.pop(self.takes, None)
        if self.puts is not None:
            names[self.puts[0]] = self.puts[1]


class Disk:
    """Everything below one folder, which is there for sure itself."""

    def __init__(self, image: Image | None = None) -> None:
        self.files: list[File] = []
        self.synced: dict[str, int | None] = {}
        for path, content in (image or {}).items():
            self.synced[path] = None if content is None else self._new(content)
        self.names = dict(self.synced)
        self.turns: list[Turn] = []

    def _new(self, content: bytes = b"") -> int:
        self.files.append(File(bytearray(content)))
        return len(self.files) - 1

    def take(self, step: Step) -> None:
        """Do one step."""
        if step.do in ("write", "truncate", "sync"):
            number = self.names.get(step.path)
            if number is None:
                return  # removed while it was open: nobody will see it again
            if step.do == "sync":
                self.files[number].settle()
            else:
                data = step.data if step.do == "write" else None
                self.files[number].since.append((step.at, data))
        elif step.do == "sync_folder":
            for turn in [one for one in self.turns if step.path == one.where]:
                turn.do(self.synced)
                self.turns.remove(turn)
        else:
            self._turn(step)

    def _turn(self, step: Step) -> None:
        where = folder_of(step.to or step.path)
        if step.do in ("make", "folder"):
            made = (step.path, self._new() if step.do == "make" else None)
            turn = Turn(where, made, None)
        elif step.do == "rename":
            turn = Turn(where, (step.to, self.names[step.path]), step.path)
        else:
            turn = Turn(where, None, step.path)
        turn.do(self.names)
        self.turns.append(turn)

    def whole(self) -> Image:
        """What programs see: everything, synced or not."""
        image: Image = {}
        for path, number in sorted(self.names.items()):
            image[path] = None if number is None else self._seen(number)
        return image

    def _seen(self, number: int) -> bytes:
        content = bytearray(self.files[number].synced)
        for at, data in self.files[number].since:
            _put(content, at, data)
        return bytes(content)

    def cut(self, chance: random.Random) -> Image:
        """What may be there after a power cut now."""
        names = dict(self.synced)
        mood = chance.choice((0.0, 0.5, 1.0))
        for turn in self.turns:
            if chance.random() < mood:
                turn.do(names)
        image: Image = {}
        for path, number in sorted(names.items()):
            above = folder_of(path)
            if above == "" or above in image:
                image[path] = None if number is None else self.files[number].left(chance)
        return image


def folder_of(path: str) -> str:
    above = str(PurePosixPath(path).parent)
    return "" if above == "." else above


def lay_out(image: Image, place: Path) -> None:
    """Put a disk's content into a folder."""
    for path, content in image.items():
        if content is None:
            (place / path).mkdir(mode=0o700)
        else:
            (place / path).write_bytes(content)
