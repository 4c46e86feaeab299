"""A small company that was written once, for tests that each want one like it.

To write it the way the office does costs more than most tests that need it. So each process of
tests writes it once, before any test can have changed anything, and keeps its rows; `Rows.copied`
puts them into another empty database as they would be there now: the epoch and every id are others
(ids in the same order), and every instant is as long before `now` as it was.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from schemas.ids import uuid7
from schemas.tables.metadata import METADATA

ID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
INSTANT: Final = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00"
EPOCH: Final = r"\be-[0-9a-f]{16}\b"
_CHANGING: Final = re.compile(f"{ID}|{INSTANT}|{EPOCH}")
_CLOCKS_APART: Final = timedelta(seconds=5)
_OPENED: Final = "SELECT now() - %s, EXISTS (SELECT FROM feed) OR EXISTS (SELECT FROM incarnation)"


@dataclass
class Rows:
    """All rows of a database as COPY writes them: (COPY of a table, its text), parents first."""

    now: datetime
    tables: list[tuple[str, str]]

    def __post_init__(self) -> None:
        self.ids = sorted({one for _, text in self.tables for one in re.findall(ID, text)})

    def copied(self, conn: Connection, now: datetime) -> dict[str, str] | None:
        """Put the rows into an empty database; the new id of each old one.

        None, and nothing is done, where a feed is open already or `now` is not the time of day.
        """
        raw = conn.connection.driver_connection
        assert raw is not None
        apart, opened = raw.execute(_OPENED, [now]).fetchone()
        if opened or abs(apart) > _CLOCKS_APART:
            return None
        instead, epoch = {old: uuid7() for old in self.ids}, f"e-{token_hex(8)}"

        def changed(found: re.Match[str]) -> str:
            text = found[0]
            if text.startswith("e-"):
                return epoch
            return instead[text] if text in instead else self._moved(text, now)

        for copy, text in self.tables:
            with raw.cursor().copy(copy) as out:
                out.write(_CHANGING.sub(changed, text))
        return instead

    def _moved(self, instant: str, now: datetime) -> str:
        return (datetime.fromisoformat(instant) + (now - self.now)).isoformat(" ")


def kept(conn: Connection, now: datetime) -> Rows:
    """The rows of a database in which nothing is but what was written at `now`."""
    return Rows(now, list(_all(conn)))


def _all(conn: Connection) -> Iterator[tuple[str, str]]:
    raw = conn.connection.driver_connection
    assert raw is not None
    for table in METADATA.sorted_tables:
        columns = sql.SQL(", ").join(sql.Identifier(one.name) for one in table.columns)
        words = sql.SQL("COPY {} ({})").format(sql.Identifier(table.name), columns).as_string(raw)
        with raw.cursor().copy(f"{words} TO STDOUT") as rows:
            text = b"".join(bytes(one) for one in rows).decode()
        if text:
            yield f"{words} FROM STDIN", text
