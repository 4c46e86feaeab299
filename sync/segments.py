"""Segments: what many handhelds carry alike, prepared once and served as bytes.

The company's products, a price list or a warehouse's stock are the same for every rep who carries
them. Their rows are kept ready, compressed and with a checksum, each set with the position of the
feed up to which it is true. A pull that adds such a scope points at them, starts the cursor of
that feed at their position, and the entries since then repair what has changed: a segment may lag,
the pull may not. A scheduled job builds them anew when that repair costs more than a fresh one.

Only what has a row at rest may be repaired so: removals are entries, and entries of removals are
kept 182 days. So a segment whose position is MOST_DAYS old is never used.
"""

import gc
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import zstandard
from sqlalchemy import Connection

from schemas.rows import PARTS
from schemas.turned import turn
from schemas.versions import NEWEST, columns_at, is_served, rows_at
from sync.kinds import kinds_of
from sync.queries import feed as feed_queries
from sync.queries import pull as pull_queries
from sync.queries import segments as queries

MOST_DAYS = 180
"""Removals are kept 182 days (server/running/queries.py), a pull that was begun one day."""
REPLACED_DAYS = 2
"""A pull that names a segment can be continued for a day."""
INSIDE_BYTES = 32 * 1024
"""Up to so much goes inside the page: a request of its own would cost more than it saves."""
PART_ROWS = 10_000
"""Rows of one segment: some hundred kilobytes, so that a wrong one is soon fetched again."""
READ_ROWS = 5_000
BEST_LEVEL = 19
"""Level of zstd. It costs half a second of CPU for 10,000 rows, once; bytes are paid each time."""

CHANGED_LEAST = 50
CHANGED_SHARE = 10
"""A set is ripe when a tenth of its rows have changed, and more than 50."""
REST_S = 300.0
"""It rests so long between two buildings, unless half of its rows have changed."""
ADVANCED_S = 24 * 3600.0
"""A set that nothing changed for a day is said to be true up to now."""
OLD_S = 30 * 24 * 3600.0

_encode = msgspec.json.Encoder().encode
_PARTS: dict[str, list[str]] = {}
for _kind, _column in PARTS:
    _PARTS.setdefault(_kind, []).append(_column)


def turned_rows(kind: str, version: int, text: str) -> dict[str, Any]:
    """Rows of a kind, given as JSON arrays joined by commas, turned on their side."""
    named = columns_at(kind, version)
    held = [name for name, today in named if today in _PARTS.get(kind, ())]
    with _uncollected():
        return turn([name for name, _ in named], msgspec.json.decode(f"[{text}]"), held)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector out: it would walk thousands of lists over and over, for a third of the
    time, and none of them is in a cycle. What other threads leave behind meanwhile waits for it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def rows_json(kind: str, version: int, text: str, *, turns: bool) -> str:
    """Rows of a kind, given as JSON arrays joined by commas, as a page carries them."""
    if turns:
        return _encode(turned_rows(kind, version, text)).decode()
    return f'{{"columns":{_encode(rows_at(version)[kind]).decode()},"data":[{text}]}}'


# --- for pulls ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Ready:
    """The segments of one scope for a pull: each as the page names it, and up to where all their
    rows are true. `inside` holds the JSON of those that go inside the page."""

    named: list[dict[str, Any]] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    pos: int = 0
    rows: int = 0


