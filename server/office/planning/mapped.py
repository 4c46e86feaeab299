"""A week of a rep as a picture: stores as points, each day's way as a line. No tiles, no network.

Degrees become the units of an SVG by an equirectangular projection around the middle of what is
shown, exact enough for a territory. A day has a colour, a shape and a line of its own, so that the
colour is never the only sign. Pure.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from routes.distance import Place
from server.office.planning.board import SKIPPED, Board, OneDay
from server.office.planning.cards import Card

WIDTH, MOST_HEIGHT, LEAST_HEIGHT, EDGE = 1000.0, 720.0, 320.0, 34.0
KM_A_DEGREE = 111.195  # of latitude, on the mean sphere
SHAPES = ("circle", "square", "diamond", "triangle", "hexagon", "pentagon", "star")
"""One a day of the week, Monday first."""
BESIDE = 21.0
"""Units between two points so that both can be read."""
LEAST_KM = 0.5
_STEPS_KM = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True)
class Point:
    """A visit on the map. `day`: 0 Monday; `shape`: its outline as an SVG path around 0, 0."""

    x: float
    y: float
    n: int
    day: int
    path: str
    store: str
    title: str
    placed: str
    is_locked: bool


@dataclass(frozen=True)
class Spot:
    """A store of the cycle without a visit in what is shown. `lost`: due, and without a place."""

    x: float
    y: float
    store: str
    title: str
    lost: bool


@dataclass(frozen=True)
class DayLine:
    """A day of the legend, and its way from home to home (empty where it is left out)."""

    on: date
    day: int
    path: str
    points: str
    visits: int
    drive_min: float


@dataclass(frozen=True)
class Picture:
    """What is drawn, in units of the SVG; `scale_km` is `scale_px` long."""

    width: float
    height: float
    home: tuple[float, float]
    days: tuple[DayLine, ...]
    points: tuple[Point, ...]
    spots: tuple[Spot, ...]
    beyond: int
    unplaced: tuple[Card, ...]
    lost: tuple[Card, ...]
    scale_km: float
    scale_px: float


def picture(board: Board, week: int, only: int = -1) -> Picture:
    """One week of a board (`only`: one weekday of it). The frame holds the whole week; of the other
    stores of the cycle those that lie in it are shown, and the rest counted (`beyond`)."""
    days = [day for day in board.weeks[week] if day.cards]
    every = [one.card for day in board.days for one in day.cards] + list(board.lost)
    of_week = [one.card for day in days for one in day.cards] or every
    frame = Frame([board.setting.home, *(card.place for card in (*of_week, *board.lost))])
    shown = [day for day in days if only in (-1, day.day.weekday())]
    points = _apart([point for day in shown for point in _points(frame, day)])
    visited = {one.card.store for day in shown for one in day.cards}
    spots = list(_spots(frame, every, visited, {card.store for card in board.lost}))
    inside = [one for one in spots if 0 < one.x < WIDTH and 0 < one.y < frame.height]
    return Picture(
        WIDTH, frame.height, frame.at(board.setting.home),
        tuple(_line(frame, board, day, day in shown) for day in days),
        tuple(points), tuple(inside), len(spots) - len(inside),
        tuple({card.store: card for card in every if card.placed}.values()),
        board.lost, *frame.scale(),
    )  # fmt: skip


def _apart(points: Sequence[Point]) -> list[Point]:
    """Points that would hide each other side by side, the first one where it is."""
    found: list[Point] = []
    for point in points:
        for step in range(4 * len(points) + 4):
            turn, far = 2.4 * step, 0.6 * BESIDE * math.sqrt(step)  # the golden angle
            x, y = point.x + far * math.cos(turn), point.y + far * math.sin(turn)
            if all(math.dist((x, y), (one.x, one.y)) >= BESIDE for one in found):
                break
        found.append(replace(point, x=round(x, 1), y=round(y, 1)))
    return found


class Frame:
    """From degrees to the picture, which holds all of these places."""

    def __init__(self, places: Sequence[Place]) -> None:
        lats = [place.lat_deg for place in places]
        lons = [place.lon_deg for place in places]
        self._narrow = math.cos(math.radians((min(lats) + max(lats)) / 2))
        least = LEAST_KM / KM_A_DEGREE
        wide = max((max(lons) - min(lons)) * self._narrow, least)
        high = max(max(lats) - min(lats), least)
        inner = WIDTH - 2 * EDGE
        self._units = min(inner / wide, (MOST_HEIGHT - 2 * EDGE) / high)
        self.height = round(max(LEAST_HEIGHT, high * self._units + 2 * EDGE), 1)
        self._left = (min(lons) + max(lons)) / 2
        self._top = (min(lats) + max(lats)) / 2

    def at(self, place: Place) -> tuple[float, float]:
        x = WIDTH / 2 + (place.lon_deg - self._left) * self._narrow * self._units
        y = self.height / 2 - (place.lat_deg - self._top) * self._units
        return round(x, 1), round(y, 1)

    def scale(self) -> tuple[float, float]:
        """The longest round distance within a fifth of the picture, and how long it is there."""
        a_km = self._units / KM_A_DEGREE
        fits = [km for km in _STEPS_KM if km * a_km <= WIDTH / 5] or [_STEPS_KM[0]]
        return fits[-1], round(fits[-1] * a_km, 1)


def _points(frame: Frame, day: OneDay) -> Iterable[Point]:
    number, weekday = 0, day.day.weekday()
    for one in day.cards:
        if one.card.state == SKIPPED:
            continue
        number += 1
        x, y = frame.at(one.card.place)
        at = (
            ""
            if one.at_min is None
            else f", {int(one.at_min) // 60:02d}:{int(one.at_min) % 60:02d}"
        )
        yield Point(
            x, y, number, weekday, shape(weekday), one.card.store,
            f"{number}. {one.card.name}, {day.day:%A}{at}", one.card.placed, one.card.is_locked,
        )  # fmt: skip


def _line(frame: Frame, board: Board, day: OneDay, shown: bool) -> DayLine:
    there = [one.card.place for one in day.cards if one.card.state != SKIPPED]
    way = [board.setting.home, *there, board.setting.home] if shown and there else []
    points = " ".join(f"{x},{y}" for x, y in map(frame.at, way))
    weekday = day.day.weekday()
    return DayLine(day.day, weekday, shape(weekday), points, day.visits, day.clock.drive_min)


def _spots(
    frame: Frame, cards: Iterable[Card], visited: set[str], lost: set[str]
) -> Iterable[Spot]:
    for store, card in {card.store: card for card in cards}.items():
        if store not in lost and store in visited:
            continue
        x, y = frame.at(card.place)
        said = "no place in this plan" if store in lost else "on another day"
        yield Spot(x, y, store, f"{card.name}: {said}", store in lost)


def shape(weekday: int, radius: float = 11.0) -> str:
    """The outline of a day's points, as an SVG path around 0, 0."""
    name = SHAPES[weekday]
    if name == "circle":
        r = radius
        return f"M{-r} 0a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"
    corners = {"square": 4, "diamond": 4, "triangle": 3, "hexagon": 6, "pentagon": 5, "star": 10}
    many, turned = corners[name], math.pi / 4 if name == "square" else 0.0
    wider = {"square": 1.25, "triangle": 1.4}.get(name, 1.15) * radius
    ends = []
    for k in range(many):
        far = wider * (0.6 if name == "star" and k % 2 else 1.0)
        angle = turned - math.pi / 2 + 2 * math.pi * k / many
        ends.append(f"{far * math.cos(angle):.1f} {far * math.sin(angle):.1f}")
    return "M" + "L".join(ends) + "z"
