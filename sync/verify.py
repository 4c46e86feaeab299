"""Verify: are the rows a handheld holds the server's? And the repair of those that are not.

Both sides add up hashes of rows (terms/digest.py). Where the sums of a scope differ the handheld
asks sixteen ways down, lays a small slice open, and only rows that differ travel.

The comparison is made at the handheld's cursor. A row told of in a feed since then is news: both
sides leave it out, and the next pull brings it. Whatever else differs ought not to, and every such
row is a defect that is kept (`Answer.defects`), for a repair is a bug report. Without a cursor
(unknown, foreign, of another epoch) a new one is made at the heads of now, and the handheld keeps
what still is as it was.

A scope that is not granted is answered as one that does not exist, whoever asks for it.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from schemas.problem import Problem
from schemas.versions import NEWEST, OLDEST, is_served
from sync.carrier import Carrier
from sync.feed import known_epoch
from sync.kinds import KINDS, kinds_of, scope_family
from sync.queries import feed as feed_queries
from sync.queries import verify as queries
from sync.stand import Scope, carried, scope_of
from sync.terms.digest import DIGITS, NOTHING, Digest, read_digest, row_hash

MOST_NEWS = 2_000
MOST_ROWS = 5_000
"""Rows one answer sends, about; what is laid open beyond that is answered when asked again."""
EXPECTED = ("cursor", "upgrade")
"""Reasons to verify that make differences no defects: the handheld knows its rows are old."""

_decode = msgspec.json.decode


class Row(NamedTuple):
    """A row of the server's, in the columns of the handheld's version."""

    kind: str
    key: str
    version: int
    hash: int
    text: str


class Defect(NamedTuple):
    """A row that was not what it should have been. `held_...` is the handheld's, None without."""

    scope: str
    kind: str
    key: str
    what: str
    held_version: int | None
    held_hash: str | None
    version: int | None
    hash: str | None


