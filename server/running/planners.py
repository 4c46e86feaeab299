"""Takes up plans that wait, each with a process of its own (one_plan.py), and sees it through.

Any number of workers may do so: the database hands a plan to one of them. A hint wakes us when a
plan is asked for; sweeps find what was not hinted, and plans whose planner has died. A planner that
ends without an answer gives its plan back; one that takes too long is ended, and its plan has
failed. A plan that ended MOST_ATTEMPTS planners is not tried again.
"""

import os
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from math import ceil
from signal import SIGKILL

import structlog
from prometheus_client import Counter
from sqlalchemy import Engine

from routes import queries_plans as plans
from server import planning
from server.database import in_transaction
from server.hints import listen
from server.planning import MOST_SECONDS, TO_PLANNERS, Ask
from server.running.children import importable, module
from server.running.one_plan import LEASE_S, ask_of
from server.settings import Settings

SWEEP_S = 5.0
MOST_ATTEMPTS = 3
SPARE_S = 60.0
WORN_OUT = (
    "The process that drew this plan up was ended three times, perhaps for want of memory. Plan"
    " fewer reps or fewer weeks at once; the log of the worker has more."
)
log = structlog.get_logger("talaria.planners")
PLANS = Counter("talaria_plans", "Plans that were taken up", ["outcome"])

Start = Callable[[str, int], "subprocess.Popen[bytes]"]
"""Starts a planner for a plan and an attempt."""


def limit_s(ask: Ask) -> float:
    """The longest that planning may take by the wall's clock: what was asked for, were the reps
    thought about one after the other, half as much again, and time to begin and end."""
    each_s = MOST_SECONDS if ask.steps is not None else ask.seconds
    return SPARE_S + ceil(1.5 * each_s * len(ask.reps))


def start(plan: str, attempt: int) -> "subprocess.Popen[bytes]":
    """A planner. Its input is a pipe that closes when we end, however we end."""
    return subprocess.Popen(
        module("server.running.one_plan", plan, str(attempt)),
        env=importable(os.environ), stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


class Planners:
    """The planners of one worker: at most `at_once` plans are drawn up here at a time."""

    def __init__(
        self,
        engine: Engine,
        worker: str,
        channel: str,
        at_once: int,
        *,
        start: Start = start,
        limit: Callable[[Ask], float] = limit_s,
    ) -> None:
        self._engine, self._worker, self._channel = engine, worker, channel
        self._at_once, self._start, self._limit = at_once, start, limit
        self._threads = ThreadPoolExecutor(at_once, "plan")
        self._open: dict[Future[None], subprocess.Popen[bytes]] = {}
        self.wake = threading.Event()

    def take_up(self) -> int:
        """Start planners for plans that wait, as many as there is room for; return how many."""
        worn = in_transaction(
            self._engine, lambda conn: plans.fail_worn_out(conn, MOST_ATTEMPTS, WORN_OUT)
        )
        for company in worn:
            PLANS.labels("worn_out").inc()
            self._tell(company)
        started = 0
        while len(self._open) < self._at_once:
            row = in_transaction(
                self._engine, lambda conn: plans.claim(conn, self._worker, LEASE_S, MOST_ATTEMPTS)
            )
            if row is None:
                break
            process = self._start(row["id"], row["attempt"])
            log.info("planner.started", key=row["id"], attempt=row["attempt"], pid=process.pid)
            self._tell(row["company"])
            future = self._threads.submit(
                self._see_through, process, row["id"], row["attempt"], self._limit(ask_of(row))
            )
            self._open[future] = process
            future.add_done_callback(self._ended)
            started += 1
        return started

    def _ended(self, future: "Future[None]") -> None:
        self._open.pop(future, None)
        self.wake.set()

    def _see_through(
        self, process: "subprocess.Popen[bytes]", plan: str, attempt: int, limit_s: float
    ) -> None:
        """Wait for a planner; whatever it has not written down is."""
        with process:
            try:
                process.wait(limit_s)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, SIGKILL)
                fault = (
                    f"Planning took longer than {limit_s:.0f} seconds and was ended. Plan fewer"
                    " reps at once, or ask for less time each."
                )
                in_transaction(self._engine, lambda conn: plans.fail(conn, plan, attempt, fault))
                log.error("planner.too_long", key=plan, after_s=limit_s)
                PLANS.labels("too_long").inc()
                return
        PLANS.labels("ended" if process.returncode == 0 else "died").inc()
        if in_transaction(self._engine, lambda conn: plans.give_back(conn, plan, attempt)):
            log.error("planner.died", key=plan, attempt=attempt, exit=process.returncode)

    def _tell(self, company: str) -> None:
        words = planning.changed(company)
        in_transaction(self._engine, lambda conn: plans.tell(conn, self._channel, words))

    def close(self) -> None:
        """End planners; their plans are given back, for whoever comes next."""
        for process in list(self._open.values()):
            process.kill()
        wait(list(self._open))
        self._threads.shutdown()


def run(
    stop: threading.Event,
    engine: Engine,
    worker: str,
    settings: Settings,
    start: Start = start,
) -> None:
    """Take up plans until `stop` is set. Survives a lost database."""
    if settings.planners == 0:
        return
    planners = Planners(engine, worker, settings.hint_channel, settings.planners, start=start)

    def heed() -> None:
        url = settings.database_url
        for hints in listen(url, settings.hint_channel, SWEEP_S, stop):
            if not hints or TO_PLANNERS in hints:
                planners.wake.set()
        planners.wake.set()

    ears = threading.Thread(target=heed, name="plan-hints", daemon=True)
    ears.start()
    while not stop.is_set():
        planners.wake.clear()
        try:
            planners.take_up()
        except Exception as error:
            log.error("planners.pass_failed", error=repr(error)[:200])
        planners.wake.wait(SWEEP_S)
    planners.close()
    ears.join(timeout=5)
