"""How the stand-in for the server answers a verification: from its rows in memory, plainly."""

from collections.abc import Iterable
from typing import Any

from schemas.rows import ROWS
from sync.terms.digest import DIGITS, NOTHING, Digest, key_digits, read_digest, row_hash

Rows = dict[tuple[str, str], list[Any]]


def state(rows: dict[str, list[list[Any]]], news: Iterable[dict[str, Any]]) -> Rows:
    """The rows a handheld should hold after these news."""
    found = {(kind, row[0]): row for kind, part in rows.items() for row in part}
    for one in news:
        dropped = set(one.get("scopes", {}).get("dropped", ()))
        found = {key: row for key, row in found.items() if row[1] not in dropped}
        for kind, ids in one.get("gone", {}).items():
            for id in ids:
                found.pop((kind, id), None)
        for kind, part in one.get("rows", {}).items():
            for row in part["data"]:
                told = dict(zip(part["columns"], row, strict=True))
                found[kind, row[0]] = [told.get(name) for name in ROWS[kind]]
    return found


def answer(there: Rows, asked: dict[str, Any]) -> dict[str, Any]:
    """The members of the answer that follow from the rows."""
    hashes = {(kind, id): row_hash(kind, row) for (kind, id), row in there.items()}
    scopes: dict[str, Digest] = {}
    for key, row in there.items():
        scopes[row[1]] = scopes.get(row[1], NOTHING) + Digest(1, hashes[key])
    whole = sum(scopes.values(), start=NOTHING)
    equal = asked.get("digest") is not None and read_digest(asked["digest"]) == whole
    compares = not (equal or asked.get("ask") or asked.get("have"))
    said: dict[str, Any] = {
        "equal": equal,
        "scopes": {scope: one.spelled() for scope, one in scopes.items()} if compares else {},
        "slices": [],
        "answered": len(asked.get("have", ())),
        "rows": {},
        "gone": {},
    }
    for one in asked.get("ask", ()):
        parts = [NOTHING] * 16
        for (kind, id), _ in _in_slice(there, one):
            parts[DIGITS.index(key_digits(kind, id)[len(one["at"])])] += Digest(1, hashes[kind, id])
        said["slices"].append([part.spelled() for part in parts])
    for one in asked.get("have", ()):
        held = {(k, i): told for k, part in (one["rows"] or {}).items() for i, told in part.items()}
        for (kind, id), row in _in_slice(there, one):
            if held.pop((kind, id), "").partition(":")[2] != f"{hashes[kind, id]:016x}":
                part = said["rows"].setdefault(kind, {"columns": ROWS[kind], "data": []})
                part["data"].append(row)
        for kind, id in held:
            said["gone"].setdefault(kind, []).append(id)
    return said


def _in_slice(there: Rows, one: dict[str, Any]) -> list[tuple[tuple[str, str], list[Any]]]:
    return [
        (key, row)
        for key, row in there.items()
        if row[1] == one["scope"] and key_digits(*key).startswith(one["at"])
    ]
