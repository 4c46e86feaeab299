"""Where it is measured: PostgreSQL that waits for its disk, the web process, the application.

Everything lives in one folder and is gone afterwards. The web process is started as `talaria
serve` starts it; beside it the same application in this process, for what HTTP adds.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import psutil
import psycopg
from flask import Flask
from sqlalchemy import Engine

from bench import queries
from bench.machine import Meter, family
from server import logs, migrate
from server.app import create_app
from server.database import make_engine, transaction
from server.embedded import EmbeddedPostgres
from server.hints import conninfo
from server.settings import Settings, load
from sync.feed import ensure_epoch

ROOT = Path(__file__).resolve().parents[1]
READY_S = 60
Progress = Callable[[str], None]


@dataclass
class Ground:
    """The running parts and their addresses."""

    folder: Path
    pg: EmbeddedPostgres
    settings: Settings
    engine: Engine
    app: Flask
    progress: Progress
    web: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.settings.host}:{self.settings.port}"

    @property
    def postgres_pid(self) -> int:
        pid = self.pg.server_pid()
        assert pid is not None, "PostgreSQL has gone"
        return pid

    def server_cpu(self) -> Meter:
        """CPU of what a company would run for this: web and PostgreSQL."""
        assert self.web is not None
        return Meter([self.web.pid, self.postgres_pid])

    def here_cpu(self) -> Meter:
        """CPU of this process and PostgreSQL, for what is measured in process."""
        return Meter([self.postgres_pid])

    def plain(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A plain connection as the owner of the tables, for floors and for looking."""
        return psycopg.connect(conninfo(self.pg.owner_url))

    def web_worker_pid(self) -> int:
        """The process that answers requests: gunicorn's child."""
        assert self.web is not None
        return int(family(self.web.pid)[-1].pid)

    def start(self, *words: str, **more: str) -> "subprocess.Popen[bytes]":
        """One of our own commands on this ground, its log in the folder."""
        environ = {**os.environ, **self.environ(), **more}
        with open(self.folder / f"{words[0]}.log", "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "server.cli", *words],
                env=environ, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def environ(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.pg.app_url,
            "TALARIA_DATA_DIR": str(self.folder),
            "TALARIA_HOST": self.settings.host,
            "TALARIA_PORT": str(self.settings.port),
            "TALARIA_SECRET_KEY": self.settings.secret_key,
        }

    def start_web(self, processes: int = 1) -> None:
        """The web process, or several of them behind one address."""
        self.web = self.start("web", "--follow-parent", TALARIA_WEB_WORKERS=str(processes))
        until_s = time.monotonic() + READY_S
        while not _answers(self.url):
            if self.web.poll() is not None or time.monotonic() > until_s:
                said = (self.folder / "web.log").read_text()[-2000:]
                raise SystemExit(f"bench: the web process did not come up:\n{said}")
            time.sleep(0.1)

    def tidy(self) -> None:
        """Statistics and free space as autovacuum would have them by now."""
        with self.plain() as raw:
            raw.commit()
            raw.autocommit = True
            queries.tidy(raw)


def stop(process: "subprocess.Popen[bytes] | None") -> None:
    """End a process we started and wait for it."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        for one in family(process.pid):
            try:
                one.kill()
            except psutil.Error:
                continue
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as said:
            return bool(said.status == 200)
    except (OSError, urllib.error.URLError):
        return False


@contextmanager
def ground_in(folder: Path, progress: Progress) -> Iterator[Ground]:
    """PostgreSQL with everything on that protects an acknowledged order, migrated, empty."""
    log: TextIO
    with (
        open(folder / "here.log", "a") as log,
        EmbeddedPostgres(folder / "pg", progress=progress) as pg,
    ):
        logs.configure("bench", "info", log, plain=False)
        migrate.upgrade(pg.owner_url, pg.app_url)
        environ = {"TALARIA_DATA_DIR": str(folder), "DATABASE_URL": pg.app_url}
        environ |= {"TALARIA_PORT": str(free_port()), "TALARIA_SECRET_KEY": "bench" * 10}
        settings = load(environ)
        engine = make_engine(pg.app_url, statement_timeout_s=0, lock_timeout_s=30)
        with transaction(engine) as conn:
            ensure_epoch(conn)
        with psycopg.connect(conninfo(pg.owner_url)) as raw:
            queries.refuse_unsafe(raw)
        ground = Ground(folder, pg, settings, engine, create_app(settings, engine), progress)
        try:
            yield ground
        finally:
            stop(ground.web)
            engine.dispose()
