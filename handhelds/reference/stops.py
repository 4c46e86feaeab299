"""The rep's verbs on stops: two change places, a day gets another order, one is skipped.

Each change carries day, place and state as the handheld showed them, so that the server can tell
what the office changed meanwhile. Several stops change together or not at all.
"""

from collections.abc import Sequence
from typing import Any

from handhelds.reference.pad import Refused
from handhelds.reference.queries import Row
from handhelds.reference.visit import Rep


def swap_stops(rep: Rep, one: str, other: str) -> list[Row]:
    """Two stops (ids) change places, and days where those differ."""
    first, second = _planned(rep, one), _planned(rep, other)
    if first["day"] != second["day"]:
        for stop in (first, second):
            if stop["pinned"]:
                raise Refused(
                    f"the office fixed the stop at {_name(rep, stop)}: ask them to move it"
                )
    return _save(
        rep,
        (first, {"day": second["day"], "sequence": second["sequence"]}),
        (second, {"day": first["day"], "sequence": first["sequence"]}),
    )


def reorder(rep: Rep, day: str, ids: Sequence[str]) -> list[Row]:
    """Bring the planned stops of a day into another order; `ids`: all of them, as they are to come.

    Stops begun, done or skipped keep their places. Only stops that change their place make a
    change; returns their rows.
    """
    there = {row["id"]: row for row in planned_on(rep, day)}
    if len(ids) != len(there) or set(ids) != there.keys():
        raise Refused("the plan has changed meanwhile: look again")
    places: list[int] = []
    for sequence in sorted(row["sequence"] for row in there.values()):
        places.append(max(places[-1] + 1 if places else 1, sequence))
    moved = [
        (there[id], {"sequence": place})
        for id, place in zip(ids, places, strict=True)
        if there[id]["sequence"] != place
    ]
    return _save(rep, *moved)


def on_plan(stop: Row) -> bool:
    """Whether a stop is to be made: it is planned, and not a wish the server would not take."""
    return bool(stop["state"] == "planned" and stop["outcome"] != "rejected")


def planned_on(rep: Rep, day: str) -> list[Row]:
    """The stops of a day that are still to come: neither the plan nor a visit says otherwise."""
    begun = {
        row["store"]
        for row in rep.queries.rows("visit")
        if row["planned_on"] == day and row["state"] != "planned"
    }
    return [
        row
        for row in rep.queries.rows("plan_stop")
        if row["day"] == day and on_plan(row) and row["store"] not in begun
    ]


def skip_stop(rep: Rep, id: str, reason: str) -> Row:
    """Say why a planned stop will not be made. A store found closed today is `Rep.skip_visit`."""
    return _save(rep, (_planned(rep, id), {"state": "skipped", "reason": reason}))[0]


def _planned(rep: Rep, id: str) -> Row:
    """A stop that may still be changed."""
    stop = rep.queries.row("plan_stop", id)
    if stop is None or stop["outcome"] == "rejected":
        raise Refused("the plan has changed meanwhile: look again")
    if stop["state"] != "planned":
        raise Refused(f"the stop at {_name(rep, stop)} is {stop['state']} already")
    return stop


def _name(rep: Rep, stop: Row) -> str:
    store = rep.queries.store(stop["store"])
    return "a store no longer here" if store is None else str(store["name"])


def _save(rep: Rep, *moved: tuple[Row, dict[str, Any]]) -> list[Row]:
    """Save what changes of each stop, in one transaction."""
    names = ("id", "store", "day", "sequence", "state", "reason", "visit")
    with rep.local.writing():
        return [
            rep.add(
                "plan_stop",
                "save",
                {name: stop[name] for name in names}
                | {"base": {name: stop[name] for name in ("day", "sequence", "state")}}
                | to,
            )
            for stop, to in moved
        ]
