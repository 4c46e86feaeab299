"""HTTP of the stand-in: orders, look-ups, lists for assertions, and `/behave`.

    POST /orders                                   a signed order; answers number and lines
    GET  /orders/by-reference/<order>/<revision>   signed; what became of it
    GET  /orders/status?since=<number>             signed; what happened to orders since
    POST /tell                                     a list of events that it shall tell
    POST /progress                                 {"to": stage, "order": number or id}: move on
    GET  /reconcile?day=&from=&to=                 signed; what it has of a day
    GET  /documents   GET /attempts   GET /counts  what is in its books
    GET  /behave      POST /behave                 how it behaves / change that
    GET  /            a page for people

Standard library only: the stand-in must be able to do to a connection what no web framework
would allow (cut it, stall it, answer for ever).
"""

from __future__ import annotations

import html
import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from server.demo.standin import queries_status
from server.demo.standin.answering import Answering
from server.demo.standin.behaviour import Act, Behaviour, Lie, allocate
from server.demo.standin.queries import Books, Order
from server.demo.standin.reckoning import day_of, page_of
from server.demo.standin.signing import BadSignature, verify
from server.demo.standin.telling import Teller

MAX_BODY_BYTES = 4 * 1024 * 1024
STATUS_PAGE = 100


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
        self._asked: Counter[str] = Counter()
        self.teller = Teller(self)
        self.teller.start()

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
        self.teller.wake.set()
        return changed

    def look_up_fails(self, reference: str) -> float:
        """What the dice say of this look-up (see Behaviour.look_up_fails)."""
        self._asked[reference] += 1
        return self.behaviour.look_up_fails(reference, self._asked[reference])

    def progress(self, to: str, which: str) -> int:
        """Bring documents to a stage; ValueError when none is called so."""
        with self.books.writing() as writing:
            made = queries_status.advance(writing.db, to, which, _now())
        self.teller.wake.set()
        return made

    def tell(self, events: list[dict[str, Any]]) -> int:
        """Tell these, whatever they say; how many they are."""
        with self.books.writing() as writing:
            for one in events:
                queries_status.say(writing.db, one)
        self.teller.wake.set()
        return len(events)

    def stop(self) -> None:
        self.ending.set()
        self.teller.wake.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up early is everyday life here and no reason for a stack trace."""


class _Conversation(Answering):
    """One connection. `self.server` is the `StandIn`."""

    server: StandIn

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        books = self.server.books
        if url.path.startswith("/orders/by-reference/"):
            return self._look_up(url.path)
        if url.path == "/orders/status":
            return self._statuses(url.query)
        if url.path == "/reconcile":
            return self._day(url.query)
        if url.path == "/documents":
            after = parse_qs(url.query).get("after", ["0"])[0]
            return self.json(200, {"documents": books.documents(int(after))})
        if url.path == "/attempts":
            wanted = parse_qs(url.query).get("webhook_id", [None])[0]
            return self.json(200, {"attempts": books.attempts(wanted)})
        if url.path == "/counts":
            return self.json(200, books.counts())
        if url.path == "/behave":
            return self.json(200, self.server.behaviour.as_json())
        if url.path == "/":
            return self.send(200, "text/html; charset=utf-8", _page(books.documents()).encode())
        return self.plain(404, "nothing here")

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        if size > MAX_BODY_BYTES:
            self.close_connection = True
            return self.json(413, {"error": "too large"})
        body = self.rfile.read(size)
        if self.path == "/orders":
            return self._order(body)
        if self.path in ("/behave", "/progress", "/tell"):
            try:
                said = json.loads(body)
                if self.path == "/behave":
                    return self.json(200, self.server.behave(said).as_json())
                if self.path == "/tell":
                    return self.json(200, {"events": self.server.tell(said)})
                made = self.server.progress(str(said["to"]), str(said.get("order", "")))
                return self.json(200, {"events": made})
            except (ValueError, TypeError, KeyError) as error:
                return self.json(400, {"error": str(error)})
        return self.plain(404, "nothing here")

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
            return self.json(401, {"error": str(error)})
        with self.server.books.writing() as writing:
            number, nth = writing.note_arrival(webhook_id, _now())
        behaviour = self.server.behaviour
        if thinks_s := behaviour.wait_s(webhook_id, nth):
            self.server.ending.wait(thinks_s)
        act = behaviour.act(webhook_id, nth)
        if act is Act.REFUSE:
            self._note(number, "refused", behaviour.refuse)
            return self.json(behaviour.refuse_status, {"error": behaviour.refuse})
        if act is Act.RATE_LIMIT:
            self._note(number, "rate_limited")
            wait = {"retry-after": str(behaviour.retry_after_s)}
            return self.json(429, {"error": "too many orders at once"}, wait)
        if act is Act.FAIL:
            self._note(number, "failed", str(behaviour.fail_status))
            return self.json(behaviour.fail_status, {"error": "out of order"})
        if act is Act.LOSE:
            self._note(number, "lost")
            return self.cut()
        if act is Act.LIE:
            lie, takes = behaviour.lie_of(webhook_id, nth)
            if takes:
                self._take(number, webhook_id, body, behaviour)
            else:
                self._note(number, "lied", lie)
            return self.lie(lie)
        try:
            answer = self._take(number, webhook_id, body, behaviour)
        except (ValueError, KeyError, TypeError) as error:
            self._note(number, "unreadable", repr(error))
            return self.json(400, {"error": "the order cannot be read"})
        if act is Act.TAKE_AND_CUT:
            return self.cut()
        if act is Act.TAKE_AND_DENY:
            return self.json(behaviour.deny_status, {"error": "it did not work"})
        if act is Act.TAKE_AND_STALL:
            self.server.ending.wait(behaviour.stall_s)
        return self.json(201, answer)

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
            return self.plain(405, "orders cannot be looked up")
        order_id, _, revision = path.removeprefix("/orders/by-reference/").rpartition("/")
        order_id = unquote(order_id)
        try:
            signed_id = self._signed_id(b"")
        except BadSignature as error:
            return self.json(401, {"error": str(error)})
        if signed_id != f"{order_id}/{revision}" or not revision.isdigit():
            return self.json(401, {"error": "the signature is of another reference"})
        fails = self.server.look_up_fails(signed_id)
        if fails < 1:
            if fails < 0.3:
                return self.cut()
            return self.lie(Lie.BAD_JSON) if fails < 0.6 else self.json(503, {"error": "busy"})
        answer = self.server.books.answer_of(order_id, int(revision))
        asked = {"order": order_id, "revision": int(revision)}
        if answer is None:
            return self.json(404, {**asked, "found": False})
        return self.json(200, {**answer, "found": True})

    def _statuses(self, query: str) -> None:
        since = parse_qs(query).get("since", [""])[0]
        try:
            signed_id = self._signed_id(b"")
        except BadSignature as error:
            return self.json(401, {"error": str(error)})
        if signed_id != f"status/{since}" or not (since or "0").isdigit():
            return self.json(401, {"error": "the signature is of another question"})
        with self.server.books.reading() as db:
            found = queries_status.events(db, int(since or 0), STATUS_PAGE)
        after = str(found[-1][0]) if found else since
        said = [one for _, one in found]
        return self.json(200, {"updates": said, "next": after, "more": len(said) == STATUS_PAGE})

    def _day(self, query: str) -> None:
        """What it has of a day, to who signs for it."""
        if not self.server.behaviour.reconcile:
            return self.plain(404, "nothing here")
        said = {name: value[0] for name, value in parse_qs(query).items()}
        day, after = said.get("day", ""), said.get("after", "")
        try:
            signed_id = self._signed_id(b"")
            ends = [datetime.fromisoformat(said[name]) for name in ("from", "to")]
        except (BadSignature, KeyError, ValueError) as error:
            return self.json(401, {"error": str(error)})
        if signed_id != f"reconcile/{day}/{after}" or not (after or "0").isdigit():
            return self.json(401, {"error": "the signature is of another question"})
        rows = day_of(self.server.books.whole_documents(), *ends)
        return self.json(200, page_of(rows, day, after, _now()))

    def _note(self, number: int, outcome: str, detail: str = "") -> None:
        with self.server.books.writing() as writing:
            writing.note_outcome(number, outcome, detail)


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
