"""The `then` of rules about what is watched beside single changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.decisions.shapes import HELD, NOTED, Answer

if TYPE_CHECKING:
    from sync.subjects.watch import WorkingMass


def raise_alarm(w: WorkingMass) -> Answer:
    """Put it before the supervisor; nothing is undone by itself."""
    return HELD


def let_pass(w: WorkingMass) -> Answer:
    """Raise nothing; the audit has it all the same."""
    return NOTED
