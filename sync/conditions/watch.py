"""The `when` of rules about what is watched beside single changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.subjects.watch import WorkingMass


def more_than_people_do(w: WorkingMass) -> bool:
    """One person, handheld or load changed more rows of a kind within the minutes than the policy
    thinks right; loads have a threshold of their own, and none unless it is set."""
    return 0 < w.most < w.mass.rows
