"""KILLS: what is done to the server's machine while the fleet works, and how long it is away.

One after the other, in a thread of its own: each waits until a push is taken again, and that time
is kept. Dispatcher and delivery are hurt without waiting: handhelds must not even notice.
"""

from __future__ import annotations

import contextlib
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import psutil

from server.running.lease import TTL_S
from tests.simulation.chaos.machine import Machine, Probe

PAUSED_S = TTL_S + 4
"""A dispatcher sleeps longer than its lease lasts."""
NAP_S = 3.0
"""And a web process longer than others wait for its locks."""


class Kills:
    """Hurts `machine` every `every_s` seconds from `start` until `end`, in the ways of `kinds`."""

    def __init__(
        self, machine: Machine, probe: Probe, seed: int, every_s: float, kinds: Sequence[str]
    ) -> None:
        self.machine, self.probe, self.every_s, self.kinds = machine, probe, every_s, kinds
        self.chance = random.Random(f"{seed}|kills")
        self.counts: Counter[str] = Counter()
        self.back_s: dict[str, list[float]] = {}
        self.troubles: list[str] = []
        self._asleep: psutil.Process | None = None
        self._alarm: threading.Timer | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kills", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """No more; whoever sleeps is woken. Returns when the server takes pushes."""
        self._ending.set()
        self._thread.join()
        self._wake()
        try:
            self.probe.until_taken()
        except TimeoutError as error:
            self.troubles.append(str(error))

    @property
    def total(self) -> int:
        """Every kill -9, of the server's machine."""
        return sum(n for name, n in self.counts.items() if KILLS[name].is_kill)

    def _run(self) -> None:
        order: list[str] = []
        while not self._ending.wait(self.every_s * self.chance.uniform(0.7, 1.3)):
            if not order:  # every kind in each round, in another order
                order = [name for name in self.kinds for _ in range(KILLS[name].times)]
                self.chance.shuffle(order)
            self.hurt(order.pop())

    def hurt(self, name: str) -> None:
        kind, began_s = KILLS[name], time.monotonic()
        try:
            if not kind.act(self):
                return
            self.counts[name] += 1
            took_s = self.probe.until_taken(kind.steady_s, began_s)
            self.back_s.setdefault(name, []).append(took_s)
        except psutil.NoSuchProcess:
            return  # it had just ended by itself
        except (TimeoutError, AssertionError) as error:
            self.troubles.append(f"{name}: {type(error).__name__} {error}")

    def _wake(self) -> None:
        one, self._asleep = self._asleep, None
        if self._alarm is not None:
            self._alarm.cancel()
        if one is not None:
            with contextlib.suppress(psutil.Error):
                one.send_signal(signal.SIGCONT)

    # --- the kinds -------------------------------------------------------------------------

    def web_worker(self) -> bool:
        """One of gunicorn's workers, in the middle of whatever it answers."""
        there = self.machine.web_workers()
        return bool(there) and _killed(self.chance.choice(there))

    def web(self) -> bool:
        """gunicorn itself, the minder of the workers."""
        return _killed(self.machine.child("web"))

    def server(self) -> bool:
        """Supervisor, web and worker at once."""
        killed = self.machine.kill_server()
        self.machine.revive()
        return killed > 0

    def everything(self) -> bool:
        """The server and its database at once: the machine is gone and comes again."""
        killed = self.machine.kill_database() + self.machine.kill_server()
        self.machine.revive()
        return killed > 0

    def database(self) -> bool:
        return self.machine.kill_database() > 0

    def backend(self) -> bool:
        """One of PostgreSQL's own processes: it then throws out everybody and recovers."""
        there = self.machine.backends()
        return bool(there) and _killed(self.chance.choice(there))

    def dispatcher(self) -> bool:
        """The worker that dispatches and schedules."""
        return _killed(self.machine.child("worker"))

    def dispatcher_paused(self) -> bool:
        """It sleeps until its lease is lost, and wakes up believing that nothing happened."""
        return self._sleeps(self.machine.child("worker"), PAUSED_S)

    def web_worker_paused(self) -> bool:
        """One of gunicorn's workers sleeps, and what it has locked stays locked."""
        there = self.machine.web_workers()
        return bool(there) and self._sleeps(self.chance.choice(there), NAP_S)

    def _sleeps(self, one: psutil.Process | None, for_s: float) -> bool:
        """An alarm wakes it, not who waits for a push: that may wait for a lock of the sleeper."""
        if one is None or self._asleep is not None:
            return False
        one.send_signal(signal.SIGSTOP)
        self._asleep, self._alarm = one, threading.Timer(for_s, self._wake)
        self._alarm.start()
        return True

    def connections_terminated(self) -> bool:
        return self.machine.terminate_connections() > 0

    def server_renewed(self) -> bool:
        """Rolling restart: fresh web processes one by one, and a fresh worker."""
        self.machine.tell(signal.SIGHUP)
        return True


def _killed(one: psutil.Process | None) -> bool:
    if one is None:
        return False
    with contextlib.suppress(psutil.Error):
        one.kill()
        return True
    return False


class Kind(NamedTuple):
    """What happens, how often in a round, whether it is a kill -9, and for how many seconds pushes
    must be taken until the server counts as back: what outlived the kill may still answer."""

    act: Callable[[Kills], bool]
    times: int
    is_kill: bool
    steady_s: float = 0.0


KILLS: dict[str, Kind] = {
    "web_worker": Kind(Kills.web_worker, 3, True),
    "web": Kind(Kills.web, 1, True, 3.0),
    "server": Kind(Kills.server, 2, True),
    "everything": Kind(Kills.everything, 1, True),
    "database": Kind(Kills.database, 2, True),
    "backend": Kind(Kills.backend, 1, True, 0.5),
    "dispatcher": Kind(Kills.dispatcher, 3, True),
    "dispatcher_paused": Kind(Kills.dispatcher_paused, 1, False),
    "web_worker_paused": Kind(Kills.web_worker_paused, 1, False),
    "connections_terminated": Kind(Kills.connections_terminated, 1, False),
    "server_renewed": Kind(Kills.server_renewed, 1, False, 3.0),
}
