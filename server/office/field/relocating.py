"""Many stores to another depot: some at a time, each time committed, so that nobody waits for all.

While stores go, no push for them is decided, nor one that orders what their orders keep of stock
(sync/moving/relocate.py). Two thousand of them in one transaction would stop both depots for as
long as all of it takes; so a few go together, and each lot stands when it is done. What is there
already is passed over: asking again goes on where it ended, whatever ended it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from server.access.people import Person
from server.database import in_transaction
from server.problems import BUSY_STATES
from sync.moving.hand_over import NotSo
from sync.moving.relocate import relocate_all

AT_A_TIME = 20
LONGEST_S = 10.0
"""For so long a request begins lots; whoever asked is then told how far it is, and goes on."""

Stores = Sequence[tuple[int, str]]  # (cell, id)


@dataclass(slots=True)
class Gone:
    """How far it is: stores moved, the reps who are told, the stores still to go, and why they
    are not gone when it was not for want of time."""

    moved: int = 0
    reps: set[tuple[int, str]] = field(default_factory=set)
    left: list[tuple[int, str]] = field(default_factory=list)
    why: str | None = None


def some_at_a_time(
    engine: Engine, person: Person, stores: Stores, depot: int, warehouse: str, now: datetime,
    address: str,
) -> Gone:  # fmt: skip
    """Take stores to a depot, lot by lot. Raises NotSo, or what the database says when it is busy,
    only if nothing has moved yet."""
    gone = Gone(left=not_there(stores, depot))
    until = time.monotonic() + LONGEST_S
    while gone.left and (not gone.moved or time.monotonic() < until):
        lot = gone.left[:AT_A_TIME]
        try:
            done = in_transaction(
                engine,
                lambda conn, lot=lot: relocate_all(  # type: ignore[misc]
                    conn, lot, depot, warehouse, person.who, now, address
                ),
            )
        except NotSo as no:
            if not gone.moved:
                raise
            gone.why = str(no)
            break
        except (DBAPIError, psycopg.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if not gone.moved or getattr(cause, "sqlstate", None) not in BUSY_STATES:
                raise
            gone.why = "others were at work with these stores for too long: go on in a moment"
            break
        gone.moved += len(lot)
        gone.reps |= set(done.reps)
        gone.left = gone.left[AT_A_TIME:]
    return gone


def not_there(stores: Stores, depot: int) -> list[tuple[int, str]]:
    """Those of the stores that are not at a depot yet. Raises NotSo when all are."""
    found = [one for one in stores if one[0] != depot]
    if not found:
        raise NotSo("it is there already" if len(stores) == 1 else "they are there already")
    return found
