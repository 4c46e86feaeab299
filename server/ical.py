"""A rep's plan as an iCalendar file (RFC 5545), for whatever calendar people look at anyway.

An event keeps its name (UID) when the stop moves, so that importing again moves it there too.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlalchemy import Connection

from routes import queries
from routes.agenda import Appointment, agenda
from routes.territory import StoreRow, task_of

WEEKS = 6
"""From this week on: as far as plans are made, and a little further."""


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def plan_of(
    conn: Connection, company: str, rep: str, zone: str, first: date, weeks: int, now: datetime,
    cells: Sequence[int] | None = None,
) -> bytes | None:  # fmt: skip
    """The stops of a rep's weeks from a Monday on; None where the company has no such rep. `cells`:
    of which stores the reader may know more than that they are seen; None: of all."""
    territory = queries.territory(conn, company, rep, first, weeks)
    if territory is None:
        return None
    found = agenda(task_of(territory))
    if cells is not None:
        found = [
            one if one.store.cell in cells else replace(one, store=_elsewhere(one.store))
            for one in found
        ]
    return calendar_of(rep, found, zone, now)


def _elsewhere(store: StoreRow) -> StoreRow:
    return StoreRow(store.id, "", "a store of another depot", store.cell)


def calendar_of(rep: str, found: Sequence[Appointment], zone: str, now: datetime) -> bytes:
    """The file. A stop without a known time is an event of the whole day."""
    calendar = Calendar()
    calendar.add("prodid", "-//Talaria//Visit routes//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Visits of {rep}")
    for one in found:
        calendar.add_component(_event(one, zone, now))
    return bytes(calendar.to_ical())


def _event(one: Appointment, zone: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{one.stop}@talaria")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", one.store.name)
    event.add("description", one.store.code)
    if one.store.city:
        event.add("location", f"{one.store.name}, {one.store.city}")
    if one.store.lat_deg is not None and one.store.lon_deg is not None:
        event.add("geo", (float(one.store.lat_deg), float(one.store.lon_deg)))
    if one.begins_min is None or one.ends_min is None:
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", _moment(one.day, one.begins_min, zone))
        event.add("dtend", _moment(one.day, one.ends_min, zone))
    return event


def _moment(day: date, minute: float, zone: str) -> datetime:
    """UTC, which every calendar shows in its reader's own time."""
    local = datetime.combine(day, time(), ZoneInfo(zone))
    at = local + timedelta(minutes=round(minute))  # on the wall's clock, summer time or not
    return at.astimezone(UTC)
