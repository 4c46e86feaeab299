"""One pull: what a handheld must learn since its cursor, a page at a time.

Each page is read in one snapshot: heads of the feeds first, then what scopes came and went, then
rows of added scopes in whole, then entries between position and head, then the rows they name.
`complete` is said only when this page reaches its own heads with no added scope unfinished.
An entry is only a pointer: its row's present scope decides whether the handheld gets the row or
is told it is gone, so a row that moved between two scopes of one handheld is never lost.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from schemas.problem import Problem
from schemas.versions import NEWEST, OLDEST, is_served
from sync.carrier import Carrier
from sync.feed import known_epoch
from sync.kinds import KINDS, kinds_of, scope_family
from sync.queries import feed as feed_queries
from sync.queries import pull as queries
from sync.upgrade import kinds_touched, rows_again

STORES_AT_ONCE = 50
LARGE_FAMILIES = ("company", "pl", "wh")

Scope = tuple[int, str]  # (cell, scope)


@dataclass(slots=True)
class Answer:
    """A page being put together. `keep` is the cursor or page row to write, if any."""

    epoch: str
    cursor: str | None = None
    page: str | None = None
    complete: bool = False
    added: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    as_of: tuple[datetime | None, datetime | None] = (None, None)
    count: int = 0
    keep: dict[str, Any] | None = None

    def put(self, kind: str, rows: queries.RowsText) -> None:
        if rows.number:
            self.rows.setdefault(kind, []).append(rows.text)
            self.count += rows.number


@dataclass(slots=True)
class Stand:
    """How far a handheld has come: positions by cell, scopes it holds, scopes still to send."""

    positions: dict[int, int] = field(default_factory=dict)
    held: set[Scope] = field(default_factory=set)
    adding: list[Scope] = field(default_factory=list)
    at_kind: str = ""
    at_key: str = ""
    base: str | None = None
    first: bool = False
    fresh: set[Scope] = field(default_factory=set)  # added whole within this very snapshot
    schema: int = NEWEST
    former: int = NEWEST  # the version of the handheld's copy
    again: list[str] = field(default_factory=list)  # kinds of which rows are still sent again
    again_key: str = ""


def read_page(conn: Connection, carrier: Carrier, asked: Any) -> Answer:
    """Answer a pull from one snapshot.

    conn: a REPEATABLE READ, read-only transaction. asked: a decoded schemas.page.PullRequest.
    The caller writes `answer.keep` afterwards in a short transaction of its own, then answers.
    Raises Problem: epoch_changed, cursor_unknown, cursor_foreign, schema_unsupported.
    """
    if not is_served(asked.schema):
        raise Problem("schema_unsupported", minimum=OLDEST, maximum=NEWEST)
    answer = Answer(epoch=known_epoch(conn))
    stand = _stand(conn, carrier, asked, answer.epoch)
    cells = sorted({carrier.company_cell, carrier.cell, *stand.positions})
    heads = feed_queries.heads(conn, cells)
    if asked.page is None and asked.cursor and heads == stand.positions and not stand.again:
        return _nothing_new(conn, answer, asked.cursor, cells)
    _scopes(conn, carrier, stand, answer)
    heads |= feed_queries.heads(conn, sorted({cell for cell, _ in stand.adding} - set(heads)))
    if stand.first:
        stand.positions = dict(heads)
    for cell in heads:
        stand.positions.setdefault(cell, heads[cell])
    _again(conn, stand, answer, asked.limit)
    if not stand.again:
        _add(conn, stand, answer, asked.limit)
    if not (stand.again or stand.adding):
        _changes(conn, stand, answer, heads, asked.limit)
    answer.complete = not (stand.again or stand.adding) and all(
        stand.positions[cell] >= heads[cell] for cell in heads
    )
    answer.as_of = queries.as_of(conn, sorted(heads))
    is_same = stand.former == asked.schema and not asked.page
    if answer.complete and asked.cursor and is_same and not _told(answer):
        answer.cursor = asked.cursor
        return answer
    _keep(carrier, asked, stand, answer)
    return answer


def _told(answer: Answer) -> bool:
    return bool(answer.count or answer.gone or answer.added or answer.dropped)


def _nothing_new(conn: Connection, answer: Answer, cursor: str, cells: list[int]) -> Answer:
    answer.cursor, answer.complete = cursor, True
    answer.as_of = queries.as_of(conn, cells)
    return answer


def _stand(conn: Connection, carrier: Carrier, asked: Any, epoch: str) -> Stand:
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
        held={_scope(text) for text in scopes},
        base=asked.cursor,
        schema=asked.schema,
        former=page["former"] if page else schema,
    )
    if page is None and schema != asked.schema:
        stand.again = kinds_touched(schema, asked.schema)
    if page:
        stand.again, stand.again_key = page["again"], page["again_key"]
        stand.adding = [_scope(text) for text in page["adding"]]
        stand.at_kind, stand.at_key = page["at_kind"], page["at_key"]
    return stand


def _scope(text: str) -> Scope:
    cell, _, scope = text.partition(" ")
    return int(cell), scope


def _scopes(conn: Connection, carrier: Carrier, stand: Stand, answer: Answer) -> None:
    """Work out what scopes came and went since the handheld's stand."""
    known = stand.positions.get(carrier.cell)
    if known is not None and not queries.grants_changed(conn, carrier.cell, carrier.rep, known):
        return
    own = f"rep:{carrier.rep}"  # in the feed of each cell that speaks to the rep, and for good
    wanted = set(queries.grants(conn, carrier.cell, carrier.rep))
    wanted |= {(cell, own) for cell, _ in wanted if cell != carrier.company_cell}
    wanted |= {(carrier.company_cell, "company"), (carrier.cell, own)}
    wanted |= {one for one in (*stand.held, *stand.adding) if one[1] == own}
    begun = stand.adding[0] if stand.adding else None
    gone = {scope for scope in (*stand.held, *stand.adding) if scope not in wanted}
    stand.held -= gone
    stand.adding = [scope for scope in stand.adding if scope in wanted]
    if begun in gone:
        stand.at_kind = stand.at_key = ""
    answer.dropped = sorted(scope for _, scope in gone)
    new = wanted - stand.held - set(stand.adding)
    stand.adding += sorted(new, key=lambda scope: (_rank(scope[1]), scope))


