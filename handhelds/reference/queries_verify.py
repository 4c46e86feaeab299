"""The copy's rows as digests, slices and hashes, and the repair of those that are wrong.

Hashes are made from what the tables hold now, never kept: a kept one would be true for ever of a
row that a failing disk has changed since. Rows of a store taken away (greyed) are not compared.
A row whose scope or id could not travel is compared all the same, under a name that no row of the
server's has: it is told to go.
"""

# ruff: noqa: S608 - names of tables and columns come from schemas/rows.py, values are bound

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from typing import Any, NamedTuple

import msgspec

from handhelds.reference.answers import Page, Rows, Scopes
from handhelds.reference.clock import Clock, instant
from handhelds.reference.queries_pulled import Pulled
from handhelds.reference.queries_tables import ARRAYS
from schemas.fields import Code
from schemas.rows import ROWS
from sync.terms.digest import DIGITS, NOTHING, Digest, key_digits, row_hash

FLAGS = {"promotion": {"stacks"}, "plan_stop": {"pinned"}}
"""Columns of true and false, which SQLite keeps as 1 and 0."""
DAMAGED = "damaged"
_PRINTABLE = re.compile(Code.pattern)
_LARGEST = 2**53

Slice = tuple[str, str]  # (scope, digits)
Key = tuple[str, str]  # (kind, id)


class Held(NamedTuple):
    """A row of the copy, as it is told to the server."""

    scope: str
    kind: str
    id: str
    version: int
    hash: int


class Checked:
    """What of a handheld's copy is compared with the server's."""

    def __init__(self, db: sqlite3.Connection, copy: Pulled, clock: Clock) -> None:
        self.db, self.copy, self.clock = db, copy, clock

    def has_rows(self) -> bool:
        """Whether there is a copy worth comparing, however old."""
        return not self.said("lost") and any(
            self.db.execute(f'SELECT 1 FROM copy."{kind}" LIMIT 1').fetchone() for kind in ROWS
        )

    # --- comparing ---------------------------------------------------------------------------

    def digests(self, leave_out: frozenset[Key]) -> dict[str, Digest]:
        """What each scope comes to, but for these rows."""
        found: dict[str, Digest] = {}
        for row in self._rows(None):
            if (row.kind, row.id) not in leave_out:
                found[row.scope] = found.get(row.scope, NOTHING) + Digest(1, row.hash)
        return found

    def sixteen(
        self, slices: Sequence[Slice], leave_out: frozenset[Key]
    ) -> dict[Slice, list[Digest]]:
        """The digests of the sixteen parts of each slice."""
        parts = {one: [NOTHING] * 16 for one in slices}
        for (scope, at), row, digits in self._sliced(slices):
            if (row.kind, row.id) not in leave_out and len(at) < len(digits):
                parts[scope, at][DIGITS.index(digits[len(at)])] += Digest(1, row.hash)
        return parts

    def rows_in(
        self, slices: Sequence[Slice], leave_out: frozenset[Key]
    ) -> dict[Slice, list[Held]]:
        """The rows of each slice."""
        found: dict[Slice, list[Held]] = {one: [] for one in slices}
        for one, row, _ in self._sliced(slices):
            if (row.kind, row.id) not in leave_out:
                found[one].append(row)
        return found

    def _sliced(self, slices: Sequence[Slice]) -> Iterator[tuple[Slice, Held, str]]:
        by_scope: dict[str, list[str]] = {}
        for scope, at in slices:
            by_scope.setdefault(scope, []).append(at)
        for row in self._rows(by_scope):
            digits = key_digits(row.kind, row.id)
            for at in by_scope.get(row.scope, ()):
                if digits.startswith(at):
                    yield (row.scope, at), row, digits

    def _rows(self, scopes: Iterable[str] | None) -> Iterator[Held]:
        """Every row that is compared, of these scopes (None: all)."""
        wanted = None if scopes is None or DAMAGED in scopes else list(scopes)
        for kind, columns in ROWS.items():
            names = ", ".join(f'"{name}"' for name in columns)
            where = "scope IS NULL OR scope NOT IN (SELECT scope FROM copy.greyed)"
            if wanted is not None:
                where = f"({where}) AND scope IN ({', '.join('?' * len(wanted))})"
            turn = _turning(kind)
            with self._lenient() as read:
                for rowid, *values in read.execute(
                    f'SELECT rowid, {names} FROM copy."{kind}" WHERE {where}', wanted or ()
                ):
                    yield _held(kind, rowid, values, turn)

    @contextmanager
    def _lenient(self) -> Iterator[sqlite3.Cursor]:
        """A cursor that also reads texts a failing disk has made unreadable."""
        strict = self.db.text_factory
        self.db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            read = self.db.cursor()
            read.row_factory = None
            yield read
        finally:
            self.db.text_factory = strict

    # --- repairing ---------------------------------------------------------------------------

    def repair(
        self,
        rows: dict[str, Rows],
        gone: dict[str, list[str]],
        dropped: list[str],
        cursor: str | None,
    ) -> dict[str, int]:
        """Put right what was found, in one transaction; kind -> rows put or taken away.

        dropped: scopes that are not ours any more; greyed where unsent work refers to them.
        cursor: where the copy stands from now on, if that is another.
        """
        counts: Counter[str] = Counter()
        known = {kind: part for kind, part in rows.items() if kind in ROWS}
        sent = {
            (kind, row[part.columns.index("id")])
            for kind, part in known.items()
            for row in part.data
        }
        going = {
            kind: [one for one in ids if (kind, one) not in sent]
            for kind, ids in gone.items()
            if kind in ROWS
        }
        for kind in ROWS:
            changed = len(going.get(kind, ())) + (len(known[kind].data) if kind in known else 0)
            if changed:
                counts[kind] = changed
        page = Page("", False, "", scopes=Scopes([], dropped), rows=known, gone=going)
        with self.copy._writing():
            for kind, ids in going.items():
                self._forget_damaged(kind, ids)
            self.copy._apply(page)
            if cursor is not None:
                self.copy._mark("cursor", cursor)
            self.copy._drop_greyed()
        return dict(counts)

    def _forget_damaged(self, kind: str, ids: Iterable[str]) -> None:
        rows = [one.partition(":")[2] for one in ids if one.startswith(f"{DAMAGED}:")]
        self.db.executemany(f'DELETE FROM copy."{kind}" WHERE rowid = ?', ((r,) for r in rows))

    # --- when, and what came of it -----------------------------------------------------------

    def said(self, name: str) -> Any:
        """A kept value about verifying; None when there is none. Lost with the copy."""
        return self.copy.mark(f"verify_{name}")

    def keep(self, **values: Any) -> None:
        """Keep values about verifying."""
        with self.copy._writing():
            for name, value in values.items():
                self.copy._mark(f"verify_{name}", value)

    def keep_result(self, why: str, rows: int, repaired: dict[str, int], program: str) -> None:
        """The copy is the server's: from now on the next night counts."""
        at = instant(self.clock.now())
        result = {"at": at, "why": why, "rows": rows, "repaired": repaired}
        self.keep(result=result, at=at, program=program, due=None, run=None, lost=None)

    def lose(self) -> None:
        """The copy cannot be repaired: the next pull brings it anew; until then it stays."""
        self.copy.forget_cursor()
        self.keep(lost=True, run=None)


