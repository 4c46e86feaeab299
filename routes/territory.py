"""A rep's territory as it lies in the tables, made into a problem for the planner.

What the tables do not know is decided here, once, and told (`Task.told`) rather than hidden: a
store without coordinates stands in the middle of its town, hours that nobody can read count as
always open, a store without a frequency is not planned. Pure: queries.py reads the rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from routes.daysoff import Absence, is_worked
from routes.distance import URBAN, Distances, Line, Place
from routes.frequency import Frequency, Rule, frequency_of, patterns, rules_by_class
from routes.opening import read, spells
from routes.places import minutes_between
from routes.problem import (
    ALWAYS,
    Call,
    Day,
    DayRoute,
    Lunch,
    Pattern,
    Planned,
    Problem,
    Spell,
    Store,
    bits,
    spells_of,
)

USUAL_VISITS = {"A": 4, "B": 2, "C": 1}
"""Visits in four weeks by class, where the store says nothing of its own."""
USUAL_MIN = {"A": 40.0, "B": 30.0, "C": 20.0}
"""Minutes of a visit by class."""
VISIT_MIN = 25.0
WORTH = {"A": 2.0, "B": 1.5}
LUNCH_FROM_MIN, LUNCH_UNTIL_MIN = 690.0, 810.0
BALANCE = 0.16
"""A day with no work at all, or twice the usual, costs so much of a usual day's minutes; between,
the square of what it is off. On made-up territories, beside 0.1: with 58 stores, whose days are not
full, days of 3.3 to 8.3 h in place of 1.6 to 9.0 for 3.4 % more driving, or (two far towns) none
without visits for 1.8 %; with 95, whose days are full, 0.4 % more, or 3 % less by the luck of the
search. 0.3 makes days more even yet, for 5 to 13 % where they are not full; above 0.5 driving for
its own sake would pay on an empty day; 10 leaves visits out to have even days."""
MOST_DAYS = 60
FREE, BEGUN = "planned", ("started", "done")


class TooLong(ValueError):
    """A cycle has more days than are planned at once."""


@dataclass(frozen=True)
class StoreRow:
    """A store as its row tells it."""

    id: str
    code: str
    name: str
    cell: int
    city: str | None = None
    lat_deg: float | None = None
    lon_deg: float | None = None
    geo_source: str | None = None
    opening_hours: str | None = None
    visits_per_4w: int | None = None
    store_class: str | None = None


@dataclass(frozen=True)
class StopRow:
    """A stop of the plan that is published now."""

    id: str
    store: str
    day: date
    sequence: int
    state: str
    pinned: bool
    version: int


@dataclass(frozen=True)
class Workday:
    """How a rep works. `weekdays`: 0 is Monday. Without a home it is the middle of the stores."""

    home: Place | None = None
    starts_min: float = 480.0
    length_min: float = 540.0
    lunch_min: float = 30.0
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Territory:
    """All that planning one rep's cycle reads. `towns`: middle of a town by its folded name."""

    rep: str
    cell: int  # the rep's own, where the stops lie
    first_day: date
    weeks: int
    stores: tuple[StoreRow, ...]
    stops: tuple[StopRow, ...] = ()
    workday: Workday = field(default_factory=Workday)
    absences: tuple[Absence, ...] = ()
    country: str | None = None  # whose public holidays count
    holidays: Mapping[date, str] = field(default_factory=dict)
    towns: Mapping[str, Place] = field(default_factory=dict)
    line: Line = URBAN
    line_from: str = "default"
    learned: Distances | None = None  # what the rep's own trips teach of places, over the line
    road_min: Mapping[tuple[str, str], float] = field(default_factory=dict)  # by names of places
    draft: tuple[StopRow, ...] = ()  # where the search starts in place of `stops`; pinned: locked

    @property
    def last_day(self) -> date:
        """The Sunday the cycle ends with."""
        return self.first_day + timedelta(days=7 * self.weeks - 1)


