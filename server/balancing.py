"""The work of several reps side by side, read from the tables: what might change hands.

Nothing is moved here: whoever agrees moves the stores as stores are moved (the console's page of
handovers), which handhelds then learn of.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine

from routes import queries, queries_travel
from routes.balance import Hands, Load, Proposal, propose
from routes.places import located
from routes.territory import Task, task_of
from server.drawing import NothingToPlan


def balance(
    engine: Engine, company: str, reps: Sequence[str], first_day: date, weeks: int
) -> tuple[Proposal, dict[str, str]]:
    """A proposal for the weeks from a Monday on, and the names of the stores in it by id. Raises
    NothingToPlan where one is no rep, and the rest of drawing.KNOWN."""
    team, names = list[Hands](), dict[str, str]()
    with engine.connect() as conn:
        line = queries_travel.line_of(conn, company)
        for rep in reps:
            territory = queries.territory(conn, company, rep, first_day, weeks)
            if territory is None:
                raise NothingToPlan(f"There is no rep {rep!r}.")
            task = task_of(territory)
            team.append(hands_of(task))
            names |= {row.id: f"{row.code} {row.name}" for row in territory.stores}
    done = propose(team, line)
    return done, {move.store: names[move.store] for move in done.moves}


def hands_of(task: Task) -> Hands:
    """A rep's work as it is to be compared."""
    territory, problem = task.territory, task.problem
    rows = {row.id: row for row in territory.stores}
    places = located(territory, [rows[store.id] for store in problem.stores], {})
    loads = tuple(
        Load(store.id, place, task.due[store.id], store.visit_min, bool(store.spells_on))
        for store, place in zip(problem.stores, places, strict=False)
    )
    work = territory.workday
    days = sum(day.working for day in problem.days)
    return Hands(territory.rep, loads, days * (work.length_min - work.lunch_min), work.home)
