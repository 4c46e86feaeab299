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

import psycopg
import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from routes import queries_travel
from server import learning, queries_targets, targets
from server.database import TRIES, lost_race
from server.delivery import reconcile, silence
from server.photos import keeping
from server.running import queries
from server.running.lease import Lease, Superseded
from server.settings import Settings
from sync import segments
from sync.audit import note
from sync.delivery.settle import close_orders, due_to_close, due_to_return, end_returned
from sync.delivery.status import replay_parked
from sync.desk import alarm, credit, escalate
from sync.desk.release import NotHeld, lapse
from sync.kinds import scope_family
from sync.queries import alarms, inbox, statuses
from sync.queries.orders import overdue_holds
from sync.scope import tell_due
from sync.write import publish_stock

log = structlog.get_logger("talaria.jobs")
RUNS = Counter("talaria_job_runs", "Runs of scheduled jobs", ["job", "outcome"])
SEGMENTS = Counter("talaria_segments_built", "Scopes whose segments were built", ["family"])
SEGMENT_BYTES = Counter("talaria_segments_built_bytes", "Bytes of segments built", ["family"])
SECONDS = Histogram("talaria_job_seconds", "Time a run of a job took", ["job"])

HOLDS_AT_ONCE = 200
ITEMS_AT_ONCE = 500
STALE_DAYS = 30


@dataclass
class Turn:
    """One run of one job: its moment, and the transactions it may open."""

    job: str
    lease: Lease
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    settings: Settings | None = None

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
    """One transaction an order: one that cannot be lapsed keeps no other from it.

    Held for credit, an order expires where a policy says so; any other gives its stock back."""
    with turn.begin() as conn:
        late = inbox.held_too_long(conn, turn.now, HOLDS_AT_ONCE)
        ended = [row[:2] for row in late if escalate.is_to_expire(conn, row[2], row[3], row[4])]
    expired = 0
    for cell, order in ended:
        with turn.begin() as conn:
            expired += escalate.expire(conn, cell, order, turn.now)
    with turn.begin() as conn:
        due = overdue_holds(conn, turn.now, HOLDS_AT_ONCE)
    lapsed = 0
    for cell, order in due:
        try:
            with turn.begin() as conn:
                lapsed += lapse(conn, cell, order, turn.now)
        except NotHeld:  # the office was quicker
            continue
    return lapsed + expired


def _escalate(turn: Turn) -> int:
    """One transaction an item, for the same reason."""
    with turn.begin() as conn:
        due = inbox.overdue(conn, turn.now, ITEMS_AT_ONCE)
        over = inbox.unanswered_by_rep(conn, turn.now, ITEMS_AT_ONCE)
    done = 0
    for cell, item in due:
        with turn.begin() as conn:
            done += escalate.escalate(conn, cell, item, turn.now)
    for cell, item in over:
        with turn.begin() as conn:
            done += escalate.pass_over(conn, cell, item, turn.now)
    return done


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


def _close_orders(turn: Turn) -> int:
    """One transaction a cell: each takes its feed's counter."""
    with turn.begin() as conn:
        due = due_to_close(conn)
    closed = 0
    for cell, orders in due:
        with turn.begin() as conn:
            closed += close_orders(conn, cell, orders, turn.now)
    with turn.begin() as conn:
        back = due_to_return(conn)
    for cell, orders in back:
        with turn.begin() as conn:
            closed += end_returned(conn, cell, orders, turn.now)
    return closed


def _replay_statuses(turn: Turn) -> int:
    with turn.begin() as conn:
        companies = statuses.with_parked(conn)
    by = "job:replay_statuses"
    return sum(replay_parked(turn.begin, cells, by, turn.now) for cells in companies)


def _watch(turn: Turn) -> int:
    with turn.begin() as conn:
        return sum(alarm.watch(conn, cell, turn.now) for cell in alarms.companies(conn))


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


def _forget_photos(turn: Turn) -> int:
    if turn.settings is None:
        return 0
    with turn.begin() as conn:
        gone = keeping.expire(conn, turn.now - timedelta(days=turn.settings.photo_days))
    keeping.remove(turn.settings.photo_dir, gone)
    return len(gone)


