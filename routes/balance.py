"""Whose stores might go to whom, so that several reps have the same work: a proposal, never a deed.

The work of a rep is the visits due in a cycle, each with its minutes in the store and a drive to
it: the mean way to its two nearest neighbours in the same hands. Greedy: the rep with the fullest
days gives the store that costs least extra driving for each minute of work it takes along, to
somebody with emptier days, as long as that brings the two nearer to each other. Stores with
appointments stay. Pure.

Who lies next to whom is looked up once and kept while stores change hands: three reps with 300
stores each take about a second.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from statistics import fmean

from routes.distance import Distances, Line, Place, km_between

NEAR_ENOUGH = 0.05
"""Reps whose days are full to within so much of each other are balanced."""
MOST_MOVES = 200
NEIGHBOURS = 2
KEPT = 10
"""Nearest neighbours that are remembered, so that one that goes leaves enough behind."""


@dataclass(frozen=True)
class Load:
    """One store's part of the work: where it is, visits due, minutes in the store each."""

    store: str
    at: Place
    visits: int
    visit_min: float
    stays: bool = False


@dataclass(frozen=True)
class Hands:
    """One rep: the stores, minutes there are for work in the cycle, and home where it is known."""

    rep: str
    stores: tuple[Load, ...]
    minutes: float
    home: Place | None = None


@dataclass(frozen=True)
class Handover:
    """One store that would go from one rep to another: minutes of work that leave the one, and
    minutes of driving more (below 0: fewer) for both together. `giver_km`, `taker_km`: how far the
    store lies from its nearest neighbours in the hands of each, as the crow flies."""

    store: str
    giver: str
    taker: str
    work_min: float
    extra_driving_min: float
    giver_km: float
    taker_km: float


@dataclass(frozen=True)
class Work:
    """A rep's work in the cycle: minutes in stores and on the way, of the minutes there are."""

    visits: int
    visit_min: float
    drive_min: float
    minutes: float

    @property
    def share(self) -> float:
        """The share of the rep's minutes that is filled (1.0: full)."""
        return (self.visit_min + self.drive_min) / max(1.0, self.minutes)


@dataclass(frozen=True)
class Proposal:
    """What might be done, and everybody's work without and with it."""

    moves: tuple[Handover, ...]
    before: Mapping[str, Work]
    after: Mapping[str, Work]


class _Team:
    """Who holds what now, and how far each store is from its nearest neighbours in any hands."""

    def __init__(self, team: Sequence[Hands], line: Line) -> None:
        self.line = Distances(line)
        self.held = {one.rep: {load.store: load for load in one.stores} for one in team}
        self.minutes = {one.rep: one.minutes for one in team}
        self.home = {one.rep: one.home for one in team}
        self.moved = set[str]()
        self._points = {load.store: _point(load.at) for one in team for load in one.stores}
        self._near: dict[str, dict[str, list[tuple[float, str]]]] = {one.rep: {} for one in team}
        self._drive: dict[str, dict[str, float]] = {one.rep: {} for one in team}

    def ways_km(self, rep: str, load: Load) -> list[float]:
        """How far a store's nearest neighbours among a rep's are; alone, how far home is."""
        near = self._near[rep].get(load.store)
        if near is None:
            here, points = self._points[load.store], self._points
            ways = [(math.dist(here, points[key]), key) for key in self.held[rep]]
            near = nsmallest(KEPT, [one for one in ways if one[1] != load.store])
            self._near[rep][load.store] = near
        others = [self.held[rep][key].at for _, key in near[:NEIGHBOURS]]
        if not others and (home := self.home[rep]) is not None:
            others = [home]
        return [km_between(load.at, other) for other in others]

    def drive_min(self, rep: str, load: Load) -> float:
        """The way to a store's nearest neighbours among a rep's; alone, the way from home."""
        known = self._drive[rep].get(load.store)
        if known is None:
            ways = [self.line.minutes("a", "b", km) for km in self.ways_km(rep, load)]
            known = self._drive[rep][load.store] = sum(ways) / len(ways) if ways else 0.0
        return known

    def work_min(self, rep: str, load: Load) -> float:
        return load.visits * (load.visit_min + self.drive_min(rep, load))

    def work(self, rep: str) -> Work:
        loads = self.held[rep].values()
        return Work(
            sum(load.visits for load in loads),
            sum(load.visits * load.visit_min for load in loads),
            sum(load.visits * self.drive_min(rep, load) for load in loads),
            self.minutes[rep],
        )

    def give(self, store: str, giver: str, taker: str) -> None:
        """A store changes hands; only whose neighbour it was, or is, has other ways now."""
        load = self.held[giver].pop(store)
        here, points = self._points[store], self._points
        for key, near in self._near[giver].items():
            one = (math.dist(here, points[key]), store)
            if one in near:
                near.remove(one)
                self._drive[giver].pop(key, None)
        self.held[taker][store] = load
        for key, near in self._near[taker].items():
            one = (math.dist(here, points[key]), store)
            if key != store and near and one < near[-1]:
                insort(near, one)
                del near[KEPT:]
                self._drive[taker].pop(key, None)
        for rep in (giver, taker):  # who has too few left looks around again
            for key in [key for key, near in self._near[rep].items() if len(near) < NEIGHBOURS]:
                del self._near[rep][key]
                self._drive[rep].pop(key, None)


