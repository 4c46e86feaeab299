"""The `then` of rules about any change; policies choose them by name."""

from sync.decisions.shapes import HELD, NOTED, REJECTED, Answer
from sync.subjects.change import WorkingChange


def hold_for_office(w: WorkingChange) -> Answer:
    """Keep it whole for a person; nothing of it is written."""
    return HELD


def refuse_change(w: WorkingChange) -> Answer:
    """It cannot be taken as it is; what was sent is kept for a person all the same."""
    return REJECTED


def let_pass(w: WorkingChange) -> Answer:
    """Change nothing and say so."""
    return NOTED


def correct_time(w: WorkingChange) -> Answer:
    """Its time is worked out from the server's clock, and the handheld is told."""
    return NOTED


def post_to_true_date(w: WorkingChange) -> Answer:
    """It counts on the day it was captured, and is reported as late."""
    return NOTED
