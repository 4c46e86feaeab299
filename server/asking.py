"""What a view may ask about the request it answers: who, from where, when, with which database."""

from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app, g, request
from sqlalchemy import Engine

from server.access.devices import Device
from server.access.people import Person
from server.settings import Settings


def engine() -> Engine:
    """The one engine of this process."""
    return cast(Engine, current_app.extensions["engine"])


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def now() -> datetime:
    return datetime.now(UTC)


def day_of_assignments() -> date:
    """Today, as assignments begin and end (sync/scope.py): by the company's zone, everywhere."""
    return now().astimezone(ZoneInfo(person().zone)).date()


def address() -> str:
    """Where the request came from, as far as the trusted proxies say."""
    return request.remote_addr or "-"


def person() -> Person:
    """Who of the office asks; only in views whose need names an office role."""
    return cast(Person, g.person)


def device() -> Device:
    """Which handheld asks; only in views that need "rep-device". It may be revoked: look."""
    return cast(Device, g.device)
