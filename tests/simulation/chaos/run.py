"""One run: found the company, let everything loose, heal, judge, tell it in one line."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from handhelds.reference.clock import MachineClock
from handhelds.reference.local import Local
from server import migrate
from server.database import make_engine
from tests.drill.fleet import Fleet, Phone, code_for, found_company, phones_of
from tests.server.delivery.soak import standin
from tests.server.demo.standin.conftest import SECRET
from tests.server.running.ports import ROOT, until
from tests.simulation.chaos.judge import judge, kept_of
from tests.simulation.chaos.kills import Kills
from tests.simulation.chaos.machine import BODY_TIMEOUT_S, DIES, Machine, Probe
from tests.simulation.chaos.office import Office
from tests.simulation.chaos.progress import Progress
from tests.simulation.chaos.proxy import Proxy
from tests.simulation.chaos.told import Told, Wish
from tests.simulation.chaos.turn import Charge, Hand
from tests.simulation.chaos.turn import Told as Noting
from tests.simulation.history import read
from tests.simulation.schedule import HEADS, MOST_LOOKS
from tests.world import World

A_MINUTE_S, A_LITTLE_S, ENROLLED_S = 60.0, 1.0, 600.0
LYING: dict[str, Any] = {
    "lose_p": 0.1, "fail_p": 0.1, "timeout_p": 0.1, "timeout_how": "cut", "lie": "any",
    "lie_p": 0.1, "rate_limit_p": 0.04, "deny_p": 0.06, "delay_s": 2.6, "delay_p": 0.03,
    "look_up_fail_p": 0.1,
}  # fmt: skip
WELL: dict[str, Any] = {name: 0.0 for name in LYING if name.endswith("_p")} | {"lie": ""}
ANSWER_LOST = "repeated"
"""How the delivery system's books call an order that came again because its answer was lost."""
UNTOLD = (
    "SELECT count(*) FROM stock"
    " WHERE published <> on_hand - allocated - blocked - safety - reserved"
)
"""Stock of which a job is yet to tell the handhelds."""
OPEN = ("queued", "sending", "handed", "unknown", "failed", "parked")


