"""Slow senders and slow readers hold sockets, never threads; everybody else is answered."""

import contextlib
import http.client
import selectors
import signal
import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from server.running.arrive import ArrivingWorker
from server.running.connection import Connection
from tests.server.running.ports import answers, free_port, get, process, until
from tests.server.running.tiny import BIG_BYTES

THREADS = 4
TIMEOUT_S = 4.0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    chosen = free_port()
    words = (str(chosen), str(THREADS), str(TIMEOUT_S))
    with process("tests.server.running.tiny", *words):
        until(lambda: answers(chosen))
        yield chosen


@contextlib.contextmanager
def talking(port: int, first: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(first)
        yield line


def read_all(line: socket.socket) -> bytes:
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := line.recv(65536):
            said += piece
    return said


def post(body: bytes, *more: str, length: int | None = None) -> bytes:
    head = ["POST /length HTTP/1.1", "Host: x", f"Content-Length: {length or len(body)}", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


def test_slow_bodies_hold_no_thread_and_are_ended_in_time(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    began_s = time.monotonic()
    for line in lines:
        line.sendall(post(b"", length=100_000))
    slowest_s = 0.0
    while time.monotonic() - began_s < TIMEOUT_S - 0.3:
        for line in lines:
            line.sendall(b"x")
        asked_s = time.monotonic()
        assert get(port)[0] == 200
        slowest_s = max(slowest_s, time.monotonic() - asked_s)
        time.sleep(0.1)
    assert slowest_s < 2.0
    for line in lines:
        line.settimeout(10)
        assert read_all(line).startswith(b"HTTP/1.1 408")
        line.close()
    assert time.monotonic() - began_s < TIMEOUT_S + 5


def test_headers_that_never_end_hold_no_thread_either(port: int) -> None:
    with contextlib.ExitStack() as open_lines:
        for _ in range(THREADS * 3):
            open_lines.enter_context(talking(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "))
        assert get(port, timeout_s=3)[0] == 200


def test_a_slow_line_that_keeps_moving_is_let_through(port: int) -> None:
    """1 kB every quarter second takes longer than the timeout, and earns its time."""
    with talking(port, post(b"", "Connection: close", length=24_576)) as line:
        began_s = time.monotonic()
        for _ in range(24):
            line.sendall(b"x" * 1024)
            time.sleep(0.25)
        assert time.monotonic() - began_s > TIMEOUT_S
        said = read_all(line)
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"24576")


def test_slow_readers_of_long_answers_hold_no_thread(port: int) -> None:
    with contextlib.ExitStack() as open_lines:
        for _ in range(THREADS + 1):
            line = open_lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect(("127.0.0.1", port))
            line.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        assert get(port, timeout_s=3)[0] == 200


def test_a_long_answer_arrives_whole_over_a_line_that_takes_its_time(port: int) -> None:
    with talking(port, b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") as line:
        received = 0
        while piece := line.recv(1024 * 1024):
            received += len(piece)
            time.sleep(0.02)
    assert received > BIG_BYTES


def test_requests_sent_together_are_all_answered(port: int) -> None:
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with talking(port, post(b"abc") + post(b"abcde") + last) as line:
        said = read_all(line)
    assert said.count(b"HTTP/1.1 200 OK") == 3
    assert b"\r\n\r\n3HTTP" in said
    assert b"\r\n\r\n5HTTP" in said


def test_the_beginning_of_a_second_request_holds_no_thread(port: int) -> None:
    with contextlib.ExitStack() as open_lines:
        for _ in range(THREADS * 3):
            open_lines.enter_context(talking(port, post(b"abc") + post(b"", length=50)))
        assert get(port, timeout_s=3)[0] == 200


def test_a_connection_is_used_again(port: int) -> None:
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    for size in (0, 10, 100_000, 3):
        talk.request("POST", "/length", body=b"x" * size)
        assert talk.getresponse().read() == str(size).encode()
    talk.close()


def test_a_body_in_chunks_arrives_whole(port: int) -> None:
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    pieces = iter([b"a" * 10, b"b" * 5000, b"c"])
    talk.request("POST", "/length", body=pieces, encode_chunked=True)
    assert talk.getresponse().read() == b"5011"
    talk.close()


def test_a_body_beyond_the_limit_is_answered_before_it_is_sent(port: int) -> None:
    with talking(port, post(b"", length=50_000_000)) as line:
        assert read_all(line).startswith(b"HTTP/1.1 413")


def test_who_asks_whether_to_go_on_is_told_to(port: int) -> None:
    ask = post(b"", "Expect: 100-continue", "Connection: close", length=4)
    with talking(port, ask) as line:
        assert line.recv(100).startswith(b"HTTP/1.1 100 Continue")
        line.sendall(b"body")
        assert read_all(line).endswith(b"4")


def test_headers_without_measure_are_refused(port: int) -> None:
    huge = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Filler: " + b"y" * 70_000
    with talking(port, huge) as line:
        assert read_all(line).startswith(b"HTTP/1.1 431")


def test_nonsense_is_refused_at_once(port: int) -> None:
    for nonsense in (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"\r\n\r\n\r\n\r\n"):
        with talking(port, nonsense) as line:
            assert read_all(line)[:12] in (b"HTTP/1.1 400", b"")
    assert get(port)[0] == 200


def test_a_stream_whose_reader_goes_away_gives_its_thread_back(port: int) -> None:
    for _ in range(THREADS):
        with talking(port, b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n") as line:
            assert line.recv(1000)
    assert get(port, timeout_s=8)[0] == 200


def test_stopping_finishes_what_was_begun() -> None:
    port = free_port()
    with process("tests.server.running.tiny", str(port), "4", "30") as running:
        until(lambda: answers(port))
        said: list[tuple[int, bytes]] = []
        asking = threading.Thread(target=lambda: said.append(get(port, "/nap")))
        asking.start()
        time.sleep(0.4)
        running.send_signal(signal.SIGTERM)
        asking.join()
        assert running.wait(timeout=15) == 0
    assert [status for status, _ in said] == [200]


def test_fresh_processes_take_over_without_an_error() -> None:
    """SIGHUP under load: a deploy costs nobody a request."""
    port = free_port()
    with process("tests.server.running.tiny", str(port), "4", "30") as running:
        until(lambda: answers(port))
        over, seen, wrong = threading.Event(), [0], list[str]()

        def ask() -> None:
            while not over.is_set():
                try:
                    status, _ = get(port)
                    seen[0] += 1
                    if status != 200:
                        wrong.append(str(status))
                except (OSError, http.client.HTTPException) as error:
                    wrong.append(repr(error))

        askers = [threading.Thread(target=ask) for _ in range(3)]
        for asker in askers:
            asker.start()
        for _ in range(2):
            running.send_signal(signal.SIGHUP)
            time.sleep(1.5)
        over.set()
        for asker in askers:
            asker.join()
    assert wrong == []
    assert seen[0] > 50


class Loop(ArrivingWorker):
    """The main loop's own part of a worker, without gunicorn around it."""

    def __init__(self) -> None:
        self._settings = SimpleNamespace(max_body_bytes=1_000, body_timeout_s=TIMEOUT_S)
        self.cfg = SimpleNamespace(settings_of_talaria=self._settings, is_ssl=False)
        self.poller = selectors.DefaultSelector()
        self._idle, self._arriving, self._leaving, self._lingering = {}, {}, {}, {}
        self._waiting = (self._idle, self._arriving, self._leaving, self._lingering)
        self._spooled_bytes, self._queued, self._swept_s, self.nr_conns = 0, 0, 0.0, 1
        self.whole: list[Connection] = []

    def enqueue_req(self, conn: Connection) -> None:
        self.whole.append(conn)

    def turn(self, *, force: bool = False) -> None:
        """One look at the clock, whenever the last was."""
        self._swept_s = 0.0
        self.murder_keepalived(force)


@pytest.fixture
def half() -> Iterator[tuple[Loop, Connection, socket.socket]]:
    """A loop, a connection whose headers have come and whose time is up, and its other end."""
    loop = Loop()
    ours, theirs = socket.socketpair()
    with theirs:
        conn = Connection(loop.cfg, ours, ("", 0), ("", 0))
        theirs.sendall(post(b"", length=4))
        loop._arrive(conn, b"")
        conn.until_s = time.monotonic() - 1.0
        theirs.settimeout(10)
        yield loop, conn, theirs
        loop.turn(force=True)
        loop.poller.close()


Half = tuple[Loop, Connection, socket.socket]


def test_what_came_while_the_process_was_busy_is_not_late(half: Half) -> None:
    loop, conn, theirs = half
    theirs.sendall(b"body")
    loop.turn()
    assert loop.whole == [conn]
    conn.close()


def test_what_has_not_come_by_then_is_late(half: Half) -> None:
    loop, _, theirs = half
    loop.turn()
    assert loop.whole == []
    assert read_all(theirs).startswith(b"HTTP/1.1 408")


def test_a_drop_at_the_last_moment_earns_next_to_nothing(half: Half) -> None:
    loop, conn, theirs = half
    theirs.sendall(b"b")
    conn.began_s = time.monotonic() - TIMEOUT_S - 1.0
    loop.turn()
    assert loop.whole == []
    assert read_all(theirs).startswith(b"HTTP/1.1 408")


def test_who_is_half_through_when_the_process_ends_is_told_to_come_again(half: Half) -> None:
    loop, _, theirs = half
    loop.turn(force=True)
    said = read_all(theirs)
    assert said.startswith(b"HTTP/1.1 503")
    assert b"Retry-After: 2" in said
