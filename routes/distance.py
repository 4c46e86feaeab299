"""How far, in minutes: a calibrated line over the great circle, and what the reps' own trips teach.

Without any network a trip takes `fixed + per_km x km` (less next door, see `Line`). From the times
between a check-out and the next check-in the planner learns, offline, in this order and each with
shrinkage, so that little evidence moves little:

1. the line's two numbers for the territory (towards the line it had);
2. what leaving from and arriving at each place costs more or less than the line says: a one-way
   street, a ring road, a car park (towards what its neighbours cost, as an area is alike);
3. the pair itself, where it was driven often.

Trips with a coffee in them are outvoted, not believed: what a trip counts falls with the square of
how far it is off, and of a pair's trips one far off counts nothing (Tukey's biweight). One that
counted as a third of the pair's minutes was enough to send a rep round about for weeks. Pure; the
only inputs are places and trips.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

EARTH_KM = 6371.0088


class Place(NamedTuple):
    """A point on the earth, degrees WGS84."""

    lat_deg: float
    lon_deg: float


class Line(NamedTuple):
    """Minutes of a trip over the great circle: `fixed_min + per_km_min x km`.

    Next door the fixed part (leaving the car park, joining the main road) is smaller: it fades in,
    half of it at `HALF_KM`.
    """

    fixed_min: float
    per_km_min: float

    def minutes(self, km: float) -> float:
        """Minutes for so many kilometres as the crow flies."""
        return self.fixed_min * fades_in(km) + self.per_km_min * km


class Trip(NamedTuple):
    """One drive of a rep: from a check-out to the next check-in."""

    start: str
    end: str
    minutes: float


URBAN = Line(2.9, 1.83)
"""Fitted on road times of three cities; a territory starts with it and learns its own."""
HALF_KM = 0.3
LINE_TRIPS = 60.0
"""Trips the line that was there counts for, against those that were driven."""
PLACE_TRIPS = 4.0
"""Trips a place's neighbourhood counts for, against trips to the place itself."""
PAIR_TRIPS = 2.0
BOTH_WAYS = 3.0
"""How much leaving a place tells of arriving there, beside one neighbour next door."""
NEIGHBOURS = 6
NEAR_KM = 3.0
SWEEPS = 25
ODD = 1.0
"""Trips further off than so many usual errors count less, by the square of it."""
PAIR_ODD = 6.0
"""Of a pair's trips, one so many usual errors from the others counts nothing."""
PAIR_ROUNDS = 5


def fades_in(km: float) -> float:
    """The part of a trip's fixed minutes that counts at this distance, 0 to 1."""
    return km / (km + HALF_KM)


def km_between(one: Place, other: Place) -> float:
    """Great-circle distance (haversine formula)."""
    lat, lat2 = math.radians(one.lat_deg), math.radians(other.lat_deg)
    half = math.sin((lat2 - lat) / 2) ** 2
    across = math.sin(math.radians(other.lon_deg - one.lon_deg) / 2) ** 2
    half += math.cos(lat) * math.cos(lat2) * across
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def name_of(place: Place) -> str:
    """A place to a metre or so: what minutes by road are kept by."""
    return f"{place.lat_deg:.5f},{place.lon_deg:.5f}"


@dataclass(frozen=True)
class Distances:
    """What is known of the ways of a territory; `minutes` answers for any two places.

    `leaving` and `arriving` in minutes by place id; `pairs` in minutes by (start, end). `trips`
    is how many trips taught it, `error` their mean relative error afterwards (shown to the office
    rather than hidden).
    """

    line: Line = URBAN
    leaving: Mapping[str, float] = field(default_factory=dict)
    arriving: Mapping[str, float] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], float] = field(default_factory=dict)
    trips: int = 0
    error: float = 0.0

    def minutes(self, start: str, end: str, km: float) -> float:
        """Minutes from one place to another that far away; 0 from a place to itself."""
        if start == end:
            return 0.0
        plain = self.line.minutes(km)
        more = self.leaving.get(start, 0.0) + self.arriving.get(end, 0.0)
        more += self.pairs.get((start, end), 0.0)
        return max(plain + more, 0.3 * plain, 0.5)


def matrix(places: Mapping[str, Place], known: Distances | None = None) -> list[list[float]]:
    """Minutes between all places, rows and columns in the mapping's order."""
    known = known or Distances()
    named = list(places.items())
    return [[known.minutes(a, b, km_between(p, q)) for b, q in named] for a, p in named]


def learn(places: Mapping[str, Place], trips: Iterable[Trip], before: Line = URBAN) -> Distances:
    """What trips teach about the ways between places; trips of unknown places are left out."""
    driven = [
        t
        for t in trips
        if t.start in places and t.end in places and t.start != t.end and t.minutes > 0
    ]
    if not driven:
        return Distances(line=before)
    fit = _Fit(places, driven, before)
    for _ in range(SWEEPS):
        fit.sweep()
    return fit.result()


def place_by_town(town: str, towns: Mapping[str, Place], fallback: Place) -> tuple[Place, bool]:
    """Where a store without coordinates is taken to be: (place, whether its town was known)."""
    found = towns.get(town.strip().casefold())
    return (found, True) if found is not None else (fallback, False)


