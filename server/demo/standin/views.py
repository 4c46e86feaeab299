"""HTTP of the stand-in: orders, look-ups, lists for assertions, and `/behave`.

    POST /orders                                   a signed order; answers number and lines
    GET  /orders/by-reference/<order>/<revision>   signed; what became of it
    GET  /documents   GET /attempts   GET /counts  what is in its books
    GET  /behave      POST /behave                 how it behaves / change that
    GET  /            a page for people

Standard library only: the stand-in must be able to do to a connection what no web framework
would allow (cut it, stall it, answer for ever).
"""

from __future__ import annotations

import gzip
import html
import json
import socket
import struct
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from server.demo.standin.behaviour import Act, Behaviour, Lie, allocate
from server.demo.standin.queries import Books, Order
from server.demo.standin.signing import BadSignature, verify

MAX_BODY_BYTES = 4 * 1024 * 1024
HUGE_BODY_BYTES = 1024**3


class StandIn(ThreadingHTTPServer):
    """The listening server, its books and its present behaviour."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(
        self, address: tuple[str, int], books: Books, secret: str, behaviour: Behaviour
    ) -> None:
        self.books, self.secret = books, secret
        self.ending = threading.Event()
        self.behaviour = behaviour
        super().__init__(address, _Conversation)
        with books.writing() as writing:
            writing.set_stock(behaviour.stock)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def behave(self, wishes: dict[str, Any]) -> Behaviour:
        """Change the behaviour; `stock` in `wishes` replaces the whole stock."""
        changed = self.behaviour.changed(wishes)
        if "stock" in wishes:
            with self.books.writing() as writing:
                writing.set_stock(changed.stock, forget_others=True)
        self.behaviour = changed
        return changed

    def stop(self) -> None:
        self.ending.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up early is everyday life here and no reason for a stack trace."""


