"""A mapping: which column of a file becomes which field of a feed, and how its text is read.

A TOML file, one for a feed:

    [file]                      # optional
    delimiter = ";"             # "," when left out
    encoding = "cp1252"         # "utf-8"
    decimal_mark = ","          # "."
    name = "stores*.csv*"       # what `talaria load all` looks for

    [fields.code]
    column = "store_no"
    [fields.status]
    column = "status"
    transform = "enum"
    values = { A = "active", I = "closed" }
    [fields.address]
    columns = ["street", "house"]
    join = " "
    [fields.warehouse]
    constant = "MAIN"

Everything is checked before the file is read: a field, column, transform or option that does not
exist is a `MappingProblem` that names it and what there is instead.
"""

import codecs
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from marshmallow.fields import Field

from schemas import fields as wire
from schemas.feed_rows import FEED_ROWS
from server.feeds.read import DELIMITERS, Shape
from server.feeds.transforms import TRANSFORMS

PLAIN = "plain"
FIELD_KEYS = frozenset(
    "column columns join constant transform values format default strip optional".split()
)
FILE_KEYS = frozenset({"delimiter", "encoding", "decimal_mark", "name"})
USUAL: tuple[tuple[type[Field[Any]], str], ...] = (
    (wire.Money, "minor"),
    (wire.Whole, "int"),
    (wire.DecimalText, "decimal"),
    (wire.Day, "date"),
    (wire.Instant, "instant"),
    (wire.Flag, "flag"),
    (wire.Listed, "weekdays"),
    (wire.Gtin, "gtin"),
)
"""How a text is read when the mapping does not say: by what the field holds."""


class MappingProblem(Exception):
    """The mapping does not fit; `problems` are sentences, all of them."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class From:
    """Where one field comes from. Exactly one of `columns` and `constant` is given."""

    transform: str
    columns: tuple[str, ...] = ()
    constant: Any = None
    join: str = " "
    values: Mapping[str, str] | None = None
    format: str | None = None
    default: Any = None
    strip: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A checked mapping of one feed. `file_name` is the pattern `load all` looks for."""

    feed: str
    shape: Shape
    fields: Mapping[str, From]
    file_name: str | None = None
    plain: bool = False


def known_mappings() -> list[str]:
    """Names of the mappings that come with the product."""
    folder = files("server.feeds") / "mappings"
    return sorted([PLAIN, *(one.name for one in folder.iterdir() if one.is_dir())])


def mapping_text(where: str, feed: str) -> str | None:
    """The TOML of a mapping: a name that comes with the product, a folder, or a file. None = none.

    In a folder a feed's mapping is `<feed>.toml`.
    """
    if where == PLAIN:
        return ""
    path = Path(where)
    if path.is_dir():
        path = path / f"{feed}.toml"
    elif not path.suffix and where in known_mappings():
        built_in = files("server.feeds") / "mappings" / where / f"{feed}.toml"
        return built_in.read_text("utf-8") if built_in.is_file() else None
    elif not path.is_file():
        raise MappingProblem(
            [f"There is no mapping {where!r}: give a file, a folder, or {_or(known_mappings())}."]
        )
    return path.read_text("utf-8") if path.is_file() else None


def find_mapping(where: str, feed: str) -> ColumnMap:
    """Read and check the mapping of a feed. Errors: MappingProblem."""
    text = mapping_text(where, feed)
    if text is None:
        raise MappingProblem([f"The mapping {where!r} has nothing for {feed} ({feed}.toml)."])
    return plain(feed) if where == PLAIN else parse(text, feed)


def plain(feed: str) -> ColumnMap:
    """Columns named like the fields; money also without _minor, then with decimals."""
    fields: dict[str, From] = {}
    for name, field in FEED_ROWS[feed]().fields.items():
        transform = "int" if isinstance(field, wire.Money) else usual(field)
        fields[name] = From(transform, (name,), optional=True)
    return ColumnMap(feed, Shape(), fields, plain=True)


def usual(field: Field[Any]) -> str:
    """The transform a field gets when none is named."""
    return next((name for kind, name in USUAL if isinstance(field, kind)), "text")


