"""Pieces of segments: over a real line that breaks, and with answers that make no sense."""

import hashlib
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from handhelds.reference import fetching, link
from handhelds.reference.answers import Call, Ending, Reply
from handhelds.reference.cli import _so_far
from handhelds.reference.fetching import Lacking, fetch_segments
from tests.handhelds.conftest import Handheld

BODY = bytes(random.Random(7).randbytes(1_000))
SHA256 = hashlib.sha256(BODY).hexdigest()


@dataclass
class Shelf:
    """A shelf in memory, for one segment."""

    data: bytes = b""
    whole: bool = False
    log: list[str] = field(default_factory=list)

    def lacking(self) -> list[Lacking]:
        one = Lacking("s-1", "company", len(BODY), SHA256, len(self.data))
        return [] if self.whole else [one]

    def keep_piece(self, segment: str, first: int, data: bytes) -> int:
        self.log.append(f"{first}+{len(data)}")
        self.data = data if first == 0 else self.data[:first] + data
        return len(self.data)

    def is_sound(self, segment: Lacking) -> bool:
        self.whole = hashlib.sha256(self.data).hexdigest() == segment.sha256
        if not self.whole:
            self.data = b""
        return self.whole

    def received(self) -> tuple[int, int]:
        return len(self.data), len(BODY)


