"""powercut-lite: kills the handheld at random points, a thousand times, and counts what is lost.

    python -m tests.handhelds.powercut --kills 1000 [--seed 7] [--plant two_commits]

A child works as a rep does (visits, orders, money, cards, plans, undo, syncs over a line that
loses answers) and writes each order's and receipt's id to a pipe only after the verb returned. It
is killed with SIGKILL, half the time after a random delay, half the time at a named point around a
commit. Then its folder is opened again: every order and receipt it told of must be there with its
lines and its place in the outbox, nothing may be half there, no number may be missing or doubled.
In the end everything is pushed, and the stand-in server must hold each of them exactly once.

What this cannot show: a power cut also loses what the system had not written to the disk yet.
That is `make powercut`, tests/simulation/power.
"""

import argparse
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from handhelds.reference import link
from handhelds.reference.answers import Call, Reply
from handhelds.reference.clock import MachineClock
from handhelds.reference.local import Local
from handhelds.reference.pad import Refused
from handhelds.reference.queries import Queries
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.till import Money
from handhelds.reference.visit import Rep, Wanted
from schemas.ids import uuid7
from tests.handhelds.double import Clock
from tests.handhelds.double_over_pipe import Line, serve

KILLS_A_HANDHELD = 50
POINTS = (
    *("between_change_and_row", "before_commit", "after_commit"),
    *("before_send", "after_reply", "between_pages", "before_swap_commit", "after_swap_commit"),
)
LONGEST_S = 0.15
NUMBERED = {"order": ("order", "lines"), "collection": ("receipt", "allocation")}
"""What has a number made here: kind -> its counter, and its part."""
POINT_WITHIN_S = 1.0
PLANTS = ("two_commits", "order_number_kept_apart")


@dataclass
class Counts:
    """What was found; everything but kills and orders must stay 0."""

    kills: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    lost: int = 0
    half_written: int = 0
    numbers: int = 0
    unsent: int = 0
    not_once: int = 0
    damaged: int = 0

    def bad(self) -> int:
        return sum(
            (self.lost, self.half_written, self.numbers, self.unsent, self.not_once, self.damaged)
        )

    def line(self, seconds: float, seed: int) -> str:
        points = {name: count for name, count in self.kills.items() if name != "timed"}
        return (
            f"powercut-lite: kills {self.kills.total()} ({sum(points.values())} at {len(points)} "
            f"named points), orders and receipts {self.orders}, lost {self.lost}, half-written "
            f"{self.half_written}, numbers missing or doubled {self.numbers}, "
            f"damaged {self.damaged}, left unsent {self.unsent}, "
            f"not exactly once at the server {self.not_once}, "
            f"seed {seed}, {seconds:.0f} s"
        )


@dataclass
class Told:
    """What the children of one handheld said before they were killed."""

    orders: dict[str, str] = field(default_factory=dict)  # id -> number
    undoing: set[str] = field(default_factory=set)


class Pull:
    """The cord: pulls the power at the nth passing of a named point."""

    def __init__(self, point: str | None, passing: int, told: int) -> None:
        self.point, self.passing, self.told = point, passing, told

    def __call__(self, name: str) -> None:
        if name == self.point:
            self.passing -= 1
            if self.passing <= 0:
                os.write(self.told, f"K {name}\n".encode())
                os.kill(os.getpid(), signal.SIGKILL)


def planted(local: Local, plant: str | None, cord: Pull) -> Callable[[str], None]:
    """The cord, with a bug planted before it, to see that the harness can find one."""

    def two_commits(name: str) -> None:
        if name == "between_change_and_row":  # the change in one commit, its row in another
            local.db.execute("COMMIT")
            local.db.execute("BEGIN")
        cord(name)

    def number_apart(name: str) -> None:
        if name == "between_change_and_row":  # the number is used up, whatever becomes of the order
            kept = local.counted("order")
            local.db.execute("ROLLBACK")
            local.db.execute("INSERT OR REPLACE INTO main.counter VALUES ('order', ?)", (kept,))
            raise Refused("planted: the number was counted, the order was not saved")
        cord(name)

    return {"two_commits": two_commits, "order_number_kept_apart": number_apart}.get(
        plant or "", cord
    )


