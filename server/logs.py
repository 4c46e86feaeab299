"""Logs: one line an event, JSON for programs and readable on a terminal; never personal data.

A line carries only fields of FIELDS: ids, codes, counts, times. What is not on the list is left
out, whoever wrote it, and a test reads every log call of the server against the list. An exception
is logged by its kind and the places it went through; its message is not, because PostgreSQL's
quote the row ("Key (code)=(...)") and SQLAlchemy's the parameters.
"""

import logging
import os
import re
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

FIELDS = frozenset(
    # the line itself
    "event level at process logger".split()
    # whose doing, by code or id
    + "request device user holder target delivery cell feed day".split()
    # what and where
    + "method route status sqlstate incident where error fault job lease state act outcome".split()
    + "child signal address url version".split()
    # a repaired row of a handheld
    + "scope kind key what held_version cursor why run rows".split()
    # how much
    + "ms bytes count waiting token attempt pid code after_s exit".split()
)
"""Every field a log line may have."""

FRAMES = 12
REPR = re.compile(r"([A-Za-z_][\w.]*)\(")
FOREIGN = ("gunicorn.error", "apscheduler.scheduler", "alembic")
"""Libraries whose own words are logged; of others it is only told that they complained."""


def configure(
    process: str, level: str = "info", stream: TextIO | None = None, *, plain: bool | None = None
) -> None:
    """Set up this process's logs, those of libraries included.

    process: its name in every line. plain: words for people; else JSON. By default people get
    words when the stream is a terminal.
    """
    out = stream if stream is not None else sys.stderr
    for_people = out.isatty() if plain is None else plain
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _named(process),
        _explain,
        _only_known,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        cache_logger_on_first_use=True,
    )
    drawn: Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty(), timestamp_key="at")
        if for_people
        else structlog.processors.JSONRenderer(sort_keys=False)
    )
    writing = logging.StreamHandler(out)
    writing.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_only_our_words, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drawn],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [writing]
    root.setLevel(getattr(logging, level.upper()))
    for noisy in ("apscheduler", "httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _named(process: str) -> Processor:
    def name(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event["process"] = f"{process}/{os.getpid()}"
        return event

    return name


def _explain(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """An exception becomes its kind, its SQLSTATE and its places, without its message."""
    told = event.pop("exc_info", None)
    if not told:
        return event
    error = _error_in(told)
    if error is not None:
        event.setdefault("error", type(error).__name__)
        event.setdefault("where", places(error))
        state = getattr(getattr(error, "orig", error), "sqlstate", None)
        if state:
            event.setdefault("sqlstate", state)
    return event


def _error_in(told: ExcInfo | BaseException | bool) -> BaseException | None:
    if isinstance(told, BaseException):
        return told
    if isinstance(told, tuple):
        return told[1]
    return sys.exc_info()[1]


def places(error: BaseException) -> str:
    """Where an exception went through, innermost last: file:line function, joined by " > "."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " > ".join(
        f"{'/'.join(frame.filename.split(os.sep)[-2:])}:{frame.lineno} {frame.name}"
        for frame in frames
    )


def _only_known(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    error = event.get("error")
    if isinstance(error, str) and (shown := REPR.match(error)):
        event["error"] = shown[1]  # repr(error) quotes the message as well
    return {
        name: value
        for name, value in event.items()
        if (name in FIELDS and value is not None) or name in ("_record", "_from_structlog")
    }


def _only_our_words(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A library's message may quote what it choked on: only those of a few are repeated."""
    record = event.get("_record")
    if record is None or not record.name.startswith(FOREIGN):
        event["event"] = "a library complained"
    return event
