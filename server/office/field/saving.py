"""Saving what the office edits: done, or the page again with what somebody else did meanwhile."""

from collections.abc import Callable

from flask import Response, flash
from sqlalchemy import Connection

from server import asking
from server.database import in_transaction
from sync.desk.edits import Refused, Saved


def saving(
    work: Callable[[Connection], Saved], again: Callable[[Saved], Response | str], done: str
) -> Response | str | None:
    """Carry out `work` in a transaction; None when it is saved (or there was nothing to save).

    Refused, or changed by somebody else meanwhile: says so and returns the page `again`, with what
    was typed kept in its form and, of the second, both values.
    """
    try:
        saved = in_transaction(asking.engine(), work)
    except Refused as no:
        flash(f"Not saved: {no}.", "fault")
        return again(Saved())
    if saved.meanwhile:
        flash("Not saved: somebody changed the same meanwhile. Both values are below.", "fault")
        return again(saved)
    flash(done if saved.changed else "Nothing was changed.", "note")
    return None
