"""SQL of a new epoch: what the companies, their handhelds and the trail must know of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from sync.queries.driver import execute


def companies(conn: Connection) -> list[tuple[str, int, int]]:
    """Return (company, its own cell, the last number given to a handheld) of every company."""
    return execute(
        conn,
        """SELECT c.id::text, k.cell, c.last_device_no FROM company c
           JOIN cell k ON k.company = c.id AND k.kind = 'company' ORDER BY k.cell""",
    ).fetchall()


def leap_device_no(conn: Connection, company: str, to: int) -> None:
    """The next handheld of a company gets a number above `to`."""
    execute(
        conn,
        "UPDATE company SET last_device_no = greatest(last_device_no, %s) WHERE id = %s",
        [to, company],
    )


def revoke_again(conn: Connection, devices: Sequence[str]) -> list[tuple[int, str]]:
    """Revoke handhelds that are in use here; return (cell, handheld) of those that were."""
    return execute(
        conn,
        """UPDATE device SET state = 'revoked'
           WHERE id = ANY(%s) AND state NOT IN ('revoked', 'wiped') RETURNING cell, id""",
        [list(devices)],
    ).fetchall()


class Stand(NamedTuple):
    """The epoch, when and why it began, and how far a handheld is answered."""

    epoch: str
    began_at: datetime
    why: str
    acknowledged_n: int


def stand_of_epoch(conn: Connection, device: str) -> Stand | None:
    """The epoch as one handheld meets it; whoever asks this waits for whoever asked before."""
    row = execute(
        conn,
        """SELECT i.epoch, i.began_at, i.why, d.acknowledged_n
           FROM incarnation i JOIN device d ON d.id = %s FOR UPDATE OF i""",
        [device],
    ).fetchone()
    return None if row is None else Stand(*row)
