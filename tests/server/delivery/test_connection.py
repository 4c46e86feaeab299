"""Orders go only where they may, and every exchange ends at its deadline."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from server.delivery.connection import (
    ANSWER_BYTES,
    Interrupted,
    NotAllowed,
    NotReached,
    Reply,
    check_addresses,
    check_url,
    exchange,
)

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    "url",
    [
        "http://delivery.example.com",  # not encrypted, and the row does not allow it
        "ftp://delivery.example.com",
        "file:///etc/passwd",
        "gopher://delivery.example.com",
        "//delivery.example.com",
        "delivery.example.com",
        "",
        "https://",
        "https:///orders",
        "https://user@delivery.example.com",
        "https://user:secret@delivery.example.com",
        "https://delivery.example.com@127.0.0.1",
        "https://delivery.example.com?to=x",
        "https://delivery.example.com/?",
        "https://delivery.example.com#x",
        "https://delivery.example.com\\@127.0.0.1",
        "https://delivery.example.com /x",
        "https://delivery.example.com\r\nx: y",
        "https://delivery.example.com\t",
        "https://delivery.example.com:0",
        "https://delivery.example.com:99999",
        "https://delivery.example.com:port",
        "https://[::1",
        "https://dëlivery.example.com",
        "https://①②⑦.⓪.⓪.①",
    ],
)
def test_an_address_of_the_wrong_shape_is_not_allowed(url: str) -> None:
    with pytest.raises(NotAllowed):
        check_url(url, allow_private=False)


def test_plain_http_is_for_targets_that_may_be_private() -> None:
    check_url("https://delivery.example.com:8443/api/v1", allow_private=False)
    check_url("http://10.0.0.7:8090", allow_private=True)


NEVER = [
    "0.0.0.0",  # noqa: S104
    "169.254.169.254", "169.254.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::", "fe80::1", "ff02::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1%eth0",
    "2002:a9fe:a9fe::1",
]  # fmt: skip
PRIVATE = [
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "::1", "fd00::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", NEVER)
def test_some_networks_are_never_allowed(address: str) -> None:
    for allow_private in (False, True):
        with pytest.raises(NotAllowed):
            check_addresses([address], allow_private)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_networks_are_not_allowed_unless_the_target_says_so(address: str) -> None:
    with pytest.raises(NotAllowed):
        check_addresses([address], allow_private=False)


def test_one_bad_address_among_good_ones_spoils_the_name() -> None:
    assert check_addresses([PUBLIC], allow_private=False) == [PUBLIC]
    assert check_addresses(["127.0.0.1", "10.1.2.3"], allow_private=True)
    with pytest.raises(NotAllowed):
        check_addresses([PUBLIC, "127.0.0.1"], allow_private=False)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "127.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "0177.0.0.1",
        "017700000001", "0", "0.0.0.0",  # noqa: S104
        "127.127.127.127", "localhost", "LOCALHOST", "localhost.",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
        "[0000::1]", "[::127.0.0.1]", "[fe80::1]", "[fd00:ec2::254]", "169.254.169.254",
        "2852039166", "0xa9fea9fe", "10.0.0.1", "192.168.0.1", "172.31.255.255", "100.100.100.200",
    ],
)  # fmt: skip
def test_no_spelling_of_an_inner_address_is_connected_to(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "create_connection", connected)
    with pytest.raises((NotAllowed, NotReached)):
        exchange("GET", f"https://{host}/", {}, b"", deadline_s=2, allow_private=False)


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(
    server: Listening,
) -> None:
    asked: list[str] = []

    def changing_its_mind(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.255.255.1"]

    port = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    reply = exchange(
        "GET", f"http://delivery.example:{port}/", {}, b"",
        deadline_s=2, allow_private=True, resolver=changing_its_mind,
    )  # fmt: skip
    assert (reply.status, reply.body, asked) == (200, b"ok", ["delivery.example"])


Listening = Callable[..., int]


@pytest.fixture
def server() -> Iterator[Listening]:
    """Listen once, read the request's head, answer the given bytes; returns the port."""
    lines: list[socket.socket] = []
    threads: list[threading.Thread] = []
    over = threading.Event()

    def starting(answer: bytes, every_s: float = 0.0, hang: bool = False) -> int:
        line = socket.create_server(("127.0.0.1", 0))
        lines.append(line)

        def one() -> None:
            talk, _ = line.accept()
            with talk, contextlib.suppress(OSError):
                talk.settimeout(10)
                heard = b""
                while b"\r\n\r\n" not in heard and (piece := talk.recv(65536)):
                    heard += piece
                for start in range(0, len(answer), 1 if every_s else max(1, len(answer))):
                    talk.sendall(answer[start : start + 1] if every_s else answer)
                    over.wait(every_s)
                if hang:
                    over.wait(20)

        thread = threading.Thread(target=one)
        thread.start()
        threads.append(thread)
        return int(line.getsockname()[1])

    yield starting
    over.set()
    for line in lines:
        line.close()
    for thread in threads:
        thread.join()


