"""What a handheld has promised so far. A power cut may take nothing of it away.

A life tells of each promise at the step at which it was made: a verb that returned was shown to
the rep as done. What was under way when the power went may be there or not, and is not looked at.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import NamedTuple


class Kept(NamedTuple):
    """A change whose verb returned: its bytes, and the row that the screens showed (JSON)."""

    kind: str
    raw: bytes
    row: str


@dataclass
class Expected:
    """kept: by the change's id. verdicts: outcomes that were shown. undoing: being taken back, or
    taken back; undone: said to be. server: the stand-in server as it is now, packed."""

    kept: dict[str, Kept] = field(default_factory=dict)
    undoing: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)
    verdicts: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    is_enrolled: bool = False
    is_open: bool = False
    wiping: bool = False
    wiped: bool = False
    server: bytes = b""

    def saved(self, change: str, kind: str, raw: bytes, row: str) -> None:
        self.kept[change] = Kept(kind, raw, row)

    def takes_back(self, change: str) -> None:
        self.undoing.add(change)
        self.kept.pop(change, None)

    def took_back(self, change: str) -> None:
        self.undone.add(change)

    def showed(self, verdicts: dict[str, str]) -> None:
        self.verdicts |= verdicts

    def were_read(self, changes: list[str]) -> None:
        self.read |= set(changes)

    def talked(self, server: bytes) -> None:
        self.server = server

    def enrolled(self) -> None:
        self.is_enrolled = True

    def opened(self) -> None:
        self.is_open = True

    def closes(self) -> None:
        self.is_open = False

    def wipes(self) -> None:
        """What was answered may go; the rest must stay."""
        self.wiping = True

    def wiped_all(self) -> None:
        self.wiped = True

    def numbered(self) -> int:
        """How many orders and receipts were said to be saved."""
        return sum(one.kind in ("order", "collection") for one in self.kept.values())

    def again(self) -> Expected:
        """The same, for a life that goes on after a cut."""
        return copy.deepcopy(self)
