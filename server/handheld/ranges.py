"""Which bytes of something unchangeable a request wants (RFC 9110: ETag, Range, If-Range)."""

from dataclasses import dataclass
from typing import Literal

from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags, parse_range_header, quote_etag, unquote_etag


@dataclass(frozen=True, slots=True)
class Wanted:
    """Bytes from `start` up to, not including, `stop`; `state` says how to answer."""

    state: Literal["whole", "part", "unchanged", "none_such"]
    start: int
    stop: int

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.stop - 1}/"


def wanted(headers: Headers, tag: str, size: int) -> Wanted:
    """What these request headers ask of `size` bytes whose strong ETag is `tag`.

    A Range that is no range of bytes, names several, or is bound by If-Range to other bytes than
    these is passed over, as the standard lets a server do: the whole comes. `none_such`: the
    range begins behind the last byte.
    """
    known = headers.get("If-None-Match")
    if known is not None and parse_etags(known).contains_weak(tag):
        return Wanted("unchanged", 0, 0)
    whole = Wanted("whole", 0, size)
    asked = parse_range_header(headers.get("Range"))
    bound = headers.get("If-Range")
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return whole
    if bound is not None and unquote_etag(bound) != (tag, False):
        return whole
    first, stop = asked.ranges[0]
    if first < 0:  # the last so many bytes
        first, stop = max(0, size + first), size
    stop = size if stop is None else min(stop, size)
    if first >= stop:
        return Wanted("none_such", 0, 0)
    return Wanted("part", first, stop)


def etag(tag: str) -> str:
    """The header of a strong tag."""
    return quote_etag(tag)