def ready(conn: Connection, cell: int, scope: str, schema: int, head: int) -> Ready | None:
    """The segments of a scope that a pull may use; None when reading the rows is as good.

    conn: the pull's snapshot; head: of the cell's feed in it.
    """
    parts = queries.current(conn, cell, scope, schema, MOST_DAYS, INSIDE_BYTES)
    if not parts or len(parts) != parts[0].parts:
        return None
    rows = sum(part.rows for part in parts)
    since = min(part.pos for part in parts)
    number, lowest = queries.news(conn, cell, scope, since, rows // 2 + 2)
    if number > rows // 2 + 1:
        return None
    # No entry of the scope between `since` and `lowest`: the rows are true up to just before it.
    found = Ready(pos=head if lowest is None else lowest - 1, rows=rows)
    go_inside = sum(part.size_bytes for part in parts) <= INSIDE_BYTES
    for part in parts:
        if go_inside and part.body is not None:
            text = zstandard.ZstdDecompressor().decompress(part.body).decode()
            found.inside.append(text)
        else:
            found.named.append(
                {"id": part.id, "scope": scope, "rows": part.rows, "bytes": part.size_bytes,
                 "sha256": part.sha256}
            )  # fmt: skip
    return found


# --- for the scheduler ----------------------------------------------------------------------------


def due(conn: Connection) -> list[tuple[int, str, int]]:
    """Return (cell, scope, version) of what has no segments, or ripe ones; and let the others
    that nothing changed be true up to now."""
    standing = {(one.cell, one.scope, one.schema): one for one in queries.standing(conn)}
    versions = {NEWEST, *filter(is_served, queries.versions_in_use(conn))}
    wanted = [
        (cell, scope, schema)
        for cell, scope in queries.shared_scopes(conn)
        for schema in sorted(versions)
    ]
    for key in standing.keys() - set(wanted):
        queries.replace(conn, *key)  # the scope is gone, or nobody pulls in that version
    found = []
    for key in wanted:
        one = standing.get(key)
        if one is None or is_ripe(one):
            found.append(key)
        elif one.changed == 0 and one.pos_age_s > ADVANCED_S:
            queries.advance(conn, *key)
    return found


def is_ripe(one: queries.Standing) -> bool:
    """Whether repairing what changed costs more than building the segments anew."""
    if one.changed and one.pos_age_s > OLD_S:
        return True
    if one.changed <= max(CHANGED_LEAST, one.rows // CHANGED_SHARE):
        return False
    return one.age_s > REST_S or one.changed * 2 > one.rows


def build(conn: Connection, cell: int, scope: str, schema: int) -> int:
    """Build the segments of a scope anew; return how many bytes they have.

    The head is read before any row. What changes while rows are read has a higher position, and
    is repaired like all that comes later; so no snapshot is needed.
    """
    pos_at = queries.now(conn)
    pos = feed_queries.heads(conn, [cell])[cell]
    bodies = [
        (rows, zstandard.ZstdCompressor(level=BEST_LEVEL).compress(_encode(kinds)))
        for rows, kinds in _parts(conn, cell, scope, schema)
    ]
    queries.replace(conn, cell, scope, schema)
    queries.insert(
        conn,
        [
            {
                "cell": cell, "id": f"s-{secrets.token_urlsafe(12)}", "scope": scope,
                "schema": schema, "part": number, "parts": len(bodies), "pos": pos, "rows": rows,
                "body": body, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest(),
                "pos_at": pos_at,
            }
            for number, (rows, body) in enumerate(bodies, 1)
        ],
    )  # fmt: skip
    return sum(len(body) for _, body in bodies)


def _parts(
    conn: Connection, cell: int, scope: str, schema: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a scope, so many a part: how many, and kind -> rows turned on their side."""
    owner = scope.partition(":")[2] or None
    kinds: dict[str, list[str]] = {}
    room = PART_ROWS
    is_first = True
    for kind in kinds_of(scope, schema):
        after, number = "", READ_ROWS
        while number:
            rows, after = pull_queries.rows_in_key_order(
                conn, kind, cell, owner, after, min(READ_ROWS, room), schema
            )
            number = rows.number
            if number:
                kinds.setdefault(kind, []).append(rows.text)
                room -= number
            if not room:
                yield PART_ROWS, _turned(kinds, schema)
                kinds, room, is_first = {}, PART_ROWS, False
    if kinds or is_first:
        yield PART_ROWS - room, _turned(kinds, schema)


def _turned(kinds: dict[str, list[str]], schema: int) -> dict[str, Any]:
    return {kind: turned_rows(kind, schema, ",".join(texts)) for kind, texts in kinds.items()}


def prune(conn: Connection) -> int:
    """Remove segments that no pull names any more; return how many."""
    return queries.prune(conn, REPLACED_DAYS)
