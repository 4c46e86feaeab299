"""`talaria worker`: scheduled jobs while it holds the lease; deliveries out and plans all the time.

One process a machine is the custom, any number is allowed: deliveries and plans are claimed row by
row, jobs are run by whoever holds the lease. Ends on SIGTERM or Ctrl-C, or when its parent is gone.
"""

import os
import secrets
import signal
import socket
import threading
from datetime import UTC, datetime
from types import FrameType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine

from server.database import engine_for
from server.delivery import receive, send
from server.hints import Hints
from server.running import highwater, jobs, planners
from server.running.children import supervisor
from server.running.lease import Lease
from server.settings import Settings

LEASE = "scheduler"
log = structlog.get_logger("talaria.worker")


def worker_id() -> str:
    """Who this worker is, to people reading the lease and the claims."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(3)}"


def run(settings: Settings, *, follow_parent: bool = False) -> None:
    """Work until told to stop. `follow_parent`: also when the process that started us is gone."""
    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    engine = engine_for(settings)
    name = worker_id()
    hints = Hints(settings.database_url, settings.hint_channel)
    dispatch = threading.Thread(
        target=send.run,
        args=(stop, engine, name, settings.database_url, settings.hint_channel),
        kwargs={
            "sweep_s": settings.dispatch_sweep_s,
            "told": lambda cell: hints.send(f"orders {cell}"),
            "started": datetime.now(UTC),
        },
        name="dispatch",
    )
    listen = threading.Thread(
        target=receive.run,
        args=(stop, engine),
        kwargs={"told": lambda cell: hints.send(f"orders {cell}")},
        name="listen",
    )
    plan = threading.Thread(
        target=planners.run, args=(stop, engine, name, settings), name="plan-claims"
    )
    threads = (dispatch, listen, plan)
    for thread in threads:
        thread.start()
    log.info("worker.started", holder=name)
    parent = supervisor()
    try:
        schedule(settings, engine, name, stop, parent if follow_parent else None)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        hints.close()
        engine.dispose()
        log.info("worker.stopped", holder=name)


def schedule(
    settings: Settings, engine: Engine, name: str, stop: threading.Event, parent: int | None = None
) -> None:
    """Run the jobs whenever the lease is ours, until `stop` is set or `parent` is gone."""
    lease = Lease(engine, LEASE, name)
    ticking: BackgroundScheduler | None = None
    for ours in lease.keep(stop):
        if parent is not None and os.getppid() != parent:
            log.warning("worker.orphaned")
            stop.set()
        if ours and ticking is None:
            log.info("lease.taken", lease=LEASE, token=lease.token)
            ticking = _ticking(lease, settings)
        elif not ours and ticking is not None:
            ticking.shutdown(wait=False)
            ticking = None
        if ours:
            highwater.keep(settings.data_dir, engine)
    if ticking is not None:
        ticking.shutdown(wait=True)
    try:
        lease.leave()
    except Exception as error:
        log.warning("lease.not_left", error=type(error).__name__)


def _ticking(lease: Lease, settings: Settings) -> BackgroundScheduler:
    """A running scheduler: a job that is still running is not started again, late ones once."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
    )
    for job in jobs.JOBS:
        scheduler.add_job(
            jobs.run,
            "interval",
            seconds=job.every_s,
            args=(job, lease, settings),
            id=job.name,
            jitter=None,
        )
    scheduler.start()
    return scheduler
