"""What a PostgreSQL that was killed leaves behind: itself where nobody collects the dead, as in a
container without an init, and processes of its own that cannot leave."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from server import embedded
from server.embedded import EmbeddedPostgres
from server.hints import conninfo
from tests.server.running.ports import until

COLLECTS_NOBODY = """
import ctypes, os, signal, sys
from pathlib import Path
from server.embedded import EmbeddedPostgres
from server.programs import is_alive

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # orphans become ours, as they become those of process 1
with EmbeddedPostgres(Path(sys.argv[1]), Path(sys.argv[2]), durable=False) as pg:
    killed = pg.server_pid()
    os.kill(killed, signal.SIGKILL)
    while pg.server_pid() == killed:
        pass
    print(is_alive(killed), pg.revive(), pg.server_pid() not in (None, killed))
"""
"""What `talaria serve` is in a container without an init: nobody collects a server that died."""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets any process adopt orphans")
def test_killed_server_that_nobody_collects_is_started_again(tmp_path: Path, pg_bin: Path) -> None:
    command = [sys.executable, "-c", COLLECTS_NOBODY, str(tmp_path / "pg"), str(pg_bin)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert said.stdout.split() == ["True", "True", "True"], said.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose processes they are")
def test_who_outlives_a_killed_server_and_cannot_leave_is_ended(
    tmp_path: Path, pg_bin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that waits for a lock of a dead fellow never looks up; here it is stopped instead. A
    server of another folder, and its processes, are left alone."""
    monkeypatch.setattr(embedded, "LEAVING_S", 0.5)
    said = list[str]()
    with (
        EmbeddedPostgres(tmp_path / "pg", pg_bin, durable=False, progress=said.append) as pg,
        EmbeddedPostgres(tmp_path / "other", pg_bin, durable=False) as other,
        psycopg.connect(conninfo(pg.app_url)) as held,
        psycopg.connect(conninfo(other.app_url)) as alone,
    ):
        backend, killed = held.info.backend_pid, pg.server_pid()
        os.kill(backend, signal.SIGSTOP)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        until(lambda: pg.server_pid() != killed)
        assert pg.revive() is True
        with psycopg.connect(conninfo(pg.app_url)) as again:
            assert again.execute("SELECT 1").fetchone() == (1,)
        assert alone.execute("SELECT 1").fetchone() == (1,)
    assert sum("outlived its database server" in one for one in said) == 1
