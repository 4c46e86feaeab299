"""Everything the demo runs, up and connected: database, server, worker, delivery system, line.

<root>/talaria/    Talaria's own data, as any installation has it
<root>/standin/    the delivery system's database: another program's, and the evidence
<root>/handhelds/  one folder a handheld
"""

import contextlib
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine

from server.database import make_engine
from server.demo.company import Cast, Fill, found
from server.demo.line import Line
from server.running.children import importable, module
from server.running.serve import Progress, Supervisor, heeding, prepared
from server.settings import Settings, load, with_secret_key

STANDIN_S = 20


@dataclass
class Stage:
    """What the day plays on."""

    root: Path
    settings: Settings
    engine: Engine
    cast: Cast
    supervisor: Supervisor
    standin_url: str
    standin_data: Path
    line: Line

    @property
    def url(self) -> str:
        return self.settings.public_url

    def behave(self, **wishes: Any) -> None:
        """Tell the delivery system how to behave."""
        httpx.post(f"{self.standin_url}/behave", json=wishes, timeout=10).raise_for_status()


def demo_settings(root: Path, port: int) -> Settings:
    """Settings of a demo: everything on this machine, nothing from the operator's environment."""
    chosen = {
        "TALARIA_DATA_DIR": str(root / "talaria"),
        "TALARIA_PORT": str(port),
        "TALARIA_LOG_LEVEL": os.environ.get("TALARIA_LOG_LEVEL", "warning"),
    }
    if "TALARIA_PG_BIN" in os.environ:
        chosen["TALARIA_PG_BIN"] = os.environ["TALARIA_PG_BIN"]
    return with_secret_key(load(chosen))


def free_port(wanted: int) -> int:
    """The wanted port if it is free, else another that is."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no port is free")


@contextlib.contextmanager
def set_up(
    root: Path, port: int, fill: Fill, progress: Progress, plant: str = ""
) -> Iterator[Stage]:
    """Start everything, in the order in which things need each other; stop it in reverse."""
    root.mkdir(parents=True, exist_ok=True)
    settings = demo_settings(root, free_port(port))
    with contextlib.ExitStack() as running:
        progress("Starting the delivery system (a stand-in, another program)")
        standin_url, secret = running.enter_context(standin(root / "standin"))
        app_url = running.enter_context(prepared(settings, progress))
        engine = make_engine(app_url, pool_size=4, statement_timeout_s=120)
        running.callback(engine.dispose)
        progress("Looking at the company")
        loaded = root / "record-loaded"
        cast = found(engine, None if loaded.exists() else fill, standin_url, secret)
        loaded.touch()
        more = {
            "TALARIA_SECRET_KEY": settings.secret_key,
            "TALARIA_LOG_LEVEL": settings.log_level,
        }
        supervisor = Supervisor(settings, app_url, more=more, plant=plant, progress=progress)
        running.enter_context(heeding(supervisor))
        progress("Starting the server and its worker")
        supervisor.start()
        running.callback(supervisor.stop)
        supervisor.wait_until_ready()
        running.enter_context(_minded(supervisor))
        line = Line(settings.host, settings.port)
        running.callback(line.close)
        yield Stage(root, settings, engine, cast, supervisor, standin_url, root / "standin", line)


@contextlib.contextmanager
def _minded(supervisor: Supervisor) -> Iterator[None]:
    """Children that die are started again, while something else has our attention."""

    def mind() -> None:
        while not over.wait(0.25):
            supervisor.look()

    over = threading.Event()
    minding = threading.Thread(target=mind, name="minding", daemon=True)
    minding.start()
    try:
        yield
    finally:
        over.set()
        minding.join()


@contextlib.contextmanager
def standin(data: Path) -> Iterator[tuple[str, str]]:
    """The delivery system as a process of its own; yields its address and its signing secret."""
    command = module("server.demo.standin", "--port", "0", "--data", str(data))
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=importable(os.environ),
        start_new_session=True,
    )  # fmt: skip
    try:
        said = process.stdout.readline() if process.stdout else ""
        if not said:
            raise RuntimeError("the delivery system did not start")
        url = str(json.loads(said)["url"])
        yield url, (data / "secret").read_text(encoding="ascii").strip()
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STANDIN_S)
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
