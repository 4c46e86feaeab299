"""The handheld's two SQLite files, opened; transactions, counters, single facts.

See schema.sql for what is in which file, and why.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from handhelds.reference.clock import Clock
from handhelds.reference.opened import Opened, make_folder
from handhelds.reference.queries_tables import make_copy_tables
from schemas.failpoint import Act, failpoint


class NotSaved(Exception):
    """Nothing was saved, and the rep must be told so."""


Connect = Callable[[Path], sqlite3.Connection]


def connect(file: Path) -> sqlite3.Connection:
    """Open a database file; it commits by itself but for what stands between BEGIN and COMMIT."""
    return sqlite3.connect(file, isolation_level=None, timeout=15)


class Field:
    """One handheld's folder, open. `failpoint` is called by name around commits, for the tests
    that cut the power there; `connect` opens its database, for those that cut it under SQLite."""

    def __init__(self, home: Path, clock: Clock, connect: Connect = connect) -> None:
        self.home, self.clock = home, clock
        self.failpoint: Act = failpoint
        make_folder(home)
        self.opened = Opened(home)
        self.db = connect(home / "field.sqlite")
        self.db.row_factory = sqlite3.Row
        os.chmod(home / "field.sqlite", 0o600)
        self.db.execute("ATTACH ? AS copy", (str(home / "copy.sqlite"),))
        for pragma in (
            "main.journal_mode = WAL",
            "main.synchronous = FULL",
            "copy.journal_mode = WAL",
            "copy.synchronous = NORMAL",
            "foreign_keys = ON",
        ):
            self.db.execute(f"PRAGMA {pragma}")
        schema = resources.files("handhelds.reference").joinpath("schema.sql")
        self.db.executescript(schema.read_text(encoding="utf-8"))
        make_copy_tables(self.db)

    def close(self) -> None:
        self.db.close()
        self.opened.close()

    # --- writing -----------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction on the field file: all of it is durable on return, or none of it is.

        The first statement writes, which takes the file's lock at once; a plain BEGIN IMMEDIATE
        would also wait for a pull that is just being swapped into the other file.
        """
        try:
            self.db.execute("BEGIN")
            self.db.execute("INSERT OR REPLACE INTO main.fact VALUES ('turn', NULL)")
            yield
            self.failpoint("before_commit")
            self.db.execute("COMMIT")
            self.failpoint("after_commit")
        except BaseException as trouble:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            if isinstance(trouble, sqlite3.OperationalError):
                raise NotSaved(f"NOT saved, nothing was changed: {trouble}") from trouble
            raise

    def count_up(self, name: str) -> int:
        """The next number of a counter; counts only if the transaction around it commits."""
        self.db.execute(
            "INSERT INTO main.counter VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1",
            (name,),
        )
        return self.counted(name)

    def counted(self, name: str) -> int:
        found = self.db.execute("SELECT value FROM main.counter WHERE name = ?", (name,)).fetchone()
        return int(found[0]) if found else 0

    def fact(self, name: str) -> Any:
        """A single kept value, decoded; None when there is none."""
        found = self.db.execute("SELECT value FROM main.fact WHERE name = ?", (name,)).fetchone()
        return None if found is None or found[0] is None else msgspec.json.decode(found[0])

    def keep_fact(self, name: str, value: Any) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO main.fact VALUES (?, ?)",
            (name, msgspec.json.encode(value).decode()),
        )
