"""A proposal of handovers as people read it: each rep's work without and with it, each store that
would go with the reason, and a picture of who would be where. Pure.

The figures are reckoned without a plan: every visit with its minutes and the way from its nearest
neighbours. They compare reps; how long a day really gets only a plan tells.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from routes.balance import Handover, Hands, Proposal, Work
from server.balancing import Team
from server.office.planning.mapped import SHAPES, WIDTH, Frame, shape
from server.office.planning.words import hours

NEXT_DOOR_KM = 0.05


@dataclass(frozen=True)
class Line:
    """One rep, before and after. `over_*`: days of work too many in the cycle (below 0: days that
    are left)."""

    rep: str
    name: str
    stores: tuple[int, int]
    before: Work
    after: Work
    days: int

    @property
    def over_before(self) -> float:
        return self.days * (self.before.share - 1)

    @property
    def over_after(self) -> float:
        return self.days * (self.after.share - 1)


@dataclass(frozen=True)
class Row:
    """One store that would go; `key`: how a form names it."""

    n: int
    key: str
    store: str
    name: str
    city: str
    giver: str
    taker: str
    visits: int
    move: Handover
    why: str


@dataclass(frozen=True)
class Dot:
    """A store on the map. `rep`: whose it is or would be, by place in the team; `was`: whose it is
    now; `n`: its number in the list, 0 where it stays."""

    x: float
    y: float
    rep: int
    was: int
    n: int
    path: str
    title: str
    store: str


@dataclass(frozen=True)
class Map:
    """What is drawn, in units of the SVG. `homes`: place in the team, and where."""

    width: float
    height: float
    dots: tuple[Dot, ...]
    homes: tuple[tuple[int, float, float], ...]
    scale_km: float
    scale_px: float


def movable(team: Team, may_go: Collection[tuple[str, str]]) -> Team:
    """The same team with every store staying that may not go: may_go names (store, rep)."""
    hands = tuple(
        replace(one, stores=tuple(
            load if (load.store, one.rep) in may_go else replace(load, stays=True)
            for load in one.stores
        ))
        for one in team.hands
    )  # fmt: skip
    return replace(team, hands=hands)


def sound(team: Team, moves: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Those moves, (store, giver, taker), of stores that the giver has and the taker has not; one
    of each store."""
    held = {one.rep: {load.store for load in one.stores} for one in team.hands}
    first = {move[0]: move for move in reversed(list(moves))}
    return [
        move for store, move in first.items()
        if store in held.get(move[1], ()) and move[2] in held and store not in held[move[2]]
    ]  # fmt: skip


def lines(
    team: Team, names: Mapping[str, str], before: Mapping[str, Work], after: Mapping[str, Work],
    moves: Sequence[tuple[str, str, str]],
) -> list[Line]:  # fmt: skip
    """Each rep's work without and with these moves, (store, giver, taker)."""
    found = []
    for one in team.hands:
        gone = sum(giver == one.rep for _, giver, _ in moves)
        come = sum(taker == one.rep for _, _, taker in moves)
        many = len(one.stores)
        found.append(
            Line(one.rep, names.get(one.rep, one.rep), (many, many - gone + come),
                 before[one.rep], after[one.rep], team.days[one.rep])
        )  # fmt: skip
    return found


def rows(team: Team, names: Mapping[str, str], done: Proposal) -> list[Row]:
    """The stores that would go, the first the most worth while."""
    visits = {load.store: load.visits for one in team.hands for load in one.stores}
    found = []
    for n, move in enumerate(done.moves, 1):
        store = team.stores[move.store]
        giver, taker = (names.get(rep, rep) for rep in (move.giver, move.taker))
        found.append(
            Row(n, f"{move.store}~{move.giver}~{move.taker}", move.store, store.name,
                store.city or "", giver, taker, visits[move.store], move,
                _why(move, giver, taker, done))
        )  # fmt: skip
    return found


def _why(move: Handover, giver: str, taker: str, done: Proposal) -> str:
    full, empty = (round(100 * done.before[rep].share) for rep in (move.giver, move.taker))
    work = hours(move.work_min)
    said = f"{giver}'s days are {full} % full, {taker}'s {empty} %: it takes {work} along"
    if not move.taker_km:
        return f"{said}."
    near = _km(move.taker_km)
    where = f"It lies {near} from {taker}'s nearest stores"
    if move.giver_km:
        where += f", {_km(move.giver_km)} from {giver}'s"
    return f"{said}. {where}."


def _km(km: float) -> str:
    return "next door" if km < NEXT_DOOR_KM else f"{km:.1f} km" if km < 10 else f"{km:.0f} km"


def picture(team: Team, done: Proposal) -> Map | None:
    """All stores in the colours of whose they are, those that would go with their number and in
    the shape of who would have them; None where there is nothing to draw."""
    places = [load.at for one in team.hands for load in one.stores]
    homes = [(n, one.home) for n, one in enumerate(team.hands) if one.home is not None]
    if not places:
        return None
    frame = Frame([*places, *(home for _, home in homes)])
    order = {one.rep: n for n, one in enumerate(team.hands)}
    going = {(move.store, move.giver): (n, order[move.taker])
             for n, move in enumerate(done.moves, 1)}  # fmt: skip
    dots = [
        dot for one in team.hands for dot in _dots(team, frame, one, order[one.rep], going)
    ]  # fmt: skip
    at = tuple((n, *frame.at(home)) for n, home in homes)
    return Map(WIDTH, frame.height, tuple(sorted(dots, key=lambda dot: dot.n > 0)), at,
               *frame.scale())  # fmt: skip


def _dots(
    team: Team,
    frame: Frame,
    hands: Hands,
    was: int,
    going: Mapping[tuple[str, str], tuple[int, int]],
) -> list[Dot]:
    found = []
    for load in hands.stores:
        n, rep = going.get((load.store, hands.rep), (0, was))
        x, y = frame.at(load.at)
        name = team.stores[load.store].name
        title = f"{n}. {name}: {hands.rep} → {team.hands[rep].rep}" if n else f"{name}: {hands.rep}"
        found.append(Dot(x, y, rep, was, n, outline(rep, 11.0 if n else 5.0), title, load.store))
    return found


def outline(rep: int, radius: float = 11.0) -> str:
    """The shape of a rep's stores, by place in the team."""
    return shape(rep % len(SHAPES), radius)
