"""Which delivery day is still open: cut-off times of a store, in the store's own time zone.

Orders for a delivery day close `lead_days` calendar days before it at a time of the clock on the
store's wall. An order exactly on the cut-off is in time.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SEARCHED_DAYS = 60
"""How far ahead a next delivery day is looked for."""


class Closing(Protocol):
    """When a store's delivery days close; `weekdays` are ISO (Monday 1), empty = every day."""

    @property
    def at(self) -> time: ...
    @property
    def lead_days(self) -> int: ...
    @property
    def weekdays(self) -> Collection[int]: ...
    @property
    def closed_on(self) -> Collection[date]: ...


def local_day(now: datetime, zone: str) -> date:
    """The date on the store's wall."""
    return now.astimezone(ZoneInfo(zone)).date()


def is_delivery_day(day: date, closing: Closing) -> bool:
    """Whether the store is delivered to on this day at all."""
    return (not closing.weekdays or day.isoweekday() in closing.weekdays) and (
        day not in closing.closed_on
    )


def closes_at(day: date, closing: Closing, zone: str) -> datetime:
    """The last moment at which an order for this delivery day is in time."""
    eve = day - timedelta(days=closing.lead_days)
    return datetime.combine(eve, closing.at, ZoneInfo(zone))


def has_closed(day: date, closing: Closing, zone: str, now: datetime) -> bool:
    """Whether it is too late to order for this day."""
    return day < local_day(now, zone) or now > closes_at(day, closing, zone)


def next_delivery_day(day: date, closing: Closing, zone: str, now: datetime) -> date | None:
    """The first delivery day from `day` on that is still open; None = none in SEARCHED_DAYS."""
    first = max(day, local_day(now, zone))
    for ahead in range(SEARCHED_DAYS):
        one = first + timedelta(days=ahead)
        if is_delivery_day(one, closing) and not has_closed(one, closing, zone, now):
            return one
    return None