def child(home: Path, line: Line, cord: Pull, seed: int, plant: str | None) -> None:
    """A rep at work until killed. What it does hangs on `seed`."""
    chance = random.Random(seed)
    clock = MachineClock()
    local = Local(home, clock)
    local.failpoint = planted(local, plant, cord)
    rep = Rep(local, clock, uuid7)

    def send(call: Call) -> Reply | None:
        cord("before_send")
        reply = line.send(call)
        cord("after_reply")
        return reply

    while True:
        try:
            _one_thing(rep, chance, cord.told, send)
        except (Refused, NotSaved):
            continue


def _one_thing(
    rep: Rep, chance: random.Random, told: int, send: Callable[[Call], Reply | None]
) -> None:
    store = chance.choice(("1042", "877"))
    what = chance.random()
    if what < 0.15:
        how = chance.choice(("cash", "cheque"))
        money = Money(how, chance.randint(1, 9) * 1_000, "47" if how == "cheque" else None)
        receipt = rep.collect(store, money)
        os.write(told, f"O {receipt['id']} {receipt['number']}\n".encode())
    elif what < 0.5:
        products = chance.sample(("20041", "904"), chance.randint(1, 2))
        wanted = [Wanted(product, str(chance.randint(1, 40))) for product in products]
        order = rep.order(store, wanted)
        os.write(told, f"O {order['id']} {order['number']}\n".encode())
    elif what < 0.6:
        rep.start_visit(store)
    elif what < 0.65:
        rep.end_visit(store)
    elif what < 0.75:
        rep.card(store, [{"product": "904", "on_shelf": True, "facings": chance.randint(0, 9)}])
    elif what < 0.8:
        rep.plan(store, date(2026, 11, 23) + timedelta(days=chance.randint(0, 9)))
    elif what < 0.85:
        waiting = [one for one in rep.queries.changes() if one["n"] is None]
        if waiting:
            last = waiting[-1]
            os.write(told, f"U {last['row_id']}\n".encode())
            rep.undo(last["id"])
    else:
        link.sync(rep.local, send, rep.clock, uuid7)


def run_child(home: Path, line: Line, seed: int, plant: str | None, said: Told) -> str:
    """Start a child, kill it, and read what it had told; returns where it died."""
    chance = random.Random(seed)
    point = chance.choice(POINTS) if chance.random() < 0.5 else None
    delay_s = POINT_WITHIN_S if point else chance.uniform(0.01, LONGEST_S)
    reading, writing = os.pipe()
    cord = Pull(point, chance.randint(1, 3), writing)
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            child(home, line, cord, seed + 1, plant)
        except BaseException as fault:
            os.write(writing, f"! {type(fault).__name__}: {fault}\n".encode())
        os._exit(3)
    os.close(writing)
    died = _wait_and_kill(pid, delay_s)
    with os.fdopen(reading) as pipe:
        words = [text.split() for text in pipe.read().splitlines()]
    where = "timed"
    for word in words:
        if word[0] == "O":
            said.orders[word[1]] = word[2]
        elif word[0] == "U":
            said.undoing.add(word[1])
        elif word[0] == "K":
            where = word[1]
        else:
            raise SystemExit(f"the child failed instead of being killed: {' '.join(word)}")
    if died is not None:
        raise SystemExit(f"the child ended by itself with {died}")
    return where


def _wait_and_kill(pid: int, delay_s: float) -> int | None:
    """Kill after the delay unless it died before; its exit code if it was no kill."""
    end = time.monotonic() + delay_s
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def inspect(home: Path, said: Told, counts: Counts) -> None:
    """Open the folder as the program would after a restart, and look for what is wrong."""
    local = Local(home, MachineClock())
    try:
        db, queries = local.db, Queries(local.db)
        there: set[str] = set()
        for kind, (counter, part) in NUMBERED.items():
            there |= _inspect(local, queries, kind, counter, part, said, counts)
        counts.lost += sum(id not in there and id not in said.undoing for id in said.orders)
        counts.half_written += db.execute(
            "SELECT count(*) FROM main.change h LEFT JOIN main.captured c ON c.change_id = h.id"
            " WHERE c.change_id IS NULL AND h.kind NOT IN ('order', 'collection')"
        ).fetchone()[0]
        counts.damaged += len(local.damaged())
        counts.damaged += db.execute("PRAGMA main.quick_check").fetchone()[0] != "ok"
        counts.damaged += db.execute("PRAGMA copy.quick_check").fetchone()[0] != "ok"
    finally:
        local.close()


