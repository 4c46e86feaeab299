"""Visit routes from the territory to the rep: read, drawn up, kept, published and taken back.

`routes` plans and `sync` moves stops; neither knows the other. Here the one's answer becomes the
other's rows. Planning itself holds no transaction: twenty seconds are long for a lock.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from routes import queries
from routes.cycle import Cycle, Visit, draw
from routes.kernel.choice import kind, search
from routes.plan import Spent, steps_budget
from routes.problem import Planned
from routes.replan import STABILITY_MIN
from routes.territory import task_of
from schemas.ids import uuid7
from sync.desk.edits import Hand, Refused
from sync.desk.plans import Published, Span, Wanted, publish_plan, take_back
from sync.feed import Entry, publish

MOST_WEEKS = 8


@dataclass(frozen=True)
class Ask:
    """What is to be planned. `steps` instead of `seconds`: the same plan on every machine."""

    company: str
    reps: tuple[str, ...]
    first_day: date
    weeks: int = 4
    seconds: float = 20.0
    steps: int | None = None
    seed: int = 1
    stability_min: float = STABILITY_MIN


@dataclass
class Watch:
    """How planning is watched and ended early. `part`: of the budget spent, 0 to 1; `better`: the
    driving minutes of the best plan so far."""

    part: Callable[[str, float], None] = lambda rep, part: None
    better: Callable[[str, float], None] = lambda rep, minutes: None
    stop: threading.Event = field(default_factory=threading.Event)


def refusal(ask: Ask, today: date) -> str | None:
    """Why a cycle cannot be planned, or None."""
    if not ask.reps:
        return "Name at least one rep."
    if ask.first_day.weekday() != 0:
        return f"A cycle begins on a Monday; {ask.first_day} is none."
    if ask.first_day <= today:
        return "A cycle begins after today: days that have begun are the rep's."
    if not 1 <= ask.weeks <= MOST_WEEKS:
        return f"Plan 1 to {MOST_WEEKS} weeks at once."
    return None


def draw_one(engine: Engine, ask: Ask, rep: str, watch: Watch) -> Cycle:
    """Draw up one rep's cycle. Raises LookupError where there is no such rep or nothing to plan,
    and plan.Impossible where appointments contradict each other."""
    with engine.connect() as conn:
        territory = queries.territory(conn, ask.company, rep, ask.first_day, ask.weeks)
    if territory is None:
        raise LookupError(f"There is no rep {rep!r}.")
    task = task_of(territory)
    if not task.due:
        raise LookupError(
            f"Nothing is due for {rep}: give stores to the rep, and a class or visits in four weeks"
            " to the stores."
        )

    def better(cost: float, planned: Planned) -> None:
        watch.better(rep, planned.travel_min)

    spent = _spent(ask, rep, watch)
    return draw(task, ask.seed, spent, search, ask.stability_min, better)


def _spent(ask: Ask, rep: str, watch: Watch) -> Spent:
    began_s = time.monotonic()
    by_steps = steps_budget(ask.steps) if ask.steps is not None else None

    def spent(steps: int) -> float:
        if watch.stop.is_set():
            return 1.0
        if by_steps is not None:
            part = by_steps(steps)
        else:
            part = (time.monotonic() - began_s) / max(0.01, ask.seconds)
        watch.part(rep, min(1.0, part))
        return part

    return spent


def keep(
    conn: Connection, ask: Ask, cycles: Sequence[Cycle], by: str, began: datetime, now: datetime
) -> str:
    """Keep a plan that is drawn up; its id. Handhelds learn nothing of it yet."""
    key = uuid7()
    hashes = [cycle.task.input_hash for cycle in cycles]
    queries.add_plan(
        conn,
        {
            "id": key,
            "company": ask.company,
            "name": f"{', '.join(ask.reps)} from {ask.first_day}",
            "reps": list(ask.reps),
            "first_day": ask.first_day,
            "weeks": ask.weeks,
            "seed": ask.seed,
            "input_hash": " ".join(hashes),
            "distance_source": cycles[0].task.territory.line_from,
            "settings": _settings(ask, cycles),
            "result": {cycle.task.territory.rep: _result(cycle) for cycle in cycles},
            "made_by": by,
            "made_at": now,
            "began_at": began,
            "ended_at": now,
        },
    )
    visits = [_row(visit) for cycle in cycles for visit in cycle.visits]
    queries.add_visits(conn, key, visits)
    return key


def _settings(ask: Ask, cycles: Sequence[Cycle]) -> dict[str, Any]:
    said = asdict(ask)
    kept = {name: said[name] for name in ("seconds", "steps", "stability_min")}
    read = {
        cycle.task.territory.rep: {
            "cell": cycle.task.territory.cell,
            "stops": {stop.id: stop.version for stop in cycle.task.territory.stops},
        }
        for cycle in cycles
    }
    return {**kept, "kernel": kind().split(":")[0], "read": read}


def _result(cycle: Cycle) -> dict[str, Any]:
    told = {name: list(codes) for name, codes in cycle.task.told.items()}
    return {**asdict(cycle.sums), "moves": len(cycle.moves), "told": told}


def _row(visit: Visit) -> dict[str, Any]:
    return {**asdict(visit), "id": uuid7()}


def publish_kept(conn: Connection, company: str, plan: str, hand: Hand) -> dict[str, Published]:
    """Make a kept plan the reps' own, by rep. Raises LookupError, and Refused where it was
    published or taken back before."""
    row = _locked(conn, company, plan)
    if row["state"] != "ready":
        raise Refused(f"this plan is {row['state']}: only one that is ready can be published")
    done: dict[str, Published] = {}
    entries: dict[int, list[Entry]] = {}
    last = row["first_day"].fromordinal(row["first_day"].toordinal() + 7 * row["weeks"] - 1)
    for rep, read in sorted(row["settings"]["read"].items()):
        span = Span(rep, row["first_day"], last, read["stops"])
        wanted = [Wanted(**visit) for visit in queries.placed(conn, plan, rep)]
        done[rep] = publish_plan(conn, read["cell"], span, wanted, plan, hand)
        entries.setdefault(read["cell"], []).extend(done[rep].entries)
    undo = [one.undo for one in done.values()]
    queries.mark_published(conn, plan, hand.by, hand.now, undo)
    _tell(conn, entries)
    return done


def undo_published(conn: Connection, company: str, plan: str, hand: Hand) -> dict[str, Published]:
    """Take a published plan back, by rep: what people changed since stays. Raises LookupError, and
    Refused where it is not published."""
    row = _locked(conn, company, plan)
    if row["state"] != "published" or row["undo"] is None:
        raise Refused(f"this plan is {row['state']}: only one that is published can be taken back")
    done: dict[str, Published] = {}
    entries: dict[int, list[Entry]] = {}
    for undo in row["undo"]:
        done[undo["rep"]] = take_back(conn, undo, plan, hand)
        entries.setdefault(undo["cell"], []).extend(done[undo["rep"]].entries)
    queries.mark_undone(conn, plan, hand.now)
    _tell(conn, entries)
    return done


def _locked(conn: Connection, company: str, plan: str) -> dict[str, Any]:
    row = queries.lock_plan(conn, company, plan)
    if row is None:
        raise LookupError("There is no such plan.")
    return row


def _tell(conn: Connection, entries: Mapping[int, Sequence[Entry]]) -> None:
    """Last in its transaction, cells in order: feeds' counters are taken late, never crosswise."""
    for cell in sorted(entries):
        publish(conn, cell, entries[cell])
