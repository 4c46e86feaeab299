"""When has a whole HTTP request arrived? Pure; fed bytes as they come.

This only decides when it is worth a thread's while to look. What the request is, and whether it is
one, is decided by gunicorn's parser, from the same bytes: whatever this cannot make sense of is
handed over at once, to be refused there. So a mistake here can cost time, never safety.
"""

from enum import Enum, auto

HEAD_BYTES = 64 * 1024
"""Request line and headers together; gunicorn limits each line and their number (web.py)."""
LINE_BYTES = 8 * 1024


class Has(Enum):
    """How far a request has come."""

    BEGUN = auto()  # some of it, or nothing yet
    HEAD = auto()  # all of its headers; the body is on its way
    ALL = auto()  # everything, or enough to refuse it
    TOO_MUCH = auto()  # headers that nobody sends


class Framing:
    """Feed it; `state` says how far the request has come. Bytes after its end do not matter."""

    def __init__(self, most_body_bytes: int) -> None:
        self.state = Has.BEGUN
        self.expects_continue = False
        self.whole = False  # ALL, and not merely enough to refuse it
        self._most = most_body_bytes
        self._head = bytearray()
        self._left = 0  # bytes of the body, or of the chunk with its line end, still to come
        self._chunked = False
        self._line: bytearray | None = None  # a chunk's size line, or a trailer, in the making
        self._trailers = False
        self._body = 0

    def feed(self, data: bytes) -> Has:
        """Take the next bytes and return the state."""
        if self.state is Has.BEGUN:
            data = self._feed_head(data)
        if self.state is Has.HEAD and data:
            if self._chunked:
                self._feed_chunks(data)
            else:
                self._left -= len(data)
                if self._left <= 0:
                    self._end()
        return self.state

    def _end(self, *, whole: bool = True) -> None:
        self.state, self.whole = Has.ALL, whole

    def _feed_head(self, data: bytes) -> bytes:
        """Take the head's part of the data, return the rest."""
        searched = max(0, len(self._head) - 3)
        self._head += data
        end = self._head.find(b"\r\n\r\n", searched)
        if end < 0:
            if len(self._head) > HEAD_BYTES:
                self.state = Has.TOO_MUCH
            return b""
        if end > HEAD_BYTES:
            self.state = Has.TOO_MUCH
            return b""
        rest = bytes(self._head[end + 4 :])
        self.state = Has.HEAD
        self._read_head(bytes(self._head[:end]))
        self._head.clear()
        return rest

    def _read_head(self, head: bytes) -> None:
        lengths: list[bytes] = []
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            name, value = name.strip().lower(), value.strip()
            if name == b"content-length":
                lengths.append(value)
            elif name == b"transfer-encoding":
                self._chunked = True
            elif name == b"expect":
                self.expects_continue = value.lower() == b"100-continue"
        if self._chunked:
            self._line = bytearray()
            return
        if not lengths:
            self._end()
        elif len(lengths) > 1 or not lengths[0].isdigit() or len(lengths[0]) > 18:
            self._end(whole=False)
        else:
            self._left = int(lengths[0])
            if self._left == 0:
                self._end()
            elif self._left > self._most:
                self._end(whole=False)

    def _feed_chunks(self, data: bytes) -> None:
        at = 0
        while at < len(data) and self.state is Has.HEAD:
            if self._line is None:  # inside a chunk
                step = min(self._left, len(data) - at)
                self._left -= step
                at += step
                if self._left == 0:
                    self._line = bytearray()
                continue
            end = data.find(b"\n", at)
            stop = len(data) if end < 0 else end + 1
            self._line += data[at:stop]
            at = stop
            if len(self._line) > LINE_BYTES:
                self._end(whole=False)
            elif end >= 0:
                self._read_line(bytes(self._line).rstrip(b"\r\n"))

    def _read_line(self, line: bytes) -> None:
        """A chunk's size, or one line of the trailers."""
        if self._trailers:
            self._line = bytearray()
            if not line:
                self._end()
            return
        size = line.partition(b";")[0].strip()
        if not size or len(size) > 16 or not all(c in b"0123456789abcdefABCDEF" for c in size):
            self._end(whole=False)
            return
        n = int(size, 16)
        self._body += n
        if n == 0:
            self._trailers, self._line = True, bytearray()
        elif self._body > self._most:
            self._end(whole=False)
        else:
            self._left, self._line = n + 2, None