class Run:
    """`root`: where the server's data lie, on a disk. `homes`: where the handhelds' do."""

    def __init__(self, root: Path, homes: Path, pg_bin: Path | None, wish: Wish) -> None:
        self.root, self.homes, self.wish = root, homes, wish
        dies = {name: p * wish.dies for name, p in DIES.items()} if wish.dies else {}
        self.machine = Machine(root, pg_bin, dies, wish.plant)
        self.history = self.machine.history
        self.told = Told()
        self._since_s = time.monotonic()
        self.hands: list[subprocess.Popen[str]] = []

    def run(self) -> Told:
        """Everything, from an empty disk to the count of what is wrong."""
        wish, machine = self.wish, self.machine
        with standin(self.root / "standin") as there, machine, machine.postgres as pg:
            lying = {**LYING, "seed": wish.seed, "dedupe": wish.dedupes}
            httpx.post(f"{there}/behave", json=lying).raise_for_status()
            machine.note_commits()
            migrate.upgrade(pg.owner_url, pg.app_url)
            engine = make_engine(pg.app_url, pool_size=4)
            world = found_company(engine, wish.devices, there, SECRET, wish.stores)
            world.run("UPDATE delivery_target SET dedupes = %s, can_look_up = true", wish.dedupes)
            machine.start()
            machine.wait()
            fleet, probe = self._enrol(world)
            self._passed("founded")
            with (
                Proxy(machine.port, wish.seed, 0.0, _patience_s()) as line,
                self._hands(fleet, line.url),
            ):
                self._settle()  # first pulls
                self._passed("pulled")
                self._trouble(world, fleet, line, probe)
                httpx.post(f"{there}/behave", json=WELL).raise_for_status()
                self._settle()
                self._passed("settled")
                self._deliver(world)
                self._passed("delivered")
                self._last_look(world)
                self.told.requests, self.told.pushes_s = line.requests, line.pushes_s
                self.told.wrong["other"] += line.troubles
            if not machine.stop():
                self.told.wrong["other"].append("the server did not end by itself when asked to")
            engine.dispose()
            world.engine = make_engine(
                pg.app_url, pool_size=2, statement_timeout_s=0, lock_timeout_s=0
            )
            self._judge(world, fleet, there)
            world.engine.dispose()
            self._passed("judged")
        return self.told

    def _trouble(self, world: World, fleet: list[Hand], line: Proxy, probe: Probe) -> None:
        """For so many seconds everything goes wrong; then it is over."""
        wish, told = self.wish, self.told
        noting = Noting(str(self.history))
        reps = sorted({one.rep for one in fleet})
        office = Office(world, reps, wish.seed, noting, wish.office_s)
        kills = Kills(self.machine, probe, wish.seed, wish.kill_every_s, wish.kinds)
        line.faulty = wish.faulty
        noting.note("let_loose")
        self.machine.trouble.touch()
        self._say("work")
        office.start()
        kills.start()
        self._wait(line, kills)
        self._passed("troubled")
        office.end()
        self.machine.trouble.unlink()
        kills.end()
        line.faulty = 0.0
        noting.note("healed")
        self._passed("healed")
        told.kills, told.back_s = kills.total, kills.back_s
        for counts in (line.faults, kills.counts, office.counts):
            told.faults.update(counts)
        told.wrong["other"] += kills.troubles + office.troubles

    def _wait(self, line: Proxy, kills: Kills) -> None:
        """Let it go on, for the seconds that were asked for, and on until there are the changes
        and the faults; a run of more than minutes says how it goes."""
        wish, progress, began_s = self.wish, Progress(self.history), time.monotonic()
        is_long, told_s = wish.seconds > 5 * A_MINUTE_S, began_s
        while not self._is_over(progress, line, time.monotonic() - began_s):
            time.sleep(A_LITTLE_S)
            if is_long and time.monotonic() - told_s >= A_MINUTE_S:
                told_s = time.monotonic()
                progress.tell(line.requests, line.faults.total(), kills.total)

    def _is_over(self, progress: Progress, line: Proxy, spent_s: float) -> bool:
        wish = self.wish
        if spent_s < wish.seconds:
            return False
        progress.look()
        is_enough = (
            progress.changes >= wish.changes
            and progress.faults + line.faults.total() >= wish.faults
        )
        return is_enough or spent_s >= wish.longest_s

    def _judge(self, world: World, fleet: list[Hand], standin: str) -> None:
        told = self.told
        outcomes = httpx.get(f"{standin}/counts").json()["outcomes"]
        if again := outcomes.pop(ANSWER_LOST, 0):
            told.faults["delivery_answer_lost"] = again
        outcomes.pop("taken", None)
        for name in ("unsigned", "unreadable"):
            if n := outcomes.pop(name, 0):
                told.wrong["other"].append(f"the delivery system found {n} orders {name}")
        told.faults.update({f"delivery_{name}": n for name, n in outcomes.items()})
        documents = httpx.get(f"{standin}/documents", timeout=300).json()["documents"]
        history = read(self.history)
        kept = [kept_of(one) for one in fleet]
        told.wrong |= judge(world, kept, documents, history, self.wish.pages)
        told.read(history)
        told.documents, told.orders = len(documents), world.one("SELECT count(*) FROM orders")

    def _passed(self, phase: str) -> None:
        """A part of the run is over; how long it took is told at the end."""
        now_s = time.monotonic()
        self.told.phases[phase] = now_s - self._since_s
        self._since_s = now_s

    # --- before ----------------------------------------------------------------------------

    def _enrol(self, world: World) -> tuple[list[Hand], Probe]:
        """Every handheld by a code of the office; one more, of a rep without stores of its own."""
        phones = phones_of(world, self.homes, self.wish.devices, self.wish.stores)
        phones.append(Phone(self.homes / "probe", 9_999, "r02", ()))
        codes = {one.no: code_for(world, one.rep_code) for one in phones}

        def enrol(one: Phone) -> None:
            end_s = time.monotonic() + ENROLLED_S
            while (ending := one.enrol(self.machine.url, codes[one.no])).state != "done":
                assert time.monotonic() < end_s, ending
                time.sleep(ending.retry_after_s or 1.0)  # more than two a second are put off

        Fleet(phones, world).each(enrol)
        local = Local(phones[-1].home, MachineClock())
        identity = local.identity()
        local.close()
        assert identity is not None
        hands = [Hand(str(one.home), one.no, one.rep_code) for one in phones[:-1]]
        return hands, Probe(self.machine, identity)

    @contextlib.contextmanager
    def _hands(self, fleet: list[Hand], url: str) -> Iterator[None]:
        wish = self.wish
        try:
            for n in range(min(wish.processes, len(fleet))):
                mine = fleet[n :: wish.processes]
                charge = Charge(
                    n, wish.seed, url, str(self.history), mine, wish.kill_p, wish.visits,
                    wish.stretches, wish.tries, wish.pause_s, wish.pages, wish.twin_p,
                    wish.most_unsent, wish.plant,
                )  # fmt: skip
                file = self.root / f"charge-{n}.json"
                file.write_bytes(msgspec.json.encode(charge))
                self.hands.append(subprocess.Popen(
                    [sys.executable, "-m", "tests.simulation.chaos.hands", str(file)], cwd=ROOT,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                ))  # fmt: skip
            yield
        finally:
            for one in self.hands:
                assert one.stdin is not None
                assert one.stdout is not None
                one.stdin.close()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    one.wait(60)
                one.kill()
                one.stdout.close()

    # --- after -----------------------------------------------------------------------------

    def _say(self, word: str) -> None:
        for one in self.hands:
            assert one.stdin is not None
            one.stdin.write(word + "\n")
            one.stdin.flush()

    def _settle(self) -> None:
        """Every handheld syncs until it has nothing to send and all there is."""
        self._say("settle")
        for one in self.hands:
            assert one.stdout is not None
            if one.stdout.readline().strip() != "settled":
                self.told.wrong["other"].append(f"a process of handhelds ended: {one.poll()}")

    def _last_look(self, world: World) -> None:
        """Everyone fetches what the others' work changed; who sends something then (it was set
        back, and hears of it only now) makes all look again."""
        for _ in range(MOST_LOOKS):
            before = world.one(HEADS)
            self._settle()
            if world.one(HEADS) == before:
                break

    def _deliver(self, world: World) -> None:
        """Until everything is delivered. The waits of hours between tries are let pass at once."""
        patience_s = max(240.0, self.wish.seconds / 2)
        sql = "SELECT count(*) FROM delivery WHERE state = ANY(%s)"
        end_s = time.monotonic() + patience_s
        while world.one(sql, list(OPEN)):
            if time.monotonic() > end_s:
                states = world.rows("SELECT state, count(*) FROM delivery GROUP BY 1")
                self.told.wrong["other"].append(f"not delivered in {patience_s:.0f} s: {states}")
                return
            world.run(
                "UPDATE delivery SET not_before = now() WHERE state IN ('queued', 'unknown')"
                " AND not_before > now() + interval '3 seconds'"
            )
            time.sleep(0.5)
        until(lambda: not world.one(UNTOLD), 60, "stock that nobody is told of")


def _patience_s() -> float:
    """Half a request is let go of: the server's limit, a second for each 500 bytes, and slack."""
    return BODY_TIMEOUT_S + 20.0
