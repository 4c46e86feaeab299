"""Child processes: started, watched, started again when they die, and stopped politely.

Each is the leader of a session of its own, so Ctrl-C in a terminal reaches the supervisor alone,
which then decides who goes first. A child that keeps dying is started less and less often.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

import server

log = structlog.get_logger("talaria.supervisor")

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
SUPERVISOR = "SUPERVISOR_PID"
"""Tells a child who started it: one that is still starting when we are killed could not see it any
more, would take the system's first process for its parent, and stay for ever."""
WELL_AFTER_S = 60.0
"""A child that lived this long was well: its next death is a first one again."""


def module(name: str, *words: str) -> list[str]:
    """One of our own modules, run by this very Python, whatever lies in the working directory."""
    return [sys.executable, "-P", "-m", name, *words]


def command(*words: str) -> list[str]:
    """One of our own commands."""
    return module("server.cli", *words)


def importable(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which `module` finds what this process runs, installed or not."""
    root = str(Path(server.__path__[0]).parent)
    rest = environ.get("PYTHONPATH")
    return dict(environ) | {"PYTHONPATH": f"{root}{os.pathsep}{rest}" if rest else root}


def supervisor() -> int:
    """Who started this process, in a process that ends when that one does."""
    return int(os.environ.get(SUPERVISOR) or os.getppid())


@dataclass
class Child:
    """One child: how it is started, and how it has been doing."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    pause_s: float = FIRST_PAUSE_S
    started_s: float = 0.0
    due_s: float = 0.0
    deaths: int = 0
    last_exit: int | None = None
    renewing: bool = False

    def start(self) -> None:
        environ = importable(self.environ) | {SUPERVISOR: str(os.getpid())}
        self.process = subprocess.Popen(list(self.command), env=environ, start_new_session=True)
        self.started_s = time.monotonic()
        log.info("child.started", child=self.name, pid=self.process.pid)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look(self) -> None:
        """Note a death, and start again when its pause is over."""
        now_s = time.monotonic()
        if self.process is not None and self.process.poll() is not None and self.renewing:
            self.process, self.renewing, self.due_s = None, False, now_s
        if self.process is not None and self.process.poll() is not None:
            if now_s - self.started_s >= WELL_AFTER_S:
                self.pause_s = FIRST_PAUSE_S
            self.last_exit, self.process = self.process.returncode, None
            self.deaths += 1
            self.due_s = now_s + self.pause_s
            log.warning(
                "child.died", child=self.name, exit=self.last_exit, after_s=round(self.pause_s, 1)
            )
            self.pause_s = min(LONGEST_PAUSE_S, self.pause_s * 2)
        if self.process is None and now_s >= self.due_s:
            self.start()

    def renew(self) -> None:
        """Ask it to end; its end is then no death, and it is started again at once."""
        self.renewing = self.alive
        self.tell(signal.SIGTERM)

    def tell(self, number: int) -> None:
        """Send a signal, if it lives."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def stop_all(children: Sequence[Child], wait_s: float) -> bool:
    """Ask all to end, wait, and kill whoever has not; whether all ended by themselves."""
    for child in children:
        child.tell(signal.SIGTERM)
    until_s = time.monotonic() + wait_s
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.0, until_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("child.killed", child=child.name)
            kill_session(child)
    return all(child.process is None or child.process.returncode == 0 for child in children)


def kill_session(child: Child) -> None:
    """Kill a child and whatever it has started."""
    if child.process is None:
        return
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()
