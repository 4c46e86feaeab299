"""The control file of a day in a folder: what the delivery system says it has of it.

They put `reconcile_2026-11-21.json` (or .csv, or with more after the day: `_2`, a time) into in/;
it is moved to done/ like any other file and read there. The newest of a day counts. Its content is
that of reckoning.py. Without `as_of` in it, it was made when the file was last written.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from server.delivery.contract import Reckoning, Retry
from server.delivery.drop import Drop, Unfit
from server.delivery.reckoning import NotWhole, read_csv, read_json

PREFIX = "reconcile_"


def is_control(name: str) -> bool:
    """Whether a file that came in is no document but the list of a day."""
    return name.startswith(PREFIX)


def list_in(drop: Drop, day: date) -> Reckoning:
    """The newest list of a day that came in. Raises drop.Away."""
    start = f"{PREFIX}{day.isoformat()}"
    found = [
        (one.changed_s, folder, one.name)
        for folder in ("done", "in")
        for one in drop.names(folder)
        if one.name.startswith(start) and not one.name.endswith(".done")
    ]
    if not found:
        return Retry(f"no control file {start}.json (or .csv) has come in")
    changed_s, folder, name = max(found)
    try:
        content = drop.read(folder, name)
        if content is None:
            return Retry(f"{name} was there a moment ago")
        is_json = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        said = read_json(content, day) if is_json else read_csv(content)
    except (NotWhole, Unfit) as why:
        return Retry(f"{name}: {why}")
    made = said.as_of or datetime.fromtimestamp(changed_s, UTC)
    return replace(said, as_of=made, look_up_proves=False)
