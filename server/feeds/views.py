"""HTTP of the feeds: POST a CSV file, get counts and rejects. The same code as the command line.

    POST /feeds/v1/stores?map=iowa&dry_run=true     body: CSV, plain or gzip
    POST /feeds/v1/orders                           multipart: file, and lines as often as needed

A mapping of one's own is sent as the multipart part `mapping` (and `lines_mapping`), in TOML: a
path of the server's files is never read for a stranger.
"""

import tempfile
from contextlib import ExitStack
from datetime import datetime
from typing import IO, Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields

from schemas.problem import Problem
from server import asking
from server.auth import needs
from server.feeds.load import FEEDS, Ask, Outcome, load
from server.feeds.mapping import (
    PLAIN,
    ColumnMap,
    MappingProblem,
    find_mapping,
    known_mappings,
    parse,
)
from server.feeds.orders import File, load_orders
from server.feeds.plan import Refused
from server.feeds.read import Source, Unreadable, open_stream
from server.feeds.show import CHANGES_SHOWN, change_line
from server.feeds.validate import Rejects

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds/v1", description="Data coming in.")

BODY_BYTES = 128 * 1024 * 1024
UNPACKED_BYTES = 1024 * 1024 * 1024
MAPPING_BYTES = 100_000
REJECTS_TOLD = 1_000
PIECE = 1 << 18


class Query(Schema):
    """What may follow the question mark."""

    class Meta:
        unknown = EXCLUDE

    map = fields.String(load_default=PLAIN)
    dry_run = fields.Boolean(load_default=False)
    strict = fields.Boolean(load_default=False)
    full = fields.Boolean(load_default=False)
    cell = fields.String(load_default=None, allow_none=True)
    as_of = fields.DateTime(load_default=None, allow_none=True)


class Reject(Schema):
    """A row that was not loaded."""

    line = fields.Integer()
    field = fields.String()
    value = fields.String()
    remedy = fields.String()


class Loaded(Schema):
    """What became of one file. read = new + changed + same + rejected."""

    feed = fields.String()
    file = fields.String()
    loaded = fields.Boolean()
    dry_run = fields.Boolean()
    read = fields.Integer()
    new = fields.Integer()
    changed = fields.Integer()
    same = fields.Integer()
    rejected = fields.Integer()
    sha256 = fields.String()
    notes = fields.List(fields.String())
    changes = fields.List(fields.String())
    rejects = fields.List(fields.Nested(Reject))


class LoadAnswer(Schema):
    """An answer for every file sent, headers of orders before their lines."""

    files = fields.List(fields.Nested(Loaded))


@blueprint.route("/<string:feed>", methods=["POST"])
@needs(
    "integration", "admin", to="load stores, products, prices, stock, receivables, targets, orders"
)
@blueprint.arguments(Query, location="query")
@blueprint.doc(
    requestBody={
        "content": {
            "text/csv": {"schema": {"type": "string", "format": "binary"}},
            "application/gzip": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "lines": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        },
                        "mapping": {"type": "string"},
                        "lines_mapping": {"type": "string"},
                    },
                }
            },
        }
    }
)
@blueprint.alt_response(200, schema=LoadAnswer)
def load_feed(query: dict[str, Any], feed: str) -> Response | dict[str, Any]:
    """Load a feed. 200: every row is in; with `rejects`: the good ones. 422: nothing was."""
    if feed not in (*FEEDS, "orders"):
        raise Problem("not_found", f"There is no feed {feed!r}: {', '.join((*FEEDS, 'orders'))}.")
    request.max_content_length = BODY_BYTES
    person = asking.person()
    as_of: datetime | None = query["as_of"]
    ask = Ask(
        f"user:{person.code}", person.company_code, query["cell"], query["dry_run"],
        query["strict"], query["full"], as_of, address=asking.address(),
    )  # fmt: skip
    with ExitStack() as open_files:
        try:
            files = _files(feed, query["map"], open_files)
            outcomes = _load(files, ask)
        except MappingProblem as why:
            errors = [{"path": "", "says": one} for one in why.problems]
            raise Problem("mapping_invalid", why.problems[0], errors=errors) from None
        except (Unreadable, Refused) as why:
            raise Problem("load_rejected", str(why)) from None
        told = [_told(one, file.rejects) for one, file in zip(outcomes, files, strict=True)]
        if ask.strict and not ask.dry_run and any(one.rejected for one in outcomes):
            raise Problem("load_rejected", "Rows were rejected and strict was asked.", files=told)
        return {"files": told}


def _load(files: list[File], ask: Ask) -> list[Outcome]:
    first, engine = files[0], asking.engine()
    if first.feed == "orders":
        return load_orders(engine, first, files[1:], ask)
    return [load(engine, first.feed, first.source, first.columns, ask, first.rejects)]


def _files(feed: str, where: str, open_files: ExitStack) -> list[File]:
    """The files of the request, opened, each with its mapping."""
    if request.mimetype != "multipart/form-data":
        columns = _mapping(feed, where, None)
        raw, size = _spooled(open_files)
        return [_file(columns, raw, request.args.get("name", feed), size, open_files)]
    sent = request.files.get("file")
    if sent is None:
        raise Unreadable("The form has no part named file.")
    files = []
    for at, one in enumerate([sent, *request.files.getlist("lines")]):
        name, part = (feed, "mapping") if at == 0 else ("order_lines", "lines_mapping")
        if at and feed != "orders":
            raise Unreadable("Only orders have lines.")
        columns = _mapping(name, where, _text(part))
        one.stream.seek(0, 2)
        size = one.stream.tell()
        one.stream.seek(0)
        files.append(_file(columns, one.stream, one.filename or name, size, open_files))
    return files


def _file(columns: ColumnMap, raw: IO[bytes], name: str, size: int, files: ExitStack) -> File:
    source: Source = open_stream(raw, name[:200], size, columns.shape, UNPACKED_BYTES)
    files.enter_context(source)
    rejects = files.enter_context(Rejects(REJECTS_TOLD))
    return File(columns.feed, source, columns, rejects)


def _spooled(open_files: ExitStack) -> tuple[IO[bytes], int]:
    """The body on disk: it is read as slowly as the database takes it."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the others
    open_files.callback(spool.close)
    while piece := request.stream.read(PIECE):
        spool.write(piece)
    size = spool.tell()
    spool.seek(0)
    return spool, size


def _text(part: str) -> str | None:
    """A text of the form, sent as a field or as a file."""
    if part in request.form:
        return request.form[part][:MAPPING_BYTES]
    if part in request.files:
        return request.files[part].stream.read(MAPPING_BYTES).decode("utf-8", "replace")
    return None


def _mapping(feed: str, where: str, text: str | None) -> ColumnMap:
    """A mapping sent along, or one that comes with the product; never a path."""
    if text is not None:
        return parse(text, feed)
    if where not in known_mappings():
        known = ", ".join(known_mappings())
        raise MappingProblem([f"There is no mapping {where!r}; there is {known}, or send one."])
    return find_mapping(where, feed)


def _told(outcome: Outcome, rejects: Rejects) -> dict[str, Any]:
    names = ("feed", "file", "loaded", "dry_run", "read", "new", "changed", "same", "rejected",
             "sha256", "notes")  # fmt: skip
    columns = ("line", "field", "value", "remedy")
    return {name: getattr(outcome, name) for name in names} | {
        "changes": [change_line(one) for one in outcome.changes[:CHANGES_SHOWN]],
        "rejects": [dict(zip(columns, one, strict=True)) for one in rejects.first],
    }
