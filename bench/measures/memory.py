"""Memory of the server's processes after 500 mixed requests."""

import json
import subprocess
import sys
import time
import urllib.request

from bench import queries
from bench.ground import ROOT, stop
from bench.machine import own_bytes
from bench.measures.day_batch import pushing
from bench.phone import Kept, Phone
from bench.run import Run
from bench.table import Row, figure
from bench.work import day
from server.demo.standin.signing import secret_in

GOAL_MB = 150
DRAIN_S = 20
MB = 2**20


def measure(run: Run) -> list[Row]:
    """A fresh web process, and a worker that delivers to the demo's stand-in meanwhile."""
    tired = own_bytes(run.ground.web_worker_pid())
    stop(run.ground.web)
    run.ground.start_web()
    fresh = own_bytes(run.ground.web_worker_pid())
    standin, url, secret = _stand_in(run)
    with run.ground.plain() as raw:
        queries.settle_deliveries(raw)
        queries.aim_deliveries(raw, url, secret)
    worker = run.ground.start("worker", "--follow-parent")
    rounds = run.rounds(quick=150, full=500)
    try:
        mixed(run, rounds)
        until_s = time.monotonic() + DRAIN_S
        while _waiting(run) and time.monotonic() < until_s:
            time.sleep(0.2)
        left = _waiting(run)
        run.notes.append(f"While memory was measured the worker delivered all but {left} orders.")
        name = f"memory (PSS) after {rounds} mixed requests"
        web, delivering = own_bytes(run.ground.web_worker_pid()), own_bytes(worker.pid)
    finally:
        stop(worker)
        stop(standin)
    idle = "(when it started)"
    return [
        figure(f"{name}: web process", web / MB, "MB", most=GOAL_MB, floor=fresh / MB,
               floor_is=idle),
        figure(f"{name}: worker process", delivering / MB, "MB", most=GOAL_MB),
        figure("memory (PSS) of the web process at the end of all other measures", tired / MB,
               "MB", most=GOAL_MB, floor=fresh / MB, floor_is=idle),
    ]  # fmt: skip


def _stand_in(run: Run) -> "tuple[subprocess.Popen[bytes], str, str]":
    """The demo's delivery system, its address and its secret."""
    folder = run.ground.folder / "standin"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "server.demo.standin", "--port", "0", "--data", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())["url"], secret_in(folder)


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