def _inspect(
    local: Local, queries: Queries, kind: str, counter: str, part: str, said: Told, counts: Counts
) -> set[str]:
    """Look at orders, or receipts: none half there, no number missing or twice; returns the ids."""
    made = {one["row_id"]: one for one in queries.changes("kind = ?", kind)}
    found = local.db.execute("SELECT id FROM main.captured WHERE kind = ?", (kind,))
    rows = {row["id"] for row in found}
    counts.half_written += len(rows ^ made.keys())
    for id in rows & made.keys():
        body, shown = made[id]["raw"]["body"], queries.row(kind, id)
        if shown is not None and len(shown[part] or ()) != len(body[part]):
            counts.half_written += 1
    used = sorted(int(one["raw"]["body"]["number"][-6:]) for one in made.values())
    last = local.counted(counter)
    missing = set(range(1, last + 1)) - set(used)
    counts.numbers += len(used) - len(set(used)) + sum(number > last for number in used)
    counts.numbers += max(0, len(missing) - len(said.undoing))
    return set(made)


def finish(home: Path, line: Line, counts: Counts) -> None:
    """Push everything over a good line; the server must hold each order exactly once."""
    line.heal()
    clock = MachineClock()
    local = Local(home, clock)
    try:
        for _ in range(3):
            link.sync(local, line.send, clock, uuid7)
        counts.unsent += local.queue().pending
        asked = "kind IN ('order', 'collection')"
        mine = sorted(one["row_id"] for one in Queries(local.db).changes(asked))
        theirs = Counter(line.orders())
        counts.orders += len(mine)
        counts.not_once += len(theirs.keys() ^ set(mine))
        counts.not_once += sum(count != 1 for count in theirs.values()) + line.faults()
        pulled = {
            row[0] for kind in NUMBERED for row in local.db.execute(f'SELECT id FROM copy."{kind}"')
        }
        counts.not_once += len(pulled ^ set(mine))
    finally:
        local.close()


def run(kills: int, seed: int, plant: str | None = None) -> Counts:
    """Kill `kills` times, a new handheld after every KILLS_A_HANDHELD; returns what was found."""
    counts = Counts()
    chance = random.Random(seed)
    while counts.kills.total() < kills:
        home = Path(tempfile.mkdtemp(prefix="powercut-"))
        line = serve(home / "server.sock", chance.randrange(2**32))
        said = Told()
        try:
            local = Local(home / "handheld", Clock())
            while link.enrol(local, line.send, "CODE", "test", "reference").state != "done":
                pass
            while link.sync(local, line.send, MachineClock(), uuid7).state != "done":
                pass
            local.close()
            for _ in range(min(KILLS_A_HANDHELD, kills - counts.kills.total())):
                where = run_child(home / "handheld", line, chance.randrange(2**32), plant, said)
                counts.kills[where] += 1
                inspect(home / "handheld", said, counts)
                if plant and counts.bad():
                    return counts
            finish(home / "handheld", line, counts)
        finally:
            line.stop()
            shutil.rmtree(home, ignore_errors=True)
    return counts


def main() -> None:
    """Run from the command line; exits 1 if anything was lost."""
    asked = argparse.ArgumentParser(description="Kill the handheld at random points.")
    asked.add_argument("--kills", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=None)
    asked.add_argument("--plant", choices=PLANTS, default=None, help="a bug to be found")
    given = asked.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(2**32)
    begun = time.monotonic()
    socket.setdefaulttimeout(30)
    counts = run(given.kills, seed, given.plant)
    print(counts.line(time.monotonic() - begun, seed))
    sys.exit(1 if counts.bad() else 0)


if __name__ == "__main__":
    main()
