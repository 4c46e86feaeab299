"""Pushing edits in a world, and what is at rest afterwards."""

from typing import Any

from sync.write import write
from tests.world import CELL, World, change


def send(world: World, kind: str, act: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Push one change of the first rep's own; its verdict."""
    n = more.pop("n", None) or (world.one("SELECT coalesce(max(n), 0) FROM receipt") + 1)
    carrier = more.pop("carrier", None) or world.carrier()
    verdicts, answer = world.push(carrier, [change(n, kind, act, body, **more)])
    assert answer.faults == []
    verdict: dict[str, Any] = next(v for v in verdicts if v["n"] == n)
    return verdict


def office_sets(world: World, kind: str, row: dict[str, Any]) -> None:
    """Somebody of the office writes a row (whole)."""
    with world.begin() as conn:
        write(conn, CELL, kind, [row], "user:desk")


def set_store(world: World, store: str, **columns: Any) -> None:
    """The office sets columns of a store."""
    names = ", ".join(f"{name} = %s" for name in columns)
    world.run(f"UPDATE store SET {names} WHERE id = %s", *columns.values(), store)


def rules(verdict: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["rule"], one["decision"]) for one in verdict["conflicts"]]


def requests(world: World) -> list[tuple[str, str | None, str | None, Any]]:
    """The change requests that wait: rule, field, whose answer they need, what they ask."""
    rows = world.rows(
        "SELECT rule, field, needs, ask FROM conflict"
        " WHERE item = 'request' AND state = 'waiting' ORDER BY rule, field"
    )
    return [tuple(row) for row in rows]


def entries(world: World, kind: str, key: str) -> int:
    """How often handhelds were told of a row; its newest position counts as one."""
    return int(world.one("SELECT count(*) FROM entry WHERE kind = %s AND key = %s", kind, key))
