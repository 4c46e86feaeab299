"""How the stand-in answers a connection: rightly, or in one of the ways it lies (behaviour.py)."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

from server.demo.standin.behaviour import Lie

HUGE_BODY_BYTES = 1024**3


class Ending(Protocol):
    """The part of the listening server that an answer needs to know."""

    ending: threading.Event


class Answering(BaseHTTPRequestHandler):
    """One connection and every way of answering on it."""

    server: Ending  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"
    timeout = 30

    def lie(self, lie: Lie) -> None:
        anyone = {"order": "somebody-else", "revision": 1, "external_no": "DS-999999", "lines": []}
        if lie is Lie.HTML:
            page = b"<!doctype html><h1>Welcome to the guest network</h1>"
            return self.send(200, "text/html", page)
        if lie is Lie.NO_NUMBER:
            return self.json(200, {"status": "ok"})
        if lie is Lie.EMPTY_NUMBER:
            return self.json(200, {"external_no": "", "lines": []})
        if lie is Lie.NUMBER_NOT_TEXT:
            return self.json(200, {"external_no": ["DS-1"], "lines": []})
        if lie is Lie.BAD_JSON:
            return self.send(200, "application/json", b'{"external_no": "DS-00')
        if lie is Lie.WRONG_ORDER:
            return self.json(200, anyone)
        if lie is Lie.WRONG_LINES:
            line = {"n": 1, "allocated": 10**9, "backordered": 0, "cut": 0}
            return self.json(200, {"external_no": "DS-999999", "lines": [line]})
        if lie is Lie.REDIRECT:
            return self.json(307, anyone, {"location": "/counts"})
        if lie is Lie.PACKED:
            packed = gzip.compress(json.dumps(anyone).encode())
            packed_as = {"content-encoding": "gzip"}
            return self.send(200, "application/json", packed, packed_as)
        return self._never_ends(lie)

    def _never_ends(self, lie: Lie) -> None:
        """Answer until the caller has had enough of it."""
        self.close_connection = True
        start = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
        size = f"content-length: {HUGE_BODY_BYTES}\r\n\r\n".encode()
        piece, pause_s = b" " * 65536, 0.0
        if lie is not Lie.HUGE:
            piece, pause_s = b"x", 0.2
        self.wfile.write(start + (b"" if lie is Lie.DRIP_HEADERS else size))
        sent = 0
        while sent < HUGE_BODY_BYTES and not self.server.ending.wait(pause_s):
            self.wfile.write(piece)
            sent += len(piece)

    def cut(self) -> None:
        """Drop the connection with a reset, as a failing line or a killed process does."""
        self.close_connection = True
        linger_off = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_off)
        self.connection.close()

    def json(
        self, status: int, what: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        self.send(status, "application/json", json.dumps(what).encode(), headers)

    def plain(self, status: int, text: str) -> None:
        self.send(status, "text/plain; charset=utf-8", text.encode())

    def send(
        self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *ignored: Any) -> None:
        """The attempts table is the log."""