def _turning(kind: str) -> list[tuple[int, bool]]:
    """Places of columns that SQLite holds otherwise than they travel: (place, is it a flag)."""
    flags, arrays = FLAGS.get(kind, set()), ARRAYS.get(kind, set())
    return [
        (at, name in flags) for at, name in enumerate(ROWS[kind]) if name in flags or name in arrays
    ]


def _held(kind: str, rowid: int, values: list[Any], turn: list[tuple[int, bool]]) -> Held:
    """A row as it would travel, hashed. What no server can have sent hashes as something else."""
    id, scope, version = values[:3]
    for at, is_flag in turn:
        values[at] = _flag(values[at]) if is_flag else _array(values[at])
    for at, value in enumerate(values):
        if type(value) is bytes or (type(value) is float and not isfinite(value)):
            values[at] = f"{DAMAGED}:{value!r}"
    if type(version) is not int or not 0 <= version <= _LARGEST:
        version = 0
    return Held(
        scope if _travels(scope, 80) else DAMAGED,
        kind,
        id if _travels(id, 200) else f"{DAMAGED}:{rowid}",
        version,
        row_hash(kind, values),
    )


def _travels(value: Any, at_most: int) -> bool:
    return type(value) is str and 0 < len(value) <= at_most and _PRINTABLE.search(value) is not None


def _flag(value: Any) -> Any:
    return bool(value) if value in (0, 1) else value


def _array(value: Any) -> Any:
    """JSON text decoded; text that is none stays text, and so differs from any array."""
    if type(value) is not str:
        return value
    try:
        found = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return value
    return found if type(found) in (list, dict) else value
