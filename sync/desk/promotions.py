"""What the office does to a promotion by hand: ends it, now.

Its terms are never edited (a file brings a new version, server/feeds/promotions.py). What was
captured before it ended is still judged by it, whenever it arrives.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync import audit
from sync.feed import Entry, publish
from sync.queries import terms as queries


class NotLive(LookupError):
    """The promotion has ended already, or never was."""


def end_promotion(
    conn: Connection, company_cell: int, promotion: str, by: str, now: datetime, note: str = "",
    address: str | None = None,
) -> str:  # fmt: skip
    """End a promotion from this moment on, and tell handhelds; return its name. Raises NotLive.

    by: `user:CODE`.
    """
    ended = queries.end_promotion(conn, company_cell, promotion, by, now)
    if ended is None:
        raise NotLive("this promotion has ended already")
    name, state, valid_to = ended
    before = {"state": state, "valid_to": None if valid_to is None else valid_to.isoformat()}
    after = {"state": "ended", "note": note}
    audit.note(
        conn, company_cell, by, "promotion.ended", f"promotion/{promotion}", now,
        before=before, after=after, address=address,
    )  # fmt: skip
    publish(conn, company_cell, [Entry("company", "promotion", promotion)])
    return name
