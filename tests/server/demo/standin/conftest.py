"""A stand-in running inside the test process, and callers that sign as the specification says."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from server.demo.standin.behaviour import Behaviour
from server.demo.standin.queries import Books
from server.demo.standin.views import StandIn

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes for the testing").decode()


def order(number: int = 1, quantity: int = 12) -> dict[str, Any]:
    """An order as the sender's envelope carries it."""
    return {
        "id": f"order-{number}",
        "revision": 1,
        "number": f"D17-{number:06d}",
        "store": {"code": "S-1042"},
        "lines": [
            {"n": 1, "product": "20041", "quantity": quantity},
            {"n": 2, "product": "20042", "quantity": 6},
        ],
    }


@dataclass
class Caller:
    """Talks to one stand-in and signs with the sender's library."""

    url: str
    client: httpx.Client
    secret: str = SECRET

    def send(
        self,
        data: dict[str, Any],
        webhook_id: str | None = None,
        at: datetime | None = None,
        timeout_s: float = 5,
    ) -> httpx.Response:
        body = json.dumps({"data": data})
        return self.client.post(
            f"{self.url}/orders",
            content=body,
            headers=self.signed(webhook_id or f"delivery-{data['id']}", body, at),
            timeout=timeout_s,
        )

    def look_up(self, order_id: str, revision: int = 1) -> httpx.Response:
        reference = f"{order_id}/{revision}"
        return self.client.get(
            f"{self.url}/orders/by-reference/{reference}", headers=self.signed(reference, "", None)
        )

    def counts(self) -> dict[str, Any]:
        counted: dict[str, Any] = self.client.get(f"{self.url}/counts").json()
        return counted

    def behave(self, **wishes: Any) -> None:
        self.client.post(f"{self.url}/behave", json=wishes).raise_for_status()

    def documents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get(f"{self.url}/documents").json()["documents"]
        return found

    def attempts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get(f"{self.url}/attempts").json()["attempts"]
        return found

    def signed(self, webhook_id: str, body: str, at: datetime | None) -> dict[str, str]:
        at = at or datetime.now(UTC)
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(webhook_id, at, body),
        }


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Caller]]:
    """Start a stand-in that behaves as the keywords say; returns who can call it."""
    client = httpx.Client(trust_env=False)
    running: list[tuple[StandIn, threading.Thread]] = []

    def starting(**behaviour: Any) -> Caller:
        books = Books(tmp_path / "standin.sqlite")
        wanted = Behaviour().changed(behaviour)
        standin = StandIn(("127.0.0.1", 0), books, SECRET, wanted)
        thread = threading.Thread(target=standin.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((standin, thread))
        return Caller(f"http://127.0.0.1:{standin.port}", client)

    yield starting
    client.close()
    for standin, thread in running:
        standin.stop()
        thread.join()
