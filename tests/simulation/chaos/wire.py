"""One HTTP message on the bad line: read whole, so that it can be kept, cut, doubled or spoilt.

Only what handhelds and server really send is understood; whatever else arrives is a broken line.
"""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, field

import msgspec
import zstandard

LONGEST_HEAD = 64 * 1024
BROKEN = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, TimeoutError)
"""What may happen to a connection whose other end was killed."""


@dataclass(frozen=True)
class Message:
    """A request or an answer; `body` is framed as it came (chunks and all)."""

    start: bytes
    headers: dict[str, str] = field(repr=False)
    head: bytes = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def raw(self) -> bytes:
        return self.head + self.body

    @property
    def path(self) -> str:
        return self.start.split(b" ")[1].decode("latin-1")

    @property
    def status(self) -> int:
        return int(self.start.split(b" ")[1])

    @property
    def keeps(self) -> bool:
        """Whether another message may follow on the same connection."""
        return self.headers.get("connection", "").lower() != "close"

    def text(self) -> bytes:
        """The body of an answer, unframed and unpacked."""
        body = self.body
        if self.headers.get("transfer-encoding") == "chunked":
            body = _unchunked(body)
        match self.headers.get("content-encoding"):
            case "gzip":
                return gzip.decompress(body)
            case "zstd":
                return zstandard.ZstdDecompressor().decompressobj().decompress(body)
        return body

    def outcomes(self) -> dict[str, str]:
        """Of an answered push: change id -> outcome."""
        found = msgspec.json.decode(self.text())
        return {one["id"]: one["outcome"] for one in found["verdicts"]}

    def with_body(self, body: bytes, **headers: str) -> Message:
        """The same with another body and the length that fits it."""
        changed = {**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        changed["content-length"] = str(len(body))
        changed.pop("transfer-encoding", None)
        lines = [self.start, *(f"{k}: {v}".encode("latin-1") for k, v in changed.items())]
        return Message(self.start, changed, b"\r\n".join(lines) + b"\r\n\r\n", body)


def said(status: str, body: bytes, **headers: str) -> Message:
    """An answer that is not the server's."""
    empty = Message(f"HTTP/1.1 {status}".encode(), {}, b"", b"")
    return empty.with_body(body, **headers)


async def read(stream: asyncio.StreamReader) -> Message | None:
    """The next message, whole; None when the connection was closed before one began."""
    try:
        head = await stream.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as cut:
        if not cut.partial:
            return None
        raise
    start, *lines = head[:-4].split(b"\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return Message(start, headers, head, await _body(stream, start, headers))


async def _body(stream: asyncio.StreamReader, start: bytes, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await stream.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding", "").lower() == "chunked":
        parts = []
        while True:
            line = await stream.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            parts += [line, await stream.readexactly(size + 2)]
            if size == 0:
                return b"".join(parts)
    if start.startswith(b"HTTP/") and int(start.split(b" ")[1]) not in (204, 304):
        return await stream.read(-1)
    return b""


def _unchunked(body: bytes) -> bytes:
    parts = []
    while body:
        line, _, body = body.partition(b"\r\n")
        size = int(line.split(b";")[0], 16)
        parts.append(body[:size])
        body = body[size + 2 :]
    return b"".join(parts)
