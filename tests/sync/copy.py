"""The smallest handheld: pulls pages from sync.pull, stages them, swaps them in when complete."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import zstandard

from schemas.turned import straighten
from schemas.versions import NEWEST
from server.database import snapshot, transaction
from sync.carrier import Carrier
from sync.pull import read_page
from sync.queries.feed import keep_cursor
from sync.queries.segments import granted
from tests.world import World


class Copy:
    """What a handheld holds: rows[kind][id] -> row, as of its cursor."""

    def __init__(
        self, world: World, carrier: Carrier, limit: int = 5_000, *, segments: bool = False
    ) -> None:
        self.world, self.carrier, self.limit, self.segments = world, carrier, limit, segments
        self.schema = NEWEST
        self.cursor: str | None = None
        self.rows: dict[str, dict[str, list[Any]]] = {}
        self.pages = self.fetched = 0

    def page(self, cursor: str | None, page: str | None) -> Any:
        asked = SimpleNamespace(
            schema=self.schema, epoch=None, cursor=cursor, page=page, limit=self.limit,
            verify=False, segments=self.segments, turned=self.segments,
        )  # fmt: skip
        with snapshot(self.world.engine) as conn:
            answer = read_page(conn, self.carrier, asked)
        if answer.keep is not None:
            with transaction(self.world.engine) as conn:
                keep_cursor(conn, answer.keep)
        self.pages += 1
        return answer

    def pull(self, most_pages: int = 10_000) -> bool:
        """Pull to the end and swap in; False if it was not complete after most_pages."""
        staged = {kind: dict(rows) for kind, rows in self.rows.items()}
        page = None
        for _ in range(most_pages):
            answer = self.page(self.cursor, page)
            apply(staged, answer, self.fetch)
            page = answer.page
            if answer.complete:
                self.rows, self.cursor = staged, answer.cursor
                return True
        return False

    def fetch(self, named: dict[str, Any]) -> bytes:
        """A segment that a page names, as the server hands it out to this carrier."""
        one = self.carrier
        with snapshot(self.world.engine) as conn:
            found = granted(conn, named["id"], one.cell, one.rep, one.company_cell, one.cells)
        assert found is not None, f"{named} is not handed out"
        self.fetched += 1
        return zstandard.ZstdDecompressor().decompress(found[2])


def _nothing(named: dict[str, Any]) -> bytes:
    raise AssertionError(f"{named} was not asked for")


def apply(
    rows: dict[str, dict[str, list[Any]]],
    answer: Any,
    fetch: Callable[[dict[str, Any]], bytes] = _nothing,
) -> None:
    """Apply one page in the protocol's order: dropped scopes, segments, gone rows, rows."""
    if answer.dropped:
        dropped = set(answer.dropped)
        for kind in rows:
            rows[kind] = {key: row for key, row in rows[kind].items() if row[1] not in dropped}
    for body in (*map(fetch, answer.named), *answer.inside):
        for kind, part in msgspec.json.decode(body).items():
            for row in straighten(part["columns"], part["turned"]):
                rows.setdefault(kind, {})[row[0]] = row
    for kind, keys in answer.gone.items():
        for key in keys:
            rows.get(kind, {}).pop(key, None)
    for kind, texts in answer.rows.items():
        for text in texts:
            for row in msgspec.json.decode(f"[{text}]"):
                rows.setdefault(kind, {})[row[0]] = row
