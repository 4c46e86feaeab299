"""Memory of the server's processes after 500 mixed requests; --long: after 100,000, by tenths."""

import time
import urllib.request

from bench import queries
from bench.ground import stop
from bench.machine import own_bytes
from bench.measures.day_batch import pushing
from bench.phone import Kept, Phone
from bench.run import Run
from bench.standin import delivering
from bench.table import Row, figure
from bench.work import day

GOAL_MB = 150
DRAIN_S = 20
LONG, TENTHS = 100_000, 10
GROWS_MB = 10
"""So much more may it have at the end than after a tenth: heaps settle, leaks do not."""
MB = 2**20


def measure(run: Run) -> list[Row]:
    """A fresh web process, and a worker that delivers to the demo's stand-in meanwhile."""
    tired = own_bytes(run.ground.web_worker_pid())
    stop(run.ground.web)
    run.ground.start_web()
    fresh = own_bytes(run.ground.web_worker_pid())
    rounds = run.rounds(quick=150, full=500)
    with delivering(run, "memory") as there:
        mixed(run, rounds)
        until_s = time.monotonic() + DRAIN_S
        while _waiting(run) and time.monotonic() < until_s:
            time.sleep(0.2)
        left = _waiting(run)
        run.notes.append(f"While memory was measured the worker delivered all but {left} orders.")
        name = f"memory (PSS) after {rounds} mixed requests"
        web, worker = own_bytes(run.ground.web_worker_pid()), own_bytes(there.worker_pid)
    idle = "(when it started)"
    return [
        figure(f"{name}: web process", web / MB, "MB", most=GOAL_MB, floor=fresh / MB,
               floor_is=idle),
        figure(f"{name}: worker process", worker / MB, "MB", most=GOAL_MB),
        figure("memory (PSS) of the web process at the end of all other measures", tired / MB,
               "MB", most=GOAL_MB, floor=fresh / MB, floor_is=idle),
        *(_flat(run) if run.long else ()),
    ]  # fmt: skip


def _flat(run: Run) -> list[Row]:
    """What the web process has after each tenth of many requests."""
    reps = pushing(run)
    empty = Phone(Kept(run.ground.url), run.company, run.company.reps["wide"])
    empty.pull()
    held: list[float] = []
    for tenth in range(1, TENTHS + 1):
        for n in range(LONG // TENTHS):
            if n % 1000 == 500:
                Phone(Kept(run.ground.url), run.company, run.company.reps["r01"]).pull()
            elif n % 50 == 25:
                phone = Phone(Kept(run.ground.url), run.company, next(reps))
                phone.push(day(run.company, phone.rep, 2, 2))
            else:
                empty.pull()
        held.append(own_bytes(run.ground.web_worker_pid()) / MB)
        run.said(f"  {LONG // TENTHS * tenth:,} requests: {held[-1]:.1f} MB")
    run.notes.append("Memory by tenths: " + " / ".join(f"{one:.1f}" for one in held) + " MB.")
    name = f"memory of the web process: grown between {LONG // TENTHS:,} and {LONG:,} requests"
    return [figure(name, held[-1] - held[0], "MB", most=GROWS_MB)]


def mixed(run: Run, number: int) -> None:
    """Mostly pulls, every tenth a push, a few whole days, a few first pulls, some pages."""
    reps = pushing(run)
    empty = Phone(Kept(run.ground.url), run.company, run.company.reps["wide"])
    empty.pull()
    for n in range(number):
        if n % 100 == 50:
            Phone(Kept(run.ground.url), run.company, run.company.reps["r01"]).pull()
        elif n % 25 == 5:
            phone = Phone(Kept(run.ground.url), run.company, next(reps))
            phone.push(day(run.company, phone.rep))
        elif n % 10 == 3:
            phone = Phone(Kept(run.ground.url), run.company, next(reps))
            phone.push(day(run.company, phone.rep, 2, 2))
        elif n % 10 == 7:
            with urllib.request.urlopen(f"{run.ground.url}/healthz") as said:
                said.read()
        else:
            empty.pull()


def _waiting(run: Run) -> int:
    with run.ground.plain() as raw:
        return queries.deliveries_waiting(raw)
