"""Framing says "whole" at the last byte of a request, however it is cut, and never before."""

from itertools import pairwise

from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from hypothesis import given
from hypothesis import strategies as st

from server.running.framing import HEAD_BYTES, Framing, Has

MOST = 10_000


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request as clients write them: no body, a length, or chunks with or without trailers."""
    how = draw(st.sampled_from(["none", "length", "chunks", "trailers"]))
    body = draw(st.binary(max_size=300))
    head = [b"POST /sync/v1/push HTTP/1.1", b"Host: sales.example"]
    if how == "none":
        return b"\r\n".join([b"GET / HTTP/1.1", b"Host: x", b"", b""])
    if how == "length":
        name = draw(st.sampled_from([b"Content-Length", b"content-length", b"CONTENT-LENGTH"]))
        return b"\r\n".join([*head, name + b": %d" % len(body), b"", body])
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=4)))
    pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    chunks = b"".join(b"%x;a=b\r\n%s\r\n" % (len(one), one) for one in pieces if one)
    ending = b"0\r\nX-Sum: 1\r\n\r\n" if how == "trailers" else b"0\r\n\r\n"
    return b"\r\n".join([*head, b"Transfer-Encoding: chunked", b"", chunks + ending])


def feed(framing: Framing, data: bytes, cuts: list[int]) -> list[Has]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [framing.feed(data[a:b]) for a, b in pairwise(places) if a < b]


@given(requests(), st.lists(st.integers(0, 1000), max_size=8))
def test_a_request_is_whole_at_its_last_byte(request: bytes, cuts: list[int]) -> None:
    assert feed(Framing(MOST), request, cuts)[-1] is Has.ALL
    early = Framing(MOST)
    states = feed(early, request[:-1], cuts)
    assert not states or states[-1] is not Has.ALL


@given(requests())
def test_what_is_whole_here_is_whole_to_the_parser_that_decides(request: bytes) -> None:
    framing = Framing(MOST)
    assert framing.feed(request) is Has.ALL
    parsed = next(RequestParser(Config(), iter([request]), ("127.0.0.1", 1)))
    parsed.body.read()  # raises when bytes are missing


def test_more_than_is_allowed_is_handed_over_at_once_and_marked() -> None:
    for told in (b"Content-Length: 10001", b"Content-Length: +5", b"Content-Length: 1\r\n"
                 b"Content-Length: 2"):  # fmt: skip
        framing = Framing(MOST)
        assert framing.feed(b"POST / HTTP/1.1\r\n" + told + b"\r\n\r\n") is Has.ALL
        assert not framing.whole
    framing = Framing(MOST)
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert framing.feed(head + b"ffffff\r\n") is Has.ALL
    assert not framing.whole


def test_headers_have_an_end() -> None:
    framing = Framing(MOST)
    assert framing.feed(b"GET / HTTP/1.1\r\nX: " + b"y" * HEAD_BYTES) is Has.TOO_MUCH


@given(st.binary(max_size=400), st.lists(st.integers(0, 1000), max_size=5))
def test_no_bytes_make_it_stumble(data: bytes, cuts: list[int]) -> None:
    feed(Framing(MOST), data + b"\r\n\r\n", cuts)
