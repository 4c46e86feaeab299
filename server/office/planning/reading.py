"""What the planning pages show, read from the database: boards of a plan, boards of what is
published now. A handful of queries for any number of reps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from routes.daysoff import public_holidays
from routes.distance import Place, name_of
from routes.queries_roads import known
from server import asking
from server.access.people import Person
from server.office.planning import queries
from server.office.planning.board import Board, board_of
from server.office.planning.cards import Card, Setting, cards_of, homeless, setting_of
from server.office.queries import reps
from server.road_times import machine

Rows = Sequence[Any]


def visible(conn: Connection, person: Person) -> list[Any]:
    """The reps this person may plan: code, name and state."""
    return reps(conn, person.company, person.cells)


def at_work(conn: Connection, person: Person) -> list[Any]:
    """Those of them a new plan can be for: nothing is due for who has left, and that alone would
    fail the plan of all."""
    return [one for one in visible(conn, person) if one.state != "left"]


def drafted(conn: Connection, person: Person, plan: Any, reps_: Sequence[str]) -> list[Board]:
    """A plan as it was drawn up and changed by hand, a board a rep."""
    rows = queries.visits(conn, person.cells, plan.id, reps_)
    return _boards(conn, person, rows, reps_, plan.first_day, plan.weeks)


def published(
    conn: Connection, person: Person, reps_: Sequence[str], first: date, weeks: int
) -> list[Board]:
    """What is published now, a board a rep."""
    last = date.fromordinal(first.toordinal() + 7 * weeks - 1)
    rows = queries.stops(conn, person.cells, reps_, first, last)
    return _boards(conn, person, rows, reps_, first, weeks)


def settled(
    conn: Connection, person: Person, rows: Rows, reps_: Sequence[str], first: date, weeks: int
) -> list[tuple[Setting, list[Card]]]:
    """How each rep works, and the rep's rows as cards, reps by name."""
    last = date.fromordinal(first.toordinal() + 7 * weeks - 1)
    away = queries.absences(conn, person.company, reps_, first, last)
    country = queries.country(conn, person.company)
    free = public_holidays(country, first, last) if country else {}
    names = homeless(rows)
    found = queries.towns(conn, person.company, names) if names else []
    towns = {row.town: Place(row.lat_deg, row.lon_deg) for row in found}
    by_rep: dict[str, list[Any]] = {}
    for row in rows:
        by_rep.setdefault(row.rep, []).append(row)
    made = []
    for whose in queries.workdays(conn, person.company, reps_):
        cards, middle = cards_of(by_rep.get(whose.code, []), towns)
        setting = setting_of(whose, away, free, middle)
        made.append((_with_roads(conn, person, setting, cards), cards))
    return made


def _with_roads(
    conn: Connection, person: Person, setting: Setting, cards: Sequence[Card]
) -> Setting:
    """Minutes by road, where a routing machine told them when the plan was drawn up."""
    roads = machine(asking.settings().routing_url)
    if roads is None:
        return setting
    names = sorted({name_of(place) for place in (setting.home, *(card.place for card in cards))})
    return replace(setting, road_min=known(conn, person.company, roads.source, names))


def _boards(
    conn: Connection, person: Person, rows: Rows, reps_: Sequence[str], first: date, weeks: int
) -> list[Board]:
    return [
        board_of(setting, cards, first, weeks)
        for setting, cards in settled(conn, person, rows, reps_, first, weeks)
    ]
