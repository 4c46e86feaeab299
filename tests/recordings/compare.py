"""What a handheld would notice between what it was told then and what it is told now.

It finds columns and members by name and passes over those it does not know, so more is no
difference; less is, and another value is. Sentences may be worded better. The numbers of
versions and the names of cursors mean nothing to it but that they are there.
"""

from collections.abc import Iterator
from typing import Any

WORDS = frozenset(("says", "title", "detail", "remedy", "name_of_button"))
"""Members that people read: they must say something where they said something."""
ANY_NUMBER = frozenset(("version", "versions", "schema", "minimum", "maximum"))
SECRET = frozenset(("secret", "cursor", "page", "incident"))
BY_ID = frozenset(("verdicts", "conflicts", "errors", "directives"))


def differences(then: Any, now: Any, path: str = "") -> Iterator[str]:
    """What is missing or other now, one line each: where, and both values."""
    name = path.rpartition(".")[2]
    if name in SECRET or name in ANY_NUMBER:
        if type(then) is not type(now):
            yield f"{path}: was {then!r}, is {now!r}"
    elif name in WORDS and isinstance(then, str):
        if bool(then) and not (isinstance(now, str) and now):
            yield f"{path}: said {then!r}, says {now!r}"
    elif isinstance(then, dict) and isinstance(now, dict):
        for key, value in then.items():
            if key not in now:
                yield f"{path}.{key}: is missing; was {value!r}"
            else:
                yield from differences(value, now[key], f"{path}.{key}")
    elif name in BY_ID and isinstance(then, list) and isinstance(now, list):
        found = {_key(one): one for one in now}
        for one in then:
            if _key(one) not in found:
                yield f"{path}: has no {_key(one)} any more"
            else:
                yield from differences(one, found[_key(one)], f"{path}.{_key(one)}")
        more = found.keys() - {_key(one) for one in then}
        yield from (f"{path}: has {key} now" for key in sorted(more))
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for at, (one, other) in enumerate(zip(then, now, strict=True)):
            yield from differences(one, other, f"{path}.{at}")
    elif then != now or isinstance(then, bool) != isinstance(now, bool):
        yield f"{path}: was {then!r}, is {now!r}"


def _key(one: dict[str, Any]) -> str:
    """What a handheld knows one of a list by."""
    if "n" in one:
        return f"{one['n']}/{one['id']}"
    return str(one.get("id") or one.get("path") or one.get("kind"))


def straight(part: dict[str, Any]) -> list[list[Any]]:
    """Rows of a kind, whether they came a row or a column at a time."""
    if "data" in part:
        rows: list[list[Any]] = part["data"]
        return rows
    sides = [_straight_parts(side) if isinstance(side, dict) else side for side in part["turned"]]
    return [list(row) for row in zip(*sides, strict=True)]


def _straight_parts(side: dict[str, Any]) -> list[Any]:
    flat = iter([list(part) for part in zip(*side["turned"], strict=True)])
    return [
        None if count is None else [next(flat) for _ in range(count)] for count in side["counts"]
    ]


class Copy:
    """What a handheld makes of pages: rows by kind and id, each a row by column name."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {}
        self.scopes: set[str] = set()

    def take(self, pages: list[dict[str, Any]], *, afresh: bool) -> None:
        """Swap in the pages of a pull that came to its end; `afresh`: its cursor was null."""
        if afresh:
            self.rows, self.scopes = {}, set()
        for page in pages:
            self._apply(page)

    def _apply(self, page: dict[str, Any]) -> None:
        dropped = set(page["scopes"]["dropped"])
        self.scopes = (self.scopes - dropped) | set(page["scopes"]["added"])
        for kind, rows in self.rows.items():
            self.rows[kind] = {k: row for k, row in rows.items() if row["scope"] not in dropped}
        for prepared in (*page.get("fetched", ()), *page.get("inside", ())):
            self.put(prepared)
        for kind, keys in page["gone"].items():
            for key in keys:
                self.rows.get(kind, {}).pop(key, None)
        self.put(page["rows"])

    def put(self, kinds: dict[str, Any]) -> None:
        """Replace whole rows."""
        for kind, part in kinds.items():
            for values in straight(part):
                row = dict(zip(part["columns"], values, strict=True))
                self.rows.setdefault(kind, {})[row["id"]] = row


def differing_copies(then: Copy, now: Copy) -> Iterator[str]:
    """Rows that are missing, have come too many, or lack or differ in a column it knows."""
    if then.scopes != now.scopes:
        yield f"scopes: were {sorted(then.scopes)}, are {sorted(now.scopes)}"
    for kind, rows in then.rows.items():
        found = now.rows.get(kind, {})
        for key in rows.keys() ^ found.keys():
            yield f"{kind}/{key}: {'is missing' if key in rows else 'is here now'}"
        for key in rows.keys() & found.keys():
            yield from differences(rows[key], found[key], f"{kind}/{key}")
