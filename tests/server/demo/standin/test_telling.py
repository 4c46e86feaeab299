"""The stand-in lets orders go their way and calls back, until it is believed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from server.demo.standin.progress import STAGES
from server.demo.standin.signing import verify
from tests.server.demo.standin.conftest import SECRET, Caller, order

Start = Callable[..., Caller]


class Office(HTTPServer):
    """Whoever is called back: checks the signature, says no as often as it is told to."""

    def __init__(self) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.refuse = 0
        self.came = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/status"

    def told(self, events: int) -> list[dict[str, Any]]:
        """Everything that was taken, once it is so many events."""

        def all_of_it() -> list[dict[str, Any]]:
            return [one for call in self.calls for one in call]

        with self.came:
            assert self.came.wait_for(lambda: len(all_of_it()) >= events, 20), all_of_it()
        return all_of_it()


class _Answer(BaseHTTPRequestHandler):
    server: Office

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        names = {name.lower(): value for name, value in self.headers.items()}
        verify(SECRET, names, body, time.time())
        with self.server.came:
            taken = self.server.refuse <= 0
            self.server.refuse -= 1
            if taken:
                self.server.calls.append(json.loads(body)["updates"])
            self.server.came.notify_all()
        self.send_response(200 if taken else 503)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *ignored: Any) -> None:
        pass


@pytest.fixture
def office() -> Iterator[Office]:
    listening = Office()
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield listening
    listening.shutdown()
    thread.join()
    listening.server_close()


def go(caller: Caller, to: str, **more: Any) -> int:
    answer = caller.client.post(f"{caller.url}/progress", json={"to": to, **more})
    answer.raise_for_status()
    return int(answer.json()["events"])


def test_every_stage_is_told_once_and_signed(start: Start, office: Office) -> None:
    caller = start(status_url=office.url)
    caller.send(order())
    assert go(caller, "invoiced") == 5
    assert go(caller, "invoiced") == 0
    assert [one["status"] for one in office.told(5)] == list(STAGES)


def test_doubled_and_jumbled_it_is_still_all_there(start: Start, office: Office) -> None:
    caller = start(status_url=office.url, status_doubled=True, status_shuffled=True)
    caller.send(order())
    go(caller, "invoiced")
    told = office.told(10)
    assert [one["status"] for one in told] != [*STAGES, *STAGES]
    assert sorted(one["id"] for one in told) == sorted(
        [f"DS-000001-{stage}" for stage in STAGES] * 2
    )


def test_what_was_not_taken_is_told_again(start: Start, office: Office) -> None:
    office.refuse = 1
    caller = start(status_url=office.url)
    caller.send(order())
    go(caller, "allocated", order="DS-000001")
    assert [one["status"] for one in office.told(1)] == ["allocated"]


def test_by_its_own_clock_an_order_goes_all_the_way(start: Start, office: Office) -> None:
    caller = start(status_url=office.url, stage_s=0.01)
    caller.send(order())
    assert [one["status"] for one in office.told(5)] == list(STAGES)


def test_a_stage_nobody_knows_is_refused(start: Start) -> None:
    caller = start()
    answer = caller.client.post(f"{caller.url}/progress", json={"to": "lost"})
    assert answer.status_code == 400