class _Conversation(BaseHTTPRequestHandler):
    """One connection. `self.server` is the `StandIn`."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        books = self.server.books
        if url.path.startswith("/orders/by-reference/"):
            return self._look_up(url.path)
        if url.path == "/documents":
            after = parse_qs(url.query).get("after", ["0"])[0]
            return self._json(200, {"documents": books.documents(int(after))})
        if url.path == "/attempts":
            wanted = parse_qs(url.query).get("webhook_id", [None])[0]
            return self._json(200, {"attempts": books.attempts(wanted)})
        if url.path == "/counts":
            return self._json(200, books.counts())
        if url.path == "/behave":
            return self._json(200, self.server.behaviour.as_json())
        if url.path == "/":
            return self._send(200, "text/html; charset=utf-8", _page(books.documents()).encode())
        return self._plain(404, "nothing here")

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        if size > MAX_BODY_BYTES:
            self.close_connection = True
            return self._json(413, {"error": "too large"})
        body = self.rfile.read(size)
        if self.path == "/orders":
            return self._order(body)
        if self.path == "/behave":
            try:
                return self._json(200, self.server.behave(json.loads(body)).as_json())
            except (ValueError, TypeError) as error:
                return self._json(400, {"error": str(error)})
        return self._plain(404, "nothing here")

    # -- orders ---------------------------------------------------------------------------------

    def _signed_id(self, body: bytes) -> str:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return verify(self.server.secret, headers, body, time.time())

    def _order(self, body: bytes) -> None:
        try:
            webhook_id = self._signed_id(body)
        except BadSignature as error:
            with self.server.books.writing() as writing:
                number, _ = writing.note_arrival(self.headers.get("webhook-id", ""), _now())
                writing.note_outcome(number, "unsigned", str(error))
            return self._json(401, {"error": str(error)})
        with self.server.books.writing() as writing:
            number, nth = writing.note_arrival(webhook_id, _now())
        behaviour = self.server.behaviour
        if behaviour.delay_s:
            self.server.ending.wait(behaviour.delay_s)
        act = behaviour.act(webhook_id, nth)
        if act is Act.REFUSE:
            self._note(number, "refused", behaviour.refuse)
            return self._json(behaviour.refuse_status, {"error": behaviour.refuse})
        if act is Act.RATE_LIMIT:
            self._note(number, "rate_limited")
            wait = {"retry-after": str(behaviour.retry_after_s)}
            return self._json(429, {"error": "too many orders at once"}, wait)
        if act is Act.FAIL:
            self._note(number, "failed", str(behaviour.fail_status))
            return self._json(behaviour.fail_status, {"error": "out of order"})
        if act is Act.LIE:
            if behaviour.lie_takes:
                self._take(number, webhook_id, body, behaviour)
            else:
                self._note(number, "lied", behaviour.lie)
            return self._lie(Lie(behaviour.lie))
        try:
            answer = self._take(number, webhook_id, body, behaviour)
        except (ValueError, KeyError, TypeError) as error:
            self._note(number, "unreadable", repr(error))
            return self._json(400, {"error": "the order cannot be read"})
        if act is Act.TAKE_AND_CUT:
            return self._cut()
        if act is Act.TAKE_AND_STALL:
            self.server.ending.wait(behaviour.stall_s)
        return self._json(201, answer)

    def _take(
        self, number: int, webhook_id: str, body: bytes, behaviour: Behaviour
    ) -> dict[str, Any]:
        """Make a document of the order (or find the one it became before), and commit."""
        data = json.loads(body)["data"]
        lines = [dict(line) for line in data["lines"]]
        order = Order(
            webhook_id=webhook_id, order_id=str(data["id"]), revision=int(data["revision"]),
            order_no=str(data["number"]), store=str(data["store"]["code"]), body=body.decode(),
        )  # fmt: skip
        with self.server.books.writing() as writing:
            before = writing.answer_to(webhook_id) if behaviour.dedupe else None
            if before is not None:
                writing.note_outcome(number, "repeated", str(before["external_no"]))
                return before
            left = writing.stock()
            answer = {
                "order": order.order_id,
                "revision": order.revision,
                "external_no": writing.next_external_no(),
                "lines": allocate(lines, left, behaviour),
            }
            writing.set_stock(left)
            writing.create_document(order, answer, _now())
            writing.note_outcome(number, "taken", str(answer["external_no"]))
        return answer

    def _look_up(self, path: str) -> None:
        if not self.server.behaviour.look_up:
            return self._plain(405, "orders cannot be looked up")
        order_id, _, revision = path.removeprefix("/orders/by-reference/").rpartition("/")
        order_id = unquote(order_id)
        try:
            signed_id = self._signed_id(b"")
        except BadSignature as error:
            return self._json(401, {"error": str(error)})
        if signed_id != f"{order_id}/{revision}" or not revision.isdigit():
            return self._json(401, {"error": "the signature is of another reference"})
        answer = self.server.books.answer_of(order_id, int(revision))
        asked = {"order": order_id, "revision": int(revision)}
        if answer is None:
            return self._json(404, {**asked, "found": False})
        return self._json(200, {**answer, "found": True})

    # -- misbehaviour ---------------------------------------------------------------------------

    def _lie(self, lie: Lie) -> None:
        anyone = {"order": "somebody-else", "revision": 1, "external_no": "DS-999999", "lines": []}
        if lie is Lie.HTML:
            page = b"<!doctype html><h1>Welcome to the guest network</h1>"
            return self._send(200, "text/html", page)
        if lie is Lie.NO_NUMBER:
            return self._json(200, {"status": "ok"})
        if lie is Lie.EMPTY_NUMBER:
            return self._json(200, {"external_no": "", "lines": []})
        if lie is Lie.NUMBER_NOT_TEXT:
            return self._json(200, {"external_no": ["DS-1"], "lines": []})
        if lie is Lie.BAD_JSON:
            return self._send(200, "application/json", b'{"external_no": "DS-00')
        if lie is Lie.WRONG_ORDER:
            return self._json(200, anyone)
        if lie is Lie.WRONG_LINES:
            line = {"n": 1, "allocated": 10**9, "backordered": 0, "cut": 0}
            return self._json(200, {"external_no": "DS-999999", "lines": [line]})
        if lie is Lie.REDIRECT:
            return self._json(307, anyone, {"location": "/counts"})
        if lie is Lie.PACKED:
            packed = gzip.compress(json.dumps(anyone).encode())
            packed_as = {"content-encoding": "gzip"}
            return self._send(200, "application/json", packed, packed_as)
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

    def _cut(self) -> None:
        """Drop the connection with a reset, as a failing line or a killed process does."""
        self.close_connection = True
        linger_off = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_off)
        self.connection.close()

    # -- answers --------------------------------------------------------------------------------

    def _note(self, number: int, outcome: str, detail: str = "") -> None:
        with self.server.books.writing() as writing:
            writing.note_outcome(number, outcome, detail)

    def _json(
        self, status: int, what: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        self._send(status, "application/json", json.dumps(what).encode(), headers)

    def _plain(self, status: int, text: str) -> None:
        self._send(status, "text/plain; charset=utf-8", text.encode())

    def _send(
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


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _page(documents: list[dict[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(one['external_no'])}<td>{html.escape(one['order_no'])}"
        f"<td>{html.escape(one['store'])}<td>{html.escape(one['received_at'])}"
        for one in reversed(documents[-500:])
    )
    return (
        "<!doctype html><meta charset=utf-8><title>Delivery system (stand-in)</title>"
        f"<h1>Delivery system (stand-in)</h1><p>{len(documents)} documents</p>"
        f"<table border=1 cellpadding=4><tr><th>Number<th>Order<th>Store<th>Received{rows}</table>"
    )
