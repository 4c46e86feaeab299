"""How long reps really drive, learned from their own check-outs and check-ins.

Every fifth trip is kept apart while learning, and says how far off the estimate is on trips it has
not seen, and how far off the line was that planning used before. What is no better than that is not
used. Then all trips count. Nothing here holds a transaction while it reckons.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from routes import queries_travel as queries
from routes.distance import Distances, Line, Place, Trip, km_between, learn

LOOK_BACK = timedelta(weeks=16)
MOST_TRIPS = 2_000
LEAST_TRIPS = 40
"""Fewer say more of one week's road works than of a territory."""
EACH_OF_COMPANY = 40
MOST_OF_COMPANY = 4_000
APART = 5
SMALL_MIN = 0.05

Begin = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Learned:
    """What came of one area's trips. `error`: half of the trips kept apart were off by less, as a
    share of their minutes; `error_before`: by the line that was used so far. `kept`: whether
    planning uses it from now on."""

    area: str
    trips: int
    line: Line
    error: float
    error_before: float
    kept: bool


def learn_rep(begin: Begin, company: str, rep: str, now: datetime) -> Learned | None:
    """Learn from a rep's trips of the last weeks; None: there are too few."""
    with begin() as conn:
        driven_at, driven = queries.trips(conn, company, rep, now - LOOK_BACK, MOST_TRIPS)
        places = queries.carried_places(conn, company, rep) | driven_at
        before = queries.line_of(conn, company)
    if len(driven) < LEAST_TRIPS:
        return None
    found, all_of_it = _judged(rep, places, driven, before)
    if found.kept:
        detail = {
            "leaving": _worth_keeping(all_of_it.leaving),
            "arriving": _worth_keeping(all_of_it.arriving),
            "pairs": [
                [*pair, round(minutes, 2)]
                for pair, minutes in sorted(all_of_it.pairs.items())
                if abs(minutes) >= SMALL_MIN
            ],
        }
        with begin() as conn:
            _keep(conn, company, found, detail, now)
    return found


def learn_company(begin: Begin, company: str, now: datetime) -> Learned | None:
    """The line of a company, which reps begin with who have driven little: the newest trips of
    each rep, so that who drives most does not outvote the others."""
    places: dict[str, Place] = {}
    driven: list[Trip] = []
    with begin() as conn:
        for rep in queries.reps(conn, company):
            some, theirs = queries.trips(conn, company, rep, now - LOOK_BACK, EACH_OF_COMPANY)
            places |= some
            driven += theirs
            if len(driven) >= MOST_OF_COMPANY:
                break
        before = queries.line_of(conn, company)
    if len(driven) < LEAST_TRIPS:
        return None
    found, _ = _judged("", places, driven, before)
    if found.kept:
        with begin() as conn:
            _keep(conn, company, found, {}, now)
    return found


def _judged(
    area: str, places: Mapping[str, Place], driven: Sequence[Trip], before: Line
) -> tuple[Learned, Distances]:
    apart = driven[::APART]
    rest = [trip for n, trip in enumerate(driven) if n % APART]
    tried, plain = learn(places, rest, before), Distances(before)
    if not area:
        tried = Distances(tried.line)
    error, error_before = (_off(places, apart, known) for known in (tried, plain))
    all_of_it = learn(places, driven, before)
    kept = error <= error_before
    return Learned(area, len(driven), all_of_it.line, error, error_before, kept), all_of_it


def _off(places: Mapping[str, Place], trips: Sequence[Trip], known: Distances) -> float:
    """Half of the trips are off by less: one with a lunch in it says nothing of the road."""
    off = sorted(
        abs(known.minutes(t.start, t.end, km_between(places[t.start], places[t.end])) - t.minutes)
        / t.minutes
        for t in trips
    )
    return off[len(off) // 2]


def _worth_keeping(minutes: Mapping[str, float]) -> dict[str, float]:
    return {place: round(more, 2) for place, more in sorted(minutes.items())}


def _keep(
    conn: Connection, company: str, found: Learned, detail: dict[str, Any], now: datetime
) -> None:
    figures = {
        "fixed_minutes": found.line.fixed_min,
        "minutes_per_km": found.line.per_km_min,
        "trips": found.trips,
        "error_share": found.error,
        "detail": {**detail, "error_before": round(found.error_before, 4)},
    }
    queries.keep_line(conn, company, found.area, figures, now)
