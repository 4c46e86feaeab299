"""The working copy of any change, whatever it is about, while the first questions are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sync.facts import StoreFacts
from sync.subjects.order import Params

CAPTURES = ("visit", "card", "order", "collection")
"""Kinds that a period's reports count."""


@dataclass(slots=True)
class WorkingChange:
    """A change as far as it could be read, who sent it, and what the server made of it so far.

    reused: its id or number came before with another body. fault: why it cannot be read. is_newer:
    of a later version of the protocol. is_another: its row's id is another row's. stumbled: the
    server failed over it. parked_on: what it depends on and has not been taken ("visit").
    offset_ms: server clock minus the handheld's. day: of the capture, in the company's zone.
    closed_through: the last day of the last closed period.
    """

    kind: str
    now: datetime
    at: datetime | None = None
    day: date | None = None
    device_state: str = "active"
    reused: bool = False
    fault: str | None = None
    is_newer: bool = False
    is_another: bool = False
    stumbled: bool = False
    parked_on: str | None = None
    offset_ms: int = 0
    closed_through: date | None = None
    params: Mapping[str, Params] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    released: frozenset[str] = frozenset()
    store: StoreFacts | None = None
    shown: dict[datetime, str] = field(default_factory=dict)
