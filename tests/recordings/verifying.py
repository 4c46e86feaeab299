"""How the handheld of then found out that its rows are the server's: its own words, never changed.

Nothing here uses what the server uses today, so that hashes, digests and turned rows which came to
mean something else would show. Values of the day are texts, whole numbers, true, false, null, and
lists and objects of them; degrees are the only numbers with a point.
"""

import json
from hashlib import blake2b, sha256
from typing import Any

from tests.recordings.compare import Copy

Body = dict[str, Any]
DIGITS = "0123456789abcdef"


def row_hash(kind: str, row: Body) -> int:
    """64 bits of BLAKE2b of the kind and the row's values, as JSON without blanks."""
    text = json.dumps(
        [kind, *row.values()], separators=(",", ":"), sort_keys=True, ensure_ascii=False
    )
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _sum(hashes: list[int]) -> str:
    return f"{len(hashes)}:{sum(hashes) % 2**64:016x}"


def _digits(kind: str, key: str) -> str:
    return sha256(f"{kind}/{key}".encode()).hexdigest()


class Verifying:
    """One verification of a copy: what it asks, step by step, and what it learned."""

    def __init__(self, copy: Copy, news: Body) -> None:
        gone = {(kind, key) for kind, keys in news.items() for key in keys}
        self.rows = [
            (row["scope"], kind, key, row)
            for kind, rows in copy.rows.items()
            for key, row in rows.items()
            if (kind, key) not in gone
        ]

    def digest(self, scope: str | None = None, at: str = "") -> str:
        """Of everything held, of a scope, or of a slice of one."""
        return _sum(
            [
                row_hash(kind, row)
                for of, kind, key, row in self.rows
                if scope in (None, of) and _digits(kind, key).startswith(at)
            ]
        )

    def differing(self, said: dict[str, str]) -> list[str]:
        """Scopes that do not come to what the server says."""
        scopes = said.keys() | {scope for scope, _, _, _ in self.rows}
        return sorted(one for one in scopes if said.get(one, _sum([])) != self.digest(one))

    def slices(self, scopes: list[str], said: list[list[str]]) -> list[tuple[str, str]]:
        """Of the sixteen parts of each of these scopes, those that differ."""
        return [
            (scope, digit)
            for scope, parts in zip(scopes, said, strict=True)
            for digit, part in zip(DIGITS, parts, strict=True)
            if part != self.digest(scope, digit)
        ]

    def laid_open(self, scope: str, at: str) -> Body:
        """A slice as it is told: kind -> id -> version and hash."""
        told: Body = {}
        for of, kind, key, row in self.rows:
            if of == scope and _digits(kind, key).startswith(at):
                told.setdefault(kind, {})[key] = f"{row['version']}:{row_hash(kind, row):016x}"
        return {"scope": scope, "at": at, "rows": told}
