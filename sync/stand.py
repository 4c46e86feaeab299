"""Where a handheld stands in its feeds, and the page that brings it on.

What a pull must remember between two pages is in a row of `cursor`, under the name of the page;
the handheld carries nothing but that name.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from schemas.problem import Problem
from schemas.versions import NEWEST
from sync.carrier import Carrier
from sync.queries import feed as feed_queries
from sync.queries.pull import RowsText, grants
from sync.segments import Ready
from sync.upgrade import kinds_touched

Scope = tuple[int, str]  # (cell, scope)


@dataclass(slots=True)
class Answer:
    """A page being put together. `keep` is the cursor or page row to write, if any."""

    epoch: str
    cursor: str | None = None
    page: str | None = None
    complete: bool = False
    usable: bool = False
    added: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    as_of: tuple[datetime | None, datetime | None] = (None, None)
    count: int = 0
    keep: dict[str, Any] | None = None
    named: list[dict[str, Any]] = field(default_factory=list)  # segments to be fetched
    inside: list[str] = field(default_factory=list)  # segments in the page, each as JSON text

    def put(self, kind: str, rows: RowsText) -> None:
        if rows.number:
            self.rows.setdefault(kind, []).append(rows.text)
            self.count += rows.number

    def put_segments(self, ready: Ready) -> None:
        self.named += ready.named
        self.inside += ready.inside
        self.count += ready.rows if ready.inside else 0


@dataclass(slots=True)
class Stand:
    """How far a handheld has come: positions by cell, scopes it holds, scopes still to send."""

    positions: dict[int, int] = field(default_factory=dict)
    held: set[Scope] = field(default_factory=set)
    adding: list[Scope] = field(default_factory=list)
    at_kind: str = ""
    at_key: str = ""
    base: str | None = None
    first: bool = False  # it holds no copy yet, on this page as on those before it
    usable: bool = False  # of a first pull: what is needed today has come, and is caught up
    today: set[str] = field(default_factory=set)  # scopes of the stores to be visited next
    fresh: set[Scope] = field(default_factory=set)  # added whole within this very snapshot
    stores: int = 0  # read for this page, and how many rows they had
    rows_of_stores: int = 0
    schema: int = NEWEST
    former: int = NEWEST  # the version of the handheld's copy
    again: list[str] = field(default_factory=list)  # kinds of which rows are still sent again
    again_key: str = ""


def find_stand(conn: Connection, carrier: Carrier, asked: Any, epoch: str) -> Stand:
    """Find where the handheld stands from the page or the cursor it presents."""
    if asked.epoch and asked.epoch != epoch and asked.cursor:
        raise Problem("epoch_changed", epoch=epoch)
    token = asked.page or asked.cursor
    if token is None:
        return Stand(first=True, schema=asked.schema, former=asked.schema)
    row = feed_queries.cursor(conn, carrier.cell, token)
    if row is None:
        raise Problem("page_unknown" if asked.page else "cursor_unknown")
    device, made_in, schema, positions, scopes, page = row
    if device != carrier.device:
        raise Problem("cursor_foreign")
    if made_in != epoch:
        raise Problem("epoch_changed", epoch=epoch)
    is_other = page and (page["base"], schema) != (asked.cursor, asked.schema)
    if (page is None) != (asked.page is None) or is_other:
        raise Problem("page_unknown" if asked.page else "cursor_unknown")
    stand = Stand(
        positions={int(cell): pos for cell, pos in positions.items()},
        held={scope_of(text) for text in scopes},
        base=asked.cursor,
        schema=asked.schema,
        former=page["former"] if page else schema,
    )
    if page is None and schema != asked.schema:
        stand.again = kinds_touched(schema, asked.schema)
    if page:
        stand.first, stand.usable = asked.cursor is None, page["usable"]
        stand.today = set(page["today"])
        stand.again, stand.again_key = page["again"], page["again_key"]
        stand.adding = [scope_of(text) for text in page["adding"]]
        stand.at_kind, stand.at_key = page["at_kind"], page["at_key"]
    return stand


def carried(conn: Connection, carrier: Carrier, held: set[Scope]) -> set[Scope]:
    """The scopes a handheld carries now. held: those it has or was promised."""
    own = f"rep:{carrier.rep}"  # in the feed of each cell that speaks to the rep, and for good
    wanted = set(grants(conn, carrier.cell, carrier.rep))
    wanted |= {(cell, own) for cell, _ in wanted if cell != carrier.company_cell}
    wanted |= {(carrier.company_cell, "company"), (carrier.cell, own)}
    return wanted | {one for one in held if one[1] == own}


def scope_of(text: str) -> Scope:
    """A scope as a cursor's row names it: "2 st:0190..."."""
    cell, _, scope = text.partition(" ")
    return int(cell), scope


def keep_stand(carrier: Carrier, asked: Any, stand: Stand, answer: Answer) -> None:
    """Name the new cursor or page, and leave its row for the caller to write."""
    page = None
    if answer.complete:
        answer.cursor = name = f"c-{secrets.token_urlsafe(16)}"
    else:
        answer.cursor = stand.base
        answer.page = name = f"p-{secrets.token_urlsafe(16)}"
        page = {
            "base": stand.base,
            "adding": [f"{cell} {scope}" for cell, scope in stand.adding],
            "at_kind": stand.at_kind,
            "at_key": stand.at_key,
            "usable": stand.usable,
            "today": sorted(stand.today),
            "former": stand.former,
            "again": stand.again,
            "again_key": stand.again_key,
        }
    answer.keep = {
        "cell": carrier.cell,
        "id": name,
        "device": carrier.device,
        "presented": [token for token in (asked.cursor, asked.page) if token],
        "epoch": answer.epoch,
        "schema": asked.schema,
        "positions": {str(cell): pos for cell, pos in stand.positions.items()},
        "scopes": sorted(f"{cell} {scope}" for cell, scope in stand.held),
        "page": page,
    }