def _prepare_segments(turn: Turn) -> int:
    """One transaction a scope: a large one takes a second."""
    with turn.begin() as conn:
        ripe = segments.due(conn)
        segments.prune(conn)
    for cell, scope, schema in ripe:
        with turn.begin() as conn:
            size_bytes = segments.build(conn, cell, scope, schema)
        SEGMENTS.labels(scope_family(scope)).inc()
        SEGMENT_BYTES.labels(scope_family(scope)).inc(size_bytes)
    return len(ripe)


def _mark_stale(turn: Turn) -> int:
    with turn.begin() as conn:
        return queries.mark_stale(conn, turn.now - timedelta(days=STALE_DAYS))


def _revoke_left(turn: Turn) -> int:
    """A rep who left has sent everything: the handheld is told to delete what it holds."""
    with turn.begin() as conn:
        found = queries.revoke_left(conn)
        for cell, device in found:
            why = {"state": "revoked", "why": "the rep left, the outbox has come"}
            subject = f"device/{device}"
            note(conn, cell, "job:revoke_left", "device.revoked", subject, turn.now, after=why)
    return len(found)


def _learn_travel(turn: Turn) -> int:
    """At night where the rep is. One transaction to read a rep's trips, another to keep what they
    teach; the company's line first, which reps begin with."""
    with turn.begin() as conn:
        due = queries_travel.reps_due(conn, turn.now - timedelta(hours=20), turn.now)
    for company in dict.fromkeys(company for company, _ in due):
        learning.learn_company(turn.begin, company, turn.now)
    return sum(learning.learn_rep(turn.begin, *one, turn.now) is not None for one in due)


def _target_days(turn: Turn) -> int:
    """The sweep behind what the office tells at once. One transaction a company."""
    with turn.begin() as conn:
        companies = queries_targets.companies(conn)
    done = 0
    for company in companies:
        with turn.begin() as conn:
            done += targets.refresh(conn, company, "job:target_days", turn.now)
    return done


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
    Job("escalate", 60, _escalate, "Hands items nobody answered in time to the next above."),
    Job(
        "close_orders",
        60,
        _close_orders,
        "Ends orders that keep no stock and owe nothing, or came back.",
    ),
    Job(
        "replay_statuses",
        600,
        _replay_statuses,
        "Takes statuses that were set aside, once their order or their hour has come.",
    ),
    Job("watch", 60, _watch, "Raises an alarm when somebody changes more than people do."),
    Job("tell_due", 60, _tell_due, "Lets assignments begin and end on their day."),
    Job("prepare_segments", 15, _prepare_segments, "Keeps ready what many handhelds carry alike."),
    Job("mark_stale", 3600, _mark_stale, f"Marks handhelds not heard of for {STALE_DAYS} days."),
    Job("revoke_left", 60, _revoke_left, "Revokes handhelds of reps who left and sent all."),
    Job("learn_travel", 3600, _learn_travel, "At night learns from visits how long reps drive."),
    Job("target_days", 3600, _target_days, "Keeps the working days of targets in line."),
    Job("watch_deliveries", 30, _watch_deliveries, "Raises and clears the alarm of silence."),
    Job("reconcile", 15, _reconcile, "Compares days with delivery systems, repairs what is asked."),
    Job("forget_photos", 600, _forget_photos, "Removes photos that are past their days."),
    Job("forget", 3600, _forget, "Once a day removes what is past its age: cursors, removals."),
)


def _worked(job: Job, lease: Lease, settings: Settings | None) -> int:
    """Do a job's work; again when it lost a race, for doing it again changes nothing."""
    for _ in range(TRIES - 1):
        try:
            return job.work(Turn(job.name, lease, settings=settings))
        except (DBAPIError, psycopg.Error) as error:
            if not lost_race(error):
                raise
    return job.work(Turn(job.name, lease, settings=settings))


def run(job: Job, lease: Lease, settings: Settings | None = None) -> str:
    """Run a job once and return its outcome: done, superseded or failed. Raises nothing."""
    began_s = time.perf_counter()
    outcome, count = "done", 0
    try:
        count = _worked(job, lease, settings)
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
