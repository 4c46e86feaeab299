"""Segments on the handheld: their pieces in the copy's file until a pull is swapped in.

See fetching.py for how they come. Whoever calls `expect` holds a transaction on the copy.
"""

import hashlib
import sqlite3
from collections.abc import Sequence

import msgspec

from handhelds.reference.answers import Rows, Segment, are_whole
from handhelds.reference.fetching import Lacking
from schemas.packed import inflate
from schemas.problem import Problem

MOST_BYTES = 256 * 1024 * 1024
"""A segment unpacks to no more: one that would is not sound, whatever its frame says of itself."""


class Shelved:
    """The pieces of the segments that staged pages name."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def expect(self, segments: Sequence[Segment]) -> None:
        """Remember what a page names."""
        self.db.executemany(
            "INSERT OR IGNORE INTO copy.segment (id, scope, bytes, sha256) VALUES (?, ?, ?, ?)",
            ((one.id, one.scope, one.bytes, one.sha256) for one in segments),
        )

    def lacking(self) -> list[Lacking]:
        """What is named and not whole, with how much of it is here."""
        rows = self.db.execute(
            "SELECT id, scope, bytes, sha256, coalesce((SELECT sum(length(data))"
            " FROM copy.piece WHERE segment = id), 0) FROM copy.segment WHERE NOT whole"
            " ORDER BY no"
        )
        return [Lacking(*row) for row in rows]

    def keep_piece(self, segment: str, first: int, data: bytes) -> int:
        """Keep a piece; one from the beginning takes the place of all there was. Returns how many
        bytes are here. A piece that begins inside another is cut to what is new."""
        self.db.execute("BEGIN")
        try:
            if first == 0:
                self._forget(segment)
            have = self._have(segment)
            if first <= have < first + len(data):
                self.db.execute(
                    "INSERT INTO copy.piece VALUES (?, ?, ?)", (segment, have, data[have - first :])
                )
            self.db.execute("COMMIT")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        return self._have(segment)

    def _have(self, segment: str) -> int:
        found = self.db.execute(
            "SELECT coalesce(sum(length(data)), 0) FROM copy.piece WHERE segment = ?", (segment,)
        ).fetchone()
        return int(found[0])

    def _forget(self, segment: str) -> None:
        self.db.execute("DELETE FROM copy.piece WHERE segment = ?", (segment,))

    def is_sound(self, segment: Lacking) -> bool:
        """Hold what came against its checksum, and look whether it can be read. Sound, it counts
        as whole from now on; else all of it is thrown away."""
        body = self._body(segment.id)
        sound = hashlib.sha256(body).hexdigest() == segment.sha256 and _read(body) is not None
        if sound:
            self.db.execute("UPDATE copy.segment SET whole = 1 WHERE id = ?", (segment.id,))
        else:
            self._forget(segment.id)
        return sound

    def _body(self, segment: str) -> bytes:
        pieces = self.db.execute(
            "SELECT data FROM copy.piece WHERE segment = ? ORDER BY first", (segment,)
        )
        return b"".join(row[0] for row in pieces)

    def rows_of(self, segment: str) -> dict[str, Rows]:
        """The rows of a whole segment."""
        rows = _read(self._body(segment))
        if rows is None:
            raise ValueError(f"segment {segment} cannot be read")
        return rows

    def received(self) -> tuple[int, int]:
        """How many bytes of the segments named are here, and how many there are."""
        have, there_are = self.db.execute(
            "SELECT (SELECT coalesce(sum(length(data)), 0) FROM copy.piece),"
            " (SELECT coalesce(sum(bytes), 0) FROM copy.segment)"
        ).fetchone()
        return int(have), int(there_are)


def _read(body: bytes) -> dict[str, Rows] | None:
    """kind -> rows; None when it is not that."""
    try:
        rows = msgspec.json.decode(inflate(body, "zstd", MOST_BYTES), type=dict[str, Rows])
    except (Problem, msgspec.DecodeError, UnicodeDecodeError, MemoryError):
        return None
    return rows if are_whole(rows) else None
