"""Scopes: which aggregates a rep carries, and the entries that tell when that changes.

An assignment (rep x store, dated) is the office's word; grants follow from it: the store, its
price lists, its warehouse. A grant that begins or ends is an entry in the rep's own scope, so a
pull needs nothing but feeds. Assignments begin and end with the company's own days (`day_of`), and
handhelds learn it when the scheduler next looks (`tell_due`). Moving many stores at once, stand-ins
and hand-over days are in `moving/`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import Connection

from schemas.ids import uuid7
from sync.feed import Entry, publish
from sync.queries import scope as queries


def assign(
    conn: Connection,
    cell: int,
    rep: str,
    stores: Sequence[str],
    by: str,
    now: datetime,
    *,
    function: str = "sell",
    valid_from: date | None = None,
    valid_to: date | None = None,
    substitute_for: str | None = None,
) -> int:
    """Give stores of one cell to a rep and tell the rep's handhelds. Returns how many were new.

    A store the rep already has in this function stays as it is. by: `user:CODE`.
    """
    made = queries.insert_assignments(
        conn,
        cell,
        [(uuid7(), store) for store in dict.fromkeys(stores)],
        (rep, function, valid_from or day_of(conn, cell, now), valid_to, substitute_for, by, now),
    )
    regrant(conn, rep, queries.home_cell(conn, cell, rep), now)
    return made


def grant_now(
    conn: Connection, cell: int, home: int, rep: str, store: str, now: datetime
) -> list[Entry]:
    """Give a store to a rep inside a push, whose feed counter comes last: the caller publishes
    the entries. The store must be at rest already."""
    queries.insert_assignments(
        conn, cell, [(uuid7(), store)],
        (rep, "sell", day_of(conn, cell, now), None, None, f"rep:{rep}", now),
    )  # fmt: skip
    return _regrant(conn, rep, home, now)


def unassign(conn: Connection, cell: int, rep: str, stores: Sequence[str], now: datetime) -> int:
    """End a rep's assignments to stores today and tell the handhelds. Returns how many ended."""
    today = day_of(conn, cell, now)
    ended = queries.end_assignments(conn, cell, rep, list(stores), today, today)
    regrant(conn, rep, queries.home_cell(conn, cell, rep), now)
    return ended


def day_of(conn: Connection, cell: int, now: datetime) -> date:
    """The company's day at a moment: by its own zone, whatever the zone of a depot or a store.

    Raises LookupError when there is no such cell.
    """
    return queries.day_of(conn, cell, now)


def regrant(conn: Connection, rep: str, home: int, now: datetime) -> int:
    """Bring a rep's grants in line with the assignments of today; returns entries written.

    Wanted: each store assigned, every price list that counts for it, its warehouse. Takes the
    feed's counter of the rep's home cell last.
    """
    return publish(conn, home, _regrant(conn, rep, home, now))


def regrant_all(
    conn: Connection,
    reps: Iterable[tuple[int, str]],
    now: datetime,
    spoken_to: Mapping[str, tuple[int, str]] = MappingProxyType({}),
) -> dict[int, list[Entry]]:
    """Bring the grants of several reps, (home cell, code), in line; return the entries by cell for
    the caller to publish. In one order, whoever asks: two who change the same reps take turns.

    spoken_to: rep -> (cell, its own scope) of reps to whom that cell's feed will speak only when
    the caller publishes.
    """
    entries: dict[int, list[Entry]] = {}
    for home, rep in sorted(set(reps)):
        entries.setdefault(home, []).extend(_regrant(conn, rep, home, now, spoken_to.get(rep)))
    return entries


def publish_all(conn: Connection, entries: dict[int, list[Entry]]) -> int:
    """Number entries of several cells, in the order of the cells; call it last before commit."""
    return sum(publish(conn, cell, entries[cell]) for cell in sorted(entries))


def _regrant(
    conn: Connection, rep: str, home: int, now: datetime, also: tuple[int, str] | None = None
) -> list[Entry]:
    """Write the grants; two who assign to one rep at once wait for each other here."""
    queries.lock_rep(conn, home, rep)
    wanted = dict(queries.wanted_scopes(conn, home, rep, day_of(conn, home, now)))
    if also is not None and also[0] != home:
        wanted.setdefault(also, queries.SPOKEN_TO)
    held = {(cell, scope): grant for grant, cell, scope in queries.open_grants(conn, home, rep)}
    new = sorted(wanted.keys() - held.keys())
    over = sorted(held.keys() - wanted.keys())
    queries.insert_grants(conn, home, rep, [(uuid7(), *one, wanted[one]) for one in new], now)
    queries.end_grants(conn, home, [held[key] for key in over], now)
    own = f"rep:{rep}"
    entries = [Entry(own, "grant", f"{cell} {scope}", "granted") for cell, scope in new]
    entries += [Entry(own, "grant", f"{cell} {scope}", "revoked") for cell, scope in over]
    return entries


def tell_due(conn: Connection, now: datetime) -> int:
    """Bring the grants of all reps in line; run by the scheduler.

    Assignments begin and end by the day, also one on which no server ran; and a load or the office
    may have given a store another banner, class, price list or warehouse, or a list to others.
    """
    return publish_all(conn, regrant_all(conn, queries.reps_out_of_line(conn, now), now))