def _rank(scope: str) -> int:
    return ("company", "rep", "wh", "pl", "st").index(scope_family(scope))


def _again(conn: Connection, stand: Stand, answer: Answer, limit: int) -> None:
    """After an update of its program: send the rows again that its new version carries otherwise.
    A page holds one kind's at a time; entries of later changes still come after them."""
    while stand.again and answer.count < limit:
        kind, room = stand.again[0], limit - answer.count
        rows, last = rows_again(
            conn, kind, stand.held, stand.again_key, room, stand.former, stand.schema
        )
        answer.put(kind, rows)
        stand.again_key = last
        if rows.number < room:
            stand.again, stand.again_key = stand.again[1:], ""


def _add(conn: Connection, stand: Stand, answer: Answer, limit: int) -> None:
    """Send added scopes in whole, as many as fit; large ones continue on the next page."""
    whole_from_here = not stand.at_kind
    while stand.adding and answer.count < limit:
        cell, scope = stand.adding[0]
        family = scope_family(scope)
        if family in LARGE_FAMILIES:
            if not _add_large(conn, stand, answer, limit):
                return
            done = [stand.adding[0]]
        else:
            done = [
                one for one in stand.adding[: max(1, min(STORES_AT_ONCE, limit // 50))]
                if one[0] == cell and scope_family(one[1]) == family
            ]  # fmt: skip
            scopes = [one[1] for one in done]
            for kind in kinds_of(scope):
                answer.put(kind, queries.rows_by_scope(conn, kind, cell, scopes, stand.schema))
        if whole_from_here:
            stand.fresh.update(done)
        whole_from_here = True
        stand.held.update(done)
        stand.adding = stand.adding[len(done) :]
        answer.added += [one[1] for one in done]


def _add_large(conn: Connection, stand: Stand, answer: Answer, limit: int) -> bool:
    """Send the next rows of one large scope in key order; True when it is whole."""
    cell, scope = stand.adding[0]
    kinds = kinds_of(scope)
    start = kinds.index(stand.at_kind) if stand.at_kind else 0
    owner = scope.partition(":")[2] or None
    for kind in kinds[start:]:
        room = limit - answer.count
        if room <= 0:
            stand.at_kind = kind
            return False
        after = stand.at_key if kind == stand.at_kind else ""
        rows, last = queries.rows_in_key_order(conn, kind, cell, owner, after, room, stand.schema)
        answer.put(kind, rows)
        if rows.number == room:
            stand.at_kind, stand.at_key = kind, last
            return False
        stand.at_kind = stand.at_key = ""
    return True


def _changes(
    conn: Connection, stand: Stand, answer: Answer, heads: dict[int, int], limit: int
) -> None:
    """Send what entries between position and head point at, for the scopes held."""
    keys: dict[str, dict[str, None]] = {}
    room = limit - answer.count
    for cell in sorted(heads):
        since, head = stand.positions[cell], heads[cell]
        scopes = [scope for at, scope in stand.held - stand.fresh if at == cell]
        if since >= head or not scopes:
            stand.positions[cell] = max(since, head)
            continue
        if room <= 0:
            break
        found = queries.entries(conn, cell, scopes, since, head, room)
        for kind, key, _ in found:
            keys.setdefault(kind, {})[key] = None
        stand.positions[cell] = found[-1][2] if len(found) == room else head
        room -= len(found)
    cells = sorted({cell for cell, _ in stand.held})
    held = [scope for _, scope in stand.held]
    for kind in sorted(keys, key=list(KINDS).index):
        rows = queries.rows_by_key(conn, kind, cells, held, list(keys[kind]), stand.schema)
        answer.put(kind, rows)
        missing = keys[kind].keys() - set(rows.keys)
        if missing:
            answer.gone[kind] = sorted(missing)


def _keep(carrier: Carrier, asked: Any, stand: Stand, answer: Answer) -> None:
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
