"""The bad line carries what it should, loses what it is told to, and tells nobody."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from server.demo.line import Line


class _Counting(BaseHTTPRequestHandler):
    asked = 0

    def do_POST(self) -> None:
        _Counting.asked += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *ignored: object) -> None:
        """Silent."""


@pytest.fixture
def line() -> Iterator[Line]:
    _Counting.asked = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Counting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    line = Line("127.0.0.1", server.server_address[1])
    yield line
    line.close()
    server.shutdown()
    server.server_close()


def post(line: Line, body: bytes) -> bytes | None:
    talk = http.client.HTTPConnection("127.0.0.1", int(line.url.rsplit(":", 1)[1]), timeout=10)
    try:
        talk.request("POST", "/", body=body)
        return talk.getresponse().read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        talk.close()


def test_it_carries_both_ways(line: Line) -> None:
    assert post(line, b"x" * 300_000) == b"x" * 300_000


def test_down_means_that_nothing_arrives(line: Line) -> None:
    line.up = False
    assert post(line, b"x") is None
    assert _Counting.asked == 0


def test_a_lost_reply_means_that_the_request_did_arrive(line: Line) -> None:
    line.lose_replies(1)
    assert post(line, b"x") is None
    assert _Counting.asked == 1
    assert line.lost == 1
    assert post(line, b"x") == b"x"
    assert line.lost == 1
