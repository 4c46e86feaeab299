"""From a push's acknowledgement on the handheld to the document in a healthy delivery system.

Both moments are read from this machine's clock: the handheld's when the answer's last byte is
there, the delivery system's from its own books. An order that was faster than its own
acknowledgement counts as 0.
"""

import time
from datetime import datetime

from bench.company import Rep
from bench.measures.day_batch import pushing
from bench.phone import Kept, Phone
from bench.run import Run
from bench.standin import StandIn, delivering
from bench.table import Row, figure, times
from bench.timing import p99
from bench.work import day

GOAL_MS, AIM_MS = 2_000, 500
PATIENCE_S = 30.0
BURST = 25
NAME = "push acknowledged to document delivered"


def measure(run: Run) -> list[Row]:
    rounds = run.rounds(quick=20, full=100)
    reps = pushing(run)
    with delivering(run, "delivery") as there:
        number = _land(run, there, next(reps), 0, 1, [])  # warm: every process has done it once
        alone: list[float] = []
        for _ in range(rounds):
            number = _land(run, there, next(reps), number, 1, alone)
        burst: list[float] = []
        for _ in range(run.rounds(quick=2, full=8)):
            number = _land(run, there, next(reps), number, BURST, burst)
    return [
        times(f"{NAME}: one order", alone, aim_ms=AIM_MS),
        figure(f"{NAME}: one order, p99", p99(alone), "ms", rounds=len(alone), most=GOAL_MS),
        times(f"{NAME}: {BURST} orders in one push", burst),
        figure(f"{NAME}: {BURST} orders in one push, p99", p99(burst), "ms", rounds=len(burst),
               most=GOAL_MS),
    ]  # fmt: skip


def _land(run: Run, there: StandIn, rep: Rep, number: int, orders: int, into: list[float]) -> int:
    """Push orders and wait for their documents; returns the number of the last one."""
    phone = Phone(Kept(run.ground.url), run.company, rep)
    phone.push(day(run.company, phone.rep, orders, 0))
    acknowledged_s = time.time()
    until_s = time.monotonic() + PATIENCE_S
    found = there.documents(number)
    while len(found) < orders and time.monotonic() < until_s:
        time.sleep(0.02)
        found = there.documents(number)
    assert len(found) == orders, f"{len(found)} of {orders} orders landed in {PATIENCE_S:.0f} s"
    for one in found:
        at_s = datetime.fromisoformat(one["received_at"]).timestamp()
        into.append(max(0.0, at_s - acknowledged_s) * 1_000)
    return int(found[-1]["number"])
