"""Changing a plan that people live by: only what must move moves, and every move says why.

A new store, a sick day, a closed street: the plan so far is where the search starts, and leaving a
day of it costs `stability_min` for each visit, so a visit moves only if that saves more than the
price of getting used to it. What came of it is told as values (`Move`, `Missed`): who words them
for reps and office needs no arithmetic; `sentence` words them in English.

Pure: reading a territory from the database and publishing a plan are done elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from routes.frequency import Frequency, patterns
from routes.missed import CLOSED, FULL, Missed, why_missed
from routes.plan import MakeSearch, Schedule, Spent, plan
from routes.problem import Day, Planned, Problem, Spell, days_in, spells_of
from routes.timetable import keeps_hours

STABLE = Schedule(alone=0.6, hot=0.06, cold=0.01, child_hot=0.03, child=0.1)
STABILITY_MIN = 15.0
"""What moving one visit to another day costs unless the office says otherwise: 15 minutes."""
SHORTER, RHYTHM, NEW = "shorter", "rhythm", "new"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Move:
    """A store whose days changed.

    `why`: closed (it cannot be seen on a day it had), full (that day has no room left), shorter
    (`saves_min` less travel than on the days it had), rhythm (its frequency asks for other days),
    new (it had none). `saves_min` may be below 0 where the move was forced. `opens_min`: when it
    opens on the first new day, if it has hours there.
    """

    store: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    why: str
    saves_min: float
    opens_min: float | None


@dataclass(frozen=True)
class Replanned:
    """The new plan, what is different in it, and every due visit that has no place."""

    planned: Planned
    moves: tuple[Move, ...]
    missed: tuple[Missed, ...]
    travel_change_min: float


def hold(
    problem: Problem,
    frequencies: Mapping[str, Frequency],
    locks: Mapping[int, Sequence[str]],
    pins: Mapping[str, Iterable[int]] | None = None,
    optional: bool = True,
) -> Problem:
    """The problem with days locked as they are, and visits pinned to days.

    Patterns are made anew from the frequencies: a locked or pinned visit stands for a due one, and
    nobody else is put on a locked day. Days with no hours of a store are left out of its patterns.
    """
    days = tuple(
        replace(day, locked=tuple(locks[day.number])) if day.number in locks else day
        for day in problem.days
    )
    stores = []
    for store in problem.stores:
        held = {day for day, stops in locks.items() if store.id in stops}
        must = held | set((pins or {}).get(store.id, ()))
        never = {day for day in locks if day not in held}
        never |= {d.number for d in days if not spells_of(store, d)}
        allowed = patterns(frequencies[store.id], days, must, never, optional)
        stores.append(replace(store, patterns=allowed))
    return replace(problem, stores=tuple(stores), days=days)


def replan(
    problem: Problem,
    before: Planned,
    seed: int,
    spent: Spent,
    make_search: MakeSearch,
    stability_min: float = STABILITY_MIN,
    searches: int = 2,
    on_better: Callable[[float, Planned], None] | None = None,
) -> Replanned:
    """A plan for the problem as it is now, as near to the plan before as its price allows."""
    known = {store.id for store in problem.stores}
    kept = {store: days for store, days in before.days_of().items() if store in known and days}
    routes = tuple((r.day, tuple(c.store for c in r.calls)) for r in before.routes)
    asked = replace(problem, previous=kept, previous_routes=routes, stability_min=stability_min)
    planned = plan(asked, seed, spent, make_search, on_better, searches=searches, schedule=STABLE)
    return Replanned(
        planned,
        moves_between(asked, before, planned),
        why_missed(asked, planned),
        planned.travel_min - before.travel_min,
    )


# --- what is different -----------------------------------------------------------------------


def moves_between(problem: Problem, before: Planned, after: Planned) -> tuple[Move, ...]:
    """Every store whose days differ between two plans, in the problem's order."""
    old, new = before.days_of(), after.days_of()
    return tuple(
        _move(problem, after, i, old.get(store.id, 0), new.get(store.id, 0))
        for i, store in enumerate(problem.stores)
        if old.get(store.id, 0) != new.get(store.id, 0)
    )


