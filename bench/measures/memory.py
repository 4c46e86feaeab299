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


def measure(run: Run) -> list[Row]:
    """The worker delivers to the demo's stand-in meanwhile."""
    folder = run.ground.folder / "standin"
    folder.mkdir()
    standin = subprocess.Popen(
        [sys.executable, "-m", "server.demo.standin", "--port", "0", "--data", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert standin.stdout is not None
    told = json.loads(standin.stdout.readline())
    with run.ground.plain() as raw:
        queries.settle_deliveries(raw)
        queries.aim_deliveries(raw, told["url"], secret_in(folder))
    worker = run.ground.start("worker", "--follow-parent")
    try:
        mixed(run, run.rounds(quick=150, full=500))
        until_s = time.monotonic() + DRAIN_S
        while _waiting(run) and time.monotonic() < until_s:
            time.sleep(0.2)
        left = _waiting(run)
        run.notes.append(f"While memory was measured the worker delivered all but {left} orders.")
        pids = {"web": run.ground.web_worker_pid(), "worker": worker.pid}
        rounds = run.rounds(quick=150, full=500)
        return [
            figure(f"memory after {rounds} mixed requests: {name} process (PSS)",
                   own_bytes(pid) / 2**20, "MB", most=GOAL_MB)
            for name, pid in pids.items()
        ]  # fmt: skip
    finally:
        stop(worker)
        stop(standin)


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