def _point(at: Place) -> tuple[float, float, float]:
    """A place on the unit sphere: what is nearer there is nearer on the ground."""
    lat, lon = math.radians(at.lat_deg), math.radians(at.lon_deg)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def as_if(
    team: Sequence[Hands], line: Line, moves: Iterable[tuple[str, str, str]]
) -> dict[str, Work]:
    """Everybody's work if these stores, (store, giver, taker), changed hands. Those that are not
    the giver's, or the taker's already, stay where they are."""
    now = _Team(team, line)
    for store, giver, taker in moves:
        if store in now.held.get(giver, {}) and store not in now.held.get(taker, {store}):
            now.give(store, giver, taker)
    return {one.rep: now.work(one.rep) for one in team}


def propose(
    team: Sequence[Hands],
    line: Line,
    near_enough: float = NEAR_ENOUGH,
    most: int = MOST_MOVES,
) -> Proposal:
    """Handovers that even out the work, the first the most worth while."""
    now, moves = _Team(team, line), list[Handover]()
    work = {one.rep: now.work(one.rep) for one in team}
    shares = {rep: one.share for rep, one in work.items()}
    before, stuck = dict(work), set[str]()
    while len(moves) < most:
        givers = [rep for rep in shares if rep not in stuck]
        giver = max(givers, key=lambda rep: (shares[rep], rep), default=None)
        if giver is None or shares[giver] - min(shares.values()) <= near_enough:
            break
        found = _best(now, shares, giver, near_enough)
        if found is None:
            stuck.add(giver)
            continue
        now.give(found.store, giver, found.taker)
        now.moved.add(found.store)
        pair = (giver, found.taker)
        after = {rep: now.work(rep) for rep in pair}
        if sum(one.share**2 for one in after.values()) >= sum(shares[rep] ** 2 for rep in pair):
            now.give(found.store, found.taker, giver)
            continue  # who is left behind, or joined, lies further from the others than it seemed
        moves.append(found)
        work |= after
        shares |= {rep: one.share for rep, one in after.items()}
        stuck.discard(found.taker)
    return Proposal(tuple(moves), before, work)


def _best(
    team: _Team, shares: Mapping[str, float], giver: str, near_enough: float
) -> Handover | None:
    """The store that costs least extra driving for the work it takes along."""
    best: tuple[tuple[float, str, str], Load, float, float] | None = None
    takers = [rep for rep in shares if shares[giver] - shares[rep] > near_enough]
    for load in team.held[giver].values():
        if load.stays or load.store in team.moved:
            continue
        leaves = team.work_min(giver, load)
        for taker in takers:
            if load.store in team.held[taker]:
                continue  # both sell there
            if not team.held[taker] and team.home[taker] is None:
                continue  # nobody knows where this rep is
            comes = team.work_min(taker, load)
            gap = shares[giver] - shares[taker]
            after = gap - leaves / team.minutes[giver] - comes / team.minutes[taker]
            if leaves <= 0 or abs(after) >= gap:
                continue
            extra = comes - leaves
            ranked = (extra / leaves, load.store, taker)
            if best is None or ranked < best[0]:
                best = (ranked, load, leaves, extra)
    if best is None:
        return None
    (_, store, taker), load, leaves, extra = best
    far = [fmean(team.ways_km(rep, load) or [0.0]) for rep in (giver, taker)]
    return Handover(store, giver, taker, leaves, extra, *far)
