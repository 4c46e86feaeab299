"""Processes of these tests: a free port, a server that answers, and its end."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], patience_s: float = 30.0, says: str = "") -> None:
    """Wait until something is so; fail when it does not become so."""
    end_s = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end_s, says or "waited in vain"
        time.sleep(0.05)


def get(port: int, path: str = "/", timeout_s: float = 10.0) -> tuple[int, bytes]:
    """Status and body of a GET on a connection of its own."""
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        talk.request("GET", path)
        said = talk.getresponse()
        return said.status, said.read()
    finally:
        talk.close()


def answers(port: int, path: str = "/") -> bool:
    try:
        return get(port, path)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def clean_environment() -> dict[str, str]:
    """Ours, without what it says of a Talaria."""
    ours = os.environ.items()
    return {k: v for k, v in ours if not k.startswith(("TALARIA_", "DATABASE_"))}


@contextlib.contextmanager
def process(
    *words: str, environ: Mapping[str, str] | None = None, log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A Python module run as a process of its own session; killed with all it started."""
    with open(log, "ab") if log else contextlib.nullcontext(subprocess.DEVNULL) as out:
        running = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env=clean_environment() | dict(environ or {}),
            stdout=out,
            stderr=subprocess.STDOUT if log else subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield running
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
