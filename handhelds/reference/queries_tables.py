"""The tables of pulled rows, and the copy of an older program brought to the shape of this one.

A new version of the protocol does not cost a whole copy. The rows are kept as far as they tell
what the new version asks; the cursor stays, and the next pull names the new version and brings
again only the rows that it carries otherwise. A shape that no version has (this program searches
another column, say) empties the copy: the next sync fetches it whole.
"""

# ruff: noqa: S608 - names of tables and columns come from schemas/rows.py, values are bound

import sqlite3
import zlib

from schemas.rows import ROWS
from schemas.versions import NEWEST, name_at, parts_at, rows_at

SEARCHED: dict[str, tuple[str, ...]] = {
    "product": ("id", "name", "brand", "category", "uoms"),
    "store": ("code", "name", "banner", "address", "city"),
}
INDEXES = {
    "stock": "product",
    "price": "product",
    "contact": "store",
    "visit": "store",
    "card": "store",
    "order": "store",
    "collection": "store",
    "plan_stop": "day",
}
ARRAYS = {
    "product": {"uoms"},
    "promotion": {"products", "tiers"},
    "policy": {"params"},
    "store": {"delivery_days"},
    "receivable": {"items"},
    "card": {"lines", "amendments", "competitors"},
    "order": {"holds", "steps", "lines"},
    "collection": {"allocation", "applied"},
    "target": {"working_days"},
    "conflict": {"arguments", "answers"},
}
"""Columns kept as JSON text."""
ASIDE = ("mark", "staged", "segment", "piece", "greyed")
"""Tables of the copy that hold no pulled rows."""


def shape_of(version: int) -> int:
    """A number that stands for the tables as a program of a version makes them."""
    told = (dict(rows_at(version)), dict(parts_at(version)), SEARCHED, INDEXES)
    return zlib.crc32(repr(told).encode()) >> 1


def make_copy_tables(db: sqlite3.Connection) -> None:
    """Make the tables of pulled rows, of those that an older program left if they tell enough."""
    found = db.execute("PRAGMA copy.application_id").fetchone()[0]
    if found == shape_of(NEWEST):
        return
    former = next((one for one in range(1, NEWEST) if found == shape_of(one)), None)
    db.execute("BEGIN IMMEDIATE")
    for kind in ROWS:
        if former is None or kind not in rows_at(former):
            # Also where the one before knew no such kind: a newer one may have been here before it.
            db.execute(f'DROP TABLE IF EXISTS copy."{kind}"')
            _make(db, kind)
        elif rows_at(former)[kind] != ROWS[kind]:
            _make_of_former(db, kind, former)
    for name in ASIDE if former is None else ("staged", "segment", "piece"):
        db.execute(f"DELETE FROM copy.{name}")
    db.execute("DELETE FROM copy.mark WHERE name LIKE 'staged%'")
    db.execute(f"PRAGMA copy.application_id = {shape_of(NEWEST)}")
    db.execute("COMMIT")


def _make(db: sqlite3.Connection, kind: str) -> None:
    names = ", ".join(
        f'"{name}" PRIMARY KEY' if name == "id" else f'"{name}"' for name in ROWS[kind]
    )
    more = ", search" if kind in SEARCHED else ""
    db.execute(f'CREATE TABLE copy."{kind}" ({names}{more})')
    db.execute(f'CREATE INDEX copy."{kind}_scope" ON "{kind}" (scope)')
    if kind in INDEXES:
        column = INDEXES[kind]
        db.execute(f'CREATE INDEX copy."{kind}_{column}" ON "{kind}" ("{column}")')


def _make_of_former(db: sqlite3.Connection, kind: str, former: int) -> None:
    """The table anew, with the rows of the one before: what had another name keeps its value,
    what is new is empty until a row brings it."""
    for index in ("scope", INDEXES.get(kind)):
        db.execute(f'DROP INDEX IF EXISTS copy."{kind}_{index}"')
    db.execute(f'ALTER TABLE copy."{kind}" RENAME TO former')
    _make(db, kind)
    named = {today: name_at(kind, today, former) for today in ROWS[kind]}
    values = [f'"{name}"' if name else "NULL" for name in named.values()]
    values += ["search"] * (kind in SEARCHED)
    db.execute(f'INSERT INTO copy."{kind}" SELECT {", ".join(values)} FROM copy.former')
    db.execute("DROP TABLE copy.former")