def ask(port: int, deadline_s: float = 5.0) -> Reply:
    return exchange(
        "POST", f"http://127.0.0.1:{port}/orders", {"x-a": "b"}, b"{}",
        deadline_s=deadline_s, allow_private=True,
    )  # fmt: skip


def test_a_reply_comes_with_its_status_headers_and_body(server: Listening) -> None:
    port = server(b"HTTP/1.1 418 Teapot\r\nRetry-After: 5\r\ncontent-length: 3\r\n\r\nhot")
    assert ask(port) == Reply(418, {"retry-after": "5", "content-length": "3"}, b"hot", True)


def test_a_port_nobody_listens_at_is_not_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = int(line.getsockname()[1])
    with pytest.raises(NotReached):
        ask(port)


def test_a_name_without_an_address_is_not_reached() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    with pytest.raises(NotReached, match="cannot be found"):
        exchange("GET", "https://delivery.example/", {}, b"", deadline_s=1,
                 allow_private=False, resolver=nowhere)  # fmt: skip


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf", b"SSH-2.0-OpenSSH\r\n"]
)
def test_a_line_that_ends_early_or_talks_nonsense_is_an_interruption(
    server: Listening, answer: bytes
) -> None:
    with pytest.raises(Interrupted):
        ask(server(answer))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n" + b"x" * 9000,
        b"HTTP/1.1 200 OK\r\nx-slow: " + b"y" * 9000,
    ],
)
def test_the_deadline_holds_although_every_byte_comes_soon(
    server: Listening, answer: bytes
) -> None:
    port = server(answer, every_s=0.05)
    began = time.monotonic()
    with pytest.raises(Interrupted):
        ask(port, deadline_s=0.5)
    assert time.monotonic() - began < 1.5


def test_the_deadline_holds_when_nothing_comes(server: Listening) -> None:
    port = server(b"", hang=True)
    began = time.monotonic()
    with pytest.raises(Interrupted):
        ask(port, deadline_s=0.4)
    assert time.monotonic() - began < 1.5


def test_a_body_is_read_up_to_the_cap_and_no_further(server: Listening) -> None:
    size = ANSWER_BYTES + 1
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n".encode()
    reply = ask(server(head + b"x" * size))
    assert (reply.whole, len(reply.body)) == (False, ANSWER_BYTES)
    exact = f"HTTP/1.1 200 OK\r\ncontent-length: {ANSWER_BYTES}\r\n\r\n".encode()
    assert ask(server(exact + b"x" * ANSWER_BYTES)).whole


def test_proxies_of_the_environment_are_not_used(
    server: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).status == 200


def test_a_server_without_a_trusted_certificate_gets_nothing(server: Listening) -> None:
    port = server(b"not TLS at all")
    with pytest.raises(NotReached):
        exchange("POST", f"https://127.0.0.1:{port}/", {}, b"secret", deadline_s=2,
                 allow_private=True)  # fmt: skip
