"""The configuration of gunicorn is ours alone, and metrics of all processes meet."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.access.people import set_password
from server.database import transaction
from server.demo.desk import Desk
from server.running.arrive import ArrivingWorker
from server.running.serve import PORT_S, refuse_taken_port
from server.running.web import METRICS_VARIABLE, Web, empty_metrics_folder
from server.settings import load
from tests import world
from tests.server.running.ports import answers, free_port, get, process, until


def test_nothing_outside_changes_the_configuration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "gunicorn.conf.py").write_text("threads = 1\nbind = '0.0.0.0:1'\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--threads 2 --bind 0.0.0.0:2")
    monkeypatch.setenv("WEB_CONCURRENCY", "7")
    cfg = Web(load({"TALARIA_PORT": "8123"})).cfg
    assert cfg.threads == 64
    assert cfg.workers == 1
    assert [str(address) for address in cfg.address] == ["('127.0.0.1', 8123)"]
    assert cfg.worker_class is ArrivingWorker
    assert cfg.control_socket_disable
    assert not cfg.preload_app
    assert cfg.limit_request_line <= 8190


def test_an_address_of_the_new_internet_is_understood() -> None:
    cfg = Web(replace(load({}), host="::1")).cfg
    assert cfg.address == [("::1", 8080)]


def test_the_metrics_folder_is_empty_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(METRICS_VARIABLE, raising=False)
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"of another day")
    empty_metrics_folder(folder)
    assert list(folder.iterdir()) == []
    assert os.environ[METRICS_VARIABLE] == str(folder)
    monkeypatch.delenv(METRICS_VARIABLE)


def test_two_processes_count_together(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    said = {
        "DATABASE_URL": database_url, "TALARIA_PORT": str(port), "TALARIA_WEB_WORKERS": "2",
        "TALARIA_DATA_DIR": str(tmp_path),
    }  # fmt: skip
    log = tmp_path / "log"
    with process("server.cli", "web", environ=said, log=log):
        until(lambda: answers(port, "/healthz"), 60)
        until(lambda: log.read_text().count("Booting worker") == 2)
        for _ in range(40):
            assert get(port, "/healthz")[0] == 200
        told = get(port, "/metrics")[1].decode()
    line = next(
        one for one in told.splitlines()
        if one.startswith("talaria_requests_total") and 'route="/healthz"' in one
    )  # fmt: skip
    assert float(line.rsplit(" ", 1)[1]) >= 41


def test_without_a_database_it_says_which_command_brings_one(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with process("server.cli", "web", environ={"HOME": str(tmp_path)}, log=log) as running:
        assert running.wait(timeout=30) == 1
    assert "talaria serve" in log.read_text()


@dataclass
class Watched:
    """A web process, and somebody who has its board open."""

    process: subprocess.Popen[bytes]
    port: int
    stream: Iterator[bytes]


@pytest.fixture
def watched(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Watched]:
    built = world.build(engine)
    with transaction(engine) as conn:
        set_password(conn, built.company, "desk", "a long enough one")
    port = free_port()
    said = {
        "DATABASE_URL": database_url, "TALARIA_PORT": str(port), "TALARIA_DATA_DIR": str(tmp_path)
    }  # fmt: skip
    with process("server.cli", "web", environ=said) as running:
        until(lambda: answers(port, "/healthz"), 60)
        desk = Desk(f"http://127.0.0.1:{port}", "desk", "a long enough one")
        with desk._client.stream("GET", "/office/events") as stream:
            pieces = stream.iter_bytes()
            opening = b""
            while b"event: plans" not in opening:  # of plans each page is told when it comes
                opening += next(pieces)
            assert b"open" in opening
            yield Watched(running, port, pieces)
        desk.close()


def test_stopping_ends_open_streams_at_once(watched: Watched) -> None:
    watched.process.send_signal(signal.SIGTERM)
    asked_s = time.monotonic()
    assert b"".join(watched.stream) == b""
    assert watched.process.wait(timeout=20) == 0
    assert time.monotonic() - asked_s < 8


def test_orphans_make_way_although_a_board_is_open(watched: Watched) -> None:
    """Killed outright, its processes let the port go before the next start loses patience."""
    watched.process.kill()
    watched.process.wait()
    refuse_taken_port(load({"TALARIA_PORT": str(watched.port)}), patience_s=PORT_S)