class _Fit:
    """Weighted least squares by turns: each sweep sets one part right given the others."""

    def __init__(self, places: Mapping[str, Place], driven: Sequence[Trip], before: Line) -> None:
        self.driven, self.before, self.line = driven, before, before
        self.km = [km_between(places[t.start], places[t.end]) for t in driven]
        seen = sorted({t.start for t in driven} | {t.end for t in driven})
        self.near = {a: _near(a, places) for a in places}
        self.leaving = dict.fromkeys(places, 0.0)
        self.arriving = dict.fromkeys(places, 0.0)
        self.from_: dict[str, list[int]] = {a: [] for a in seen}
        self.to: dict[str, list[int]] = {a: [] for a in seen}
        for i, trip in enumerate(driven):
            self.from_[trip.start].append(i)
            self.to[trip.end].append(i)
        self.weight = [1.0] * len(driven)
        self.usual = 0.0

    def expected(self, i: int) -> float:
        trip = self.driven[i]
        return self.line.minutes(self.km[i]) + self.leaving[trip.start] + self.arriving[trip.end]

    def sweep(self) -> None:
        self._weigh()
        self._fit_line()
        self._fit_places(self.leaving, self.arriving, self.from_)
        self._fit_places(self.arriving, self.leaving, self.to)

    def _weigh(self) -> None:
        """Errors grow with the trip, so each is taken relative to it; odd ones count less."""
        off = []
        for i, trip in enumerate(self.driven):
            off.append((trip.minutes - self.expected(i)) / max(3.0, self.expected(i)))
        self.usual = max(0.02, 1.4826 * sorted(map(abs, off))[len(off) // 2])
        for i, each in enumerate(off):
            size = max(3.0, self.before.minutes(self.km[i]))
            odd = abs(each) / (ODD * self.usual)
            self.weight[i] = 1.0 / max(1.0, odd) ** 2 / size**2

    def _fit_line(self) -> None:
        """Two numbers by least squares, the line that was there counting as some more trips."""
        typical = sum(self.weight) / len(self.weight)
        held = LINE_TRIPS * typical
        far = sum(self.km) / len(self.km)
        points = [  # two points of the old line
            (held / 2, km, self.before.minutes(km)) for km in (0.5 * far, 2.0 * far)
        ]
        for i, trip in enumerate(self.driven):
            more = self.leaving[trip.start] + self.arriving[trip.end]
            points.append((self.weight[i], self.km[i], trip.minutes - more))
        ff = fx = xx = fy = xy = 0.0  # minutes = fixed x f + per_km x, f and x known of each
        for weight, x, y in points:
            f = fades_in(x)
            ff, fx, xx = ff + weight * f * f, fx + weight * f * x, xx + weight * x * x
            fy, xy = fy + weight * f * y, xy + weight * x * y
        determinant = ff * xx - fx * fx
        if determinant > 1e-12 * ff * xx:
            per_km = (ff * xy - fx * fy) / determinant
            per_km = min(max(per_km, 0.3 * self.before.per_km_min), 3.0 * self.before.per_km_min)
            self.line = Line(max(0.0, (fy - per_km * fx) / ff), per_km)

    def _fit_places(
        self,
        effect: dict[str, float],
        other_way: Mapping[str, float],
        where: Mapping[str, Sequence[int]],
    ) -> None:
        """One number a place; it leans on its neighbours' and on that of the other way."""
        typical = sum(self.weight) / len(self.weight)
        for place in effect:
            near = self.near[place]
            total = sum(share for _, share in near)
            around = sum(share * effect[other] for other, share in near)
            around = (around + BOTH_WAYS * other_way[place]) / (1.0 + total + BOTH_WAYS)
            held = PLACE_TRIPS * typical
            up, down = held * around, held
            for i in where.get(place, ()):
                up += self.weight[i] * (self.driven[i].minutes - self.expected(i) + effect[place])
                down += self.weight[i]
            effect[place] = up / down

    def result(self) -> Distances:
        self._weigh()
        of_pair: dict[tuple[str, str], list[int]] = {}
        for i, trip in enumerate(self.driven):
            of_pair.setdefault((trip.start, trip.end), []).append(i)
        pairs, error = {}, 0.0
        for pair, mine in of_pair.items():
            off = [self.driven[i].minutes - self.expected(i) for i in mine]
            pairs[pair] = _of_pair(off, self.usual * max(3.0, self.expected(mine[0])))
            for i in mine:
                minutes = self.driven[i].minutes
                error += abs(minutes - self.expected(i) - pairs[pair]) / minutes
        return Distances(
            self.line,
            self.leaving,
            self.arriving,
            pairs,
            len(self.driven),
            error / len(self.driven),
        )


def _of_pair(off: Sequence[float], usual: float) -> float:
    """What a pair takes longer than its places say: a mean of its trips by Tukey's biweight,
    shrunk. off: minutes by which each trip was longer; usual: the usual error in minutes.

    A single trip is held against the places; of two the shorter is believed, as what comes between
    only makes a trip longer.
    """
    centre = sorted(off)[(len(off) - 1) // 2] if len(off) > 1 else 0.0
    total = weights = 0.0
    for _ in range(PAIR_ROUNDS):
        total = weights = 0.0
        for minutes in off:
            far = (minutes - centre) / (PAIR_ODD * usual)
            weight = max(0.0, 1.0 - far * far) ** 2
            total, weights = total + weight * minutes, weights + weight
        if len(off) == 1 or weights == 0.0:
            break
        centre = total / weights
    return total / (weights + PAIR_TRIPS)


def _near(place: str, places: Mapping[str, Place]) -> list[tuple[str, float]]:
    """The nearest other places, each with how much it resembles this one (1: next door)."""
    here = places[place]
    found = sorted(
        (km_between(here, there), name) for name, there in places.items() if name != place
    )
    return [(name, math.exp(-((km / NEAR_KM) ** 2))) for km, name in found[:NEIGHBOURS]]
