"""Delivery systems that speak UBL: one at the far side of a folder, one that listens on HTTP.

They read orders with the tests' own reader (another parser than ours) and answer with XML written
out by hand.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from server.delivery.contract import Adapter, Target
from server.delivery.over_files import set_up
from server.delivery.ubl.over_http import make
from server.demo.standin.signing import BadSignature, verify
from tests.server.delivery.folder import Folder
from tests.server.delivery.ubl.conftest import as_response, line
from tests.server.delivery.ubl.reader import read_order
from tests.server.delivery.ubl.schemas import faults
from tests.server.demo.standin.conftest import SECRET


def answer(order: dict[str, Any], does: str, number: str) -> bytes:
    """The OrderResponse of a system that does `does` (see contract.FarEnd.shall)."""
    reference = f"{order['id']}/{order['revision']}"
    if does == "refuse":
        return as_response(reference, "RE", "", note="unknown ship-to")
    if does == "short":
        rest = str(order["lines"][0]["quantity"] - 5)
        return as_response(reference, "CA", number, [line(1, "3", "5", rest)])
    return as_response(reference, "AP", number)


@dataclass
class UblFolder(Folder):
    """Takes Orders out of a folder, puts OrderResponses into it, statuses as JSON."""

    form: str = "ubl"
    answers: list[bytes] = field(default_factory=list)

    def work(self, answer: bool = True) -> None:
        for marker in sorted((self.root / "out").glob("*.done")):
            self._take(marker)
        if answer:
            for one in self.answers:
                self.put("ack", one)
            self.answers.clear()

    def order_in(self, content: bytes) -> dict[str, Any]:
        assert faults(content) == []
        return read_order(content)

    def _take(self, marker: Path) -> None:
        before = len(self.owed)
        super()._take(marker)
        for order in self.owed[before:]:
            self.answers.append(answer(order, self.does, f"F-{len(self.taken)}"))

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        return order

    def happens(self, *updates: dict[str, Any]) -> None:
        for one in updates:
            self.put("status", json.dumps({"updates": [one]}).encode())


class UblServer(ThreadingHTTPServer):
    """Takes Orders by POST and answers with OrderResponses, signed requests only."""

    daemon_threads = True

    def __init__(self) -> None:
        self.does, self.events = "take", list[dict[str, Any]]()
        self.taken: dict[str, tuple[dict[str, Any], bytes]] = {}
        self.answers = True
        super().__init__(("127.0.0.1", 0), _Conversation)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def target(self, **changed: Any) -> Target:
        plain = Target("main", "ubl", self.url, SECRET, allow_private=True,
                       options={"ask_status": True})  # fmt: skip
        return dataclasses.replace(plain, **changed)

    def adapter(self, **target: Any) -> Adapter:
        return make(self.target(**target))

    def shall(self, do: str) -> None:
        self.does, self.answers = do, do != "silent"

    def work(self, answer: bool = True) -> None:
        self.answers = self.answers or answer

    def holds(self) -> list[str]:
        return sorted(self.taken)

    def happens(self, *updates: dict[str, Any]) -> None:
        self.events += updates

    def gone(self) -> None:
        self.shutdown()
        self.server_close()


class _Conversation(BaseHTTPRequestHandler):
    server: UblServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if not self._signed(body):
            return self._answer(401, b"")
        assert faults(body) == []
        far, order = self.server, read_order(body)
        reference = f"{order['id']}/{order['revision']}"
        if far.does == "garbage":
            return self._answer(200, b"<OrderResponse xmlns='urn:x'/>")
        if far.does != "refuse" and reference not in far.taken:
            said = answer(order, far.does, f"H-{len(far.taken) + 1}")
            far.taken[reference] = (order, said)
        if far.does == "refuse":
            return self._answer(200, answer(order, "refuse", ""))
        return self._answer(201, far.taken[reference][1]) if far.answers else self._answer(202, b"")

    def do_GET(self) -> None:
        far = self.server
        if not self._signed(b""):
            return self._answer(401, b"")
        if self.path.startswith("/orders/status"):
            after = int(self.path.partition("since=")[2] or 0)
            told = {"updates": far.events[after:], "next": str(len(far.events)), "more": False}
            return self._answer(200, json.dumps(told).encode(), "application/json")
        reference = self.path.removeprefix("/orders/by-reference/")
        if reference not in far.taken:
            order, _, revision = reference.rpartition("/")
            said = {"found": False, "order": order, "revision": int(revision)}
            return self._answer(404, json.dumps(said).encode(), "application/json")
        if not far.answers:
            return self._answer(202, b"")
        return self._answer(200, far.taken[reference][1])

    def _signed(self, body: bytes) -> bool:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            verify(SECRET, headers, body, float(headers["webhook-timestamp"]))
        except BadSignature:
            return False
        return True

    def _answer(self, status: int, body: bytes, kind: str = "application/xml") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *ignored: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def ubl_folder(tmp_path: Path) -> UblFolder:
    made = UblFolder(tmp_path / "drop")
    made.root.mkdir()
    set_up(made.target())
    return made


@pytest.fixture
def ubl_server() -> Iterator[UblServer]:
    server = UblServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.gone()
    thread.join()
