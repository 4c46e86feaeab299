"""The work of several reps side by side, read from the tables: what might change hands.

Nothing is moved here: whoever agrees hands the stores over on the console (balance between reps,
under Routes), which handhelds then learn of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine

from routes import queries, queries_travel
from routes.balance import Hands, Load, Proposal, propose
from routes.distance import Line
from routes.places import located
from routes.territory import (
    BEGUN,
    FREE,
    StoreRow,
    Territory,
    due_of,
    visit_min_of,
    working_days,
)
from server.drawing import NothingToPlan


@dataclass(frozen=True)
class Team:
    """Reps with their work. `stores`: by id; `days`: those each works in the cycle."""

    hands: tuple[Hands, ...]
    line: Line
    stores: Mapping[str, StoreRow]
    days: Mapping[str, int]


def read_team(
    conn: Connection, company: str, reps: Sequence[str], first_day: date, weeks: int
) -> Team:
    """The reps of a company with what is due in the weeks from a Monday on. Raises NothingToPlan
    where one is no rep, and the rest of drawing.KNOWN."""
    hands, stores, days = list[Hands](), dict[str, StoreRow](), dict[str, int]()
    line = queries_travel.line_of(conn, company)
    for rep in reps:
        territory = queries.territory(conn, company, rep, first_day, weeks)
        if territory is None:
            raise NothingToPlan(f"There is no rep {rep!r}.")
        hands.append(hands_of(territory))
        days[rep] = working_days(territory)
        stores |= {row.id: row for row in territory.stores}
    return Team(tuple(hands), line, stores, days)


def balance(
    engine: Engine, company: str, reps: Sequence[str], first_day: date, weeks: int
) -> tuple[Proposal, dict[str, str]]:
    """A proposal for the weeks from a Monday on, and the names of the stores in it by id. Raises
    what read_team does."""
    with engine.connect() as conn:
        team = read_team(conn, company, reps, first_day, weeks)
    done = propose(team.hands, team.line)
    rows = [team.stores[move.store] for move in done.moves]
    return done, {row.id: f"{row.code} {row.name}" for row in rows}


def hands_of(territory: Territory) -> Hands:
    """A rep's work as it is to be compared."""
    due, _ = due_of(territory)
    rows = [row for row in territory.stores if row.id in due]
    places = located(territory, rows, {})
    stay = {s.store for s in territory.stops if s.state in BEGUN or (s.pinned and s.state == FREE)}
    loads = tuple(
        Load(row.id, place, due[row.id], visit_min_of(row), row.id in stay)
        for row, place in zip(rows, places, strict=False)
    )
    work = territory.workday
    minutes = working_days(territory) * (work.length_min - work.lunch_min)
    return Hands(territory.rep, loads, minutes, work.home)