def parse(text: str, feed: str) -> ColumnMap:
    """A mapping's TOML, checked. Errors: MappingProblem with every problem found."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise MappingProblem([f"The mapping is not TOML: {why}."]) from None
    problems = _unknown("a mapping", document, {"file", "fields"})
    told, named = document.get("file", {}), document.get("fields", {})
    if not (isinstance(told, dict) and isinstance(named, dict)):
        raise MappingProblem([*problems, "file and fields must be tables: [file], [fields]."])
    problems += _unknown("[file]", told, FILE_KEYS)
    fields = FEED_ROWS[feed]().fields
    problems += _unknown(f"the fields of {feed}", named, fields)
    found: dict[str, From] = {}
    for name, options in named.items():
        if name in fields:
            wrong = _wrong(name, options)
            problems += wrong
            if not wrong:
                found[name] = _from(options, fields[name])
    problems += [
        f"[fields.{name}] is missing: {feed} need it."
        for name, field in fields.items()
        if field.required and name not in named
    ]
    shape = Shape(**{key: told[key] for key in FILE_KEYS - {"name"} if key in told})
    problems += _wrong_shape(shape)
    if problems:
        raise MappingProblem(problems)
    return ColumnMap(feed, shape, found, told.get("name"))


def _wrong_shape(shape: Shape) -> list[str]:
    problems = []
    if shape.delimiter not in tuple(DELIMITERS):
        known = " ".join(map(repr, DELIMITERS))
        problems.append(f"delimiter {shape.delimiter!r} is not one of {known}.")
    if shape.decimal_mark not in (".", ","):
        problems.append(f"decimal_mark {shape.decimal_mark!r} is not '.' or ','.")
    try:
        codecs.lookup(shape.encoding)
    except (LookupError, TypeError):
        problems.append(f"There is no encoding {shape.encoding!r}: try utf-8 or cp1252.")
    return problems


def _wrong(name: str, options: Any) -> list[str]:
    """What is wrong with the options of one field."""
    where = f"[fields.{name}]"
    if not isinstance(options, dict):
        return [f'{where} must be a table, such as {name} = {{ column = "..." }}.']
    problems = _unknown(where, options, FIELD_KEYS)
    if sum(key in options for key in ("column", "columns", "constant")) != 1:
        problems.append(f"{where} needs one of column, columns or constant.")
    columns = options.get("columns", [options.get("column", "x")])
    if not isinstance(columns, list) or not columns or not all(isinstance(c, str) for c in columns):
        problems.append(f"{where}: columns are names in quotes.")
    transform = options.get("transform", "text")
    problems += _unknown(where, [transform], TRANSFORMS, "transform")
    values = options.get("values")
    if (transform == "enum") != (values is not None):
        problems.append(f'{where}: transform "enum" and values belong together.')
    if values is not None and not (
        isinstance(values, dict) and all(isinstance(one, str) for one in values.values())
    ):
        problems.append(f'{where}: values must be texts, such as {{ A = "active" }}.')
    return problems


def _from(options: dict[str, Any], field: Field[Any]) -> From:
    columns = options.get("columns", [options["column"]] if "column" in options else [])
    rest = {key: value for key, value in options.items() if key not in ("column", "columns")}
    return From(**{"transform": usual(field), **rest, "columns": tuple(columns)})


def _unknown(where: str, given: Iterable[str], known: Iterable[str], what: str = "") -> list[str]:
    """A sentence for each name that is not known, with the nearest that is."""
    all_known = list(known)
    return [
        f"{where}: there is no {what + ' ' if what else ''}{one!r}{nearest(one, all_known)}"
        for one in given
        if one not in all_known
    ]


def nearest(name: object, known: Iterable[str]) -> str:
    """The end of a sentence: "; did you mean ...?" or the list of what there is."""
    words = list(known)
    close = get_close_matches(str(name), words, 1, 0.6)
    return f"; did you mean {close[0]!r}?" if close else f" (there is {_or(words)})."


def _or(words: Iterable[str]) -> str:
    return ", ".join(words)
