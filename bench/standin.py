"""The demo's delivery system beside the bench: another process, to which the worker delivers."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench import queries
from bench.ground import ROOT, stop
from bench.run import Run
from server.demo.standin.signing import secret_in


@dataclass(frozen=True)
class StandIn:
    """The running delivery system and the worker that sends it orders."""

    url: str
    worker_pid: int

    def documents(self, after: int) -> list[dict[str, Any]]:
        """Its documents from number `after` + 1 on."""
        with urllib.request.urlopen(f"{self.url}/documents?after={after}") as said:
            found: list[dict[str, Any]] = json.load(said)["documents"]
            return found


@contextmanager
def delivering(run: Run, name: str) -> Iterator[StandIn]:
    """Orders pushed from now on go to a fresh stand-in; everything before counts as delivered."""
    folder = run.ground.folder / f"standin-{name}"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "server.demo.standin", "--port", "0", "--data", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        url = json.loads(process.stdout.readline())["url"]
        with run.ground.plain() as raw:
            queries.settle_deliveries(raw)
            queries.aim_deliveries(raw, url, secret_in(folder))
        worker = run.ground.start("worker", "--follow-parent")
        try:
            yield StandIn(url, worker.pid)
        finally:
            stop(worker)
    finally:
        stop(process)
        process.stdout.close()
