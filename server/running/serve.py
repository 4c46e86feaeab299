"""`talaria serve`: one command that runs all of Talaria, and stops all of it.

    the database, unless DATABASE_URL names one     started here, stopped last
    migrations, the epoch                           before anybody is served
    web and worker                                  restarted when they die, drained on the way out

Killed instead of stopped, it leaves nothing behind that matters: web and worker notice that their
parent is gone and end; PostgreSQL stays, and the next `talaria serve` attaches to it.
"""

import contextlib
import errno
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType

import structlog
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from server import backup, migrate
from server.database import transaction
from server.running import highwater, queries
from server.running.children import Child, command, stop_all
from server.running.kept import KeptDatabase
from server.running.web import DRAIN_S, METRICS_VARIABLE, empty_metrics_folder
from server.settings import Settings
from sync.rules.policies import validate_policies

READY_S = 60.0
LOOK_S = 0.25
PORT_S = 12.0
log = structlog.get_logger("talaria.supervisor")
Progress = Callable[[str], None]


class ServeError(Exception):
    """Talaria cannot be served here. The message says why and what to do."""


@contextlib.contextmanager
def prepared(settings: Settings, progress: Progress) -> Iterator[str]:
    """The database up, of this version and with an epoch; yields the application's address."""
    with backup.databases(settings, progress) as (owner_url, app_url):
        progress("Looking at the tables")
        if migrate.upgrade(owner_url, app_url):
            progress("The tables are those of this version now")
        for fault in _begin(settings, app_url):
            progress(f"A policy cannot be followed and counts as not there: {fault}")
        yield app_url


def _begin(settings: Settings, app_url: str) -> list[str]:
    """See to the epoch; return what is wrong with the companies' policies."""
    engine = create_engine(app_url, poolclass=NullPool)
    with transaction(engine) as conn:
        highwater.see_to_epoch(conn, settings.data_dir)
        policies = queries.policies(conn)
    highwater.keep(settings.data_dir, engine)
    return [
        f"{company}: {fault}" for company, rows in policies.items()
        for fault in validate_policies(rows)
    ]  # fmt: skip


def environment(settings: Settings, app_url: str, more: Mapping[str, str]) -> dict[str, str]:
    """What web and worker are told: the address of the database and where metrics meet."""
    said = dict(os.environ)
    said["DATABASE_URL"] = app_url
    said.pop("DATABASE_OWNER_URL", None)
    said["TALARIA_DATA_DIR"] = str(settings.data_dir)
    said["TALARIA_HOST"], said["TALARIA_PORT"] = settings.host, str(settings.port)
    said["TALARIA_PUBLIC_URL"] = settings.public_url
    return said | dict(more)


class Supervisor:
    """Web and worker of one installation, from start to the end of their draining."""

    def __init__(
        self,
        settings: Settings,
        app_url: str,
        *,
        more: Mapping[str, str] | None = None,
        plant: str = "",
        progress: Progress = lambda words: None,
    ) -> None:
        """more: further environment of the children. plant: a known fault, for the demo's tests."""
        refuse_taken_port(settings, progress)
        empty_metrics_folder(settings.data_dir / f"metrics-{settings.port}")
        said = environment(settings, app_url, more or {})
        self.settings = settings
        planted = ["--plant", plant] if plant else []
        self.web = Child("web", command("web", "--follow-parent", *planted), said)
        self.worker = Child("worker", command("worker", "--follow-parent"), said)
        self.children = [self.web, self.worker]
        self.database = KeptDatabase(settings) if settings.embedded else None
        self.stopping = threading.Event()
        self._progress = progress

    def start(self) -> None:
        for child in self.children:
            child.start()

    def wait_until_ready(self, patience_s: float = READY_S) -> None:
        """Return when requests are answered. Raises ServeError when web cannot come up."""
        until_s = time.monotonic() + patience_s
        while not self.stopping.is_set():
            if answers(self.settings):
                return
            if not self.web.alive and self.web.deaths == 0:
                raise ServeError("The web process ended while it started; the log above says why.")
            if time.monotonic() > until_s:
                raise ServeError(f"No request was answered within {patience_s:.0f} s.")
            self.stopping.wait(0.1)

    def look(self) -> None:
        """Start again what has died. Called some times a second."""
        if self.database is not None:
            self.database.look()
        for child in self.children:
            child.look()

    def renew(self) -> None:
        """Fresh web processes, one by one, and a fresh worker: what SIGHUP is for."""
        self.web.tell(signal.SIGHUP)
        self.worker.renew()

    def stop(self) -> None:
        """Finish what has begun, then end. Deliveries on their way are waited for as well."""
        self._progress("Finishing what is under way")
        stop_all(self.children, DRAIN_S + 10)
        if self.database is not None:
            self.database.close()
        self._progress("Web and worker have ended")


