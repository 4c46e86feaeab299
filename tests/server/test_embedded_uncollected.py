"""A PostgreSQL that died and that nobody collects, as in a container without an init."""

import subprocess
import sys
from pathlib import Path

import pytest

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
