"""`talaria serve`: comes up from nothing, heals, and leaves nothing that the next start must clean.

These tests own a PostgreSQL each: what is killed here must not be anybody else's.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from server.embedded import EmbeddedPostgres
from tests.server.running.ports import (
    ROOT,
    answers,
    clean_environment,
    free_port,
    process,
    until,
)


@dataclass
class Served:
    """A running `talaria serve`."""

    port: int
    running: "subprocess.Popen[bytes]"
    data: Path
    log: Path

    def child(self, word: str) -> psutil.Process | None:
        """The supervisor's child that runs this command."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for one in psutil.Process(self.running.pid).children():
                with contextlib.suppress(psutil.Error):
                    if word in one.cmdline():
                        return one
        return None

    def lines(self) -> list[dict[str, object]]:
        told = self.log.read_text().splitlines()
        return [json.loads(line) for line in told if line.startswith("{")]


@pytest.fixture
def data(tmp_path: Path, pg_bin: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    folder.mkdir()
    yield folder
    EmbeddedPostgres(folder / "pg", pg_bin).stop()


@contextlib.contextmanager
def served(data: Path, pg_bin: Path, port: int | None = None) -> Iterator[Served]:
    chosen = port or free_port()
    log = data.parent / "log"
    said = {
        "TALARIA_DATA_DIR": str(data),
        "TALARIA_PORT": str(chosen),
        "TALARIA_PG_BIN": str(pg_bin),
    }
    ready = "Talaria is ready"
    before = log.read_text().count(ready) if log.exists() else 0
    with process("server.cli", "serve", environ=said, log=log) as running:
        # Its own word for it: a server killed a moment ago may still answer on the port.
        until(lambda: log.read_text().count(ready) > before or running.poll() is not None, 90)
        assert running.poll() is None, log.read_text()[-2000:]
        yield Served(chosen, running, data, log)


def gone(pids: list[int]) -> bool:
    """Whether none of them runs; one that died and was not collected yet does not."""

    def runs(pid: int) -> bool:
        with contextlib.suppress(psutil.NoSuchProcess):
            return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
        return False

    return not any(runs(pid) for pid in pids)


@pytest.mark.slow
def test_it_comes_up_heals_and_ends_with_everything_it_started(data: Path, pg_bin: Path) -> None:
    with served(data, pg_bin) as talaria:
        web, worker = talaria.child("web"), talaria.child("worker")
        assert web is not None
        assert worker is not None
        assert answers(talaria.port, "/readyz")
        for word, one in (("web", web), ("worker", worker)):
            one.send_signal(signal.SIGKILL)
            until(lambda word=word, one=one: (talaria.child(word) or one).pid != one.pid)
        until(lambda: answers(talaria.port, "/readyz"), 30)
        now = [talaria.child(word) for word in ("web", "worker")]
        started = [one.pid for one in now if one is not None]
        postmaster = EmbeddedPostgres(data / "pg", pg_bin).server_pid()
        assert postmaster is not None
        talaria.running.send_signal(signal.SIGTERM)
        assert talaria.running.wait(timeout=40) == 0
        until(lambda: gone([*started, postmaster]), 5)
        died = [line for line in talaria.lines() if line["event"] == "child.died"]
        assert [line["child"] for line in died] == ["web", "worker"]


@pytest.mark.slow
def test_a_database_that_is_killed_comes_back_under_a_running_server(
    data: Path, pg_bin: Path
) -> None:
    with served(data, pg_bin) as talaria:
        web = talaria.child("web")
        server = EmbeddedPostgres(data / "pg", pg_bin)
        before = server.server_pid()
        assert before is not None
        os.kill(before, signal.SIGKILL)
        killed_s = time.monotonic()
        until(lambda: server.server_pid() not in (None, before), 60, talaria.log.read_text())
        until(lambda: answers(talaria.port, "/readyz"), 30, talaria.log.read_text())
        assert time.monotonic() - killed_s < 40  # a second or two where nobody else works
        assert talaria.child("web") == web  # nobody had to be started again but the database
        talaria.running.send_signal(signal.SIGTERM)
        assert talaria.running.wait(timeout=40) == 0
    assert server.server_pid() is None


@pytest.mark.slow
def test_killed_outright_the_next_start_takes_over(data: Path, pg_bin: Path) -> None:
    with served(data, pg_bin) as first:
        started = psutil.Process(first.running.pid).children(recursive=True)
        os.kill(first.running.pid, signal.SIGKILL)
        killed_s = time.monotonic()
        with served(data, pg_bin, first.port) as second:
            assert time.monotonic() - killed_s < 25
            until(lambda: gone([one.pid for one in started]), 40)
            second.running.send_signal(signal.SIGINT)
            assert second.running.wait(timeout=40) == 0
    assert EmbeddedPostgres(data / "pg", pg_bin).server_pid() is None


@pytest.mark.slow
def test_everything_killed_at_once_it_is_back_within_seconds(data: Path, pg_bin: Path) -> None:
    with served(data, pg_bin) as first:
        postmaster = EmbeddedPostgres(data / "pg", pg_bin).server_pid()
        assert postmaster is not None
        for pid in (first.running.pid, postmaster):
            parent = psutil.Process(pid)
            for one in [parent, *parent.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
        with served(data, pg_bin, first.port) as second:
            second.running.send_signal(signal.SIGTERM)
            assert second.running.wait(timeout=40) == 0


IMPATIENT = """
import functools
from server import cli
from server.running import serve
serve.refuse_taken_port = functools.partial(serve.refuse_taken_port, patience_s=0.1)
cli.main()
"""
"""`talaria`, giving whoever listens on its port less time than it does: see test_web.py."""


def test_a_port_that_is_taken_is_told_with_a_remedy(tmp_path: Path, database_url: str,
                                                     owner_url: str) -> None:  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = {
            "DATABASE_URL": database_url, "DATABASE_OWNER_URL": owner_url,
            "TALARIA_DATA_DIR": str(tmp_path), "TALARIA_PORT": str(taken.getsockname()[1]),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", IMPATIENT, "serve"],
            cwd=ROOT, env=clean_environment() | said, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 1
    assert "TALARIA_PORT=" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_with_a_database_url_no_database_is_started_or_stopped(
    tmp_path: Path, database_url: str, owner_url: str
) -> None:
    port = free_port()
    said = {
        "DATABASE_URL": database_url, "DATABASE_OWNER_URL": owner_url,
        "TALARIA_DATA_DIR": str(tmp_path / "data"), "TALARIA_PORT": str(port),
    }  # fmt: skip
    log = tmp_path / "log"
    with process("server.cli", "serve", environ=said, log=log) as running:
        until(lambda: answers(port, "/readyz"), 60)
        assert answers(port, "/metrics")
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=40) == 0
    assert not (tmp_path / "data" / "pg").exists()
    assert (tmp_path / "data" / "high_water.json").exists()
