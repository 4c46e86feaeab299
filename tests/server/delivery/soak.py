"""Thousands of orders into a delivery system that does everything wrong; each must be there once.

    python -m tests.server.delivery.soak --orders 10000 --kills 50      (`make delivery-soak`)

The stand-in, a process of its own, meets every sending with dice: about one in ten each is lost
before it is taken, taken only after we stopped waiting, refused, failed, denied although it was
taken, answered with garbage (taken behind it or not), or taken without an answer; look-ups fail
too. Two dispatchers, processes of their own, are killed with -9 again and again. An office sends
again what was refused. All of it three times, against a system that

    dedupes    knows a delivery's id again and cannot be asked
    looks up   takes every repeat for a new order, and can be asked
    neither    takes every repeat for a new order, and cannot be asked

What counts is looked up in the stand-in's own database afterwards. Only waiting times are shorter
than in earnest (see soak_dispatcher.py and IN_EARNEST); the code is what runs in production.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import Engine

from sync.delivery.resend import send_again
from tests.server.delivery.conftest import ROOT, Depot, now
from tests.server.demo.standin.conftest import SECRET
from tests.world import CELL, build, change, order_body

BAD: dict[str, Any] = {
    "lose_p": 0.1, "delay_p": 0.1, "refuse": "the dice say no", "refuse_p": 0.1,
    "fail_p": 0.1, "deny_p": 0.1, "lie": "any", "lie_p": 0.1, "timeout_p": 0.1,
    "timeout_how": "stall", "look_up_fail_p": 0.1,
}  # fmt: skip
MODES: dict[str, dict[str, bool]] = {
    "dedupes": {"dedupes": True, "can_look_up": False},
    "looks up": {"dedupes": False, "can_look_up": True},
    "neither": {"dedupes": False, "can_look_up": False},
}
OPEN = ("queued", "sending", "handed", "unknown")


class Pace(NamedTuple):
    """Seconds: our patience, how much later the slow ones take or answer, and how long after our
    patience an order is believed to be on its way (the margin a busy machine gets)."""

    deadline_s: int
    delay_s: float
    stall_s: float
    settle_s: float


IN_EARNEST = Pace(3, 3.5, 4.0, 20.0)
SHORT = Pace(1, 1.3, 1.6, 5.0)
"""For a few orders: an order whose sendings get lost waits out a margin after each of them."""
Bar = Callable[[int], None]
"""Told how many deliveries are done with."""


@dataclass
class Found:
    """What the two databases say when it is over."""

    orders: int
    kills: int = 0
    seconds: float = 0.0
    sent_again: int = 0
    states: Counter[str] = field(default_factory=Counter)
    attempts: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)  # acknowledged here, and not there
    doubled: list[str] = field(default_factory=list)  # there more than once
    unlisted: list[str] = field(default_factory=list)  # neither done nor an item for the office
    misnamed: list[str] = field(default_factory=list)  # known here by a number that is not its own
    stories: list[str] = field(default_factory=list)  # of doubled orders: what happened when

    def well(self, mode: str) -> bool:
        """Whether everything that is promised for this kind of system held."""
        nothing_wrong = not (self.missing or self.doubled or self.unlisted or self.misnamed)
        whole = mode == "neither" or self.states == {"acknowledged": self.orders}
        return nothing_wrong and whole

    def line(self, mode: str) -> str:
        return (
            f"{mode}: {self.orders:,} orders, {sum(self.attempts.values()):,} sendings "
            f"{dict(sorted(self.attempts.items()))}, {self.kills} kills, {self.sent_again:,} sent "
            f"again by the office; {dict(self.states)}; missing {len(self.missing)}, doubled "
            f"{len(self.doubled)}, in no list {len(self.unlisted)}, wrong number "
            f"{len(self.misnamed)}; {self.seconds:.0f} s"
            + "".join(f"\n{one}" for one in self.stories)
        )


def soak(
    engine: Engine, url: str, folder: Path, mode: str, orders: int, kills: int, *,
    seed: int = 1, plant: str = "", bar: Bar = lambda done: None, patience_s: float = 3_600,
    pace: Pace = IN_EARNEST,
) -> Found:  # fmt: skip
    """Play it once, on an empty database at `url`; return what was found.

    plant: a fault for the dispatchers to have (soak_dispatcher.py), to see that it is caught.
    """
    began_s = time.monotonic()
    depot = Depot(build(engine, stores=min(401, orders // 4 + 2), products=20, on_hand=10**9))
    _order(depot, orders, random.Random(seed))
    found = Found(orders)
    with standin(folder) as there:
        httpx.post(f"{there}/behave", json={**BAD, "seed": seed, "delay_s": pace.delay_s,
                   "stall_s": pace.stall_s, "dedupe": MODES[mode]["dedupes"],
                   "look_up": MODES[mode]["can_look_up"]}).raise_for_status()  # fmt: skip
        depot.point_at(there, SECRET, deadline_s=pace.deadline_s, **MODES[mode])
        command = [url, str(pace.settle_s), plant]
        _dispatch(depot, command, mode, found, kills, random.Random(seed), bar, patience_s)
        documents = httpx.get(f"{there}/documents", timeout=60).json()["documents"]
        found.attempts = httpx.get(f"{there}/counts").json()["outcomes"]
    _judge(depot, documents, found)
    found.seconds = time.monotonic() - began_s
    return found


def _order(depot: Depot, orders: int, dice: random.Random) -> None:
    """Push orders, no two of them alike; all are accepted."""
    world, carrier = depot.world, depot.world.carrier()
    for start in range(0, orders, 250):
        changes = [
            change(
                n, "order", "submit",
                order_body(
                    world.stores[n % (len(world.stores) - 1)],
                    [(p, dice.randint(1, 99)) for p in dice.sample(world.products, 2)],
                    number=f"D1-{n:06d}",
                ),
            )
            for n in range(start + 1, min(start + 250, orders) + 1)
        ]  # fmt: skip
        verdicts, _ = world.push(carrier, changes)
        assert {one["state"] for one in verdicts} == {"accepted"}


def _dispatch(
    depot: Depot, command: list[str], mode: str, found: Found, kills: int, dice: random.Random,
    bar: Bar, patience_s: float,
) -> None:  # fmt: skip
    """Two dispatchers until nothing is open any more, killed `kills` times on the way."""
    running = [_dispatcher(command) for _ in range(2)]
    until_s = time.monotonic() + patience_s
    try:
        while True:
            states = Counter(depot.states())
            still_open = sum(states[one] for one in OPEN)
            if mode != "neither":
                still_open += _office(depot, found)
            done = found.orders - still_open
            bar(done)
            if not still_open and found.kills >= kills:
                break
            ended = [one.poll() for one in running if one.poll() is not None]
            if ended or time.monotonic() > until_s:
                why = f"dispatchers ended: {ended}" if ended else f"not done in {patience_s:.0f} s"
                raise AssertionError(f"{why}: {dict(states)}")
            due = done * (kills + 1) >= found.orders * (found.kills + 1) or not still_open
            if found.kills < kills and due:
                victim = dice.randrange(2)
                _kill(running[victim])
                running[victim] = _dispatcher(command)
                found.kills += 1
            time.sleep(0.1)
    finally:
        for one in running:
            _kill(one)


def _office(depot: Depot, found: Found) -> int:
    """Send again what was refused or parked, as a person at the desk would; how many."""
    with depot.world.begin() as conn:
        cursor = conn.connection.driver_connection.execute(  # type: ignore[union-attr]
            "SELECT id::text FROM delivery WHERE state IN ('failed', 'parked') LIMIT 200"
        )
        stuck = [row[0] for row in cursor.fetchall()]
    for delivery in stuck:
        with depot.world.begin() as conn:
            found.sent_again += send_again(conn, CELL, delivery, "user:desk", now()) is not None
    return len(stuck)


def _judge(depot: Depot, documents: list[dict[str, Any]], found: Found) -> None:
    """Compare the two databases, order by order."""
    there: dict[str, list[str]] = {}
    for one in documents:
        there.setdefault(one["order_id"], []).append(one["external_no"])
    listed = {
        str(row["order_id"])
        for row in depot.rows(
            """SELECT order_id FROM conflict WHERE state = 'waiting' AND needs = 'office'
               AND rule IN ('delivery_unknown', 'delivery_refused')"""
        )
    }
    rows = depot.rows(
        """SELECT d.order_id::text AS id, d.state, o.external_no FROM delivery d
           JOIN orders o ON o.cell = d.cell AND o.id = d.order_id"""
    )
    assert len(rows) == found.orders
    times: dict[str, list[str]] = {}
    for one in documents:
        times.setdefault(one["order_id"], []).append(f"{one['received_at'][17:23]} document")
    for row in rows:
        found.states[row["state"]] += 1
        numbers = there.get(row["id"], [])
        if len(numbers) > 1:
            found.doubled.append(row["id"])
            found.stories.append(_story(depot, row["id"], times[row["id"]]))
        if row["state"] == "acknowledged":
            if not numbers:
                found.missing.append(row["id"])
            elif row["external_no"] not in numbers:
                found.misnamed.append(row["id"])
        elif row["id"] not in listed:
            found.unlisted.append(row["id"])


def _story(depot: Depot, order: str, documents: list[str]) -> str:
    """The attempts at an order and when its documents were made there, seconds of the minute."""
    attempts = depot.rows(
        """SELECT a.act, a.outcome, a.began_at, a.ended_at FROM delivery_attempt a
           JOIN delivery d ON d.cell = a.cell AND d.id = a.delivery WHERE d.order_id = %s""",
        order,
    )
    said = [
        f"{one['began_at']:%S.%f} {one['act']} {one['outcome']} until "
        + (f"{one['ended_at']:%S.%f}" if one["ended_at"] else "killed")
        for one in attempts
    ]
    return f"  {order}: " + "; ".join(sorted(said + documents))


# --- processes -----------------------------------------------------------------------------------


def _dispatcher(words: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.server.delivery.soak_dispatcher", *words]
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(command, cwd=ROOT, env=quiet, stdout=subprocess.DEVNULL)


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


@contextmanager
def standin(folder: Path) -> Iterator[str]:
    """The stand-in as the process it really is; yields its address."""
    folder.mkdir(parents=True)
    (folder / "secret").write_text(SECRET)
    command = [sys.executable, "-m", "server.demo.standin", "--port", "0", "--data", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()  # type: ignore[union-attr]


# --- by hand -------------------------------------------------------------------------------------


def main() -> int:
    """Play all three, with a bar for each; 1 when a promise was broken."""
    from server import logs
    from server.database import make_engine
    from tests.conftest import chosen_programs, fresh_database

    parser = argparse.ArgumentParser(prog="python -m tests.server.delivery.soak")
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--mode", choices=sorted(MODES), action="append")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--plant", default="", help="a fault: see soak_dispatcher.py")
    asked = parser.parse_args()
    logs.configure("soak", "error")
    screen, well = Console(), True
    screen.print(f"seed {asked.seed}", highlight=False)
    with tempfile.TemporaryDirectory(prefix="talaria-soak-") as root:
        for n, mode in enumerate(asked.mode or MODES):
            with (
                fresh_database(Path(root), chosen_programs().folder) as url,
                Progress(console=Console(stderr=True)) as progress,
            ):
                engine = make_engine(url, pool_size=8)
                task = progress.add_task(mode, total=asked.orders)
                found = soak(
                    engine, url, Path(root) / f"standin-{n}", mode, asked.orders, asked.kills,
                    seed=asked.seed, plant=asked.plant,
                    bar=lambda done, task=task, progress=progress: progress.update(  # type: ignore[misc]
                        task, completed=done
                    ),
                )  # fmt: skip
                engine.dispose()
            screen.print(found.line(mode), highlight=False, soft_wrap=True)
            well = well and found.well(mode)
    screen.print("Every promise held." if well else "A PROMISE WAS BROKEN.", highlight=False)
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