@contextmanager
def breaking(after: list[int], *, ranges: bool = True) -> Iterator[tuple[str, list[str]]]:
    """A server of BODY that breaks the line after so many bytes, once for each number given."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            span = self.headers.get("Range", "") if ranges else ""
            asked.append(f"{self.headers.get('Range', '')} {self.headers.get('If-Range', '')}")
            first, _, last = span.removeprefix("bytes=").partition("-")
            start, stop = int(first or 0), min(int(last or len(BODY)) + 1, len(BODY))
            self.send_response(206 if span else 200)
            if span:
                self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(BODY)}")
            self.send_header("Content-Length", str(stop - start))
            self.end_headers()
            if after:
                stop = min(stop, start + after.pop(0))
            self.wfile.write(BODY[start:stop])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the test looks at what was asked."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def fetch(shelf: Shelf, wire: link.Wire) -> Ending | None:
    """One try."""
    talk = fetch_segments(shelf, "s3cret")
    try:
        call = next(talk)
        while True:
            call = talk.send(wire.send(call))
    except StopIteration as over:
        ending: Ending | None = over.value
        return ending


def test_a_real_line_that_breaks_is_taken_up_where_it_broke() -> None:
    shelf = Shelf()
    with breaking([300, 1, 450]) as (url, asked):
        wire = link.Wire(url)
        heard: list[int] = []
        wire.heard = lambda: heard.append(wire.received_bytes)
        states = []
        while not shelf.whole:
            ending = fetch(shelf, wire)
            states.append(ending.state if ending else "whole")
        wire.close()
    assert states == ["cut", "cut", "cut", "whole"]
    assert shelf.log == ["0+300", "300+1", "301+450", "751+249"]
    assert asked == [" "] + [f'bytes={n}- "{SHA256}"' for n in (300, 301, 751)]
    assert shelf.data == BODY
    assert heard == sorted(heard)
    assert wire.received_bytes == len(BODY), "no byte came twice"


def test_a_server_that_knows_no_ranges_sends_the_whole_again() -> None:
    shelf = Shelf()
    with breaking([300], ranges=False) as (url, _):
        wire = link.Wire(url)
        assert (fetch(shelf, wire) or Ending("done")).state == "cut"
        assert fetch(shelf, wire) is None
        wire.close()
    assert shelf.log == ["0+300", "0+1000"]
    assert shelf.data == BODY


def test_a_long_segment_is_asked_for_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PIECE_BYTES", 400)
    shelf = Shelf()
    with breaking([]) as (url, asked):
        wire = link.Wire(url)
        assert fetch(shelf, wire) is None
        wire.close()
    assert [one.partition(" ")[0] for one in asked] == [
        "bytes=0-399",
        "bytes=400-799",
        "bytes=800-",
    ]
    assert shelf.data == BODY


def answered(shelf: Shelf, *replies: Reply | None) -> Ending | None:
    """What becomes of these answers, one after the other."""
    talk = fetch_segments(shelf, "s3cret")
    try:
        next(talk)
        for reply in replies:
            talk.send(reply)
    except StopIteration as over:
        ending: Ending | None = over.value
        return ending
    raise AssertionError("it asks once more")


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        ([None], "cut"),
        ([Reply(200, b"")], "cut"),
        ([Reply(206, BODY[500:], None, 500)], "cut"),
        ([Reply(200, BODY + b"more"), Reply(200, BODY + b"more")], "cut"),
        ([Reply(200, BODY[::-1]), Reply(200, BODY[::-1])], "cut"),
        ([Reply(200, b"<html>Welcome to our hotel</html>"), None], "cut"),
        ([Reply(503, b"")], "later"),
        ([Reply(403, b'{"next": "wipe"}')], "wipe"),
        ([Reply(404, b'{"next": "mend"}')], "refused"),
        ([Reply(404, b"<html>")], "later"),
    ],
)
def test_an_answer_that_makes_no_sense_becomes_no_rows(
    replies: list[Reply | None], state: str
) -> None:
    shelf = Shelf()
    ending = answered(shelf, *replies)
    assert ending is not None
    assert ending.state == state
    assert not shelf.whole


def test_a_piece_that_begins_before_what_is_kept_fits_all_the_same() -> None:
    shelf = Shelf(BODY[:600])
    assert answered(shelf, Reply(206, BODY[500:], None, 500)) is None
    assert shelf.data == BODY


# --- as kept in the handheld's file --------------------------------------------------------------


def test_pieces_are_kept_as_they_come_and_thrown_away_when_they_do_not_fit(fresh: Handheld) -> None:
    shelf = fresh.local.copy.shelf
    fresh.local.db.execute(
        "INSERT INTO copy.segment (id, scope, bytes, sha256) VALUES ('s-1', 'company', 1000, ?)",
        (SHA256,),
    )
    assert shelf.keep_piece("s-1", 0, BODY[:400]) == 400
    assert shelf.keep_piece("s-1", 700, BODY[700:]) == 400, "a gap is no progress"
    assert shelf.keep_piece("s-1", 100, BODY[100:200]) == 400, "known already"
    assert shelf.keep_piece("s-1", 300, BODY[300:600]) == 600
    assert shelf.received() == (600, 1000)
    assert shelf.keep_piece("s-1", 600, BODY[600:]) == 1000
    (one,) = shelf.lacking()
    assert shelf._body("s-1") == BODY
    assert shelf.is_sound(one) is False, "the checksum fits, but it is no zstd of rows"
    assert shelf.received() == (0, 1000)
    assert [lacking.have for lacking in shelf.lacking()] == [0]


def test_who_watches_reads_how_far_it_is_and_what_can_be_used(fresh: Handheld) -> None:
    wire = link.Wire("http://nowhere")
    piece = Call("GET", "/sync/v1/segments/s-1", b"", None, 0, None, SHA256)
    fresh.local.db.execute(
        "INSERT INTO copy.segment (id, scope, bytes, sha256) VALUES ('s-1', 'company', 1000, ?)",
        (SHA256,),
    )
    fresh.local.copy.shelf.keep_piece("s-1", 0, BODY[:500])
    wire.received_bytes = 12_345
    shown = _so_far(piece, fresh.rep, wire)
    assert shown.startswith("Fetching what every rep carries, 0 of 1 kB ...")
    assert "12 kB received" in shown
    assert "ready" not in shown
    with fresh.local.copy._writing():
        fresh.local.copy._mark("partial", {"stores": 6})
    assert _so_far(piece, fresh.rep, wire).endswith("ready to work with: 6 stores")
    pull = Call("POST", "/sync/v1/pull", b"", None)
    assert _so_far(pull, fresh.rep, wire).startswith("Fetching what is new ...")
    wire.close()
