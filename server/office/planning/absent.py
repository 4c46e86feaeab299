"""Stores of a rep that a plan knows nothing of: those that are due now and were not when it was
drawn up, and those that are not due at all. Either can be put into the plan by hand (changing.py).

A plan is a picture of one moment. A store that was opened, given to the rep or visited more often
since is in no list of the planner's; without this one it would wait for the next plan unseen.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from routes import queries as territories
from routes.territory import FREE, StopRow, StoreRow, due_of, visit_min_of
from server.access.people import Person

SHOWN = 200
NOT_DUE = ("no_frequency", "not_due")


@dataclass(frozen=True)
class Absent:
    """A store with visits that are in no day and in no list of a plan. `visits`: how many; those of
    a store that is not due are one, for who insists. `why`: a key of words.WHY_ABSENT."""

    store: str
    name: str
    city: str
    visit_min: float
    visits: int
    is_due: bool
    why: str
    was: int = 0


def absent(
    conn: Connection, person: Person, plan: Any, rep: str, visits: Iterable[Any]
) -> list[Absent]:
    """Those of a rep, of this person's cells; what is due first. visits: the rep's in the plan,
    with a place or without, as cards or rows (`store`, `stop`)."""
    found = territories.territory(conn, person.company, rep, plan.first_day, plan.weeks)
    if found is None:
        return []
    due, told = due_of(found)
    then = (plan.result.get(rep) or {}).get("told") or {}
    before = {code for kind in NOT_DUE for code in then.get(kind, ())}
    kinds = {code: kind for kind in NOT_DUE for code in told.get(kind, ())}
    rows = [row for row in found.stores if row.cell in person.cells]
    read = plan.settings.get("read", {}).get(rep, {}).get("stops", {})
    there = _there(list(visits), found.stops, read)
    return sorted(_those(rows, due, kinds, before, there), key=lambda o: (not o.is_due, o.name))


def _there(visits: Sequence[Any], stops: Iterable[StopRow], read: Collection[str]) -> Counter[str]:
    """Store -> visits in the plan, and stops that publishing it will leave beside them: those the
    planner never saw, and appointments on a day off, which no day of a plan shows."""
    used = {one.stop for one in visits}
    beside = [
        stop.store for stop in stops
        if stop.id not in used and stop.state != "skipped"
        and (stop.id not in read or stop.pinned or stop.state != FREE)
    ]  # fmt: skip
    return Counter([one.store for one in visits] + beside)


def _those(
    rows: Sequence[StoreRow], due: Mapping[str, int], kinds: Mapping[str, str],
    before: Collection[str], there: Mapping[str, int],
) -> list[Absent]:  # fmt: skip
    found = []
    for row in rows:
        many, was = due.get(row.id, 0), there.get(row.id, 0)
        if row.id in due and many > was:
            why = "more_often" if was else "not_due_then" if row.code in before else "new_here"
        elif row.id not in due and not was:
            why = kinds.get(row.code, "not_due")
        else:
            continue
        found.append(
            Absent(row.id, row.name, row.city or "", visit_min_of(row), max(1, many - was),
                   row.id in due, why, was)
        )  # fmt: skip
    return found
