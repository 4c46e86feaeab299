"""Sorts the rows of a file: good ones go on, bad ones become rejects with what to do about them.

A row is bad when a text cannot be read, a value breaks its schema (`schemas/feed_rows.py`), or
its key was on an earlier line; later, the feed itself rejects rows that name what does not exist.
Rejects are spooled to disk as they are found: a file of a million wrong rows costs no memory.
"""

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from marshmallow import Schema, ValidationError

from schemas.compiled import compiled
from server.feeds.binding import Bound, Cells, Trouble
from server.feeds.read import Source

SHOWN = 20
COLUMNS = ("line", "field", "value", "remedy")


@dataclass(slots=True)
class Line:
    """A good row: its line in the file, its fields (file texts for telling), its values."""

    line: int
    cells: Sequence[str]
    row: dict[str, Any]


class Rejects:
    """Rows that do not load, and why. Rows are counted once however many troubles they have."""

    def __init__(self, kept: int = SHOWN) -> None:
        self.rows, self._kept = 0, kept
        self.first: list[tuple[int, str, str, str]] = []
        self._spool = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - lives as long as the run
            1 << 20, "w+", encoding="utf-8", newline=""
        )
        self._out = csv.writer(self._spool)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        self._spool.close()

    def add(self, line: int, troubles: Sequence[Trouble]) -> None:
        """One row with all its troubles."""
        self.rows += 1
        for one in troubles:
            told = (line, one.field, one.value[:200], one.remedy)
            if len(self.first) < self._kept:
                self.first.append(told)
            self._out.writerow(told)

    def save(self, path: Path) -> None:
        """Write them as CSV: line, field, value, remedy."""
        self._spool.seek(0)
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerow(COLUMNS)
            shutil.copyfileobj(self._spool, out)
        self._spool.seek(0, 2)


def _spelled(marker: Any, value: Any) -> Any:
    """msgspec's hook: days and times are read by the field's own strict reader."""
    return marker.read(value)


def checker(schema: type[Schema]) -> Callable[[dict[str, Any]], list[tuple[str, str]]]:
    """A function that names (field, remedy) of what breaks the schema; [] = nothing does.

    The compiled form of the schema says yes in a microsecond; only a row it refuses goes to
    marshmallow, which decides and explains.
    """
    struct, slow = compiled(schema).struct, schema()

    def check(row: dict[str, Any]) -> list[tuple[str, str]]:
        try:
            msgspec.convert(row, struct, dec_hook=_spelled)
        except (msgspec.ValidationError, ValueError):
            return _explained(slow, row)
        return []

    return check


def _explained(schema: Schema, row: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        schema.load(row)
    except ValidationError as refusal:
        told = refusal.messages
        by_field = told if isinstance(told, dict) else {"(line)": told}
        return [(str(name), f"This {_said(says)}.") for name, says in by_field.items()]
    return []


def _said(told: Any) -> str:
    while isinstance(told, dict):
        told = next(iter(told.values()))
    return str(told[0] if isinstance(told, list) else told).rstrip(".")


@dataclass(slots=True)
class Named:
    """What a file names, by its key, in lines that cannot be loaded: a full file ends nothing that
    stands in it. `nameless`: lines of which not even the key can be read."""

    bound: Bound
    key: Sequence[str]
    keys: set[tuple[Any, ...]] = field(default_factory=set)
    nameless: int = 0

    def add(self, cells: Cells | None) -> None:
        """One line that was rejected."""
        key = None if cells is None else self.bound.key(cells, self.key)
        if key is None:
            self.nameless += 1
        else:
            self.keys.add(key)


def good_rows(
    source: Source,
    bound: Bound,
    schema: type[Schema],
    rejects: Rejects,
    rejected: Callable[[Cells | None], None] = lambda _: None,
) -> Iterator[Line]:
    """The rows of a file that can be read and keep their schema; the others go to `rejects`, and
    their cells to `rejected`."""
    check = checker(schema)
    for line, cells, unreadable in source.rows():
        if cells is None:
            rejects.add(line, [Trouble("(line)", "", unreadable)])
            rejected(None)
            continue
        row, troubles = bound.row(cells)
        if not troubles and (broken := check(row)):
            troubles = [bound.trouble(name, cells, remedy) for name, remedy in broken]
        if troubles:
            rejects.add(line, troubles)
            rejected(cells)
        else:
            yield Line(line, cells, row)


def unique(
    lines: Iterator[Line], key: Sequence[str], bound: Bound, rejects: Rejects
) -> Iterator[Line]:
    """Lines whose key was not on an earlier line; the first stands."""
    seen: dict[Any, int] = {}
    for one in lines:
        value = tuple(one.row.get(name) for name in key)
        earlier = seen.setdefault(value, one.line)
        if earlier == one.line:
            yield one
        else:
            says = f"Line {earlier} says this already: keep one of the two."
            rejects.add(one.line, [bound.trouble(key[-1], one.cells, says)])
