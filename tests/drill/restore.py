"""The restore drill: yesterday's database comes back under a fleet of handhelds.

    python -m tests.drill.restore --handhelds 200 [--how backup|image|unnoticed|standby] [--plant P]

A real server, the real reference handhelds, a delivery system of its own that keeps one document
for every sending. A morning is worked and backed up; then a day goes by: orders are decided and
delivered, some answers are lost, some work stays on the handhelds. Everything is killed, yesterday
is put back, and every handheld syncs once. Nobody does anything else.

    backup     `talaria restore` of a dump into a fresh database
    image      an older copy of the database's files; the server's own mark beside them is left
    unnoticed  the same with the mark: nothing on the server can tell, only the handhelds can
    standby    a promoted standby that had stopped following in the morning (DATABASE_URL)

Plants: `since_pull` (handhelds offer only what was answered since their last pull) must be found.
`no_epoch` (no server begins a new epoch, and no handheld notes what it was told) is not: what was
told before the loss still makes a handheld's first sync begin one, and nothing is lost.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from handhelds.reference.answers import Call
from handhelds.reference.queries_offered import Offered
from server import migrate
from server.database import make_engine
from server.hints import conninfo
from tests.drill.fleet import Fleet, Phone, code_for, found_company, phones_of
from tests.drill.machine import Machine
from tests.server.demo.standin.conftest import SECRET

HOWS = ("backup", "image", "unnoticed", "standby")
PLANTS = ("no_epoch", "since_pull")
KINDS = {"order": "orders", "visit": "visit", "card": "visit_card", "collection": "collection"}
DELIVERED_S = 150.0


@dataclass
class Found:
    """What was found afterwards; what `bad` sums must be 0."""

    how: str
    handhelds: int
    orders: int
    lost_hours_orders: int = 0
    changes: int = 0
    lost: int = 0  # captured rows the server does not have
    doubled: int = 0  # rows or numbers it has more than once, or stock promised twice
    sent_twice: int = 0  # orders with more than one document at the delivery system
    undelivered: int = 0  # accepted orders without a document, when that was waited for
    unsent: int = 0  # changes still in outboxes
    unequal: int = 0  # orders that a handheld shows otherwise than the server has them
    gaps: int = 0  # handhelds whose numbers have no receipt each
    not_done: int = 0  # handhelds whose one sync did not end well
    looked_up: int = 0
    restore_s: float = 0.0
    back_s: float = 0.0
    troubles: list[str] = field(default_factory=list)

    def bad(self) -> int:
        return sum(
            (self.lost, self.doubled, self.sent_twice, self.undelivered, self.unsent,
             self.unequal, self.gaps, self.not_done)
        )  # fmt: skip

    def line(self) -> str:
        told = {k: v for k, v in asdict(self).items() if k not in ("how", "troubles")}
        parts = [f"{name.replace('_', ' ')} {value:.6g}" for name, value in told.items()]
        return f"restore drill ({self.how}): {', '.join(parts)}" + "".join(
            f"\n  {one}" for one in self.troubles
        )


class Drill(Machine):
    """One run below `root`. `wait`: until the delivery system has everything."""

    def __init__(
        self, root: Path, pg_bin: Path | None, handhelds: int = 10, orders: int = 3,
        seed: int = 1, wait: bool = False, plant: str = "",
    ) -> None:  # fmt: skip
        super().__init__(root, pg_bin)
        self.handhelds, self.orders, self.wait, self.plant = handhelds, orders, wait, plant
        self.chance = random.Random(seed)

    # --- the days --------------------------------------------------------------------------

    def run(self, how: str) -> Found:
        return self.runs(how, [self.plant])[0]

    def runs(self, how: str, plants: Sequence[str]) -> list[Found]:
        """One lost day, and what is found after it: once for each plant, from the same state.

        Documents stay where they were sent: a plant goes last, and is found by other things."""
        with self.delivery_system() as standin:
            fleet = self.found(how, standin)
            with self.serving(how):
                self.enrol(fleet)
                self.work(fleet, 30, 4)
                fleet.each(lambda one: one.sync(self.url))
                self.take(how)
            with self.after_taking(how), self.serving(how):
                before = len(fleet.captured()["order"])
                self.lost_day(fleet)
                self.settle(standin, before)
            lost = len(fleet.captured()["order"]) - before
            self.work(fleet, 1, 0.5, [one for one in fleet.phones if one.no % 4 == 0])
            began_s = time.monotonic()
            self.put_back(how)
            restore_s = time.monotonic() - began_s
            self.keep_for(plants[1:])
            found = []
            for plant in plants:
                if found:
                    self.as_kept()
                one = Found(how, self.handhelds, 0, lost, restore_s=restore_s)
                self.end(how, fleet, standin, one, plant)
                found.append(one)
            return found

    def end(self, how: str, fleet: Fleet, standin: str, found: Found, plant: str) -> None:
        """Every handheld syncs once; nobody does anything else."""
        began_s = time.monotonic() - found.restore_s
        with self.planted(how, plant), self.serving(how):
            endings = fleet.each(lambda one: one.sync(self.url))
            found.back_s = time.monotonic() - began_s
            found.not_done = sum(one.state != "done" for one in endings)
            found.troubles = [f"{one.state}: {one.detail}" for one in endings if one.detail]
            found.troubles += self.errors() if found.not_done else []
            found.changes = sum(one.answered for one in endings)
            fleet.world.engine = make_engine(self.app_url(how))
            if self.wait:
                self.work_off(fleet, standin)
            self.compare(fleet, standin, found)
            fleet.world.engine.dispose()

    def keep_for(self, plants: Sequence[str]) -> None:
        """Keep the machine and the handhelds as they are, if they are wanted again."""
        for name in ("data", "homes") if plants else ():
            shutil.copytree(self.root / name, self.root / "kept" / name, symlinks=True)

    def as_kept(self) -> None:
        for name in ("data", "homes"):
            shutil.rmtree(self.root / name)
            shutil.copytree(self.root / "kept" / name, self.root / name, symlinks=True)

    def found(self, how: str, standin: str) -> Fleet:
        with self.postgres(how) as pg:
            migrate.upgrade(pg.owner_url, pg.app_url)
            engine = make_engine(pg.app_url)
            made = found_company(engine, self.handhelds, standin, SECRET)
            engine.dispose()
        return Fleet(phones_of(made, self.root / "homes", self.handhelds), made)

    def enrol(self, fleet: Fleet) -> None:
        fleet.world.engine = make_engine(self.app_url())
        codes = [code_for(fleet.world, one.rep_code) for one in fleet.phones]
        fleet.world.engine.dispose()
        for one, ending in zip(
            fleet.phones,
            fleet.each(lambda one: one.enrol(self.url, codes[one.no - 1])),
            strict=True,
        ):
            assert ending.state == "done", (one.no, ending)
        for ending in fleet.each(lambda one: one.sync(self.url)):
            assert ending.state == "done", ending

    def work(
        self, fleet: Fleet, ago_h: float, over_h: float, of: list[Phone] | None = None
    ) -> None:
        seeds = {one.no: self.chance.random() for one in fleet.phones}
        fleet.each(
            lambda one: one.work(random.Random(seeds[one.no]), self.orders, ago_h, over_h), of
        )

    def lost_day(self, fleet: Fleet) -> None:
        """A day nobody backed up: most sync as they should; of some the last answers are lost."""
        self.work(fleet, 23, 8)
        fleet.each(lambda one: one.sync(self.url))
        self.work(fleet, 12, 8)
        for one in fleet.phones:
            if one.no % 5 == 1:
                one.cut = _pull  # pushed and answered; the pull after it never came
            elif one.no % 5 == 2:
                one.cut = _push  # decided, and perhaps delivered; the handheld does not know
        fleet.each(lambda one: one.sync(self.url), [p for p in fleet.phones if p.no % 5 != 3])
        for one in fleet.phones:
            one.cut = _nothing

    @contextlib.contextmanager
    def planted(self, how: str, plant: str) -> Iterator[None]:
        kept = Offered.offer_again, Offered.note_mark, Offered.must_offer
        if plant == "no_epoch":
            self.forget_epoch(how)
            Offered.note_mark = lambda self, page: None  # type: ignore[method-assign]
        elif plant == "since_pull":
            Offered.offer_again = _since_pull  # type: ignore[method-assign]
        try:
            yield
        finally:
            Offered.offer_again, Offered.note_mark, Offered.must_offer = kept  # type: ignore[method-assign]

    def forget_epoch(self, how: str) -> None:
        """As if nobody had begun one: the epoch of the morning, and no mark beside the data."""
        mark = json.loads((self.data / "high_water.json").read_bytes())
        (self.data / "high_water.json").unlink()
        with self.postgres(how) as pg, psycopg.connect(conninfo(pg.owner_url)) as raw:
            raw.execute(
                "UPDATE incarnation SET epoch = %s, why = 'first start',"
                " began_at = began_at - interval '1 year'", [mark["epoch"]],
            )  # fmt: skip

    # --- what is found ---------------------------------------------------------------------

    def settle(self, standin: str, orders: int) -> None:
        """Wait until the delivery system has so many orders, or stops getting more."""
        end_s = time.monotonic() + DELIVERED_S
        while len({one["order_id"] for one in _documents(standin)}) < orders:
            if time.monotonic() > end_s:
                return
            time.sleep(0.25)

    def work_off(self, fleet: Fleet, standin: str) -> None:
        """Wait until the dispatcher has nothing left to send or to look up, or has sent something
        twice: only then can be said whether it does."""
        end_s = time.monotonic() + DELIVERED_S
        left = (
            "SELECT count(*) FROM delivery WHERE state NOT IN ('acknowledged', 'failed', 'parked')"
        )
        while fleet.world.one(left) and time.monotonic() < end_s:
            documents = [one["order_id"] for one in _documents(standin)]
            if len(set(documents)) < len(documents):
                return
            time.sleep(0.25)

    def compare(self, fleet: Fleet, standin: str, found: Found) -> None:
        world = fleet.world
        captured = fleet.captured()
        found.orders = len(captured["order"])
        for kind, table in KINDS.items():
            there = Counter(row[0] for row in world.rows(f"SELECT id::text FROM {table}"))
            found.lost += len(set(captured[kind]) - there.keys())
            found.doubled += sum(n - 1 for n in there.values())
        for table in ("orders", "collection"):
            numbers = world.rows(f"SELECT count(*) - count(DISTINCT number) FROM {table}")
            found.doubled += numbers[0][0]
        found.doubled += world.one(
            "SELECT abs((SELECT sum(reserved) FROM stock) - (SELECT sum(reserved) FROM order_line))"
        )
        documents = Counter(one["order_id"] for one in _documents(standin))
        found.sent_twice = sum(n > 1 for n in documents.values())
        if self.wait:
            found.undelivered = len(set(captured["order"]) - documents.keys())
        found.looked_up = world.one(
            "SELECT count(*) FROM delivery_attempt WHERE act = 'look_up' AND outcome = 'found'"
        )
        found.unsent = sum(fleet.each(Phone.pending))
        found.gaps = world.one(
            "SELECT count(*) FROM device d WHERE acknowledged_n <>"
            " (SELECT count(*) FROM receipt r WHERE r.device = d.id AND r.n IS NOT NULL)"
        )
        fleet.each(lambda one: one.sync(self.url))  # deliveries moved on meanwhile
        shown: dict[str, tuple[Any, ...]] = {}
        for rows in fleet.each(_shown):
            shown |= rows
        have = world.rows("SELECT id::text, number, net_minor, revision FROM orders")
        found.unequal = sum(shown.get(row[0]) != tuple(row[1:]) for row in have)


def _shown(phone: Phone) -> dict[str, tuple[Any, ...]]:
    with phone.open() as rep:
        return {
            row["id"]: (row["number"], row["net_minor"], row["revision"])
            for row in rep.queries.pulled("order")
        }


def _documents(standin: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{standin}/documents").json()["documents"]
    return found


def _nothing(call: Call) -> bool:
    return False


def _pull(call: Call) -> bool:
    return call.path.endswith("/pull")


def _push(call: Call) -> bool:
    return call.path.endswith("/push")


def _since_pull(self: Any, answer: Any) -> int:
    """The planted bug: only what was answered since the last complete pull is offered again."""
    covered = self.db.execute("SELECT value FROM copy.mark WHERE name = 'covered'").fetchone()
    fresh = [one.id for one in answer.verdicts]
    done = self.db.execute(
        "UPDATE main.change SET outcome = NULL WHERE n > ? AND outcome IS NOT NULL AND answer > ?"
        f" AND id NOT IN ({', '.join('?' * len(fresh))})",
        (answer.acknowledged_through, int(covered[0]) if covered else 0, *fresh),
    )
    return int(done.rowcount)


def main() -> None:
    asked = argparse.ArgumentParser(prog="restore-drill", description=__doc__)
    asked.add_argument("--handhelds", type=int, default=200)
    asked.add_argument("--orders", type=int, default=3, help="orders a handheld takes at a time")
    asked.add_argument("--how", choices=HOWS, action="append", help="default: all")
    asked.add_argument("--seed", type=int, default=None)
    asked.add_argument("--plant", choices=PLANTS, default="", help="a bug to be found")
    given = asked.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(2**32)
    bad = 0
    for how in given.how or HOWS:
        with tempfile.TemporaryDirectory(prefix="talaria-drill-") as folder:
            os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL may run under another account
            drill = Drill(
                Path(folder), None, given.handhelds, given.orders, seed, True, given.plant
            )
            found = drill.run(how)
        print(f"{found.line()}, seed {seed}", flush=True)
        bad += found.bad()
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
