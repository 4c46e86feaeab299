"""One plan drawn up by a process of its own: read, thought about, kept; then the process ends.

    python -m server.running.one_plan PLAN ATTEMPT        started by a worker (planners.py)

A beat of once a second holds the lease, says how far each rep is, and hears whether the plan is to
be stopped (the best so far is kept) or is not ours any more (cancelled, or taken up by another
planner: nothing is kept). Between the beats no transaction is open. Several reps are thought about
side by side, as many as there are cores; orders go before plans, so the process is a patient one.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Engine

from routes import queries_plans as plans
from routes.cycle import Cycle
from routes.kernel.choice import kind
from routes.territory import Task
from server import logs, planning
from server.database import in_transaction, make_engine
from server.drawing import KNOWN, Watch, draw_up, fault_of, read
from server.hints import listen
from server.planning import TO_PLANNERS, Ask
from server.road_times import Machine, machine
from server.settings import Settings, from_environment

BEAT_S = 1.0
LEASE_S = 10.0
"""A planner not heard of for so long has died, and another takes its plan up."""
NICE = 10
log = structlog.get_logger("talaria.planner")


def ask_of(row: Mapping[str, Any]) -> Ask:
    """What a plan's row asks for."""
    said = row["settings"]
    return Ask(
        row["company"], tuple(row["reps"]), row["first_day"], row["weeks"], said["seconds"],
        said["steps"], row["seed"], said["stability_min"], said.get("base"),
    )  # fmt: skip


@dataclass
class Beat:
    """The beat of one plan: what is said and heard once a second, and at once when hinted."""

    engine: Engine
    url: str
    channel: str
    plan: str
    attempt: int
    company: str
    leave: Callable[[], None]
    """Called when the plan is not ours any more."""
    watch: Watch = field(default_factory=Watch)
    ended: threading.Event = field(default_factory=threading.Event)
    gone: bool = False
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    _over: bool = False
    _reps: dict[str, dict[str, float]] = field(default_factory=dict)
    _said: str = ""

    def __post_init__(self) -> None:
        self.watch.part = lambda rep, part: self._note(rep, "part", part)
        self.watch.better = lambda rep, minutes: self._note(rep, "driving_min", minutes)

    def _note(self, rep: str, what: str, figure: float) -> None:
        self._reps.setdefault(rep, {})[what] = round(figure, 3)

    def run(self) -> None:
        """Beat until `ended`; survives a database that is away for a while."""
        due_s = 0.0
        for hints in listen(self.url, self.channel, BEAT_S, self.ended):
            now_s = time.monotonic()
            if now_s < due_s and TO_PLANNERS not in hints:
                continue  # others' hints come all the time, and put off the sweep
            due_s = now_s + BEAT_S
            try:
                self.once()
            except Exception as error:
                log.warning("planner.no_beat", error=type(error).__name__)

    def over(self) -> None:
        """No beat from here on: what is written down now would look as if it were lost to us."""
        with self._one_at_a_time:
            self._over = True

    def once(self) -> None:
        """One beat."""
        with self._one_at_a_time:
            if not self._over:
                self._once()

    def _once(self) -> None:
        progress = {"reps": {rep: dict(said) for rep, said in list(self._reps.items())}}
        hold = (self.plan, self.attempt, LEASE_S, progress)
        is_to_stop = in_transaction(self.engine, lambda conn: plans.beat(conn, *hold))
        if is_to_stop is None:
            self.gone = True
            self.watch.stop.set()
            self.leave()
        elif is_to_stop:
            self.watch.stop.set()
        if (said := repr(progress)) != self._said:
            self._said = said
            self.tell()

    def tell(self) -> None:
        """Hint to open pages that the plan has changed."""
        words = planning.changed(self.company)
        in_transaction(self.engine, lambda conn: plans.tell(conn, self.channel, words))


def draw_plan(
    engine: Engine,
    settings: Settings,
    plan: str,
    attempt: int,
    leave: Callable[[], None] = lambda: None,
) -> str:
    """Draw up a plan that was taken up; what came of it: ready, failed or gone."""
    row = in_transaction(engine, lambda conn: plans.taken(conn, plan, attempt))
    if row is None:
        return "gone"
    url, channel = settings.database_url, settings.hint_channel
    beat = Beat(engine, url, channel, plan, attempt, row["company"], leave)
    beating = threading.Thread(target=beat.run, name="beat", daemon=True)
    beating.start()
    try:
        roads = machine(settings.routing_url)
        cycles, fault = _cycles(engine, ask_of(row), beat.watch, roads)
        beat.over()
        if beat.gone:
            return "gone"
        if fault:
            ours = in_transaction(engine, lambda conn: plans.fail(conn, plan, attempt, fault))
        else:
            now = datetime.now(UTC)
            ours = in_transaction(
                engine, lambda conn: planning.finish(conn, plan, attempt, cycles, now)
            )
        beat.tell()
        return ("failed" if fault else "ready") if ours else "gone"
    finally:
        beat.ended.set()
        beating.join(2)


def _cycles(
    engine: Engine, ask: Ask, watch: Watch, roads: Machine | None
) -> tuple[list[Cycle], str]:
    """Every rep's cycle, or what is in the way. All are read before the first is thought about, so
    that what is missing is told at once and not after the others' minutes."""
    try:
        rep = ""
        tasks = []
        for rep in ask.reps:
            tasks.append(read(engine, ask, rep, roads))
    except Exception as error:
        return [], _told(rep, error)
    return _drawn(tasks, ask, watch)


def _drawn(tasks: Sequence[Task], ask: Ask, watch: Watch) -> tuple[list[Cycle], str]:
    faults: list[str] = []

    def one(task: Task) -> Cycle | None:
        if faults:
            return None
        try:
            return draw_up(task, ask, watch)
        except Exception as error:
            faults.append(_told(task.territory.rep, error))
            watch.stop.set()  # what the others come to is not kept
            return None

    with ThreadPoolExecutor(side_by_side()) as threads:
        cycles = [cycle for cycle in threads.map(one, tasks) if cycle is not None]
    return cycles, faults[0] if faults else ""


def side_by_side() -> int:
    """How many reps are thought about at a time. The plain kernel keeps to one core anyway."""
    return (os.cpu_count() or 1) if kind() == "compiled" else 1


def _told(rep: str, error: Exception) -> str:
    if not isinstance(error, KNOWN):
        log.exception("planner.fault", code=rep)
    return fault_of(rep, error)


def main(plan: str, attempt: str) -> int:
    """One plan, in a process of its own; 0 when what came of it is written down."""
    settings = from_environment()
    logs.configure("planner", settings.log_level)
    os.nice(NICE)
    engine = make_engine(
        settings.database_url, pool_size=4, pool_wait_s=10,
        statement_timeout_s=60, prepare_threshold=settings.prepare_threshold,
    )  # fmt: skip
    threading.Thread(target=_follow, name="parent", daemon=True).start()
    came_of_it = draw_plan(engine, settings, plan, int(attempt), lambda: os._exit(0))
    log.info("planner.done", key=plan, outcome=came_of_it)
    return 0


def _follow() -> None:
    """End at once when the worker does: its end of our input closes then, and its plan is taken up
    by whoever comes next."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