@dataclass(frozen=True)
class Task:
    """A territory ready to be planned.

    `dates` by day number. `published`: what is published now, None where nothing is; `before`:
    where the search starts, that or a draft. `due`: visits by store. `told`: what was taken for
    granted, kind -> codes of stores. `input_hash`: of everything the planner is given; the same
    hash, seed and steps give the same plan.
    """

    territory: Territory
    problem: Problem
    dates: tuple[date, ...]
    due: Mapping[str, int]
    before: Planned | None
    told: Mapping[str, tuple[str, ...]]
    input_hash: str
    published: Planned | None = None


def task_of(territory: Territory, balance: float = BALANCE) -> Task:
    """The planner's problem of a territory. Raises TooLong."""
    told: dict[str, list[str]] = {}
    days, dates = _days(territory)
    if not territory.country:
        told["no_country"] = [territory.rep]
    free = [d for d in dates if d in territory.holidays and not days[dates.index(d)].working]
    if free:
        told["public_holidays"] = [f"{day} {territory.holidays[day]}" for day in free]
    if len(days) > MOST_DAYS:
        raise TooLong(f"{len(days)} working days are too many to plan at once: {MOST_DAYS}")
    number = {day: n for n, day in enumerate(dates)}
    due: dict[str, int] = {}
    stores: list[Store] = []
    rows: list[StoreRow] = []
    known = [*territory.stops, *(visit for visit in territory.draft if visit.pinned)]
    for row in territory.stores:
        stops = [stop for stop in known if stop.store == row.id]
        found = _frequency(territory, row, stops, told)
        if found is not None:
            due[row.id] = found.visits
            stores.append(_store(row, found, stops, days, number, told))
            rows.append(row)
    minutes = minutes_between(territory, rows, told)
    problem = Problem(tuple(stores), days, minutes, balance=balance)
    now = _published(problem, territory.stops, number)
    return Task(
        territory,
        problem,
        dates,
        due,
        _published(problem, territory.draft, number) if territory.draft else now,
        {kind: tuple(codes) for kind, codes in told.items()},
        _hash(territory, balance),
        now,
    )


