"""An SQLite of another library with the face of `sqlite3`, as far as the handheld looks at it.

Python's own `sqlite3` cannot be given a VFS; `apsw` can. The handheld's code is the same on both:
it takes whatever its `connect` opens. The database files are SQLite's, so what was written here is
read after a cut by `sqlite3` itself.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from tests.simulation.power.watched import VFS


class Row(tuple[Any, ...]):
    """A row that is asked by place or by name, as sqlite3.Row is."""

    names: dict[str, int]

    def __getitem__(self, at: Any) -> Any:
        return super().__getitem__(self.names[at] if isinstance(at, str) else at)

    def keys(self) -> list[str]:
        return [*self.names]


@contextmanager
def _their_errors() -> Iterator[None]:
    try:
        yield
    except apsw.ConstraintError as trouble:
        raise sqlite3.IntegrityError(str(trouble)) from trouble
    except apsw.Error as trouble:
        raise sqlite3.OperationalError(str(trouble)) from trouble


class Cursor:
    """One statement under way. Dropped, it is over: nothing here refers to itself."""

    def __init__(self, face: "Connection") -> None:
        self.face = face
        self.row_factory: Any = face.row_factory
        self.cursor = face.real.cursor()
        self.names: dict[str, int] = {}
        self.rowcount = -1

    def _row(self, values: Any) -> Any:
        if values is None or self.row_factory is None:
            return values
        row = Row(values)
        row.names = self.names
        return row

    def execute(self, sql: str, values: Sequence[Any] = ()) -> "Cursor":
        if sql in self.face.deaf_to:
            sql = "SELECT 1 WHERE 0"
        before = self.face.real.total_changes()
        with _their_errors():
            self.cursor.execute(sql, tuple(values))
        self.rowcount = self.face.real.total_changes() - before
        try:
            self.names = {one[0]: at for at, one in enumerate(self.cursor.get_description())}
        except apsw.ExecutionCompleteError:
            self.names = {}  # there are no rows to name
        return self

    def fetchone(self) -> Any:
        with _their_errors():
            return self._row(self.cursor.fetchone())

    def fetchall(self) -> list[Any]:
        return [*self]

    def __iter__(self) -> Iterator[Any]:
        with _their_errors():
            for values in self.cursor:
                yield self._row(values)


class Connection:
    """One open database and what is attached to it. `deaf_to`: what it is asked in vain, for bugs
    planted."""

    def __init__(self, path: Path, pages_to_checkpoint: int) -> None:
        self.real = apsw.Connection(str(path), vfs=VFS)
        self.real.set_busy_timeout(15_000)
        self.real.wal_autocheckpoint(pages_to_checkpoint)
        self.row_factory: Any = None
        self.text_factory: Any = str
        self.deaf_to: set[str] = set()

    @property
    def in_transaction(self) -> bool:
        return self.real.in_transaction

    def cursor(self) -> Cursor:
        return Cursor(self)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        return Cursor(self).execute(sql, values)

    def executemany(self, sql: str, many: Iterable[Sequence[Any]]) -> Cursor:
        cursor = Cursor(self)
        with _their_errors():
            cursor.cursor.executemany(sql, (tuple(values) for values in many))
        return cursor

    def executescript(self, sql: str) -> Cursor:
        return self.execute(sql)

    def close(self) -> None:
        self.real.close()
