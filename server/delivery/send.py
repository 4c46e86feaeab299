"""The dispatcher: accepted orders go out, and what came of each is written down.

One delivery's way through here:

1. *claim* (one transaction): the row says `sending` with a number of this attempt and a lease, the
   order says `sent`; commit. From now on a crash leaves a trace instead of a question.
2. *send* or *look up* (no transaction): the only part that waits for somebody else.
3. *settle* (one transaction): the answer is written under the attempt's number, together with the
   order, its lines and their entries. If the number is no longer ours, nothing is written.

Any number of dispatchers may run. Each delivery system has a bounded pool of threads of its own, so
a slow one holds up nobody else. Woken by hints, and sweeping in case one was lost.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter as Metric
from sqlalchemy import Engine

from schemas.failpoint import failpoint
from server.database import in_transaction
from server.delivery import queries
from server.delivery.adapters import adapter_for
from server.delivery.breaker import Breaker
from server.delivery.claims import Claim, claim, name_of, settle
from server.delivery.contract import (
    Adapter,
    Answer,
    CannotLookUp,
    Finding,
    Refused,
    Retry,
    Unknown,
)
from server.delivery.steps import Step
from server.hints import listen

log = structlog.get_logger("talaria.delivery")
OUTCOMES = Metric("talaria_deliveries", "Outcomes of delivery attempts", ["target", "outcome"])
PER_TARGET = 8
WRITERS = 4
SETTLE_S = 60.0

Adapters = Callable[[Mapping[str, Any]], Adapter]
"""Makes the adapter for a delivery target's row; ValueError says what is wrong with the row."""


@dataclass
class Lane:
    """One delivery system: its adapter, its health, its threads."""

    row: Mapping[str, Any]
    adapter: Adapter
    pool: ThreadPoolExecutor
    breaker: Breaker = field(default_factory=Breaker)
    busy: int = 0


