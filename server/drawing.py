"""One rep's cycle drawn up from the tables: read in a moment, thought about without a transaction.

Whoever plans watches and may end it early: the best plan so far is then the plan.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from routes import queries
from routes.cycle import Cycle, draw
from routes.daysoff import NoSuchCountry
from routes.distance import name_of
from routes.kernel.choice import search
from routes.places import located
from routes.plan import Impossible, Spent, steps_budget
from routes.problem import Planned
from routes.queries_plans import visits_of_draft
from routes.territory import BEGUN, FREE, StopRow, Task, TooLong, task_of
from server.planning import Ask
from server.road_times import Machine, fill


@dataclass
class Watch:
    """How planning is watched and ended early. `part`: of the budget spent, 0 to 1; `better`: the
    driving minutes of the best plan so far."""

    part: Callable[[str, float], None] = lambda rep, part: None
    better: Callable[[str, float], None] = lambda rep, minutes: None
    stop: threading.Event = field(default_factory=threading.Event)


class NothingToPlan(LookupError):
    """A rep's cycle cannot be planned as things are; the message says what to do."""


def read(engine: Engine, ask: Ask, rep: str, roads: Machine | None = None) -> Task:
    """All that planning one rep's cycle needs, in one look. Raises NothingToPlan where there is no
    such rep or nothing is due, and the rest of KNOWN."""
    draft: tuple[StopRow, ...] = ()
    with engine.connect() as conn:
        territory = queries.territory(conn, ask.company, rep, ask.first_day, ask.weeks)
        if ask.base is not None and territory is not None:
            draft = _draft(visits_of_draft(conn, ask.company, ask.base, rep), territory.stops)
    if territory is None:
        raise NothingToPlan(f"There is no rep {rep!r}.")
    task = task_of(replace(territory, draft=draft))
    if not task.due:
        raise NothingToPlan(
            f"Nothing is due for {rep}: give stores to the rep, and a class or visits in four weeks"
            " to the stores, or leave the rep out."
        )
    return task if roads is None else _by_road(engine, task, ask, roads)


def _draft(visits: Sequence[Mapping[str, Any]], stops: Sequence[StopRow]) -> tuple[StopRow, ...]:
    """The visits of a draft as planning starts from them. One whose published stop was begun, or
    made an appointment, on another day since is left out: that stands."""
    stands = {s.id: s.day for s in stops if s.pinned or s.state in BEGUN}
    return tuple(
        StopRow("", one["store"], one["day"], one["sequence"], FREE, one["is_locked"], 0)
        for one in visits
        if stands.get(one["stop"], one["day"]) == one["day"]
    )


def _by_road(engine: Engine, task: Task, ask: Ask, roads: Machine) -> Task:
    """The same with minutes by road, as far as the routing machine knows them."""
    territory = task.territory
    rows = {row.id: row for row in territory.stores}
    places = located(territory, [rows[store.id] for store in task.problem.stores], {})
    found, fault = fill(engine, ask.company, roads, places, datetime.now(UTC))
    said = f"by road ({roads.kind})"
    names = {name_of(place) for place in places}
    missing = len(names) * (len(names) - 1) - len(found)
    if missing:
        said += f", {missing} pairs by {territory.line_from}"
    if fault:
        said += f": {fault}"
    return task_of(replace(territory, road_min=found, line_from=said))


def draw_up(task: Task, ask: Ask, watch: Watch) -> Cycle:
    """The best cycle the time allows. Raises plan.Impossible where appointments contradict each
    other."""
    rep = task.territory.rep

    def better(cost: float, planned: Planned) -> None:
        watch.better(rep, planned.travel_min)

    return draw(task, ask.seed, _spent(ask, rep, watch), search, ask.stability_min, better)


def draw_one(
    engine: Engine, ask: Ask, rep: str, watch: Watch, roads: Machine | None = None
) -> Cycle:
    """Read and draw up one rep's cycle; raises what both raise."""
    return draw_up(read(engine, ask, rep, roads), ask, watch)


KNOWN = (NothingToPlan, NoSuchCountry, TooLong, Impossible)
"""What people can do something about."""


def fault_of(rep: str, error: Exception) -> str:
    """What is in the way, and what to do about it."""
    if isinstance(error, Impossible):
        return (
            f"{rep}: the appointments of a day do not fit into it. Loosen one, or give the rep a"
            " longer day."
        )
    if isinstance(error, KNOWN):
        return str(error)
    return (
        f"{rep}: planning ended by a fault of the program ({type(error).__name__}); the log of the"
        " worker has the details. Whoever runs Talaria should see it."
    )


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
