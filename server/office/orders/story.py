"""The shapes of an order's story: its events, and what was said at them. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.office.spoken import spoken
from server.office.words import clock, rule_word

Row = Any


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a rule said: its name in words, its sentence, and how it was settled."""

    rule: str
    sentence: str
    line: int | None = None
    settled: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One point of the story. `at` None: the present, after everything that has a time."""

    at: datetime | None
    mark: str
    tone: str
    what: str
    details: tuple[str, ...] = ()
    says: tuple[Said, ...] = field(default=())


def said(row: Row) -> Said:
    """What a conflict said, in the language of who reads it here."""
    settled = ""
    if row.resolved_at is not None:
        by = (row.resolved_by or "").partition(":")[2] or row.resolved_by or "the system"
        settled = f"{plain(row.resolution or 'settled').lower()} by {by}, {clock(row.resolved_at)}"
    return Said(rule_word(row.rule), spoken(row), row.line, settled)


def plain(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ").capitalize()
