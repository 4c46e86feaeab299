"""Whose stores might go to whom, so that several reps have the same work: a proposal, never a deed.

The work of a rep is the visits due in a cycle, each with its minutes in the store and a drive to
it: the mean way to its two nearest neighbours in the same hands. Greedy: the rep with the fullest
days gives the store that costs least extra driving for each minute of work it takes along, to
somebody with emptier days, as long as that brings the two nearer to each other. Stores with
appointments stay. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

from routes.distance import Distances, Line, Place, km_between

NEAR_ENOUGH = 0.05
"""Reps whose days are full to within so much of each other are balanced."""
MOST_MOVES = 200
NEIGHBOURS = 2


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
    minutes of driving more (below 0: fewer) for both together."""

    store: str
    giver: str
    taker: str
    work_min: float
    extra_driving_min: float


@dataclass(frozen=True)
class Proposal:
    """What might be done; `before`, `after`: by rep, the share of the rep's minutes that is
    filled (1.0: full)."""

    moves: tuple[Handover, ...]
    before: Mapping[str, float]
    after: Mapping[str, float]


@dataclass
class _Team:
    line: Line
    held: dict[str, dict[str, Load]]
    minutes: dict[str, float]
    home: dict[str, Place | None]
    moved: set[str] = field(default_factory=set)

    def drive_min(self, rep: str, load: Load) -> float:
        """The way to a store's nearest neighbours among a rep's; alone, the way from home."""
        others = [one.at for key, one in self.held[rep].items() if key != load.store]
        if not others:
            home = self.home[rep]
            others = [home] if home is not None else []
        near = nsmallest(NEIGHBOURS, (km_between(load.at, other) for other in others))
        known = Distances(self.line)
        ways = [known.minutes("a", "b", km) for km in near]
        return sum(ways) / len(ways) if ways else 0.0

    def work_min(self, rep: str, load: Load) -> float:
        return load.visits * (load.visit_min + self.drive_min(rep, load))

    def share(self, rep: str) -> float:
        work = sum(self.work_min(rep, load) for load in self.held[rep].values())
        return work / max(1.0, self.minutes[rep])


def propose(
    team: Sequence[Hands],
    line: Line,
    near_enough: float = NEAR_ENOUGH,
    most: int = MOST_MOVES,
) -> Proposal:
    """Handovers that even out the work, the first the most worth while."""
    now = _Team(
        line,
        {one.rep: {load.store: load for load in one.stores} for one in team},
        {one.rep: one.minutes for one in team},
        {one.rep: one.home for one in team},
    )
    shares = {one.rep: now.share(one.rep) for one in team}
    before, moves = dict(shares), list[Handover]()
    stuck: set[str] = set()
    while len(moves) < most:
        givers = [rep for rep in shares if rep not in stuck]
        giver = max(givers, key=lambda rep: (shares[rep], rep), default=None)
        if giver is None or shares[giver] - min(shares.values()) <= near_enough:
            break
        found = _best(now, shares, giver, near_enough)
        if found is None:
            stuck.add(giver)
            continue
        load = now.held[giver].pop(found.store)
        now.held[found.taker][found.store] = load
        now.moved.add(found.store)
        pair = (giver, found.taker)
        after = {rep: now.share(rep) for rep in pair}
        if sum(s * s for s in after.values()) >= sum(shares[rep] ** 2 for rep in pair):
            now.held[giver][found.store] = now.held[found.taker].pop(found.store)
            continue  # who is left behind, or joined, lies further from the others than it seemed
        moves.append(found)
        shares |= after
        stuck.discard(found.taker)
    return Proposal(tuple(moves), before, shares)


def _best(
    team: _Team, shares: Mapping[str, float], giver: str, near_enough: float
) -> Handover | None:
    """The store that costs least extra driving for the work it takes along."""
    best: tuple[float, str, Handover] | None = None
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
            offer = Handover(load.store, giver, taker, leaves, extra)
            ranked = (extra / leaves, load.store, offer)
            if best is None or ranked[:2] < best[:2]:
                best = ranked
    return best[2] if best else None