@dataclass(slots=True)
class Answer:
    """What is said. `keep` is the cursor to write, if one was made."""

    epoch: str
    cursor: str | None = None
    behind: bool = False
    equal: bool | None = None
    compared: int | None = None
    scopes: dict[str, Digest] = field(default_factory=dict)
    slices: list[list[Digest]] = field(default_factory=list)
    news: dict[str, list[str]] = field(default_factory=dict)
    answered: int = 0
    rows: dict[str, list[str]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    defects: list[Defect] = field(default_factory=list)
    sent: int = 0
    keep: dict[str, Any] | None = None


@dataclass(slots=True)
class Stand:
    """What is compared: scopes by cell, positions, rows left out because they are news."""

    schema: int
    positions: dict[int, int]
    held: set[Scope]
    news: set[tuple[str, str]] = field(default_factory=set)


def verify(conn: Connection, carrier: Carrier, asked: Any) -> Answer:
    """Answer one step of a verification from one snapshot.

    conn: a REPEATABLE READ, read-only transaction. asked: a decoded schemas.verify.VerifyRequest.
    The caller writes `keep`, `defects` and the rest afterwards, before it answers.
    Raises Problem: epoch_changed, cursor_unknown, cursor_foreign, schema_unsupported.
    """
    if not is_served(asked.schema):
        raise Problem("schema_unsupported", minimum=OLDEST, maximum=NEWEST)
    answer = Answer(known_epoch(conn), asked.cursor)
    stand = _stand(conn, carrier, asked, answer)
    if stand is None or not _find_news(conn, stand, answer):
        answer.behind = True
        return answer
    if asked.digest is not None or not (asked.ask or asked.have):
        _compare(conn, stand, answer, asked.digest)
    if asked.ask:
        answer.slices = _sixteen(conn, stand, asked.ask)
    _repair(conn, stand, answer, asked)
    return answer


def _stand(conn: Connection, carrier: Carrier, asked: Any, answer: Answer) -> Stand | None:
    """Where the handheld stands; None when a pull must come first."""
    if asked.epoch and asked.epoch != answer.epoch and asked.cursor:
        raise Problem("epoch_changed", epoch=answer.epoch)
    if asked.cursor is None:
        return _begin(conn, carrier, asked, answer)
    row = feed_queries.cursor(conn, carrier.cell, asked.cursor)
    if row is None or row[5] is not None:
        raise Problem("cursor_unknown")
    device, epoch, schema, positions, scopes, _ = row
    if device != carrier.device:
        raise Problem("cursor_foreign")
    if epoch != answer.epoch:
        raise Problem("epoch_changed", epoch=answer.epoch)
    held = {scope_of(text) for text in scopes}
    if schema != asked.schema or held != carried(conn, carrier, held):
        return None
    return Stand(asked.schema, {int(cell): pos for cell, pos in positions.items()}, held)


def _begin(conn: Connection, carrier: Carrier, asked: Any, answer: Answer) -> Stand:
    """A cursor at the heads of now, over all the rep carries."""
    held = carried(conn, carrier, set())
    cells = sorted({carrier.company_cell, carrier.cell, *(cell for cell, _ in held)})
    positions = feed_queries.heads(conn, cells)
    answer.cursor = f"c-{secrets.token_urlsafe(16)}"
    answer.keep = {
        "cell": carrier.cell,
        "id": answer.cursor,
        "device": carrier.device,
        "presented": [],
        "epoch": answer.epoch,
        "schema": asked.schema,
        "positions": {str(cell): pos for cell, pos in positions.items()},
        "scopes": sorted(f"{cell} {scope}" for cell, scope in held),
        "page": None,
    }
    return Stand(asked.schema, positions, held)


def _find_news(conn: Connection, stand: Stand, answer: Answer) -> bool:
    """Note what feeds told of since the cursor; False when that is too much to leave out."""
    for cell, since in stand.positions.items():
        scopes = [scope for at, scope in stand.held if at == cell]
        stand.news.update(queries.newer(conn, cell, scopes, since, MOST_NEWS + 1, stand.schema))
        if len(stand.news) > MOST_NEWS:
            return False
    for kind, key in sorted(stand.news):
        answer.news.setdefault(kind, []).append(key)
    return True


def _rows(
    conn: Connection, stand: Stand, scopes: set[Scope], at: Sequence[str] = ("",)
) -> Iterator[tuple[str, str, Row]]:
    """The rows of scopes (in slices named by as many digits each) but for news: (scope, digits of
    the key, row). Scopes that the handheld does not hold have none."""
    by_family: dict[str, set[Scope]] = defaultdict(set)
    for one in scopes & stand.held:
        by_family[scope_family(one[1])].add(one)
    for family in sorted(by_family):
        wanted = by_family[family]
        cells, names = sorted({cell for cell, _ in wanted}), sorted({name for _, name in wanted})
        for kind in kinds_of(family, stand.schema):
            for cell, scope, key, digits, text in queries.rows(
                conn, kind, cells, names, stand.schema, at
            ):
                if (cell, scope) in wanted and (kind, key) not in stand.news:
                    values = _decode(text)
                    row = Row(kind, key, values[2], row_hash(kind, values), text)
                    yield scope, digits, row


def _compare(conn: Connection, stand: Stand, answer: Answer, said: str | None) -> None:
    """Compare what everything held comes to; where that differs, or cannot be known for news that
    came meanwhile, say what each scope comes to."""
    found: dict[str, Digest] = {}
    for scope, _, row in _rows(conn, stand, stand.held):
        found[scope] = found.get(scope, NOTHING) + Digest(1, row.hash)
    whole = sum(found.values(), start=NOTHING)
    answer.compared = whole.rows
    if said is not None and not stand.news:
        answer.equal = whole == read_digest(said)
    if not answer.equal:
        answer.scopes = found


def _named(stand: Stand, slices: Sequence[Any]) -> set[Scope]:
    names = {one.scope for one in slices}
    return {one for one in stand.held if one[1] in names}


def _sixteen(conn: Connection, stand: Stand, asked: Sequence[Any]) -> list[list[Digest]]:
    """The digests of the sixteen parts of each slice, in the order asked."""
    parts = {(one.scope, one.at): [NOTHING] * 16 for one in asked}
    for depth in sorted({len(at) for _, at in parts}):
        level = [one for one in asked if len(one.at) == depth]
        at = sorted({one.at for one in level})
        for scope, digits, row in _rows(conn, stand, _named(stand, level), at):
            mine = parts.get((scope, digits[:depth]))
            if mine is not None and depth < len(digits):
                mine[DIGITS.index(digits[depth])] += Digest(1, row.hash)
    return [parts[one.scope, one.at] for one in asked]


def _repair(conn: Connection, stand: Stand, answer: Answer, asked: Any) -> None:
    """Send what differs in slices laid open, as many of them as fit, and note each defect."""
    there: dict[tuple[str, str], list[Row]] = {(one.scope, one.at): [] for one in asked.have}
    for depth in sorted({len(at) for _, at in there}):
        level = [one for one in asked.have if len(one.at) == depth]
        at = sorted({one.at for one in level})
        for scope, digits, row in _rows(conn, stand, _named(stand, level), at):
            if (scope, digits[:depth]) in there:
                there[scope, digits[:depth]].append(row)
    kinds = {row.kind: None for rows in there.values() for row in rows}
    answer.rows = {kind: [] for kind in KINDS if kind in kinds}
    for one in asked.have:
        if answer.sent and answer.sent + len(there[one.scope, one.at]) > MOST_ROWS:
            break
        defects = _slice(stand, answer, one, there[one.scope, one.at])
        if asked.why not in EXPECTED:
            answer.defects += defects
        answer.answered += 1
    answer.rows = {kind: texts for kind, texts in answer.rows.items() if texts}


def _slice(stand: Stand, answer: Answer, laid: Any, rows: list[Row]) -> list[Defect]:
    """Put into the answer what makes one slice of a handheld the server's; what was wrong in it."""
    found: list[Defect] = []
    held = {
        (kind, key): told for kind, part in (laid.rows or {}).items() for key, told in part.items()
    }
    for row in rows:
        told = held.pop((row.kind, row.key), None)
        mine = f"{row.hash:016x}"
        if told is not None and told.endswith(f":{mine}"):
            continue
        version, hash_ = _told(told)
        what = "missing" if told is None else "different"
        answer.rows[row.kind].append(row.text)
        answer.sent += 1
        found.append(Defect(laid.scope, row.kind, row.key, what, version, hash_, row.version, mine))
    for (kind, key), told in held.items():
        if (kind, key) in stand.news:
            continue
        answer.gone.setdefault(kind, []).append(key)
        answer.sent += 1
        found.append(Defect(laid.scope, kind, key, "extra", *_told(told), None, None))
    return found


def _told(text: str | None) -> tuple[int | None, str | None]:
    if text is None:
        return None, None
    version, _, hash_ = text.partition(":")
    return min(int(version), 2**53), hash_