def due_of(territory: Territory) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Visits due by store, as `Task.due`, and of which stores none are, and why: kind -> codes, as
    `Task.told`. The same without a way being measured."""
    told: dict[str, list[str]] = {}
    stops: dict[str, list[StopRow]] = {}
    for stop in territory.stops:
        stops.setdefault(stop.store, []).append(stop)
    found = {row.id: _frequency(territory, row, stops.get(row.id, ()), told)
             for row in territory.stores}  # fmt: skip
    return {store: one.visits for store, one in found.items() if one is not None}, told


def working_days(territory: Territory) -> int:
    """Days of the cycle on which the rep works."""
    return sum(day.working for day in _days(territory)[0])


def visit_min_of(row: StoreRow) -> float:
    """Minutes of a visit there, by its class."""
    return USUAL_MIN.get((row.store_class or "").strip().upper(), VISIT_MIN)


def _days(territory: Territory) -> tuple[tuple[Day, ...], tuple[date, ...]]:
    work = territory.workday
    ends = work.starts_min + work.length_min
    eats = work.lunch_min > 0 and work.starts_min <= LUNCH_FROM_MIN and ends >= LUNCH_UNTIL_MIN
    lunch = Lunch(LUNCH_FROM_MIN, LUNCH_UNTIL_MIN, work.lunch_min) if eats else None
    days: list[Day] = []
    dates: list[date] = []
    for n in range(7 * territory.weeks):
        day = territory.first_day + timedelta(days=n)
        kinds = {a.kind for a in territory.absences if a.first_day <= day <= a.last_day}
        mine = day.weekday() in work.weekdays
        if not mine and "works" not in kinds:
            continue
        working = is_worked(kinds, is_workday=mine, is_holiday=day in territory.holidays)
        days.append(
            Day(len(days), n // 7, day.weekday(), work.starts_min, ends, working, lunch)
        )  # fmt: skip
        dates.append(day)
    return tuple(days), tuple(dates)


def _frequency(
    territory: Territory, row: StoreRow, stops: Sequence[StopRow], told: dict[str, list[str]]
) -> Frequency | None:
    """How often a store is due in this cycle; None: it is not planned, and that is told."""
    rules = rules_by_class(USUAL_VISITS)
    if row.visits_per_4w is not None:
        rules.insert(0, Rule(row.visits_per_4w, store=row.id))
    kind = (row.store_class or "").strip().upper()
    found = frequency_of(rules, row.id, kind)
    fixed = len({stop.day for stop in stops if _is_fixed(stop)})
    if found is None and not fixed:
        told.setdefault("no_frequency", []).append(row.code)
        return None
    four_weeks = found.visits if found else 0
    visits = max((2 * four_weeks * territory.weeks + 4) // 8, fixed)  # half up
    if not visits:
        told.setdefault("not_due", []).append(row.code)
        return None
    return Frequency(visits, worth=WORTH.get(kind, 1.0))


def _is_fixed(stop: StopRow) -> bool:
    """Whether a visit stays where it is: an appointment, or one that was begun."""
    return stop.state in BEGUN or (stop.pinned and stop.state == FREE)


def _store(
    row: StoreRow,
    frequency: Frequency,
    stops: Sequence[StopRow],
    days: Sequence[Day],
    number: Mapping[date, int],
    told: dict[str, list[str]],
) -> Store:
    visit_min = visit_min_of(row)
    hours = read(row.opening_hours)
    if hours is None and (row.opening_hours or "").strip():
        told.setdefault("hours_not_read", []).append(row.code)
    open_ = spells(hours, visit_min) if hours is not None else {}
    if hours is not None and not open_:
        told.setdefault("always_closed", []).append(row.code)
        open_ = {-1: ()}  # not empty: closed on every weekday there is
    fixed = {stop.day for stop in stops if _is_fixed(stop)}
    must = {number[day] for day in fixed if day in number and days[number[day]].working}
    if len(must) < len(fixed):  # it is kept, and no visit is sought instead of it
        told.setdefault("fixed_on_a_day_off", []).append(row.code)
    frequency = Frequency(
        frequency.visits - (len(fixed) - len(must)), frequency.gap_days, worth=frequency.worth
    )
    appointed: dict[int, tuple[Spell, ...]] = {day: (Spell(*ALWAYS),) for day in must}
    store = Store(row.id, visit_min, (), open_, appointed, name=row.name)
    never = {number[s.day] for s in stops if s.state == "skipped" and s.day in number}
    never |= {day.number for day in days if not spells_of(store, day)}
    return Store(
        row.id,
        visit_min,
        patterns(frequency, days, must, never - must),
        open_,
        appointed,
        name=row.name,
    )


def _published(
    problem: Problem, stops: Sequence[StopRow], number: Mapping[date, int]
) -> Planned | None:
    """What is published now as a plan; its calls carry no times, only days and order."""
    known = {store.id for store in problem.stores}
    by_day: dict[int, list[str]] = {}
    for stop in sorted(stops, key=lambda s: (s.day, s.sequence, s.id)):
        kept = stop.state != "skipped" and stop.store in known and stop.day in number
        if kept and stop.store not in by_day.setdefault(number[stop.day], []):
            by_day[number[stop.day]].append(stop.store)
    routes = [
        DayRoute(
            day,
            tuple(Call(store, 0.0, 0.0, 0.0) for store in order),
            0.0,
            0.0,
            way_min(problem, order),
        )
        for day, order in sorted(by_day.items())
        if order
    ]
    if not routes:
        return None
    seen = {
        store.id: Pattern(bits(r.day for r in routes if store.id in {c.store for c in r.calls}))
        for store in problem.stores
    }
    travel = sum(route.travel_min for route in routes)
    return Planned(tuple(routes), seen, travel, travel)


def way_min(problem: Problem, order: Sequence[str]) -> float:
    """Minutes of driving from home through these stores and back."""
    index = {store.id: i for i, store in enumerate(problem.stores)}
    home = len(problem.stores)
    nodes = [home, *(index[store] for store in order), home]
    return sum(problem.minutes[a][b] for a, b in pairwise(nodes))


def _hash(territory: Territory, balance: float) -> str:
    told = asdict(territory)
    told["holidays"] = sorted(territory.holidays)
    if not territory.draft:
        del told["draft"]
    told["road_min"] = sorted(territory.road_min.items())
    if territory.learned is not None:
        told["learned"]["pairs"] = sorted(territory.learned.pairs.items())
    form = {"territory": told, "balance": balance, "form": 2}
    text = json.dumps(form, default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
