"""The thread that lets orders go their way and tells of it: call-backs, signed, until accepted."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from server.demo.standin import queries_status
from server.demo.standin.signing import sign

if TYPE_CHECKING:
    from server.demo.standin.views import StandIn

BATCH = 100
LOOK_S = 0.2
AGAIN_S = 1.0
ANSWER_S = 10.0


class Teller(threading.Thread):
    """Moves documents on by the stand-in's own clock, and calls back where it was told to."""

    def __init__(self, standin: StandIn) -> None:
        super().__init__(name="tell", daemon=True)
        self._standin = standin
        self.wake = threading.Event()

    def run(self) -> None:
        while not self._standin.ending.is_set():
            behaviour = self._standin.behaviour
            if behaviour.stage_s:
                with self._standin.books.writing() as writing:
                    queries_status.advance_due(writing.db, datetime.now(UTC), behaviour.stage_s)
            waits = LOOK_S if behaviour.stage_s else None
            if behaviour.status_url and not self._tell():
                waits = AGAIN_S
            self.wake.wait(waits)
            self.wake.clear()

    def _tell(self) -> bool:
        """Tell what nobody was told yet; whether all of it was accepted."""
        behaviour, books = self._standin.behaviour, self._standin.books
        dice = random.Random(behaviour.seed)  # noqa: S311 - no secret hangs on it
        while True:
            with books.reading() as db:
                waiting = queries_status.untold(db, BATCH)
            if not waiting:
                return True
            said = [one for _, one in waiting]
            if behaviour.status_doubled:
                said = said + said
            if behaviour.status_shuffled:
                dice.shuffle(said)
            if not self._call(behaviour.status_url, said):
                return False
            with books.writing() as writing:
                now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
                queries_status.note_told(writing.db, [number for number, _ in waiting], now)

    def _call(self, url: str, said: list[dict[str, Any]]) -> bool:
        body = json.dumps({"updates": said}).encode()
        headers = {
            "content-type": "application/json",
            **sign(self._standin.secret, f"status-{uuid.uuid4()}", body, time.time()),
        }
        request = urllib.request.Request(url, body, headers)  # noqa: S310 - the test's own address
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310
                return 200 <= int(answer.status) < 300
        except (urllib.error.URLError, OSError, ValueError):
            return False
