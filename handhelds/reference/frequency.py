"""What the plan owes and how it could be shorter: visits a store is owed, the way through a day.

Worked out here, without a network; the browser's half is pwa/shown/plan.js, by the same rules.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from handhelds.reference.pad import Refused
from handhelds.reference.queries import Row
from handhelds.reference.screens import Screen, on_day, store_line
from handhelds.reference.stops import on_plan, planned_on, reorder
from handhelds.reference.visit import Rep
from routes.distance import Place, km_between
from routes.problem import Day, Problem, Store
from routes.sequence import order_quickly

CYCLE_DAYS = 28
WORTH_KM = 0.2
"""A way has to be so much shorter, or the order a rep knows is left as it is."""


def owed(rep: Rep) -> Screen:
    """What each store is owed: visits agreed for four weeks, made in the last four, planned in the
    next four, and the debt. Those owed most come first, then those not seen for longest."""
    today = rep.pad.today()
    since, until = today - timedelta(days=CYCLE_DAYS), today + timedelta(days=CYCLE_DAYS)
    made: dict[str, set[date]] = {}
    last: dict[str, date] = {}
    stores = {row["id"]: row for row in rep.queries.rows("store")}
    for visit in rep.queries.rows("visit"):
        store = stores.get(visit["store"])
        day = on_day(rep.pad, store, visit) if store else None
        if day is None or visit["state"] not in ("started", "done"):
            continue
        last[visit["store"]] = max(day, last.get(visit["store"], day))
        if since < day <= today:
            made.setdefault(visit["store"], set()).add(day)
    ahead = [
        stop["store"]
        for stop in rep.queries.rows("plan_stop")
        if on_plan(stop) and today.isoformat() <= stop["day"] < until.isoformat()
    ]
    shown = [
        _owed(row, len(made.get(key, ())), ahead.count(key), last.get(key))
        for key, row in stores.items()
        if row["code"] and row["status"] not in ("closed", "merged")
    ]
    shown.sort(key=lambda one: (-one["debt"], one["last_on"] or "", one["store"]["name"]))
    return {"day": today.isoformat(), "stores": shown}


def _owed(row: Row, made: int, planned: int, last: date | None) -> dict[str, Any]:
    agreed = row["visits_per_4w"] or 0
    return {
        "store": store_line(row), "agreed": agreed, "made": made, "planned": planned,
        "debt": max(0, agreed - made), "last_on": last.isoformat() if last else None,
    }  # fmt: skip


def shorter(rep: Rep, day: str) -> tuple[list[str], float] | None:
    """The planned stops of a day (ids) by the shortest way from the first to the last, whichever
    they are, and the kilometres it saves; None where it saves next to nothing. Of its two
    directions the one in which the first stop of now comes early.

    As the crow flies: of hours and roads a handheld knows nothing. A stop whose store has no place
    comes last, in the order it has.
    """
    stops = sorted(planned_on(rep, day), key=lambda row: (row["sequence"], row["id"]))
    places = {row["id"]: _place(rep.queries.store(row["store"])) for row in stops}
    known = [row["id"] for row in stops if places[row["id"]] is not None]
    km = _km([place for place in places.values() if place is not None])
    problem = Problem(tuple(Store(id, 0.0, ()) for id in known), (), km)
    found = list(order_quickly(problem, Day(0, 0, 0, 0.0, 1e9), range(len(known))).stops)
    if found and found.index(0) > (len(found) - 1) / 2:  # as long the other way round
        found.reverse()
    saved = _length(km, range(len(known))) - _length(km, found)
    if saved < WORTH_KM:
        return None
    return [known[n] for n in found] + [id for id, place in places.items() if place is None], saved


def shorten(rep: Rep, day: str) -> tuple[list[Row], float]:
    """Bring a day's planned stops into the shortest order; their rows, and the kilometres saved."""
    found = shorter(rep, day)
    if found is None:
        raise Refused(f"the stops of {day} are in a short order already")
    return reorder(rep, day, found[0]), found[1]


def _place(store: Mapping[str, Any] | None) -> Place | None:
    if store is None or store["lat_deg"] is None or store["lon_deg"] is None:
        return None
    return Place(float(store["lat_deg"]), float(store["lon_deg"]))


def _km(places: Sequence[Place]) -> list[list[float]]:
    """Kilometres between places; last the way from and to home, which nobody knows: nothing."""
    return [[*(km_between(one, other) for other in places), 0.0] for one in places] + [
        [0.0] * (len(places) + 1)
    ]


def _length(km: Sequence[Sequence[float]], order: Sequence[int]) -> float:
    return sum(km[a][b] for a, b in pairwise(order))
