"""One pull: what a handheld must learn since its cursor, a page at a time.

Each page is read in one snapshot: heads of the feeds first, then what scopes came and went, then
rows of added scopes in whole, then entries between position and head, then the rows they name.
`complete` is said only when this page reaches its own heads with no added scope unfinished.
A first pull brings what a rep needs today first; when that is whole and caught up it is `usable`.
An entry is only a pointer: its row's present scope decides whether the handheld gets the row or
is told it is gone, so a row that moved between two scopes of one handheld is never lost.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from schemas.problem import Problem
from schemas.versions import NEWEST, OLDEST, is_served
from sync.carrier import Carrier
from sync.feed import known_epoch
from sync.kinds import KINDS, kinds_of, scope_family
from sync.queries import feed as feed_queries
from sync.queries import pull as queries
from sync.segments import ready
from sync.stand import Answer, Stand, carried, find_stand, keep_stand
from sync.upgrade import rows_again

STORES_AT_ONCE = 50
MOST_AT_ONCE = 500
LARGE_FAMILIES = ("company", "pl", "wh")
LATER = 5
"""Rank of what a rep does not need to begin the day: the other stores."""
STORES = (1, LATER)
PLANNED_DAYS = 7
"""Without stops today, the day of the next stops counts, if it is so near."""


def read_page(conn: Connection, carrier: Carrier, asked: Any) -> Answer:
    """Answer a pull from one snapshot.

    conn: a REPEATABLE READ, read-only transaction. asked: a decoded schemas.page.PullRequest.
    The caller writes `answer.keep` afterwards in a short transaction of its own, then answers.
    Raises Problem: epoch_changed, cursor_unknown, cursor_foreign, schema_unsupported.
    """
    if not is_served(asked.schema):
        raise Problem("schema_unsupported", minimum=OLDEST, maximum=NEWEST)
    answer = Answer(epoch=known_epoch(conn))
    stand = find_stand(conn, carrier, asked, answer.epoch)
    cells = sorted({carrier.company_cell, carrier.cell, *stand.positions})
    heads = feed_queries.heads(conn, cells)
    # Of another version, the cursor is written anew though nothing changed: it must name this one.
    is_same = stand.former == asked.schema and not asked.page
    if asked.cursor and is_same and heads == stand.positions:
        return _nothing_new(conn, answer, asked.cursor, cells)
    _scopes(conn, carrier, stand, answer)
    heads |= feed_queries.heads(conn, sorted({cell for cell, _ in stand.adding} - set(heads)))
    if stand.first and asked.page is None:
        stand.positions = dict(heads)
    for cell in heads:
        stand.positions.setdefault(cell, heads[cell])
    _again(conn, stand, answer, asked.limit)
    if not stand.again:
        _bring(conn, stand, answer, heads, asked)
    answer.complete = not (stand.again or stand.adding or _is_behind(stand, heads))
    answer.usable = answer.usable or answer.complete
    answer.as_of = queries.as_of(conn, sorted(heads))
    if answer.complete and asked.cursor and is_same and not _told(answer):
        answer.cursor = asked.cursor
        return answer
    keep_stand(carrier, asked, stand, answer)
    return answer


def _told(answer: Answer) -> bool:
    return bool(answer.count or answer.gone or answer.added or answer.dropped)


def _nothing_new(conn: Connection, answer: Answer, cursor: str, cells: list[int]) -> Answer:
    answer.cursor, answer.complete = cursor, True
    answer.as_of = queries.as_of(conn, cells)
    return answer


def _is_behind(stand: Stand, heads: dict[int, int]) -> bool:
    return any(stand.positions[cell] < heads[cell] for cell in heads)


def _scopes(conn: Connection, carrier: Carrier, stand: Stand, answer: Answer) -> None:
    """Work out what scopes came and went since the handheld's stand."""
    known = stand.positions.get(carrier.cell)
    if known is not None and not queries.grants_changed(conn, carrier.cell, carrier.rep, known):
        return
    wanted = carried(conn, carrier, {*stand.held, *stand.adding})
    begun = stand.adding[0] if stand.adding else None
    gone = {scope for scope in (*stand.held, *stand.adding) if scope not in wanted}
    stand.held -= gone
    stand.adding = [scope for scope in stand.adding if scope in wanted]
    if begun in gone:
        stand.at_kind = stand.at_key = ""
    answer.dropped = sorted(scope for _, scope in gone)
    new = wanted - stand.held - set(stand.adding)
    if stand.first and new and not stand.today:
        stand.today = _stores_of_day(conn, carrier, sorted({cell for cell, _ in new}))
    half = stand.adding[:1] if stand.at_kind else []  # goes on where it was cut
    rest = {*stand.adding, *new} - {*half}
    stand.adding = half + sorted(rest, key=lambda one: (_rank(one[1], stand.today), one))


