"""What there is at the end: rows of the database, copies and outboxes of handhelds."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sync.terms.digest import row_hash
from tests.auditor import Auditor, rows_at_rest
from tests.simulation.phones import Phone
from tests.world import World

MADE = {
    "order": "orders", "visit": "visit", "card": "visit_card", "collection": "collection",
    "plan_stop": "plan_stop",
}  # fmt: skip
TAKEN = frozenset({"applied", "adjusted", "merged"})
"""Outcomes of changes that took effect."""
Held = dict[tuple[str, str], int]


@dataclass
class Standing:
    """What the checkers compare a history with. Another harness fills it its own way."""

    receipts: list[dict[str, Any]] = field(default_factory=list)
    """change, device, n, kind, act, outcome, received_at (ISO), subject, refs; id: the change it
    tells of, which is not `change` where an id or a number came twice."""
    rows: dict[str, Counter[str]] = field(default_factory=dict)
    """Kind -> ids of the rows there are, with how often."""
    beside: dict[str, Any] = field(default_factory=dict)
    """Card -> its competitor lines, None: it has none."""
    feeds: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    """(cell, head, entries, distinct positions, highest position)."""
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Order -> number, state, revision, store."""
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    documents: Counter[str] = field(default_factory=Counter)
    """reference "order/revision" -> documents at the delivery system."""
    truth: dict[str, Held] = field(default_factory=dict)
    """Handheld -> what its copy should be, by SQL."""
    copies: dict[str, Held] = field(default_factory=dict)
    outboxes: dict[str, dict[str, tuple[int | None, str | None]]] = field(default_factory=dict)
    """Handheld -> change -> (n, outcome told, None: still waiting to be sent)."""
    damaged: set[str] = field(default_factory=set)
    """Changes whose bytes rotted on a handheld: known there, shown there, and never sent."""
    rounds: dict[str, int] = field(default_factory=dict)
    """Handheld -> syncs it needed after the healing; -1: it never came to rest."""
    repairs: list[tuple[str, str, str, str]] = field(default_factory=list)
    """What comparisons found wrong in copies: (handheld as the server names it, kind, id, what)."""
    sums: list[str] = field(default_factory=list)
    """What the auditor of sums found wrong, in words."""
    settled: bool = True
    """Whether the dispatcher had time to deliver all there was."""


def read_server(world: World, auditor: Auditor | None = None) -> Standing:
    """The server's half. The delivery system's documents are the caller's to add."""
    found = Standing()
    names = ("change", "device", "n", "kind", "act", "outcome", "received_at", "subject", "verdict")
    for row in world.rows(
        "SELECT change::text, device, n, kind, act, outcome, received_at, subject, verdict"
        " FROM receipt ORDER BY received_at, device, n, change"
    ):
        one = dict(zip(names, row, strict=True))
        one["received_at"] = one["received_at"].isoformat()
        told = msgspec.json.decode(one.pop("verdict"))
        one |= {"id": told["id"], "refs": told["refs"]}
        found.receipts.append(one)
    for kind, table in MADE.items():
        found.rows[kind] = Counter(row[0] for row in world.rows(f"SELECT id::text FROM {table}"))
    found.beside = dict(world.rows("SELECT id::text, competitors FROM visit_card"))
    found.feeds = [tuple(row) for row in world.rows(
        "SELECT f.cell, f.pos, count(e.pos), count(DISTINCT e.pos), coalesce(max(e.pos), 0)"
        " FROM feed f LEFT JOIN entry e USING (cell) GROUP BY f.cell, f.pos"
    )]  # fmt: skip
    for key, number, state, revision, store in world.rows(
        "SELECT id::text, number, state, revision, store::text FROM orders"
    ):
        found.orders[key] = {
            "number": number, "state": state, "revision": revision, "store": store
        }  # fmt: skip
    names = ("order", "revision", "state", "attempt")
    found.deliveries = [dict(zip(names, row, strict=True)) for row in world.rows(
        "SELECT order_id::text, revision, state, attempt FROM delivery ORDER BY 1, 2"
    )]  # fmt: skip
    found.repairs = [tuple(row) for row in world.rows(
        "SELECT device, kind, key, what FROM repair ORDER BY at, run, kind, key"
    )]  # fmt: skip
    found.sums = (auditor or Auditor(world)).look()
    return found


def truth_for(world: World, reps: list[str]) -> dict[str, Held]:
    """Rep -> what SQL says their handhelds should hold, as hashes; each row is hashed once."""
    by_scope: dict[tuple[int, str], Held] = {}
    for (cell, kind, key, scope), value in rows_at_rest(world).items():
        hashed = row_hash(kind, msgspec.json.decode(value))
        by_scope.setdefault((cell, scope), {})[kind, key] = hashed
    cells = world.rows("SELECT cell, kind FROM cell")
    granted: dict[str, set[tuple[int, str]]] = {}
    for rep, cell, scope in world.rows(
        "SELECT rep, scope_cell, scope FROM scope_grant WHERE NOT told_end"
    ):
        granted.setdefault(rep, set()).add((cell, scope))
    found = {}
    for rep in reps:
        scopes = granted.get(rep, set()) | {
            (cell, f"rep:{rep}" if kind == "field" else "company") for cell, kind in cells
        }
        rows: Held = {}
        for scope in scopes:
            rows |= by_scope.get(scope, {})
        found[rep] = rows
    return found


def add_handhelds(found: Standing, world: World, phones: list[Phone]) -> None:
    """The handhelds' half."""
    truth = truth_for(world, sorted({one.rep_code for one in phones}))
    for one in phones:
        found.truth[one.name] = truth[one.rep_code]
        found.copies[one.name] = one.held()
        found.outboxes[one.name] = one.outcomes()
        found.damaged |= set(one.local.damaged())
