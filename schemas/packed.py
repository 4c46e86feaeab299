"""Unpack a request body: gzip, zstd or plain, never more than a bounded number of bytes.

A gigabyte of zeros travels as one megabyte of gzip, or as thirty kilobytes of zstd. Both are
unpacked piece by piece and dropped the moment the limit is passed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from schemas.problem import Problem

READ_BYTES = 64 * 1024
ZSTD_FEED_BYTES = 256  # four bytes of zstd can stand for 128 KiB: 256 for 8 MiB, and no more


def inflate(body: bytes | BinaryIO, encoding: str | None, limit_bytes: int) -> bytes:
    """The body as it was before packing; reads no more than it must and keeps memory flat.

    ``Problem``: body_too_large (packed or not, over ``limit_bytes``), body_damaged (cut short,
    corrupt, or with something after its end), encoding_unsupported.
    """
    word = (encoding or "identity").strip().lower()
    unpack = {"identity": _as_is, "gzip": _gunzip, "x-gzip": _gunzip, "zstd": _unzstd}.get(word)
    if unpack is None:
        raise Problem("encoding_unsupported", f"Content-Encoding {word[:40]!r} is not read here.")
    parts: list[bytes] = []
    size_bytes = 0
    for part in unpack(_packed(body, limit_bytes), limit_bytes):
        size_bytes += len(part)
        if size_bytes > limit_bytes:
            raise Problem("body_too_large", f"At most {limit_bytes} bytes unpacked are read.")
        parts.append(part)
    return b"".join(parts)


def _packed(body: bytes | BinaryIO, limit_bytes: int) -> Iterator[bytes]:
    """The body in small pieces. Bounded too: empty blocks of gzip unpack to nothing, for ever."""
    size_bytes = 0
    if isinstance(body, bytes):
        pieces = (body[at : at + READ_BYTES] for at in range(0, len(body), READ_BYTES))
    else:
        pieces = iter(lambda: body.read(READ_BYTES), b"")  # type: ignore[assignment]
    for piece in pieces:
        size_bytes += len(piece)
        if size_bytes > limit_bytes:
            raise Problem("body_too_large", f"At most {limit_bytes} bytes are read.")
        yield piece


def _as_is(pieces: Iterator[bytes], limit_bytes: int) -> Iterator[bytes]:
    yield from pieces


def _gunzip(pieces: Iterator[bytes], limit_bytes: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            if inflater.eof:
                raise Problem("body_damaged", "Something follows the end of the packed body.")
            while piece and not inflater.eof:
                yield inflater.decompress(piece, READ_BYTES)
                piece = inflater.unconsumed_tail
            if inflater.unused_data:
                raise Problem("body_damaged", "Something follows the end of the packed body.")
    except zlib.error as error:
        raise Problem("body_damaged", "The gzip body does not unpack.") from error
    if not inflater.eof:
        raise Problem("body_damaged", "The gzip body is cut short.")


def _unzstd(pieces: Iterator[bytes], limit_bytes: int) -> Iterator[bytes]:
    reader = zstandard.ZstdDecompressor(max_window_size=max(limit_bytes, 1024)).decompressobj()
    try:
        for number, piece in enumerate(pieces):
            if number == 0 and _declared_bytes(piece) > limit_bytes:
                raise Problem("body_too_large", f"At most {limit_bytes} bytes unpacked are read.")
            for at in range(0, len(piece), ZSTD_FEED_BYTES):
                if reader.eof:
                    raise Problem("body_damaged", "Something follows the end of the packed body.")
                yield reader.decompress(piece[at : at + ZSTD_FEED_BYTES])
    except zstandard.ZstdError as error:
        raise Problem("body_damaged", "The zstd body does not unpack.") from error
    if not reader.eof or reader.unused_data:
        raise Problem("body_damaged", "The zstd body is cut short or has something after its end.")


def _declared_bytes(start: bytes) -> int:
    """What a zstd frame says it needs: its content where it says so, else its window."""
    frame = zstandard.get_frame_parameters(start)
    unknown = frame.content_size == zstandard.CONTENTSIZE_UNKNOWN
    return frame.window_size if unknown else frame.content_size
