"""The server's machine: the real `talaria serve` with its PostgreSQL, and all ways to hurt it.

Nothing here mends anything: what was killed is started again by Talaria's own supervisor, and the
supervisor by us, at once, as systemd would.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import psutil
import psycopg

from handhelds.reference.clock import MachineClock, reading
from handhelds.reference.device import Identity
from schemas.ids import uuid7
from server.embedded import EmbeddedPostgres
from server.hints import conninfo
from server.turnstile import WAIT_S
from tests.server.running.ports import ROOT, answers, free_port, until

WORKERS = 2
DIES = {
    **dict.fromkeys(("after_receipts", "before_write", "before_commit", "after_numbers"), 0.004),
    **{"after_commit": 0.008, "before_cursor": 0.002, "after_claim": 0.004},
    **{"after_delivery_send": 0.008, "after_settle": 0.004},
}
"""Failpoint of the server -> how often a process that passes it is killed there."""
INSIDE = Path(__file__).parent / "inside"
BODY_TIMEOUT_S = 6
PROBE_S = 0.05
LONGEST_S = 90.0
PATIENCE_S = WAIT_S + 1
"""Of each try: a little longer than a push waits for its turn at the server; a fleet that keeps a
server busy makes every push wait for seconds."""


class Machine:
    """Everything below `root`. Its PostgreSQL waits for the disk (fsync), as in earnest."""

    def __init__(
        self, root: Path, pg_bin: Path | None, dies: Mapping[str, float], plant: str = ""
    ) -> None:
        self.root, self.pg_bin, self.port, self.plant = root, pg_bin, free_port(), plant
        self.history = root / "history.jsonl"
        self.dies = dies
        self.trouble = root / "trouble"  # as long as it is there, processes die at failpoints
        self.data = root / "data"
        self.data.mkdir(parents=True)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = root / "log"
        self.postgres = EmbeddedPostgres(self.data / "pg", pg_bin)
        self._serving: subprocess.Popen[bytes] | None = None

    # --- running ---------------------------------------------------------------------------

    def start(self) -> None:
        """Start `talaria serve` and return at once."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("TALARIA_", "DATABASE_"))}
        said = {
            "TALARIA_DATA_DIR": str(self.data), "TALARIA_PORT": str(self.port),
            "TALARIA_TRUSTED_PROXIES": "1", "TALARIA_LOG_LEVEL": "warning",
            "TALARIA_WEB_WORKERS": str(WORKERS), "TALARIA_BODY_TIMEOUT_S": str(BODY_TIMEOUT_S),
        }  # fmt: skip
        said |= {"TALARIA_PG_BIN": str(self.pg_bin)} if self.pg_bin else {}
        if self.dies or self.plant:
            said["PYTHONPATH"] = os.pathsep.join([str(INSIDE), str(ROOT)])
            asked = {"dies": dict(self.dies), "plant": self.plant, "history": str(self.history),
                     "trouble": str(self.trouble)}  # fmt: skip
            said["CHAOS_OF_TESTS"] = json.dumps(asked)
        with open(self.log, "ab") as out:
            self._serving = subprocess.Popen(
                [sys.executable, "-m", "server.cli", "serve"], cwd=ROOT, env=clean | said,
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        until(lambda: answers(self.port, "/readyz") or not self.lives(), LONGEST_S)
        assert self.lives(), self.log.read_text()[-3000:]

    def lives(self) -> bool:
        return self._serving is not None and self._serving.poll() is None

    def revive(self) -> None:
        """Start it again if it ended, as a system's supervisor does."""
        if not self.lives():
            self.start()

    def stop(self) -> bool:
        """Ask it to end; whether it did so by itself, without a complaint."""
        assert self._serving is not None
        self._serving.terminate()
        try:
            return self._serving.wait(90) == 0
        except subprocess.TimeoutExpired:
            self.kill_server()
            return False

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(psutil.Error, AssertionError):
            self.kill_server()
        EmbeddedPostgres(self.data / "pg", self.pg_bin).stop()

    def note_commits(self) -> None:
        """Have PostgreSQL keep when each transaction committed; to be told before anybody works.

        The order in which one handheld's changes were decided is that of the commits: its row is
        locked by each push. The times of arrival are not: a late copy of an older push may arrive
        while a newer one waits for the database, and rightly be decided before it."""
        with psycopg.connect(conninfo(self.postgres.admin_url), autocommit=True) as raw:
            raw.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        self.postgres.stop()
        self.postgres.revive()
        with psycopg.connect(conninfo(self.postgres.admin_url), autocommit=True) as raw:
            assert raw.execute("SHOW track_commit_timestamp").fetchone() == ("on",)

    # --- who runs --------------------------------------------------------------------------

    def child(self, word: str) -> psutil.Process | None:
        """The supervisor's child that runs this command."""
        with contextlib.suppress(psutil.Error):
            for one in psutil.Process(self._pid()).children():
                with contextlib.suppress(psutil.Error):
                    if word in one.cmdline():
                        return one
        return None

    def web_workers(self) -> list[psutil.Process]:
        web = self.child("web")
        with contextlib.suppress(psutil.Error):
            return web.children() if web else []
        return []

    def backends(self) -> list[psutil.Process]:
        pid = self.postgres.server_pid()
        with contextlib.suppress(psutil.Error):
            return psutil.Process(pid).children() if pid else []
        return []

    def _pid(self) -> int:
        assert self._serving is not None
        return self._serving.pid

    # --- hurting it ------------------------------------------------------------------------

    def kill_server(self) -> int:
        """kill -9: supervisor, web, worker, at once; PostgreSQL stays. How many processes."""
        assert self._serving is not None
        found = [psutil.Process(self._pid())] if self.lives() else []
        for one in list(found):
            found += one.children(recursive=True)
        mine = [one for one in found if "postgres" not in _name(one)]
        killed = _kill(mine)
        self._serving.wait()
        return killed

    def kill_database(self) -> int:
        """kill -9: the postmaster and every backend."""
        pid = self.postgres.server_pid()
        if pid is None:
            return 0
        with contextlib.suppress(psutil.Error):
            return _kill([psutil.Process(pid), *self.backends()])
        return 0

    def terminate_connections(self) -> int:
        """pg_terminate_backend of everybody; how many."""
        row = None
        with (
            contextlib.suppress(psycopg.OperationalError),  # it is only just coming up
            psycopg.connect(conninfo(self.postgres.admin_url), autocommit=True) as raw,
        ):
            row = raw.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        return int(row[0]) if row else 0

    def tell(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid(), number)


class Probe:
    """A handheld of nobody's, at the server without the bad line: pushes nothing again and again
    until that is taken."""

    def __init__(self, machine: Machine, identity: Identity) -> None:
        self.machine, self.identity = machine, identity

    def until_taken(self, steady_s: float = 0.0, began_s: float | None = None) -> float:
        """Seconds from `began_s` (None: now) until pushes were taken, from then on for `steady_s`;
        starts the server again should it have ended. TimeoutError when that never comes."""
        began_s = time.monotonic() if began_s is None else began_s
        back_s: float | None = None
        with httpx.Client(timeout=PATIENCE_S, trust_env=False, verify=False) as client:  # noqa: S501
            while True:
                is_taken, now_s = self._push(client), time.monotonic()
                back_s = (back_s or now_s) if is_taken else None
                if back_s is not None and now_s - back_s >= steady_s:
                    return back_s - began_s
                if now_s - began_s > LONGEST_S:
                    raise TimeoutError(f"no push was taken for {LONGEST_S:.0f} s")
                self.machine.revive()
                time.sleep(PROBE_S)

    def _push(self, client: httpx.Client) -> bool:
        body = {
            "device": self.identity.device, "install": self.identity.install, "epoch": None,
            "batch": uuid7(), "acknowledged_through": 0, "changes": [],
            "clock": reading(MachineClock()),
        }  # fmt: skip
        told = {"Authorization": f"Bearer {self.identity.secret}"}
        with contextlib.suppress(httpx.HTTPError):
            said = client.post(f"{self.machine.url}/sync/v1/push", json=body, headers=told)
            if said.status_code not in (200, 503):
                raise AssertionError(f"an empty push is answered {said.status_code}: {said.text}")
            return said.status_code == 200
        return False


def _name(one: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return str(one.name())
    return ""


def _kill(all_of: list[psutil.Process]) -> int:
    killed = 0
    for one in all_of:
        with contextlib.suppress(psutil.Error):
            one.kill()
            killed += 1
    return killed
