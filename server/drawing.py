"""One rep's cycle drawn up from the tables: read in a moment, thought about without a transaction.

Whoever plans watches and may end it early: the best plan so far is then the plan.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from routes import queries
from routes.cycle import Cycle, draw
from routes.kernel.choice import search
from routes.plan import Spent, steps_budget
from routes.problem import Planned
from routes.territory import task_of
from server.planning import Ask


@dataclass
class Watch:
    """How planning is watched and ended early. `part`: of the budget spent, 0 to 1; `better`: the
    driving minutes of the best plan so far."""

    part: Callable[[str, float], None] = lambda rep, part: None
    better: Callable[[str, float], None] = lambda rep, minutes: None
    stop: threading.Event = field(default_factory=threading.Event)


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
