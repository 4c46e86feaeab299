"""Orders held for credit go on by themselves when cash or limit arrives.

Nobody's word is needed for that: the rules are asked again, and an order that fits now is released
by the same way as by a person. It covers whatever made the account better: a posting, a load of
open items, a higher limit, a block taken away.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync.desk.release import NotHeld, release
from sync.queries import money as queries

RULES = ("credit_exceeded", "store_blocked")
BY = "job:release_credit"
NOTE = "Cash or limit arrived."


class _StillHeld(Exception):
    """It would be held again: everything about the attempt is forgotten."""


def due(conn: Connection, limit: int) -> list[tuple[int, str]]:
    """Orders (cell, id) held for nothing but credit that may fit now, the oldest first.

    It looks at the accounts alone and may be wrong in the order's favour; asking the rules is
    what decides.
    """
    return queries.may_fit(conn, list(RULES), limit)


def release_if_it_fits(conn: Connection, cell: int, order_id: str, now: datetime) -> str | None:
    """Ask the rules again about an order held for credit; returns its new state, None when it
    stays held, and then nothing was written. Raises NotHeld when somebody was quicker."""
    try:
        with conn.begin_nested():
            state = release(conn, cell, order_id, (), BY, now, NOTE)
            if state == "held":
                raise _StillHeld
    except _StillHeld:
        return None
    return state


__all__ = ["NotHeld", "due", "release_if_it_fits"]
