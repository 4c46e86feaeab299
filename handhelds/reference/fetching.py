"""The talk that fetches segments: prepared rows that a page only names, as bytes.

They come in pieces, each kept as it came, also the last one before the line was cut: the next try
asks for what is missing. Whole, they are held against their checksum, and what does not fit it is
thrown away and fetched again: it never becomes rows.
"""

from collections.abc import Generator, Sequence
from typing import NamedTuple, Protocol

from handhelds.reference.answers import Call, Ending, Reply, judge

PIECE_BYTES = 256 * 1024
"""Asked for at once: so much is lost at most when the handheld dies while a piece is coming."""
MOST_WRONG = 2
"""So often a segment is fetched that turns out wrong; then a later sync tries again."""


class Lacking(NamedTuple):
    """A segment that staged pages name and that is not whole yet; `have`: bytes kept so far."""

    id: str
    scope: str
    bytes: int
    sha256: str
    have: int


class Shelf(Protocol):
    """Where pieces are kept; local.py is one. Each call is durable when it returns."""

    def lacking(self) -> Sequence[Lacking]: ...
    def keep_piece(self, segment: str, first: int, data: bytes) -> int: ...
    def is_sound(self, segment: Lacking) -> bool: ...
    def received(self) -> tuple[int, int]: ...


def fetch_segments(keeper: Shelf, secret: str) -> Generator[Call, Reply | None, Ending | None]:
    """Fetch what staged pages name; None when all of it is here, whole and sound."""
    for one in keeper.lacking():
        wrong, have = 0, one.have
        while True:
            if have >= one.bytes:
                if keeper.is_sound(one):
                    break
                wrong, have = wrong + 1, 0
                if wrong == MOST_WRONG:
                    return Ending("cut", f"what came of {one.scope} is not what was sent")
            reply = yield _call(one, have, secret)
            trouble = judge(reply)
            if trouble is not None:
                return trouble
            if reply is None or reply.first > have or not reply.body:
                return Ending("cut", f"nothing more of {one.scope} came")
            have = keeper.keep_piece(one.id, reply.first, reply.body)
            if reply.is_cut:
                return Ending("cut")
    return None


def _call(one: Lacking, have: int, secret: str) -> Call:
    stop = have + PIECE_BYTES if one.bytes - have > PIECE_BYTES else None
    return Call("GET", f"/sync/v1/segments/{one.id}", b"", secret, have, stop, one.sha256)