class Dispatcher:
    """Claims what is due and carries it out. One a process; threads of its own for each target."""

    def __init__(
        self,
        engine: Engine,
        worker: str,
        *,
        adapters: Adapters = adapter_for,
        clock: Callable[[], datetime] | None = None,
        per_target: int = PER_TARGET,
        settle_s: float = SETTLE_S,
        told: Callable[[int], None] = lambda cell: None,
        started: datetime | None = None,
    ) -> None:
        """`told(cell)` is called after each commit: somebody may be watching the orders. What was
        captured before `started` is looked up before it is sent (claims.py)."""
        self._started = started
        self._engine, self._worker, self._adapters = engine, worker, adapters
        self._clock = clock or self._database_clock
        self._per_target, self._settle_s, self._told = per_target, settle_s, told
        self._lanes: dict[tuple[int, str], Lane] = {}
        self._lock = threading.Lock()
        self._writing = threading.BoundedSemaphore(WRITERS)
        self._open: set[Future[None]] = set()
        self._turn = -1
        self.wake = threading.Event()
        self.counts: Counter[str] = Counter()

    def start_due(self, limit: int = 1_000) -> int:
        """Claim what is due, as far as threads and breakers allow, and start it.

        Returns how many. The cells take turns at being first, so none waits behind a long queue.
        """
        started = 0
        moment = self._clock()
        due = in_transaction(self._engine, lambda conn: queries.lanes(conn, moment))
        self._turn += 1
        first = self._turn % max(1, len(due))
        for row in due[first:] + due[:first]:
            lane = self._lane(row)
            if lane is None or started >= limit:
                continue
            with self._lock:
                free = min(self._per_target - lane.busy, limit - started)
                room = lane.breaker.room(moment, free)
                lane.busy += room
            claims: list[Claim] = []
            try:
                if room:
                    claims = self._claim(row, moment, room)
            finally:
                with self._lock:
                    lane.busy -= room - len(claims)
                    if claims:
                        lane.breaker = lane.breaker.sending(moment)
            failpoint("after_claim")
            for one in claims:
                future = lane.pool.submit(self._carry_out, lane, one)
                self._open.add(future)
                future.add_done_callback(self._open.discard)
            started += len(claims)
            if claims:
                self._told(row["cell"])  # their orders are "sent" now
        return started

    def wait(self) -> None:
        """Wait until everything that was started is settled."""
        while self._open:
            wait(list(self._open))

    def close(self) -> None:
        """Finish what is on its way and let the threads go."""
        self.wait()
        for lane in self._lanes.values():
            lane.pool.shutdown()

    # -- claim ----------------------------------------------------------------------------------

    def _database_clock(self) -> datetime:
        return in_transaction(self._engine, queries.now)

    def _lane(self, row: Mapping[str, Any]) -> Lane | None:
        """The lane of a target, with a new adapter when its row has changed."""
        key = (row["company_cell"], row["target"])
        known = self._lanes.get(key)
        said = {name: value for name, value in row.items() if name != "cell"}
        if known is not None and known.row == said:
            return known
        try:
            adapter = self._adapters(row)
        except ValueError as error:
            log.error("delivery.target_unusable", target=row["target"], error=str(error))
            return None
        if known is not None:
            known.row, known.adapter, known.breaker = said, adapter, Breaker()
            return known
        pool = ThreadPoolExecutor(self._per_target, f"deliver-{row['target']}")
        self._lanes[key] = Lane(said, adapter, pool)
        return self._lanes[key]

    def _claim(self, row: Mapping[str, Any], moment: datetime, n: int) -> list[Claim]:
        return in_transaction(
            self._engine, lambda conn: claim(conn, row, self._worker, moment, n, self._started)
        )

    # -- send, settle ---------------------------------------------------------------------------

    def _carry_out(self, lane: Lane, ours: Claim) -> None:
        """One claim from the request to the written answer. Never raises."""
        try:
            answer = self._ask(lane, ours)
            failpoint("after_delivery_send")
            moment = self._clock()
            with self._writing:
                step = in_transaction(
                    self._engine,
                    lambda conn: settle(conn, lane.row, ours, answer, moment, self._settle_s),
                )
            failpoint("after_settle")
            self._remember(lane, ours, answer, step, moment)
        except Exception as error:
            # The row keeps its lease; when it ends, somebody looks the order up.
            log.error("delivery.unsettled", delivery=ours.order.delivery, error=repr(error)[:200])
            self.counts["unsettled"] += 1
            with self._lock:
                lane.breaker = lane.breaker.not_sent()
        finally:
            with self._lock:
                lane.busy -= 1
            self.wake.set()

    def _ask(self, lane: Lane, ours: Claim) -> Answer | Finding:
        left_s = ours.until_s - time.monotonic()
        if left_s <= 0:
            return Retry("not sent: this process slept through its time for it")
        try:
            if ours.act == "send":
                return lane.adapter.send(ours.order, left_s)
            return lane.adapter.look_up(ours.order, left_s)
        except Exception as error:
            # A fault of ours in the middle of a request: nobody knows how far it came.
            log.exception("delivery.adapter_fault", target=ours.target)
            return Unknown(f"fault in the adapter: {type(error).__name__}")

    def _remember(
        self,
        lane: Lane,
        ours: Claim,
        answer: Answer | Finding,
        step: Step | None,
        moment: datetime,
    ) -> None:
        """Count, tell others, and let the breaker learn."""
        with self._lock:
            lane.breaker = _health(lane.breaker, answer, moment)
            self.counts["stale" if step is None else step.state] += 1
        OUTCOMES.labels(ours.target, name_of(answer, ours.act)).inc()
        if step is None:
            log.warning("delivery.stale_claim", delivery=ours.order.delivery)
            return
        log.info(
            "delivery.settled", delivery=ours.order.delivery, target=ours.target,
            act=ours.act, attempt=ours.attempt, outcome=name_of(answer, ours.act), state=step.state,
        )  # fmt: skip
        self._told(ours.cell)


def _health(breaker: Breaker, answer: Answer | Finding, moment: datetime) -> Breaker:
    """What an answer says about the system's health."""
    match answer:
        case CannotLookUp():
            return breaker.not_sent()
        case Retry(alive=True, after_s=after_s):
            return breaker.asked_for_patience(moment, 1.0 if after_s is None else after_s)
        case Retry() | Unknown() | Refused(permanent=False):
            return breaker.failed(moment)
        case _:
            return breaker.succeeded()


def run(
    stop: threading.Event,
    engine: Engine,
    worker: str,
    database_url: str,
    channel: str,
    *,
    sweep_s: float = 2.0,
    adapters: Adapters = adapter_for,
    told: Callable[[int], None] = lambda cell: None,
    started: datetime | None = None,
) -> None:
    """Dispatch until `stop` is set; then finish what is on its way. Survives a lost database."""
    dispatcher = Dispatcher(engine, worker, adapters=adapters, told=told, started=started)

    def heed() -> None:
        for _ in listen(database_url, channel, sweep_s, stop):
            dispatcher.wake.set()
        dispatcher.wake.set()

    ears = threading.Thread(target=heed, name="deliver-hints", daemon=True)
    ears.start()
    while not stop.is_set():
        dispatcher.wake.clear()
        try:
            dispatcher.start_due()
        except Exception as error:
            log.error("delivery.pass_failed", error=repr(error)[:200])
        dispatcher.wake.wait(sweep_s)
    dispatcher.close()
    ears.join(timeout=5)
