"""Binds a mapping to the header of one file: list of fields in, named values out.

Made once a file, called for every row, some of them millions of times: hence the small functions
made beforehand instead of decisions taken per row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError
from marshmallow.fields import Field

from schemas import fields as wire
from schemas.feed_rows import FEED_ROWS
from server.feeds.mapping import ColumnMap, From, MappingProblem, nearest
from server.feeds.transforms import TRANSFORMS, Options, Read, Unfit

Cells = Sequence[str]
Take = Callable[[Cells], Any]
WORDS = (wire.Text, wire.Code, wire.Choice)

ABSENT = object()
"""Stands for an empty text of a field that has no null: what is stored stays."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one field of one row: the file's column, its text, what to do."""

    field: str
    value: str
    remedy: str


NONE: list[Trouble] = []


@dataclass(frozen=True, slots=True)
class Bound:
    """A mapping that fits a header."""

    takes: tuple[tuple[str, Take], ...]
    columns: dict[str, tuple[int, ...]]
    header: Sequence[str]
    extra: list[str]

    def row(self, cells: Cells) -> tuple[dict[str, Any], list[Trouble]]:
        """Fields -> values by name, and what could not be read."""
        row: dict[str, Any] = {}
        for name, take in self.takes:
            try:
                value = take(cells)
            except Unfit as why:
                return row, [self.trouble(name, cells, str(why)), *self._rest(cells, name)]
            if value is not ABSENT:
                row[name] = value
        return row, NONE

    def key(self, cells: Cells, names: Sequence[str]) -> tuple[Any, ...] | None:
        """The values of these fields in a line whose others may be unreadable; None where one of
        them is. A field that is left out is None in the tuple."""
        takes, values = dict(self.takes), []
        for name in names:
            try:
                value = takes[name](cells) if name in takes else ABSENT
            except Unfit:
                return None
            values.append(None if value is ABSENT else value)
        return tuple(values)

    def _rest(self, cells: Cells, after: str) -> list[Trouble]:
        """Troubles of the fields after the first bad one, so that a person mends them at once."""
        names = [name for name, _ in self.takes]
        found = []
        for name, take in self.takes[names.index(after) + 1 :]:
            try:
                take(cells)
            except Unfit as why:
                found.append(self.trouble(name, cells, str(why)))
        return found

    def column(self, name: str) -> str:
        """What the file calls a field."""
        return "+".join(self.header[at] for at in self.columns.get(name, ())) or name

    def trouble(self, name: str, cells: Cells, remedy: str) -> Trouble:
        """Trouble with a field, told in the file's own columns."""
        places = self.columns.get(name, ())
        return Trouble(self.column(name), " ".join(cells[at] for at in places), remedy)


def bind(mapping: ColumnMap, header: Sequence[str], options: Options) -> Bound:
    """Fit a mapping to a header. Errors: MappingProblem naming every column that is missing."""
    fields = FEED_ROWS[mapping.feed]().fields
    problems: list[str] = []
    takes: list[tuple[str, Take]] = []
    columns: dict[str, tuple[int, ...]] = {}
    used: set[str] = set()
    for name, source in mapping.fields.items():
        source = _as_written(name, source, header)
        missing = [column for column in source.columns if column not in header]
        twice = [column for column in source.columns if header.count(column) > 1]
        problems += [f"The header has {column!r} more than once." for column in twice]
        if not source.optional or fields[name].required:
            problems += [f"The file has no column {one!r}{nearest(one, header)}" for one in missing]
        if missing or twice:
            continue
        places = tuple(header.index(column) for column in source.columns)
        columns[name] = places
        used.update(source.columns)
        takes.append((name, _take(name, source, places, fields[name], options)))
    if problems:
        raise MappingProblem(problems)
    extra = [column for column in header if column not in used]
    return Bound(tuple(takes), columns, header, extra)


def _as_written(name: str, source: From, header: Sequence[str]) -> From:
    """Of the plain mapping: `amount` with decimals may stand for `amount_minor`."""
    short = name.removesuffix("_minor")
    if source.optional and name not in header and short != name and short in header:
        return From("minor", (short,), optional=True)
    return source


def _take(
    name: str, source: From, places: tuple[int, ...], field: Field[Any], options: Options
) -> Take:
    """The function that takes one field out of a row."""
    own = Options(
        source.values or {}, source.format, options.decimal_mark, options.digits, options.zone,
        options.shift_days,
    )  # fmt: skip
    read = TRANSFORMS[source.transform][1](own)
    empty = _empty(name, source, field, own)
    if not places:
        constant = empty("")
        return lambda cells: constant
    if len(places) == 1 and source.strip:
        return _one(places[0], read, empty)

    def several(cells: Cells) -> Any:
        texts = [cells[at].strip() if source.strip else cells[at] for at in places]
        text = source.join.join(text for text in texts if text)
        return read(text) if text else empty(text)

    return several


def _one(at: int, read: Read, empty: Read) -> Take:
    def take(cells: Cells) -> Any:
        text = cells[at].strip()
        return read(text) if text else empty(text)

    return take


def _empty(name: str, source: From, field: Field[Any], options: Options) -> Read:
    """What stands for an empty text: the constant, the default, nothing, or a trouble."""
    value = source.default if source.constant is None else source.constant
    if value is not None:
        ready = _constant(name, value, source, field, options)
        return lambda text: ready
    if field.allow_none:
        return lambda text: None

    def refuse(text: str) -> Any:
        raise Unfit("Fill this in: it may not be empty.")

    return refuse if field.required else lambda text: ABSENT


def _constant(name: str, value: Any, source: From, field: Field[Any], options: Options) -> Any:
    """A constant or default of the mapping, as the field's value. Errors: MappingProblem."""
    try:
        if isinstance(value, str) and not isinstance(field, WORDS):
            value = TRANSFORMS[source.transform][1](options)(value)
        return field.deserialize(value)
    except Unfit as why:
        raise MappingProblem([f"[fields.{name}]: {value!r} does not fit. {why}"]) from None
    except ValidationError as why:
        says = "; ".join(str(one) for one in why.messages)
        raise MappingProblem([f"[fields.{name}]: {value!r} {says}."]) from None