def _move(problem: Problem, after: Planned, index: int, old: int, new: int) -> Move:
    store = problem.stores[index]
    orders = _orders(problem, after)
    left = days_in(old & ~new)
    came = days_in(new & ~old)
    by_number = {day.number: day for day in problem.days}
    back: list[tuple[float | None, Day]] = []
    for number in left:
        day = by_number.get(number)
        open_then = day is not None and day.working and bool(spells_of(store, day))
        if day is None or not open_then:
            return _told(problem, index, old, new, CLOSED, _gain(problem, orders, index, came, []))
        others = [s for s in orders.get(number, []) if s != index]
        back.append((_detour(problem, day, others, index), day))
    saves = _gain(problem, orders, index, came, [cost for cost, _ in back if cost is not None])
    if not old:
        why = NEW
    elif any(cost is None for cost, _ in back):
        why = FULL
    elif not any(p.days == old for p in store.patterns):
        why = RHYTHM
    else:
        why = SHORTER
    return _told(problem, index, old, new, why, saves)


def _told(problem: Problem, index: int, old: int, new: int, why: str, saves: float) -> Move:
    store, came = problem.stores[index], days_in(new & ~old)
    spells: tuple[Spell, ...] = ()
    if came:
        spells = spells_of(store, next(d for d in problem.days if d.number == came[0]))
    opens = spells[0].from_min if spells and spells[0].from_min > 0 else None
    return Move(store.id, tuple(days_in(old)), tuple(days_in(new)), why, saves, opens)


def _gain(
    problem: Problem,
    orders: Mapping[int, Sequence[int]],
    index: int,
    came: Sequence[int],
    back: Sequence[float],
) -> float:
    """Travel it would cost to have the store on its old days, less what it costs where it is."""
    costs_now = 0.0
    for day in problem.days:
        if day.number in came and index in orders.get(day.number, ()):
            others = [s for s in orders[day.number] if s != index]
            costs_now += _way(problem, day, orders[day.number]) - _way(problem, day, others)
    return sum(back) - costs_now


def _orders(problem: Problem, planned: Planned) -> dict[int, list[int]]:
    number = {store.id: i for i, store in enumerate(problem.stores)}
    orders: dict[int, list[int]] = {}
    for route in planned.routes:
        orders.setdefault(route.day, []).extend(number[call.store] for call in route.calls)
    return orders


def _way(problem: Problem, day: Day, stops: Sequence[int]) -> float:
    if not stops:
        return 0.0
    home = len(problem.stores)
    nodes = [home + day.start, *stops, home + day.end]
    return sum(problem.minutes[nodes[i]][nodes[i + 1]] for i in range(len(nodes) - 1))


def _detour(problem: Problem, day: Day, stops: Sequence[int], store: int) -> float | None:
    """Minutes more with the store at its best place in the day; None: nowhere by the hours."""
    now = _way(problem, day, stops)
    ways = sorted(
        (_way(problem, day, [*stops[:i], store, *stops[i:]]) - now, i)
        for i in range(len(stops) + 1)
    )
    for more, i in ways:
        if keeps_hours(problem, day, [*stops[:i], store, *stops[i:]]):
            return more
    return None


# --- in English --------------------------------------------------------------------------------


def sentence(problem: Problem, move: Move) -> str:
    """For example "Tuesday -> Thursday: saves 38 min, opens 13:00"."""
    days = f"{_named(problem, move.before)} -> {_named(problem, move.after)}"
    said = {
        CLOSED: "it cannot be seen on the day it had",
        FULL: "the day it had is full",
        RHYTHM: "its frequency asks for it",
        NEW: f"new, {-move.saves_min:.0f} min of travel",
        SHORTER: f"saves {move.saves_min:.0f} min",
    }
    words = [said[move.why]]
    if move.why in (CLOSED, FULL) and move.saves_min > 0.5:
        words.append(f"saves {move.saves_min:.0f} min")
    if move.opens_min is not None:
        words.append(f"opens {int(move.opens_min) // 60:02d}:{int(move.opens_min) % 60:02d}")
    return f"{days}: {', '.join(words)}"


def _named(problem: Problem, numbers: Sequence[int]) -> str:
    """Weekdays, with the week where the cycle has more than one."""
    days = {day.number: day for day in problem.days}
    weeks = len({day.week for day in problem.days})
    names = [
        WEEKDAYS[days[n].weekday] + (f" (week {days[n].week + 1})" if weeks > 1 else "")
        for n in numbers
        if n in days
    ]
    return ", ".join(names) or "none"
