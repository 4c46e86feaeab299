"""Visits as cards: a row of a plan, or a published stop, with the place it is reckoned from.

Pure. What a store without coordinates is taken to be is the planner's own rule: the middle of its
town, else the middle of the territory; a card says so (`placed`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median_high
from typing import Any

from routes.daysoff import Absence
from routes.distance import Distances, Line, Place, place_by_town
from routes.territory import USUAL_MIN, VISIT_MIN, Workday


@dataclass(frozen=True)
class Card:
    """One visit. `placed`: "" where the store's own coordinates are known, "town" or "middle"
    where it is taken to stand there. `is_fixed`: it was begun, or is an appointment in what is
    published, and no hand here moves it. `state`: planned, or what became of a published stop."""

    id: str
    rep: str
    cell: int | None
    store: str
    code: str
    name: str
    city: str
    day: date | None
    sequence: int
    arrives_min: float | None
    visit_min: float
    is_locked: bool
    is_fixed: bool
    stop: str | None
    was_day: date | None
    why: Mapping[str, Any]
    state: str
    version: int
    hours: str
    place: Place
    placed: str


@dataclass(frozen=True)
class Setting:
    """How one rep works, and from where: all that the clock of a day asks beside its visits."""

    rep: str
    name: str
    cell: int
    workday: Workday
    home: Place
    home_known: bool
    known: Distances
    absences: tuple[Absence, ...] = ()
    holidays: Mapping[date, str] = field(default_factory=dict)
    road_min: Mapping[tuple[str, str], float] = field(default_factory=dict)  # by names of places

    def off(self, day: date) -> str | None:
        """Why nobody is visited on a day ("holiday", "leave", ..., "weekend", "public"); None: it
        is worked on."""
        kinds = [a.kind for a in self.absences if a.first_day <= day <= a.last_day]
        if "works" in kinds:
            return None
        if kinds:
            return kinds[0]
        if day.weekday() not in self.workday.weekdays:
            return "weekend"
        return "public" if day in self.holidays else None


def workday_of(row: Any) -> Workday:
    """A row of queries.workdays as the planner's workday; without a row, the usual one."""
    if row.starts_at is None:
        return Workday()
    hour, _, minute = row.starts_at.partition(":")
    home = None
    if row.home_lat_deg is not None and row.home_lon_deg is not None:
        home = Place(float(row.home_lat_deg), float(row.home_lon_deg))
    weekdays = tuple(sorted(day - 1 for day in row.weekdays))
    starts_min = 60.0 * int(hour) + int(minute)
    return Workday(home, starts_min, float(row.day_minutes), float(row.lunch_minutes), weekdays)


def homeless(rows: Iterable[Any]) -> list[str]:
    """Towns (folded names) in which some store has no coordinates."""
    return sorted({r.city.strip().casefold() for r in rows if r.city and r.lat_deg is None})


def cards_of(rows: Sequence[Any], towns: Mapping[str, Place]) -> tuple[list[Card], Place | None]:
    """Rows as cards, and the middle of their stores (None: no place is known at all)."""
    known = {r.store: (float(r.lat_deg), float(r.lon_deg)) for r in rows if r.lat_deg is not None}
    middle = _middle(list(known.values())) or _middle(list(towns.values()))
    return [_card(row, towns, middle or Place(0.0, 0.0)) for row in rows], middle


def _middle(places: Sequence[tuple[float, float]]) -> Place | None:
    if not places:
        return None
    return Place(median_high(lat for lat, _ in places), median_high(lon for _, lon in places))


def _card(row: Any, towns: Mapping[str, Place], middle: Place) -> Card:
    if row.lat_deg is not None and row.lon_deg is not None:
        place = Place(float(row.lat_deg), float(row.lon_deg))
        placed = "town" if row.geo_source == "town" else ""
    else:
        place, by_town = place_by_town(row.city or "", towns, middle)
        placed = "town" if by_town else "middle"
    visit_min = row.visit_min
    if visit_min is None:
        visit_min = USUAL_MIN.get((row.store_class or "").strip().upper(), VISIT_MIN)
    return Card(
        row.id, row.rep, row.cell, row.store, row.code or "", row.name or "a store no longer here",
        row.city or "", row.day, row.sequence or 0, row.arrives_minute, float(visit_min),
        row.is_locked, row.is_fixed, row.stop, row.was_day, row.why, row.state, row.version,
        row.opening_hours or "", place, placed,
    )  # fmt: skip


def distances_of(row: Any) -> Distances:
    """What a row of queries.workdays knows of ways: the line, and what trips taught beside it."""
    if row.fixed_minutes is None:
        return Distances()
    line, detail = Line(row.fixed_minutes, row.minutes_per_km), row.detail or {}
    pairs = {(start, end): minutes for start, end, minutes in detail.get("pairs", ())}
    return Distances(line, detail.get("leaving", {}), detail.get("arriving", {}), pairs)


def setting_of(
    row: Any, absences: Iterable[Any], holidays: Mapping[date, str], middle: Place | None
) -> Setting:
    """How a rep works: a row of queries.workdays, rows of queries.absences of everybody."""
    work = workday_of(row)
    own = [a for a in absences if a.rep in (None, row.code)]
    return Setting(
        row.code, row.name, row.cell, work, work.home or middle or Place(0.0, 0.0),
        work.home is not None, distances_of(row),
        tuple(Absence(a.first_day, a.last_day, a.kind) for a in own), holidays,
    )  # fmt: skip
