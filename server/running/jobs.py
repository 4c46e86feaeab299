"""JOBS: what is done by the clock, one row each.

The scheduler only ticks. What must happen once for a period is claimed by a row that two workers
cannot both write; what may happen often is written so that doing it again changes nothing; and
every transaction is fenced by the lease (lease.py). Orders going out are not here: deliveries have
queues of their own, emptied by every worker.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy import Connection

from server.delivery import reconcile, silence
from server.running import queries
from server.running.lease import Lease, Superseded
from sync.desk import credit
from sync.desk.release import NotHeld, lapse
from sync.queries.orders import overdue_holds
from sync.scope import tell_due
from sync.write import publish_stock

log = structlog.get_logger("talaria.jobs")
RUNS = Counter("talaria_job_runs", "Runs of scheduled jobs", ["job", "outcome"])
SECONDS = Histogram("talaria_job_seconds", "Time a run of a job took", ["job"])

HOLDS_AT_ONCE = 200
STALE_DAYS = 30


@dataclass
class Turn:
    """One run of one job: its moment, and the transactions it may open."""

    job: str
    lease: Lease
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that commits only while the lease is ours."""
        with self.lease.fenced() as conn:
            yield conn

    @contextmanager
    def once(self, period: str) -> Iterator[Connection | None]:
        """The same, for what is done once a period; None when it was done already.

        Claim and work are one transaction: a run that fails has claimed nothing and comes again.
        """
        with self.lease.fenced() as conn:
            if not queries.begin_run(conn, self.job, period, self.lease.token or 0):
                yield None
                return
            yield conn
            queries.end_run(conn, self.job, period, "done")


def _publish_stock(turn: Turn) -> int:
    with turn.begin() as conn:
        return publish_stock(conn)


def _lapse_holds(turn: Turn) -> int:
    """One transaction an order: one that cannot be lapsed keeps no other from it."""
    with turn.begin() as conn:
        due = overdue_holds(conn, turn.now, HOLDS_AT_ONCE)
    lapsed = 0
    for cell, order in due:
        try:
            with turn.begin() as conn:
                lapse(conn, cell, order)
            lapsed += 1
        except NotHeld:  # the office was quicker
            continue
    return lapsed


def _release_credit(turn: Turn) -> int:
    """One transaction an order: what it takes of the room counts for the next."""
    with turn.begin() as conn:
        due = credit.due(conn, HOLDS_AT_ONCE)
    released = 0
    for cell, order in due:
        try:
            with turn.begin() as conn:
                released += credit.release_if_it_fits(conn, cell, order, turn.now) is not None
        except NotHeld:
            continue
    return released


def _tell_due(turn: Turn) -> int:
    with turn.begin() as conn:
        return tell_due(conn, turn.now)


def _forget(turn: Turn) -> int:
    with turn.once(turn.now.date().isoformat()) as conn:
        if conn is None:
            return 0
        return sum(
            queries.forget(conn, statement, turn.now - timedelta(days=days))
            for _, statement, days in queries.OLD
        )


def _mark_stale(turn: Turn) -> int:
    with turn.begin() as conn:
        return queries.mark_stale(conn, turn.now - timedelta(days=STALE_DAYS))


def _watch_deliveries(turn: Turn) -> int:
    return silence.watch(reconcile.Run(turn.begin, turn.now))


def _reconcile(turn: Turn) -> int:
    """Repairs first, so that a day is compared after what was clicked for it."""
    run = reconcile.Run(turn.begin, turn.now)
    return reconcile.repair_asked(run) + reconcile.ask_nightly(run) + reconcile.run_due(run)


@dataclass(frozen=True)
class Job:
    """One row: run `work` every `every_s`; it returns how many things it did."""

    name: str
    every_s: float
    work: Callable[[Turn], int]
    says: str


JOBS: tuple[Job, ...] = (
    Job("publish_stock", 3, _publish_stock, "Tells handhelds what orders did to availability."),
    Job("lapse_holds", 30, _lapse_holds, "Gives back stock that held orders kept too long."),
    Job("release_credit", 30, _release_credit, "Releases orders when cash or limit arrives."),
    Job("tell_due", 60, _tell_due, "Lets assignments begin and end on their day."),
    Job("mark_stale", 3600, _mark_stale, f"Marks handhelds not heard of for {STALE_DAYS} days."),
    Job("watch_deliveries", 30, _watch_deliveries, "Raises and clears the alarm of silence."),
    Job("reconcile", 15, _reconcile, "Compares days with delivery systems, repairs what is asked."),
    Job("forget", 3600, _forget, "Once a day removes what is past its age: cursors, removals."),
)


def run(job: Job, lease: Lease) -> str:
    """Run a job once and return its outcome: done, superseded or failed. Raises nothing."""
    began_s = time.perf_counter()
    outcome, count = "done", 0
    try:
        count = job.work(Turn(job.name, lease))
    except Superseded:
        outcome = "superseded"
        log.warning("job.superseded", job=job.name)
    except Exception:
        outcome = "failed"
        log.exception("job.failed", job=job.name)
    took_s = time.perf_counter() - began_s
    RUNS.labels(job.name, outcome).inc()
    SECONDS.labels(job.name).observe(took_s)
    if count:
        log.info("job.done", job=job.name, count=count, ms=round(took_s * 1000, 1))
    return outcome
