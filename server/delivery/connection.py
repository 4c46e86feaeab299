"""One request to one allowed address, within one deadline, with a capped answer.

Built on httpcore, the engine inside httpx, and not on httpx itself, because four things have to be
ours that a general client decides for itself: which address a name may lead to (resolved once,
checked, and then connected to: a name that changes its mind finds nobody listening), one deadline
over the whole exchange (a client's time-outs start again with every byte that drips in), whether
any byte of the request had left when it failed (that is the difference between "send it again" and
"find out first"), and that nothing else happens behind our back: no proxies from the environment,
no redirects followed, no bodies unpacked, no connection kept from the last time.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore

ANSWER_BYTES = 64 * 1024
CONNECT_S = 5.0
_PIECE_BYTES = 64 * 1024

_INNER = [
    ipaddress.ip_network(one)
    for one in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
        "::1/128", "fc00::/7",
    )
]  # fmt: skip
"""What a target's `allow_private` opens. Link-local (where clouds keep their keys) is not in it."""

Resolve = Callable[[str, int], Sequence[str]]


class NotAllowed(Exception):
    """The address is not one that orders may be sent to; nothing was sent."""


class NotReached(Exception):
    """No connection was made; nothing was sent."""


class Interrupted(Exception):
    """The request was on its way when the line, the clock or the protocol failed."""


@dataclass(frozen=True)
class Reply:
    """What came back. `whole` is false when the body was longer than asked for."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    whole: bool


def resolve(host: str, port: int) -> list[str]:
    """The addresses of `host`, as the operating system gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def check_url(url: str, allow_private: bool) -> None:
    """Raise `NotAllowed` unless `url` is one that a delivery target may have.

    https, or http where the target's row allows private addresses (a signature proves who sent an
    order; it does not hide it). No user name, query or fragment.
    """
    if not url.isascii() or not url.isprintable() or any(one in url for one in ' \\"<>^`{|}'):
        raise NotAllowed("the address has characters that do not belong into one")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed(f"the address cannot be read: {error}") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and allow_private):
        raise NotAllowed("the address must begin with https://")
    if not parts.hostname or port == 0:
        raise NotAllowed("the address names no host")
    if "@" in parts.netloc or parts.query or parts.fragment or "?" in url or "#" in url:
        raise NotAllowed("the address may have no user name, query or fragment")


def check_addresses(addresses: Iterable[str], allow_private: bool) -> list[str]:
    """Return the addresses when every one of them may be connected to, else raise `NotAllowed`."""
    checked = []
    for text in addresses:
        address: ipaddress.IPv4Address | ipaddress.IPv6Address
        address = ipaddress.ip_address(text.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address):
            address = _embedded(address) or address
        inner = any(address in network for network in _INNER if network.version == address.version)
        outer = address.is_global and not address.is_multicast and not address.is_reserved
        if not outer and not (inner and allow_private):
            raise NotAllowed("the address leads into a network that orders may not be sent to")
        checked.append(text)
    if not checked:
        raise NotReached("the host has no address")
    return checked


def exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    content: bytes,
    *,
    deadline_s: float,
    allow_private: bool,
    most_bytes: int = ANSWER_BYTES,
    resolver: Resolve = resolve,
) -> Reply:
    """Send one request and return the reply, whatever its status.

    Raises `NotAllowed` and `NotReached` when nothing was sent, `Interrupted` when something was.
    """
    check_url(url.partition("?")[0], allow_private)
    course = _Course(time.monotonic() + deadline_s, allow_private, resolver)
    pool = httpcore.ConnectionPool(
        ssl_context=_tls(), network_backend=course, max_keepalive_connections=0, retries=0
    )
    ours = {"connection": "close", "accept-encoding": "identity", **headers}
    sent_headers: list[tuple[bytes | str, bytes | str]] = [*ours.items()]
    try:
        with pool, pool.stream(method, url, headers=sent_headers, content=content) as response:
            got = {
                name.decode("ascii", "replace").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            body = bytearray()
            for piece in response.iter_stream():
                body += piece
                if len(body) > most_bytes:
                    return Reply(response.status, got, bytes(body[:most_bytes]), whole=False)
            return Reply(response.status, got, bytes(body), whole=True)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        text = str(error) or type(error).__name__
        if course.sent:
            raise Interrupted(text) from error
        raise NotReached(text) from error


@functools.cache
def _tls() -> ssl.SSLContext:
    """The system's trusted authorities; made once, it costs tens of milliseconds."""
    return ssl.create_default_context()


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one is a cloak of (mapped, 6to4, NAT64, compatible)."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) >> 32 == 0 and int(address) > 1:
        return ipaddress.IPv4Address(int(address))
    return None


class _Course(httpcore.NetworkBackend):
    """Makes the one connection of an exchange, and knows how far it came."""

    def __init__(self, until: float, allow_private: bool, resolver: Resolve) -> None:
        self._until, self._allow_private, self._resolver = until, allow_private, resolver
        self._inner = httpcore.SyncBackend()
        self.sent = False

    def left_s(self) -> float:
        return self._until - time.monotonic()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = self._resolver(host.strip("[]"), port)
        except (OSError, UnicodeError) as error:
            raise NotReached(f"the host's address cannot be found: {error}") from error
        failure: Exception = NotReached("the host has no address")
        for address in check_addresses(found, self._allow_private):
            limit = min(CONNECT_S, self.left_s())
            if limit <= 0:
                raise httpcore.ConnectTimeout("the time for this delivery is over")
            try:
                stream = self._inner.connect_tcp(address, port, limit, None, socket_options)
                return _Timed(stream, self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Timed(httpcore.NetworkStream):
    """A stream whose every wait ends at the deadline of the exchange."""

    def __init__(self, inner: httpcore.NetworkStream, course: _Course) -> None:
        self._inner, self._course = inner, course

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._course.left_s()
        if left <= 0:
            raise httpcore.ReadTimeout("no whole answer came in time")
        return self._inner.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE_BYTES):
            left = self._course.left_s()
            if left <= 0:
                raise httpcore.WriteTimeout("the order could not be handed over in time")
            self._course.sent = True
            self._inner.write(buffer[start : start + _PIECE_BYTES], left)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = max(0.001, min(CONNECT_S, self._course.left_s()))
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, left), self._course)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
