"""All SQL of photos."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from sync.queries.driver import execute

SAID = ("store", "visit", "card", "product", "note", "captured_at", "media_type", "bytes", "sha256")


class Kept(NamedTuple):
    """A photo as it stands; `said` is what the handheld said of it, in the order of SAID."""

    id: str
    cell: int
    device: str
    state: str
    received_bytes: int
    said: tuple[Any, ...]

    def of(self, name: str) -> Any:
        """One of the things said of it."""
        return self.said[SAID.index(name)]


class Shown(NamedTuple):
    """A photo as the office lists it."""

    id: str
    captured_at: datetime
    rep: str
    note: str | None
    state: str
    product: str | None
    bytes: int
    received_bytes: int


def begin(
    conn: Connection, cell: int, key: str, device: str, rep: str, said: dict[str, Any], at: datetime
) -> None:
    """Note a photo that is about to come, unless it is known."""
    execute(
        conn,
        """INSERT INTO photo (cell, id, device, rep, store, visit, card, product, note, captured_at,
               media_type, bytes, sha256, received_bytes, state, begun_at, heard_at)
           VALUES (%(cell)s, %(id)s, %(device)s, %(rep)s, %(store)s, %(visit)s, %(card)s,
               %(product)s, %(note)s, %(captured_at)s, %(media_type)s, %(bytes)s, %(sha256)s,
               0, 'coming', %(at)s, %(at)s)
           ON CONFLICT (cell, id) DO NOTHING""",
        {"cell": cell, "id": key, "device": device, "rep": rep, "at": at, **said},
    )


def locked(conn: Connection, cell: int, key: str) -> Kept | None:
    """The photo, for this transaction alone until it ends."""
    return _kept(
        execute(
            conn,
            """SELECT id::text, cell, device, state, received_bytes, store::text, visit::text,
                      card::text, product, note, captured_at, media_type, bytes, sha256
               FROM photo WHERE cell = %s AND id = %s FOR UPDATE""",
            [cell, key],
        ).fetchone()
    )


def seen(conn: Connection, cells: Iterable[int], key: str) -> Kept | None:
    """The photo, for whoever sees one of these cells."""
    return _kept(
        execute(
            conn,
            """SELECT id::text, cell, device, state, received_bytes, store::text, visit::text,
                      card::text, product, note, captured_at, media_type, bytes, sha256
               FROM photo WHERE cell = ANY(%s) AND id = %s""",
            [list(cells), key],
        ).fetchone()
    )


def _kept(row: Any) -> Kept | None:
    if row is None:
        return None
    key, cell, device, state, received_bytes, *said = row
    return Kept(key, cell, device, state, received_bytes, tuple(said))


_SHOWN = """SELECT p.id::text, p.captured_at, coalesce(u.name, p.rep) AS rep, p.note, p.state,
                   p.product, p.bytes, p.received_bytes
            FROM photo p
            JOIN cell c ON c.cell = p.cell
            LEFT JOIN app_user u ON u.company = c.company AND u.code = p.rep"""


def of_order(conn: Connection, cells: Iterable[int], order: str, rep: str) -> Shown | None:
    """The signature under an order: the picture that goes by the order's id, from the rep who took
    the order. It stays in the cell of the handheld, wherever the order goes."""
    row = execute(
        conn,
        _SHOWN + " WHERE p.cell = ANY(%(cells)s) AND p.id = %(order)s AND p.rep = %(rep)s",
        {"cells": list(cells), "order": order, "rep": rep},
    ).fetchone()
    return None if row is None else Shown(*row)


def is_signature(conn: Connection, cell: int, key: str) -> bool:
    """Whether a picture that came from a cell goes by the id of an order of its company."""
    found = execute(
        conn,
        """SELECT 1 FROM orders o WHERE o.id = %s AND o.cell IN (
               SELECT other.cell FROM cell other JOIN cell own ON own.company = other.company
               WHERE own.cell = %s)""",
        [key, cell],
    ).fetchone()
    return found is not None


def of_store(conn: Connection, cells: Iterable[int], store: str, at_most: int) -> list[Shown]:
    """The newest photos of a store and of those merged into it, without signatures of orders."""
    rows = execute(
        conn,
        _SHOWN  # noqa: S608 - composed from the constant above
        + """ WHERE p.cell = ANY(%(cells)s) AND (p.store = %(store)s OR p.store IN
                   (SELECT id FROM store WHERE cell = ANY(%(cells)s) AND merged_into = %(store)s))
                 AND NOT EXISTS
                   (SELECT FROM orders o WHERE o.cell = ANY(%(cells)s) AND o.id = p.id)
               ORDER BY p.captured_at DESC, p.id LIMIT %(most)s""",
        {"cells": list(cells), "store": store, "most": at_most},
    ).fetchall()
    return [Shown(*row) for row in rows]


def received(conn: Connection, cell: int, key: str, count: int, state: str, at: datetime) -> None:
    """Note how many bytes are safe on disk now."""
    execute(
        conn,
        """UPDATE photo SET received_bytes = %(count)s, state = %(state)s, heard_at = %(at)s,
               whole_at = CASE WHEN %(state)s = 'whole' THEN %(at)s END
           WHERE cell = %(cell)s AND id = %(id)s""",
        {"cell": cell, "id": key, "count": count, "state": state, "at": at},
    )


def past_their_time(conn: Connection, before: datetime, at_most: int) -> list[tuple[int, str]]:
    """Photos last heard of before an instant whose files are still there."""
    return execute(
        conn,
        """SELECT cell, id::text FROM photo WHERE heard_at < %s AND state <> 'expired'
           ORDER BY heard_at LIMIT %s FOR UPDATE SKIP LOCKED""",
        [before, at_most],
    ).fetchall()


def expire(conn: Connection, photos: list[tuple[int, str]]) -> None:
    """Say of these photos that their files are gone."""
    execute(
        conn,
        """UPDATE photo p SET state = 'expired' FROM unnest(%s::int[], %s::uuid[]) AS o (cell, id)
           WHERE p.cell = o.cell AND p.id = o.id""",
        [[cell for cell, _ in photos], [key for _, key in photos]],
    )
