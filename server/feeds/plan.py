"""What a load is about to do, decided before anything is written.

A feed turns good lines into a `Plan`: rows to write, and for each line whether it is new, changed
(which fields, from what to what) or the same. A dry run shows the plan; a load carries it out.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from server.feeds.binding import Bound, Trouble
from server.feeds.validate import Line

Fields = Mapping[str, tuple[Any, Any]]


class Refused(Exception):
    """The file is well formed, and loading it would do harm; the message says why."""


@dataclass(frozen=True, slots=True)
class Company:
    """Whose feed it is. `cells` are its depots by code, `digits` those of its currency."""

    id: str
    code: str
    currency: str
    digits: int
    zone: ZoneInfo
    own_cell: int
    cells: Mapping[str, int]

    def midnight(self, day: date) -> datetime:
        """The moment a local day begins."""
        return datetime.combine(day, time(), self.zone)


@dataclass(slots=True)
class Run:
    """One run of one feed: for whom, as of when, and the rows it rejects.

    `full`: what the file does not name is ended. `unread`: keys of lines that were rejected before;
    a full file names those as well.
    """

    company: Company
    cell: int | None
    now: datetime
    as_of: datetime
    full: bool
    bound: Bound
    unread: Set[tuple[Any, ...]]
    notes: list[str] = field(default_factory=list)
    rejects: list[tuple[int, Trouble]] = field(default_factory=list)

    def reject(self, line: Line, name: str, remedy: str) -> None:
        """A row that names what does not exist, or contradicts what does."""
        self.rejects.append((line.line, self.bound.trouble(name, line.cells, remedy)))

    def field_cells(self) -> list[int]:
        return sorted(self.company.cells.values())


@dataclass(frozen=True, slots=True)
class Change:
    """A row that would be new (no fields) or changed (field -> old, new)."""

    key: str
    fields: Fields | None = None


@dataclass(slots=True)
class Rows:
    """Rows of one kind for one cell, for `sync.write`."""

    cell: int
    kind: str
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    parts: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    whole_parts: bool = False


@dataclass(slots=True)
class Plan:
    """What to write, and how the lines of the file compare with what is there."""

    changes: list[Change] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0
    writes: list[Rows] = field(default_factory=list)

    def rows_for(self, cell: int, kind: str, *, whole_parts: bool = False) -> Rows:
        """The rows of a kind in a cell, one collection for all that a plan writes of it."""
        for one in self.writes:
            if (one.cell, one.kind) == (cell, kind):
                return one
        self.writes.append(Rows(cell, kind, whole_parts=whole_parts))
        return self.writes[-1]

    def tell(self, key: str, fields: Fields | None) -> bool:
        """Count one line: None = new, {} = the same. Returns whether it has to be written."""
        if fields is None:
            self.new += 1
        elif fields:
            self.changed += 1
        else:
            self.same += 1
            return False
        self.changes.append(Change(key, fields))
        return True


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields of `new` that `old` has otherwise."""
    return {name: (old[name], value) for name, value in new.items() if old[name] != value}


def by(rows: Iterable[Mapping[str, Any]], *names: str) -> dict[Any, Mapping[str, Any]]:
    """Rows by one column, or by a tuple of several."""
    if len(names) == 1:
        return {row[names[0]]: row for row in rows}
    return {tuple(row[name] for name in names): row for row in rows}


def depot_of(run: Run, line: Line, existing: int | None) -> int | None:
    """The cell a line belongs to; None after rejecting it."""
    code = line.row.get("cell")
    if code is not None:
        wanted = run.company.cells.get(code)
    else:
        wanted = run.cell if existing is None else existing
    if wanted is None:
        known = ", ".join(sorted(run.company.cells)) or "none yet"
        remedy = f"Name its depot, one of {known}, in the mapping or by --cell."
        run.reject(line, "cell" if code is not None else "code", remedy)
    elif existing is not None and wanted != existing:
        run.reject(line, "cell", "It belongs to another depot: the office moves it, not a feed.")
        return None
    return wanted