def serve(
    settings: Settings,
    *,
    progress: Progress,
    ready: Callable[[], None] = lambda: None,
    more: Mapping[str, str] | None = None,
) -> None:
    """Run everything until SIGTERM or Ctrl-C; a second Ctrl-C does not wait any more.

    Raises ServeError, MigrateError or ProgramsError, with a remedy in their words.
    """
    with prepared(settings, progress) as app_url:
        supervisor = Supervisor(settings, app_url, more=more, progress=progress)
        with heeding(supervisor):
            progress("Starting web and worker")
            supervisor.start()
            try:
                supervisor.wait_until_ready()
                if not supervisor.stopping.is_set():
                    ready()
                while not supervisor.stopping.wait(LOOK_S):
                    supervisor.look()
            finally:
                supervisor.stop()
        progress("Stopping the database" if settings.embedded else "Done")


@contextlib.contextmanager
def heeding(supervisor: Supervisor) -> Iterator[None]:
    """Signals: end, end now, and (SIGHUP) fresh processes."""

    def end(number: int, frame: FrameType | None) -> None:
        if supervisor.stopping.is_set() and number == signal.SIGINT:
            for child in supervisor.children:
                child.tell(signal.SIGKILL)
        supervisor.stopping.set()

    def renew(number: int, frame: FrameType | None) -> None:
        supervisor.renew()

    before = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, end),
        signal.SIGINT: signal.signal(signal.SIGINT, end),
        signal.SIGHUP: signal.signal(signal.SIGHUP, renew),
    }
    try:
        yield
    finally:
        for number, heeded in before.items():
            signal.signal(number, heeded)


def answers(settings: Settings, path: str = "/readyz") -> bool:
    """Whether the server answers, over HTTP, that it is ready."""
    host = settings.host if settings.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    try:
        url = f"http://{host}:{settings.port}{path}"
        with urllib.request.urlopen(url, timeout=2) as said:
            return bool(said.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def refuse_taken_port(
    settings: Settings, progress: Progress = lambda words: None, patience_s: float = PORT_S
) -> None:
    """Raise ServeError when somebody else listens where we would.

    A server that was killed a moment ago may still be finishing: it is given some seconds.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    until_s, told = time.monotonic() + patience_s, False
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, settings.port))
                return
            except OSError as error:
                if time.monotonic() > until_s or error.errno != errno.EADDRINUSE:
                    raise ServeError(
                        f"{settings.host} port {settings.port} cannot be used "
                        f"({error.strerror}). Stop the program that listens there, or choose a "
                        f"port: TALARIA_PORT={settings.port + 1} talaria serve"
                    ) from None
        if not told:
            progress(f"Somebody listens on port {settings.port} already; waiting for it to end")
        told = True
        time.sleep(0.2)


def where(settings: Settings) -> list[tuple[str, str]]:
    """(what, address) of what people need to find."""
    url = settings.public_url
    found = [
        ("Console", f"{url}/office"),
        ("Handhelds sync with", url),
        ("HTTP interface", f"{url}/docs"),
        ("Metrics", f"{url}/metrics"),
        ("Data", str(settings.data_dir)),
    ]
    if settings.embedded:
        found.append(("Database log", str(Path(settings.data_dir) / "pg" / "server.log")))
    return found


__all__ = ["METRICS_VARIABLE", "ServeError", "Supervisor", "prepared", "serve", "where"]
