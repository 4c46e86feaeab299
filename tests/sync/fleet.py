"""Handhelds of any version: what each holds, in its own words, and what it would send.

A copy here is what PROTOCOL.md asks of a handheld: rows by column name, replaced whole; after an
update of its program the rows it has lose what the new version has not, and know nothing yet of
what it adds.
"""

from typing import Any

import msgspec

from schemas.rows import ROWS
from schemas.versions import NEWEST, name_at, rows_at
from sync.carrier import Carrier
from sync.queries.pull import _AT, row_text
from tests.sync.copy import Copy
from tests.world import World, change

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]


class Handheld:
    """One handheld of some version of the program."""

    def __init__(self, world: World, carrier: Carrier, version: int, limit: int = 5_000) -> None:
        self.world, self.carrier, self.version, self.n = world, carrier, version, 0
        self.copy = Copy(world, carrier, limit)
        self.rows: Rows = {}

    def upgrade(self, version: int) -> None:
        """Another version of the program, on the copy that is there."""
        self.version = version
        columns = rows_at(version)
        self.rows = {
            kind: {
                key: {name: row.get(name) for name in columns[kind]} for key, row in rows.items()
            }
            for kind, rows in self.rows.items()
            if kind in columns
        }

    def pull(self) -> dict[str, int]:
        """Bring the copy up to date; how many rows of each kind came."""
        came: dict[str, int] = {}
        staged = {kind: dict(rows) for kind, rows in self.rows.items()}
        page = None
        self.copy.schema = self.version
        while True:
            answer = self.copy.page(self.copy.cursor, page)
            dropped = set(answer.dropped)
            for kind, rows in staged.items():
                staged[kind] = {k: row for k, row in rows.items() if row["scope"] not in dropped}
            for kind, keys in answer.gone.items():
                for key in keys:
                    staged.get(kind, {}).pop(key, None)
            for kind, texts in answer.rows.items():
                found = msgspec.json.decode(f"[{','.join(texts)}]")
                came[kind] = came.get(kind, 0) + len(found)
                for values in found:
                    row = dict(zip(rows_at(self.version)[kind], values, strict=True))
                    staged.setdefault(kind, {})[row["id"]] = row
            page = answer.page
            if answer.complete:
                self.rows, self.copy.cursor = staged, answer.cursor
                return came

    def edit(self, kind: str, key: str, mine: Row, base: Row | None = None) -> Row:
        """Push an edit in today's names, spoken in the handheld's; returns the verdict."""
        shown = self.rows[kind][key]
        said = {name_at(kind, name, self.version): value for name, value in mine.items()}
        assert None not in said, "its version has no such field"
        body: Row = {"id": key, "set": said, "base": base}
        if base is None:
            body["base"] = {name: shown[name] for name in said if name is not None}
        if kind == "contact":
            body["store"] = shown["store"]
        act = {"store": "edit", "contact": "save"}[kind]
        return self.push(kind, act, body)

    def push(self, kind: str, act: str, body: Row, **more: Any) -> Row:
        self.n += 1
        sent = change(self.n, kind, act, body, **{"v": self.version, **more})
        (verdict,), _ = self.world.push(self.carrier, [sent])
        return verdict


def projected(world: World, carrier: Carrier, version: int) -> Rows:
    """What a handheld of a version should hold: its scopes' rows of today, said again by hand."""
    scopes = [
        *("company", f"rep:{carrier.rep}"),
        *(row[0] for row in world.rows(
            "SELECT scope FROM scope_grant WHERE rep = %s AND told_begin AND NOT told_end",
            carrier.rep)),
    ]  # fmt: skip
    found: Rows = {}
    for kind, columns in ROWS.items():
        if kind not in rows_at(version):
            continue
        sql = f"SELECT {row_text(kind, NEWEST)} FROM {_AT[kind][0]} t WHERE scope = ANY(%s)"
        for (text,) in world.rows(sql, scopes):
            row = dict(zip(columns, msgspec.json.decode(text), strict=True))
            found.setdefault(kind, {})[row["id"]] = in_words_of(version, kind, row)
    return found


def in_words_of(version: int, kind: str, row: Row) -> Row:
    """A row of today as a version has it, written out by hand as the oracle of these tests."""
    row = dict(row)
    if version < 2 and kind == "contact":
        del row["email"]
    if version < 4 and kind == "card":
        del row["competitors"]
    if version < 3 and kind == "store":
        row["opening"] = row.pop("opening_hours")
    is_about_store = kind == "conflict" and str(row["subject"]).startswith("store/")
    if version < 3 and is_about_store and row["field"] == "opening_hours":
        row |= {"field": "opening", "arguments": row["arguments"] | {"field": "opening"}}
    return row
