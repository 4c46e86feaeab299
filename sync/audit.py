"""The audit: one line for everything that a person, a program or the clock did on purpose.

Nothing reads it to decide; it is written in the transaction of what it tells of, so that the one is
there exactly when the other is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from schemas.ids import uuid7
from sync.queries import audit as queries

_json = msgspec.json.Encoder().encode


def note(
    conn: Connection,
    cell: int,
    who: str,
    action: str,
    subject: str,
    now: datetime,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    address: str | None = None,
    key: str | None = None,
) -> None:
    """Write one line of the audit.

    who: user:CODE, device:ID, job:NAME or delivery:TARGET. action: "order.released". subject:
    "order/<id>". before, after: what differs, as plain values. address: where it was done from.
    key: the line's id, where what is done twice is told once.
    """
    queries.insert(
        conn, cell, key or uuid7(), now, who, action, subject, _text(before), _text(after), address
    )


def _text(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else _json(dict(values)).decode()
