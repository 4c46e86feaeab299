"""What happened, entry by entry (the shapes are in the essay of this folder)."""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

Entry = dict[str, Any]
_encode = msgspec.json.Encoder(order="deterministic").encode


class History:
    """Entries in the order they happened, and a hash of all of them. `file`: written there too,
    one line each, as they come."""

    def __init__(self, file: Path | None = None) -> None:
        self.entries: list[Entry] = []
        self.faults: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self._digest = blake2b(digest_size=16)
        self._file = None if file is None else file.open("wb")

    def note(self, at: str, what: str, **more: Any) -> None:
        entry = {"at": at, "what": what, **more}
        line = _encode(entry)
        self._digest.update(line + b"\n")
        self.entries.append(entry)
        self.counts[what] += 1
        if what == "fault":
            self.faults[more["kind"]] += 1
        if self._file is not None:
            self._file.write(line + b"\n")
            self._file.flush()

    def of(self, *what: str) -> Iterator[Entry]:
        """The entries of these kinds."""
        return (one for one in self.entries if one["what"] in what)

    @property
    def digest(self) -> str:
        """The same for the same history, and only for that."""
        return self._digest.hexdigest()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def read(file: Path) -> History:
    """A history that was written to a file."""
    made = History()
    for line in file.read_bytes().splitlines():
        entry = msgspec.json.decode(line)
        made.note(entry.pop("at"), entry.pop("what"), **entry)
    return made