def _stores_of_day(conn: Connection, carrier: Carrier, cells: list[int]) -> set[str]:
    """Scopes of the stores of today's stops, else of the next day's that has some."""
    today = datetime.now(UTC).astimezone(ZoneInfo(carrier.zone)).date()
    until = today + timedelta(days=PLANNED_DAYS)
    stores = queries.stores_of_day(conn, cells, carrier.rep, today, until)
    return {f"st:{store}" for store in stores}


def _rank(scope: str, today: set[str]) -> int:
    """Place in a first pull: the plan, the stores to be visited, what is sold there, the rest."""
    if scope in today:
        return 1
    return {"rep": 0, "company": 2, "pl": 3, "wh": 4, "st": LATER}[scope_family(scope)]


def _bring(
    conn: Connection, stand: Stand, answer: Answer, heads: dict[int, int], asked: Any
) -> None:
    """Put as much into the page as fits: added scopes, then what changed since the positions."""
    if stand.first and not stand.usable:
        _add(conn, stand, answer, heads, asked, LATER)
        if any(_rank(scope, stand.today) < LATER for _, scope in stand.adding):
            return
        _changes(conn, stand, answer, heads, asked.limit)
        if _is_behind(stand, heads):
            return
        stand.usable = answer.usable = True
        if stand.today and len(stand.adding) > STORES_AT_ONCE:
            return  # the day begins with this page; the other stores come on pages of their own
    _add(conn, stand, answer, heads, asked, LATER + 1)
    if not stand.adding:
        _changes(conn, stand, answer, heads, asked.limit)


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


def _add(
    conn: Connection, stand: Stand, answer: Answer, heads: dict[int, int], asked: Any, below: int
) -> None:
    """Send added scopes of ranks below `below` in whole, as many as fit.

    Large ones are named as segments, or continue on the next page.
    """
    while stand.adding and answer.count < asked.limit:
        cell, scope = stand.adding[0]
        family, rank = scope_family(scope), _rank(scope, stand.today)
        if rank >= below:
            return
        is_fresh = not stand.at_kind
        done = [stand.adding[0]]
        if family in LARGE_FAMILIES:
            if asked.segments and not stand.at_kind and (
                found := ready(conn, cell, scope, stand.schema, heads[cell])
            ):  # fmt: skip
                answer.put_segments(found)
                stand.positions[cell] = min(stand.positions[cell], found.pos)
                is_fresh = False
            elif not _add_large(conn, stand, answer, asked.limit):
                return
        else:
            done = [
                one for one in stand.adding[: _at_once(stand, answer, asked.limit)]
                if (one[0], _rank(one[1], stand.today)) == (cell, rank)
            ]  # fmt: skip
            kinds, scopes = kinds_of(scope, stand.schema), [one[1] for one in done]
            found_rows = queries.rows_by_scope(conn, kinds, cell, scopes, stand.schema)
            for kind, rows in zip(kinds, found_rows, strict=True):
                answer.put(kind, rows)
                stand.rows_of_stores += rows.number * (rank in STORES)
            stand.stores += len(done) * (rank in STORES)
        if is_fresh:
            stand.fresh.update(done)
        stand.held.update(done)
        stand.adding = stand.adding[len(done) :]
        answer.added += [one[1] for one in done]


def _at_once(stand: Stand, answer: Answer, limit: int) -> int:
    """How many stores to read next: some at first, then as many as have room in the page."""
    few = max(1, min(STORES_AT_ONCE, limit // 50))
    if not stand.rows_of_stores:
        return few
    room = (limit - answer.count) * stand.stores // stand.rows_of_stores
    return max(few, min(room, MOST_AT_ONCE))


def _add_large(conn: Connection, stand: Stand, answer: Answer, limit: int) -> bool:
    """Send the next rows of one large scope in key order; True when it is whole."""
    cell, scope = stand.adding[0]
    kinds = kinds_of(scope, stand.schema)
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
        found = queries.entries(conn, cell, scopes, since, head, room, stand.schema)
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
