"""Days as the company of tests/world.py has them, and what a rep carries on each."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sync.scope import tell_due
from tests.world import World

ZONE = ZoneInfo("America/Chicago")


def today(world: World) -> date:
    return world.now.astimezone(ZONE).date()


def midnight(world: World, days: int) -> datetime:
    """When the day begins that is so many days from today."""
    return datetime.combine(today(world) + timedelta(days), time.min, ZONE)


def stores_of(world: World, rep: str) -> set[int]:
    """Which of the world's stores a rep's handhelds are told to carry, by number."""
    rows = world.rows(
        "SELECT scope FROM scope_grant WHERE rep = %s AND NOT told_end AND scope LIKE 'st:%%'", rep
    )
    return {world.stores.index(row[0][3:]) for row in rows}


def on_each_day(world: World, rep: str, days: range) -> list[set[int]]:
    """The stores of a rep on each of these days from today, a minute after it began; what the
    scheduler does a minute before a day begins must not matter."""
    found = []
    for day in days:
        for minutes in (-1, 1):
            with world.begin() as conn:
                tell_due(conn, midnight(world, day) + timedelta(minutes=minutes))
        found.append(stores_of(world, rep))
    return found
