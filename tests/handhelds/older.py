"""The reference handheld as it was in an older version of the protocol, for a fleet of all ages.

The same code with the columns, the words and the number of then: what a program of that version
had is what schemas/versions.py says of it.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from handhelds.reference.queries_tables import ARRAYS
from schemas.versions import OLDEST, name_at, rows_at

_ROWS_IN = ("answers", "queries", "queries_pulled", "queries_tables", "queries_verify", "shown")
_NUMBER_IN = ("device", "queries_tables", "verify", "visit")
_FIELDS = {"STORE_FIELDS": "store", "NEW_STORE_FIELDS": "store", "CONTACT_FIELDS": "contact"}


@contextmanager
def program_of(version: int) -> Iterator[None]:
    """Handhelds opened and used in here are of this version, and the server still serves it."""
    from handhelds.reference import edits

    rows = dict(rows_at(version))
    with ExitStack() as stack:
        for name in _ROWS_IN:
            stack.enter_context(patch(f"handhelds.reference.{name}.ROWS", rows))
        stack.enter_context(patch("schemas.versions.OLDEST", min(OLDEST, version)))
        arrays = {kind: names & {*rows.get(kind, ())} for kind, names in ARRAYS.items()}
        stack.enter_context(patch("handhelds.reference.queries.ARRAYS", arrays))
        for name in _NUMBER_IN:
            stack.enter_context(patch(f"handhelds.reference.{name}.NEWEST", version))
        stack.enter_context(patch("handhelds.reference.queries_tables.name_at", _same))
        stack.enter_context(patch("handhelds.reference.queries.today_name", _same_name))
        # Shapes of what is sent are known of today's version alone: an older one is not asked.
        stack.enter_context(patch("handhelds.reference.visit.refuse_unreadable", _takes_all))
        for fields, kind in _FIELDS.items():
            found = (name_at(kind, name, version) for name in getattr(edits, fields))
            stack.enter_context(patch.object(edits, fields, tuple(filter(None, found))))
        yield


def _takes_all(kind: str, act: str, body: dict[str, Any]) -> None:
    return


def _same(kind: str, name: str, version: int) -> str:
    return name


def _same_name(kind: str, name: str) -> str:
    return name
