"""`talaria web`: the application under gunicorn, configured here and nowhere else.

No file and no GUNICORN_CMD_ARGS can change what is decided here. Each process opens its own
connections, after the fork. Metrics of several processes meet in a folder that is emptied first.
"""

import ctypes
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from server.running.children import supervisor
from server.settings import Settings

M_TRIM_THRESHOLD, M_ARENA_MAX = -1, -8  # of glibc's malloc.h

METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
DRAIN_S = 25
HEADER_BYTES = 8190
HEADERS = 100
log = structlog.get_logger("talaria.web")

Prepare = Callable[[Any], None]


class Quiet(Logger):  # type: ignore[misc]
    """gunicorn's words go where all logs go; its access log is ours (server/app.py)."""

    def setup(self, cfg: Any) -> None:
        self.error_log.propagate = True
        self.error_log.handlers[:] = []
        self.access_log.handlers[:] = []

    def access(self, *_: Any, **__: Any) -> None:
        """The application writes its own line, with the route instead of the address."""


class Following(Arbiter):  # type: ignore[misc]
    """The process that minds the others; ends when its own parent is gone."""

    follow_parent = False
    _parent = 0

    def manage_workers(self) -> None:
        super().manage_workers()
        self._parent = self._parent or supervisor()
        if self.follow_parent and os.getppid() != self._parent:
            log.warning("web.orphaned")
            self._parent = os.getppid()
            os.kill(os.getpid(), signal.SIGTERM)


class Web(BaseApplication):  # type: ignore[misc]
    """Our settings as gunicorn's."""

    def __init__(
        self, settings: Settings, *, follow_parent: bool = False, prepare: Prepare | None = None
    ) -> None:
        self.settings, self._prepare, self._follow = settings, prepare, follow_parent
        super().__init__()

    def load_config(self) -> None:
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        chosen = {
            "bind": f"{host}:{self.settings.port}",
            "workers": self.settings.web_workers,
            "threads": self.settings.web_threads,
            "worker_class": "server.running.arrive.ArrivingWorker",
            "worker_connections": 4096,
            "backlog": 2048,
            "timeout": 60,  # of the process itself; requests have limits of their own
            "graceful_timeout": DRAIN_S,
            "keepalive": 15,
            "preload_app": False,  # connections are opened after the fork
            "control_socket_disable": True,
            "sendfile": False,
            "limit_request_line": HEADER_BYTES,
            "limit_request_field_size": HEADER_BYTES,
            "limit_request_fields": HEADERS,
            "forwarded_allow_ips": "",  # trusted_proxies decides, in the application
            "logger_class": Quiet,
            "proc_name": "talaria",
            "child_exit": _child_exit,
            "worker_exit": _worker_exit,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)
        self.cfg.settings_of_talaria = self.settings  # for arrive.py, which gets nothing else

    def load(self) -> Any:
        """The application, in the process that will answer; called after the fork."""
        from server.app import create_app

        app = create_app(self.settings)
        if self._prepare is not None:
            self._prepare(app)
        keep_what_stays()
        return app

    def run(self) -> None:
        keeper = Following(self)
        keeper.follow_parent = self._follow
        try:
            keeper.run()
        except RuntimeError as error:
            raise SystemExit(f"talaria web: {error}") from None


def _child_exit(server: Any, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    if METRICS_VARIABLE in os.environ:
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _worker_exit(server: Any, worker: Any) -> None:
    app = getattr(worker, "wsgi", None)
    live = getattr(app, "extensions", {}).get("live")
    if live is not None:
        live.close()


def empty_metrics_folder(folder: Path) -> None:
    """Make the folder in which processes' metrics meet, empty, and name it to our children."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ[METRICS_VARIABLE] = str(folder)


def keep_what_stays() -> None:
    """Tell Python's collector that what is loaded by now stays, so it is not looked through again
    for every few hundred lines of an order; and to look a little less often at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def keep_few_arenas() -> None:
    """Let glibc share two heaps among our threads and give memory back early.

    Each of sixty-four threads would else keep a heap of its own, and a web process that served
    some first pulls stayed at three times its size. Other C libraries are left alone.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 128 * 1024)


def run(settings: Settings, *, follow_parent: bool = False, prepare: Prepare | None = None) -> None:
    """Answer requests until told to stop.

    SIGTERM: finish what is being answered (at most DRAIN_S), then go. SIGHUP: replace the
    processes one by one with fresh ones, without refusing a request.
    """
    keep_few_arenas()
    made, owner = METRICS_VARIABLE not in os.environ, os.getpid()
    if made:
        empty_metrics_folder(Path(tempfile.mkdtemp(prefix="talaria-metrics-")))
    try:
        Web(settings, follow_parent=follow_parent, prepare=prepare).run()
    finally:
        if made and os.getpid() == owner:  # a forked process comes through here as well
            shutil.rmtree(os.environ[METRICS_VARIABLE], ignore_errors=True)
