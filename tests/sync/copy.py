"""The smallest handheld: pulls pages from sync.pull, stages them, swaps them in when complete."""

from types import SimpleNamespace
from typing import Any

import msgspec

from schemas.versions import NEWEST
from server.database import snapshot, transaction
from sync.carrier import Carrier
from sync.pull import read_page
from sync.queries.feed import keep_cursor
from tests.world import World


class Copy:
    """What a handheld holds: rows[kind][id] -> row, as of its cursor."""

    def __init__(self, world: World, carrier: Carrier, limit: int = 5_000) -> None:
        self.world, self.carrier, self.limit = world, carrier, limit
        self.schema = NEWEST
        self.cursor: str | None = None
        self.rows: dict[str, dict[str, list[Any]]] = {}
        self.pages = 0

    def page(self, cursor: str | None, page: str | None) -> Any:
        asked = SimpleNamespace(
            schema=self.schema, epoch=None, cursor=cursor, page=page, limit=self.limit, verify=False
        )
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
            apply(staged, answer)
            page = answer.page
            if answer.complete:
                self.rows, self.cursor = staged, answer.cursor
                return True
        return False


def apply(rows: dict[str, dict[str, list[Any]]], answer: Any) -> None:
    """Apply one page in the protocol's order: dropped scopes, gone rows, rows."""
    if answer.dropped:
        dropped = set(answer.dropped)
        for kind in rows:
            rows[kind] = {key: row for key, row in rows[kind].items() if row[1] not in dropped}
    for kind, keys in answer.gone.items():
        for key in keys:
            rows.get(kind, {}).pop(key, None)
    for kind, texts in answer.rows.items():
        for text in texts:
            for row in msgspec.json.decode(f"[{text}]"):
                rows.setdefault(kind, {})[row[0]] = row
