"""A company's year: whose public holidays are free, and the periods it reckons by."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from routes import queries
from routes.daysoff import NoSuchCountry, public_holidays
from routes.year import CALENDARS, next_cycle
from server.targets import refresh
from sync.audit import note
from sync.desk.edits import Hand, Refused


def set_year(
    conn: Connection, company: str, country: str | None, calendar: str, hand: Hand
) -> None:
    """Say whose holidays count (None: nobody's) and how the year is cut. What is planned already
    stays. Raises LookupError, and Refused with what to write instead."""
    row = queries.year_of(conn, company)
    country = (country or "").strip().upper() or None
    if calendar not in CALENDARS:
        raise Refused(f"There is no calendar {calendar!r}: choose one of {', '.join(CALENDARS)}.")
    if country:
        try:
            public_holidays(country, hand.now.date(), hand.now.date())
        except NoSuchCountry as no:
            raise Refused(str(no)) from None
    queries.set_year(conn, company, country, calendar)
    before = {"country": row["country"], "calendar": row["calendar"]}
    after = {"country": country, "calendar": calendar}
    if before != after:
        note(conn, row["cell"], hand.by, "company.year", f"company/{company}", hand.now,
             before=before, after=after, address=hand.address)  # fmt: skip
    refresh(conn, company, hand.by, hand.now)


def cycle_after(conn: Connection, company: str, now: datetime) -> tuple[date, int]:
    """The weeks of the company's next period: (its first Monday, how many)."""
    row = queries.year_of(conn, company)
    return next_cycle(row["calendar"], now.astimezone(ZoneInfo(row["zone"])).date())
